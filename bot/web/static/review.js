// The Review tab of the console: one turn after the other, decided by single keys.
//
// The next turns lie here before they are needed, and a decision is sent while the next one already
// shows; what the server refuses comes back to the front. Words come from the page, in English and
// Chinese. Every text of customers, agents and passages is set as text, never as markup.

import { bar, filled, make, openExplain, pageLanguage, percent, useStyles } from "/static/explain.js";
import { askAnswer, askHelp, askIntent, askNewIntent } from "/static/review_dialogs.js";

const AHEAD = 20; // turns fetched at once
const LOW = 8; // so few left: fetch more
const CHOICES = 5;
const AT_MOST = 50; // turns of a cluster that one decision may hold for
const FRESH_MS = 60000;

class Review {
  constructor(place, dictionary) {
    this.place = place;
    this.language = pageLanguage();
    this.words = Object.fromEntries(Object.entries(dictionary).map(([key, texts]) => [key, texts[this.language]]));
    this.items = []; // the first one is shown
    this.settled = new Set(); // decided here, perhaps not yet there
    this.sending = Promise.resolve(); // decisions go one after the other
    this.intents = { languages: [], intents: [] };
    this.counts = { left: 0, done: 0 };
    this.pending = null;
    this.loading = false;
    this.decided = 0; // decisions of this page, to notice those during a fetch
    this.filters = { language: "", reason: "" };
    this.whole = false; // the decision holds for the whole cluster
    this.loaded = 0;
    this.round = 0; // which filters a fetch belongs to
    this.build();
    document.addEventListener("keydown", (event) => this.key(event));
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.appear()).observe(place);
  }

  // The parts of the page

  build() {
    const { words } = this;
    this.place.lang = this.language;
    this.count = make("p", "dr-count");
    this.meter = make("progress", "dr-meter");
    this.meter.setAttribute("aria-label", words.progress);
    this.notice = make("div", "dr-notice");
    this.notice.setAttribute("role", "status");
    this.card = make("section", "dr-card");
    this.card.tabIndex = -1;
    this.card.setAttribute("aria-label", words.turn);
    this.side = make("aside", "dr-side");
    this.pendingPlace = make("section", "dr-pending");
    this.pendingPlace.setAttribute("aria-label", words.pending);
    const head = make("header", "dr-head", make("div", "dr-progress", this.count, this.meter), this.select("language",
      [["", words.all_languages], ["en", words.en], ["zh", words.zh]]),
    this.select("reason", [["", words.all_reasons],
      ...["rejected", "corrected", "out_of_scope", "disagreement", "low_confidence"].map((one) => [one, words[one]])]),
    this.button("u", words.undo, () => this.undo()), this.button("?", words.help, () => askHelp(words)));
    const columns = make("div", "dr-columns", this.card, make("div", "dr-right", this.side, this.pendingPlace));
    this.place.replaceChildren(head, this.notice, columns);
  }

  select(name, options) {
    const list = make("select", "dr-select");
    list.setAttribute("aria-label", this.words[`filter_${name}`]);
    for (const [value, text] of options) list.append(Object.assign(make("option", "", text), { value }));
    list.addEventListener("change", () => {
      this.filters[name] = list.value;
      this.items = [];
      this.load(true);
    });
    return list;
  }

  button(key, text, act, className = "") {
    const button = make("button", `dr-button ${className}`.trim(), text, key && make("kbd", "", key));
    button.type = "button";
    if (key) button.setAttribute("aria-keyshortcuts", key);
    button.addEventListener("click", act);
    return button;
  }

  say(text, wrong = false) {
    this.notice.textContent = text;
    this.notice.classList.toggle("dr-wrong", wrong);
  }

  // What comes from the server

  appear() {
    if (Date.now() - this.loaded > FRESH_MS || !this.items.length) this.load(!this.items.length);
  }

  since() {
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    return encodeURIComponent(midnight.toISOString());
  }

  async ask(path, body) {
    const answer = await window.deskmateConsole.api(path, body);
    const found = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(found.error?.message ?? ""), { status: answer.status });
    return found;
  }

  async load(anew) {
    const round = anew ? ++this.round : this.round;
    this.loaded = Date.now();
    this.loading = true;
    const before = this.decided;
    if (anew) this.busy();
    try {
      await this.sending; // what is being decided must not come back
      const { language, reason } = this.filters;
      const query = `limit=${AHEAD + LOW}${language && `&language=${language}`}${reason && `&reason=${reason}`}&since=${this.since()}`;
      const [found, intents, pending] = await Promise.all([this.ask(`review?${query}`),
        this.ask("review-intents"), this.ask("review-pending")]);
      if (round !== this.round) return;
      this.intents = intents;
      this.pending = pending;
      this.counted(found);
      const known = new Set(this.items.map((one) => one.turn_id));
      const fresh = found.items.filter((one) => !known.has(one.turn_id) && !this.settled.has(one.turn_id));
      const empty = !this.items.length;
      this.items.push(...fresh);
      // What was decided meanwhile may have made room for others of its cluster.
      this.loading = before !== this.decided && this.items.length < LOW;
      if (this.loading) this.load(false);
      if (empty || anew) this.show(false);
      this.drawPending();
    } catch {
      this.loading = false;
      if (round === this.round && !this.items.length) this.card.replaceChildren(make("p", "dr-empty", this.words.offline));
    }
  }

  counted({ left, done }) {
    this.counts = { left, done };
    this.drawCounts();
  }

  // Decisions

  decide(body, told) {
    const item = this.items[0];
    if (!item) return;
    const also = this.whole && item.cluster ? item.cluster.turn_ids.slice(1, AT_MOST + 1) : [];
    const gone = new Set([item.turn_id, ...also]);
    this.decided += 1;
    gone.forEach((id) => this.settled.add(id));
    this.items = this.items.filter((one) => !gone.has(one.turn_id));
    this.counts = { left: Math.max(0, this.counts.left - gone.size), done: this.counts.done + gone.size };
    this.say(gone.size > 1 ? `${told} · ${filled(this.words.for_all, { count: gone.size })}` : told);
    this.sending = this.sending.then(() => this.send(item, { ...body, also }, gone));
    if (this.items.length < LOW && !this.loading) this.load(false);
    this.show(true);
  }

  async send(item, body, gone) {
    try {
      this.counted(await this.ask(`review/${item.turn_id}?since=${this.since()}`, body));
      this.pending = await this.ask("review-pending");
      this.drawPending();
    } catch (error) {
      this.say(error.message || this.words.not_sent, true);
      if (body.kind === "new_intent") this.intents.intents = this.intents.intents.filter((one) => one.name !== body.intent);
      if (error.status === 409) return;
      gone.forEach((id) => this.settled.delete(id));
      this.items.unshift(item);
      this.show(true);
    }
  }

  async undo() {
    await this.sending;
    this.sending = this.takeBack();
    await this.sending;
  }

  async takeBack() {
    try {
      const found = await this.ask(`review-undo?since=${this.since()}`, {});
      this.counted(found);
      if (!found.item) return this.say(this.words.nothing_to_undo);
      (found.item.cluster?.turn_ids ?? [found.item.turn_id]).forEach((id) => this.settled.delete(id));
      this.items = [found.item, ...this.items.filter((one) => one.turn_id !== found.item.turn_id)];
      this.say(this.words.undone);
      this.show(true);
      this.pending = await this.ask("review-pending");
      this.drawPending();
    } catch (error) {
      this.say(error.message || this.words.not_sent, true);
    }
  }

  confirm() {
    const item = this.items[0];
    if (!item) return;
    if (!item.confirm) return this.say(this.words.nothing_to_confirm, true);
    this.decide({ kind: "confirm" }, this.words.told_confirm);
  }

  choose(place) {
    const [name] = this.items[0]?.understood.ranking[place - 1] ?? [];
    if (!name) return;
    if (!this.intents.intents.some((one) => one.name === name)) return this.say(filled(this.words.not_in_domain, { name }), true);
    this.take(name);
  }

  take(name) {
    this.decide({ kind: "intent", intent: name }, filled(this.words.told_intent, { name: this.label(name) }));
  }

  async search() {
    if (!this.items.length) return;
    const found = await askIntent(this.words, this.intents.intents, this.language);
    if (found?.made) this.create(found.made);
    else if (found) this.take(found.name);
  }

  async create(suggested = "") {
    if (!this.items.length) return;
    const made = await askNewIntent(this.words, this.intents.languages, suggested, this.items[0].message);
    if (!made) return;
    this.intents.intents.unshift({ name: made.intent, kind: "answer", label: made.label });
    this.decide({ kind: "new_intent", ...made }, filled(this.words.told_new, { name: made.intent }));
  }

  async write() {
    const item = this.items[0];
    if (!item) return;
    const answer = await askAnswer(this.words, item.message, item.proposed_answer ?? "");
    if (answer) this.decide({ kind: "answer", answer }, this.words.told_answer);
  }

  // Drawing

  label(name) {
    return this.intents.intents.find((one) => one.name === name)?.label[this.language] ?? name;
  }

  busy() {
    this.card.replaceChildren(make("p", "dr-empty", this.words.loading));
    this.side.replaceChildren();
  }

  show(focus) {
    this.whole = false;
    this.drawCounts();
    const item = this.items[0];
    if (!item) {
      this.card.replaceChildren(make("p", "dr-empty", this.loading ? this.words.loading : this.words.empty));
      this.side.replaceChildren();
    } else {
      this.drawCard(item);
      this.drawSide(item);
    }
    if (focus) this.card.focus({ preventScroll: true });
    if (focus && this.card.getBoundingClientRect().top < 0) this.card.scrollIntoView({ block: "start" });
  }

  drawCounts() {
    const { left, done } = this.counts;
    this.count.textContent = filled(this.words.counts, { left, done });
    this.meter.max = Math.max(1, left + done);
    this.meter.value = done;
  }

  drawCard(item) {
    const { words } = this;
    const chips = make("ul", "dr-chips", ...item.reasons.map((one) => make("li", `dr-chip dr-${one}`, words[one])),
      make("li", "dr-chip dr-soft", words[item.language]));
    chips.setAttribute("aria-label", words.reasons);
    const message = make("p", "dr-message", item.message);
    message.lang = item.language === "zh" ? "zh-CN" : "en";
    this.card.replaceChildren(chips, make("h2", "dr-small", words.customer), message, this.cluster(item) ?? "",
      this.reply(item), this.agent(item) ?? "", this.actions(item), this.talk(item));
  }

  cluster(item) {
    if (!item.cluster) return null;
    const { words } = this;
    const count = Math.min(item.cluster.turn_ids.length, AT_MOST + 1);
    const box = Object.assign(make("input"), { type: "checkbox" });
    box.addEventListener("change", () => { this.whole = box.checked; });
    this.wholeBox = box;
    const label = make("label", "dr-whole", box, make("span", "", filled(words.apply_to_all, { count })), make("kbd", "", "a"));
    const others = item.cluster.texts.slice(1).map((text) => make("li", "", text));
    const list = make("details", "", make("summary", "", filled(words.same_question, { count: others.length })), make("ul", "", ...others));
    list.open = others.length <= 4;
    return make("div", "dr-cluster", list, label);
  }

  agent(item) {
    if (!item.proposed_answer) return null;
    return make("div", "dr-agent", make("h2", "dr-small", this.words.agent_answered), make("p", "", item.proposed_answer));
  }

  reply(item) {
    const { words } = this;
    const said = item.understood.reply;
    const why = this.button("e", words.why, () => openExplain({ turn: item.turn_id }, this.language), "dr-link");
    return make("div", "dr-reply", make("h2", "dr-small", words.bot), make("p", "", said ?? words.silent), why);
  }

  actions(item) {
    const { words } = this;
    const confirm = this.button("Enter", this.confirmText(item), () => this.confirm(), "dr-main");
    confirm.disabled = !item.confirm;
    const others = [["/", words.search, () => this.search()], ["n", words.new_intent, () => this.create()],
      ["w", item.proposed_answer ? words.use_answer : words.write, () => this.write()],
      ["o", words.out_of_scope_do, () => this.decide({ kind: "out_of_scope" }, words.told_out)],
      ["s", words.skip, () => this.decide({ kind: "skip" }, words.told_skip)]];
    const group = make("div", "dr-actions", confirm, ...others.map((one) => this.button(...one)));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", words.decide);
    return group;
  }

  confirmText(item) {
    const { words } = this;
    if (!item.confirm) return words.nothing_to_confirm;
    return item.confirm.intent ? filled(words.confirm_intent, { name: this.label(item.confirm.intent) }) : words.confirm_passage;
  }

  talk(item) {
    const { words } = this;
    const names = { customer: words.customer, bot: words.bot, staff: words.agent };
    const rows = item.context.map((one) => {
      const text = make("p", "", one.text);
      const row = make("li", `dr-said dr-by-${one.role}${one.here ? " dr-here" : ""}`,
        make("span", "dr-who", one.author ?? names[one.role]), text, one.rating === -1 && make("span", "dr-down", words.rated_down));
      if (one.here) row.setAttribute("aria-current", "true");
      return row;
    });
    return make("div", "dr-talk", make("h2", "dr-small", words.conversation), make("ol", "", ...rows));
  }

  drawSide(item) {
    const { words } = this;
    const understood = item.understood;
    const choices = understood.ranking.slice(0, CHOICES).map(([name, value], place) => {
      const button = make("button", "dr-choice", make("kbd", "", String(place + 1)),
        bar(this.label(name), value, { strong: understood.accepted && place === 0 }));
      button.type = "button";
      button.setAttribute("aria-label", `${place + 1}: ${this.label(name)}, ${percent(value)}`);
      button.setAttribute("aria-keyshortcuts", String(place + 1));
      button.addEventListener("click", () => this.choose(place + 1));
      return button;
    });
    const verdict = understood.threshold === null ? null : make("p", "dr-soft", filled(
      understood.accepted ? words.accepted : words.not_accepted,
      { score: percent(understood.score), threshold: percent(understood.threshold) }));
    const passages = understood.passages.map((one) => make("div", "dr-passage",
      bar(one.title || one.source, one.score, { threshold: understood.passage_threshold, strong: one.quoted, detail: one.source })));
    this.side.replaceChildren(make("h2", "dr-small", words.choices),
      ...(choices.length ? choices : [make("p", "dr-soft", words.no_ranking)]), verdict ?? "",
      understood.query === item.message ? "" : make("p", "dr-soft", filled(words.with_topic, { query: understood.query })),
      make("h2", "dr-small", words.passages), ...(passages.length ? passages : [make("p", "dr-soft", words.no_passages)]),
      understood.passage_threshold === null ? "" : make("p", "dr-soft", filled(words.passage_threshold, { threshold: percent(understood.passage_threshold) })));
  }

  drawPending() {
    const { words, pending } = this;
    if (!pending) return;
    const kinds = Object.entries(pending.kinds).map(([kind, count]) => make("li", "", `${words[`kind_${kind}`]}: `, make("b", "", String(count))));
    const intents = Object.entries(pending.intents).map(([name, count]) => make("li", "",
      make("span", "", name === "oos" ? words.kind_out_of_scope : this.label(name)), make("b", "", `+${count}`),
      make("span", "dr-soft", name === "oos" ? "" : filled(words.taught, { count: pending.taught[name] ?? 0 }))));
    const list = make("details", "", make("summary", "", words.by_intent), make("ul", "", ...intents));
    this.pendingPlace.replaceChildren(make("h2", "dr-small", words.pending),
      make("p", "dr-total", filled(words.pending_total, { count: pending.total })),
      kinds.length ? make("ul", "dr-kinds", ...kinds) : "", intents.length ? list : "",
      pending.staff_replies ? make("p", "dr-soft", filled(words.staff_replies, { count: pending.staff_replies })) : "",
      make("p", "dr-soft", pending.release ? filled(words.versus, { release: pending.release }) : words.no_release));
  }

  // The keyboard

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (!this.place.getClientRects().length || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    // On the tab itself Enter has done its work: the tab is open.
    const pressing = target.closest("button:not([role=tab]), a, summary");
    if (event.key === "Enter" && pressing) return; // the focused control does its own thing
    const act = this.acts()[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  acts() {
    const { words } = this;
    return {
      Enter: () => this.confirm(), "/": () => this.search(), i: () => this.search(), n: () => this.create(),
      w: () => this.write(), o: () => this.decide({ kind: "out_of_scope" }, words.told_out),
      s: () => this.decide({ kind: "skip" }, words.told_skip), u: () => this.undo(), "?": () => askHelp(words),
      e: () => this.items[0] && openExplain({ turn: this.items[0].turn_id }, this.language),
      a: () => this.wholeBox?.isConnected && this.wholeBox.click(),
      ...Object.fromEntries([1, 2, 3, 4, 5].map((place) => [String(place), () => this.choose(place)])),
    };
  }
}

export function start(place, words) {
  useStyles("/static/explain.css");
  useStyles("/static/review.css");
  window.deskmateExplain = openExplain;
  return new Review(place, words);
}
