// The parts of the Review tab as nodes: the turn, what the bot understood of it, what waits to be
// learned. `tab` is the Review that shows them: its words, its labels, its buttons and decisions.

import { bar, filled, make, percent } from "/static/explain.js";

const CHOICES = 5;
const SHORT_LIST = 4; // so few others of a cluster are shown at once

const heading = (text) => make("h2", "dr-small", text);

export function cardParts(tab, item) {
  const { words } = tab;
  const chips = make("ul", "dr-chips", ...item.reasons.map((one) => make("li", `dr-chip dr-${one}`, words[one])),
    make("li", "dr-chip dr-soft", words[item.language]));
  chips.setAttribute("aria-label", words.reasons);
  const message = make("p", "dr-message", item.message);
  message.lang = item.language === "zh" ? "zh-CN" : "en";
  const agent = item.proposed_answer && make("div", "dr-agent", heading(words.agent_answered), make("p", "", item.proposed_answer));
  return [chips, heading(words.customer), message, item.cluster && cluster(tab, item.cluster), reply(tab, item), agent,
    actions(tab, item), talk(words, item)].filter(Boolean);
}

function cluster(tab, { turn_ids: ids, texts }) {
  const { words } = tab;
  const box = Object.assign(make("input"), { type: "checkbox" });
  box.addEventListener("change", () => { tab.whole = box.checked; });
  tab.wholeBox = box;
  const label = make("label", "dr-whole", box, make("span", "", filled(words.apply_to_all, { count: ids.length })), make("kbd", "", "a"));
  const others = texts.slice(1).map((text) => make("li", "", text));
  const list = make("details", "", make("summary", "", filled(words.same_question, { count: others.length })), make("ul", "", ...others));
  list.open = others.length <= SHORT_LIST;
  return make("div", "dr-cluster", list, label);
}

function reply(tab, item) {
  const { words } = tab;
  const why = tab.button("e", words.why, () => tab.explain(), "dr-link");
  return make("div", "dr-reply", heading(words.bot), make("p", "", item.understood.reply ?? words.silent), why);
}

function actions(tab, item) {
  const { words } = tab;
  const confirm = tab.button("Enter", confirmText(tab, item), () => tab.confirm(), "dr-main");
  confirm.disabled = !item.confirm;
  const group = make("div", "dr-actions", confirm, tab.button("/", words.search, () => tab.search()),
    tab.button("n", words.new_intent, () => tab.create()),
    tab.button("w", item.proposed_answer ? words.use_answer : words.write, () => tab.write()),
    tab.button("o", words.out_of_scope_do, () => tab.leaveOut()), tab.button("s", words.skip, () => tab.skip()));
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words.decide);
  return group;
}

function confirmText(tab, { confirm }) {
  const { words } = tab;
  if (!confirm) return words.nothing_to_confirm;
  return confirm.intent ? filled(words.confirm_intent, { name: tab.label(confirm.intent) }) : words.confirm_passage;
}

function talk(words, item) {
  const names = { customer: words.customer, bot: words.bot, staff: words.agent };
  const rows = item.context.map((one) => {
    const row = make("li", `dr-said dr-by-${one.role}${one.here ? " dr-here" : ""}`, make("span", "dr-who", one.author ?? names[one.role]),
      make("p", "", one.text), one.rating === -1 && make("span", "dr-down", words.rated_down));
    if (one.here) row.setAttribute("aria-current", "true");
    return row;
  });
  return make("div", "dr-talk", heading(words.conversation), make("ol", "", ...rows));
}

export function sideParts(tab, item) {
  const { words } = tab;
  const { understood } = item;
  const choices = understood.ranking.slice(0, CHOICES).map(([name, value], place) => choice(tab, name, value, place, understood));
  const verdict = understood.threshold !== null && soft(understood.accepted ? words.accepted : words.not_accepted,
    { score: percent(understood.score), threshold: percent(understood.threshold) });
  const passages = understood.passages.map((one) => make("div", "dr-passage",
    bar(one.title || one.source, one.score, { threshold: understood.passage_threshold, strong: one.quoted, detail: one.source })));
  return [heading(words.choices), ...(choices.length ? choices : [soft(words.no_ranking)]), verdict,
    understood.query !== item.message && soft(words.with_topic, { query: understood.query }),
    heading(words.passages), ...(passages.length ? passages : [soft(words.no_passages)]),
    understood.passage_threshold !== null && soft(words.passage_threshold, { threshold: percent(understood.passage_threshold) }),
  ].filter(Boolean);
}

const soft = (text, values = {}) => make("p", "dr-soft", filled(text, values));

function choice(tab, name, value, place, understood) {
  const key = String(place + 1);
  const button = make("button", "dr-choice", make("kbd", "", key), bar(tab.label(name), value, { strong: understood.accepted && place === 0 }));
  button.type = "button";
  button.setAttribute("aria-keyshortcuts", key);
  button.addEventListener("click", () => tab.choose(place + 1));
  return button;
}

export function pendingParts(tab, pending) {
  const { words } = tab;
  const kinds = Object.entries(pending.kinds).map(([kind, count]) => make("li", "", `${words[`kind_${kind}`]}: `, make("b", "", String(count))));
  const intents = Object.entries(pending.intents).map(([name, count]) => make("li", "",
    make("span", "", name === "oos" ? words.kind_out_of_scope : tab.label(name)), make("b", "", `+${count}`),
    make("span", "dr-soft", name === "oos" ? "" : filled(words.taught, { count: pending.taught[name] ?? 0 }))));
  return [heading(words.pending), make("p", "dr-total", filled(words.pending_total, { count: pending.total })),
    kinds.length && make("ul", "dr-kinds", ...kinds),
    intents.length && make("details", "", make("summary", "", words.by_intent), make("ul", "", ...intents)),
    pending.staff_replies && soft(words.staff_replies, { count: pending.staff_replies }),
    pending.release ? soft(words.versus, { release: pending.release }) : soft(words.no_release)].filter(Boolean);
}
