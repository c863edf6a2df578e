// The Insights tab: fetches figures and topics from /api/staff/insights and shows them. Runs inside
// Gradio's HTML component, which provides `element` and `props`, after console_charts.js.
// Every word and every question of a customer is set as text, never as markup.
"use strict";

const place = element.querySelector(".dc-insights");
const LANGUAGE = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
const LOCALE = LANGUAGE === "zh" ? "zh-CN" : "en-GB";
const AGAIN_MS = 60000;
const CARD = 480; // as .di-cards has it
const PERIODS = ["7", "28", "90", "364", "own"];
const OUTCOMES = ["answered", "person", "unanswered", "going_on"];
const MOODS = ["negative", "neutral", "positive"];
const RATES = ["containment", "coverage", "thumbs_up"];
const asked = { period: "28", from: "", to: "", language: "", unit: "" };
const whole = new Intl.NumberFormat(LOCALE);
let loadedAt = 0, loading = 0, last = null;

function say(key, values = {}) {
  let text = props.value[key]?.[LANGUAGE] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, value);
  return text;
}

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

// ---- numbers in words -------------------------------------------------------------------------

function number(value, digits) {
  return new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

const percent = (share, digits = 1) => (share === null ? "–" : `${number(100 * share, digits)} %`);

function duration(seconds) {
  if (seconds === null) return "–";
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const total = Math.round(seconds);
  const at = units.findIndex(([, size]) => total >= size);
  if (at < 0 || at === 3) return say("unit_s", { n: total });
  const [name, size] = units[at], [small, less] = units[at + 1];
  const rest = Math.floor((total % size) / less);
  const first = say(`unit_${name}`, { n: Math.floor(total / size) });
  return rest ? `${first} ${say(`unit_${small}`, { n: rest })}` : first;
}

function shown(kind, value) {
  if (value === null) return "–";
  return {
    count: () => whole.format(value),
    share: () => percent(value),
    stars: () => number(value, 2),
    ms: () => (value >= 1000 ? duration(value / 1000) : say("unit_ms", { n: number(value, value < 10 ? 1 : 0) })),
    seconds: () => duration(value),
  }[kind]();
}

function day(first, unit) {
  const date = new Date(`${first}T12:00:00`);
  const options = unit === "month" ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(LOCALE, options).format(date);
}

const longDay = (first) => new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" }).format(new Date(`${first}T12:00:00`));

function partName(part, unit) {
  const name = unit === "day" ? longDay(part.first) : day(part.first, unit);
  return unit === "week" ? say("week_of", { day: name }) : name;
}

// ---- the controls -----------------------------------------------------------------------------

function choice(name, key, values, label) {
  const options = values.map((value) => {
    const input = make("input", { type: "radio", name: `di-${name}`, value, checked: asked[key] === value });
    input.checked = asked[key] === value;
    input.addEventListener("change", () => { asked[key] = value; changed(name); });
    return make("label", { class: "di-option" }, input, make("span", null, label(value)));
  });
  return make("fieldset", { class: "di-choice" }, make("legend", null, say(name)), make("div", { class: "di-options" }, ...options));
}

function select(name, values, label) {
  const list = make("select", { id: `di-${name}` }, ...values.map((value) => make("option", { value }, label(value))));
  list.value = asked[name];
  list.addEventListener("change", () => { asked[name] = list.value; load(); });
  return make("div", { class: "di-field" }, make("label", { for: `di-${name}` }, say(name)), list);
}

function dateField(name) {
  const input = make("input", { type: "date", id: `di-${name}`, required: true });
  input.value = asked[name];
  input.addEventListener("change", () => { asked[name] = input.value; });
  return make("div", { class: "di-field" }, make("label", { for: `di-${name}` }, say(name)), input);
}

const own = make("form", { class: "di-own", hidden: true });
const downloads = make("a", { class: "di-button", download: true });
const status = make("p", { class: "di-status", role: "status" });
const main = make("div", { class: "di-main" });
const topics = make("section", { class: "di-topics", "aria-labelledby": "di-topics-title" });

function controls() {
  own.append(dateField("from"), dateField("to"), make("button", { class: "di-button" }, say("show")));
  own.addEventListener("submit", (event) => { event.preventDefault(); load(); });
  downloads.textContent = say("download");
  return make("div", { class: "di-controls" },
    choice("period", "period", PERIODS, (value) => say(value === "own" ? "own" : `days_${value}`)),
    own,
    select("language", ["", "en", "zh"], (value) => say(value || "all")),
    select("unit", ["", "day", "week", "month"], (value) => say(value || "auto")),
    downloads);
}

function changed(name) {
  own.hidden = asked.period !== "own";
  if (name === "period" && asked.period === "own") {
    own.querySelector("#di-from").value = asked.from;
    own.querySelector("#di-to").value = asked.to;
    own.querySelector("input").focus();
    return;
  }
  load();
}

function query() {
  const values = new URLSearchParams();
  if (asked.period === "own") {
    values.set("from", asked.from);
    values.set("to", asked.to);
  } else values.set("days", asked.period);
  if (asked.language) values.set("language", asked.language);
  if (asked.unit) values.set("unit", asked.unit);
  return values;
}

// ---- the figures ------------------------------------------------------------------------------

function change(one) {
  if (one.value === null || one.before === null || (one.kind === "count" && !one.before)) {
    return make("span", { class: "di-change" }, say("no_before"));
  }
  const by = one.value - one.before;
  const size = Math.abs(by);
  const text = one.kind === "share" ? say("points", { n: number(100 * size, 1) })
    : one.kind === "count" ? `${number((100 * size) / one.before, 0)} %` : shown(one.kind, size);
  if (text === shown(one.kind, 0) || size < 0.0005) return make("span", { class: "di-change" }, say("same"));
  const direction = by > 0 ? "more" : "less";
  const verdict = one.good === "neither" ? "" : one.good === direction ? " di-better" : " di-worse";
  return make("span", { class: `di-change${verdict}` },
    make("span", { "aria-hidden": "true" }, by > 0 ? "▲ " : "▼ "), say(direction, { change: text }));
}

function tile(name, value, note, below) {
  return make("li", { class: "di-tile" }, make("span", { class: "di-name" }, name),
    make("strong", null, value), note ? make("span", { class: "di-note" }, note) : null, below);
}

function note(one, p90) {
  if (p90) return `${say("median")}${LANGUAGE === "zh" ? "，" : ", "}${p90.value === null ? "–" : say("p90", { time: shown(p90.kind, p90.value) })}`;
  if (one.n === null) return "";
  return one.key === "stars" ? say("ratings", { n: whole.format(one.n) }) : say("of", { n: whole.format(one.n) });
}

function tiles({ headlines, figures }) {
  const p90 = (key) => headlines.find((one) => one.key === key.replace("p50", "p90"));
  const found = headlines.filter((one) => !one.key.endsWith("p90")).map((one) => {
    const slow = one.key.endsWith("p50") ? p90(one.key) : null;
    return tile(say(one.key), shown(one.kind, one.value), note(one, slow), change(one));
  });
  const { count, longest_s: longest } = figures.waiting;
  const waits = count ? say("longest", { time: duration(longest) }) : say("nobody");
  found.push(tile(say("waiting_now"), whole.format(count), waits, null));
  return make("section", { "aria-label": say("main") }, make("ul", { class: "di-tiles" }, ...found));
}

function card(title, content, legend = []) {
  const keys = legend.map(([name, text]) => make("li", null, make("span", { class: `di-key di-${name}`, "aria-hidden": "true" }), text));
  return make("figure", { class: "di-card" },
    make("figcaption", null, make("h3", null, title), keys.length ? make("ul", { class: "di-legend" }, ...keys) : null), content);
}

const nothing = (key = "nothing") => make("p", { class: "di-empty" }, say(key));

function outcomes(parts, unit, labels, tips) {
  const columns = parts.map((part) => OUTCOMES.map((name) => part.outcomes[name]));
  const empty = !columns.flat().some(Boolean);
  const title = say("outcomes");
  const chart = () => stackedBars({ title, labels, columns, classes: OUTCOMES.map((name) => `di-${name}`), tips, shown: (value) => whole.format(value) });
  return card(title, empty ? nothing() : chart(), OUTCOMES.map((name) => [name, say(name)]));
}

const rateOf = { containment: (part) => part.outcomes.containment, coverage: (part) => part.coverage, thumbs_up: (part) => part.thumbs_up };

function rates(parts, unit, labels) {
  const series = RATES.map((name) => ({ class: `di-${name}`, values: parts.map((part) => rateOf[name](part).share) }));
  const tips = parts.map((part) => [partName(part, unit), ...RATES.map((name) => {
    const { share, n } = rateOf[name](part);
    return `${say(name)}: ${percent(share)} (${say("of", { n: whole.format(n) })})`;
  })].join("\n"));
  const empty = !series.some((one) => one.values.some((value) => value !== null));
  const chart = () => lines({ title: say("rates"), labels, series, tips, shown: (value) => `${number(100 * value, 0)} %` });
  return card(say("rates"), empty ? nothing() : chart(), RATES.map((name) => [name, say(name)]));
}

function moods(parts, unit, labels) {
  const totals = parts.map((part) => MOODS.reduce((sum, name) => sum + part.moods[name], 0));
  const columns = parts.map((part, at) => MOODS.map((name) => (totals[at] ? (100 * part.moods[name]) / totals[at] : 0)));
  const tips = parts.map((part, at) => [partName(part, unit), ...MOODS.map((name) => `${say(`mood_${name}`)}: ${percent(totals[at] ? part.moods[name] / totals[at] : null)}`), say("of", { n: whole.format(totals[at]) })].join("\n"));
  const chart = () => stackedBars({ title: say("moods"), labels, columns, classes: MOODS.map((name) => `di-mood-${name}`), tips, shown: (value) => `${number(value, 0)} %` });
  return card(say("moods"), totals.some(Boolean) ? chart() : nothing("no_moods"), MOODS.map((name) => [`mood-${name}`, say(`mood_${name}`)]));
}

function ranking(title, rows, below = null) {
  const most = Math.max(...rows.map(([, count]) => count), 1);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const body = rows.map(([name, count, title]) => {
    const bar = make("span", { class: "di-bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", count / most);
    return make("tr", null, make("th", { scope: "row", title }, name),
      make("td", { class: "di-bar-cell" }, bar), make("td", null, whole.format(count)), make("td", { class: "di-note" }, percent(total ? count / total : null, 0)));
  });
  const table = make("table", { class: "di-ranking" }, make("tbody", null, ...body));
  return card(title, make("div", null, total ? table : nothing(), below));
}

function reasons({ hand_offs, staff_replies: replies }) {
  const rows = hand_offs.map((one) => [props.value[`reason_${one.name}`] ? say(`reason_${one.name}`) : one.name, one.count]);
  const { left, open } = replies;
  const below = left || open ? make("p", { class: "di-note" }, say("left", { left: whole.format(left), open: whole.format(open) })) : null;
  return ranking(say("reasons"), rows, below);
}

function stars({ stars: { counts } }) {
  const rows = [5, 4, 3, 2, 1].map((n) => [say("star", { n }), counts[n - 1]]);
  return ranking(say("ratings_title"), rows);
}

function table(head, rows) {
  const top = make("tr", null, ...head.map((text) => make("th", { scope: "col" }, text)));
  const body = rows.map(([first, ...rest]) => make("tr", null, make("th", { scope: "row" }, first), ...rest.map((cell) => make("td", null, cell))));
  return make("div", { class: "di-scroll", tabindex: "0", role: "group", "aria-label": head[0] }, make("table", { class: "di-table" }, make("thead", null, top), make("tbody", null, ...body)));
}

const counted = (rate) => (rate.n ? `${percent(rate.share)} (${whole.format(rate.count)}/${whole.format(rate.n)})` : "–");

function asTable(parts, unit) {
  const head = [say(unit), say("conversations"), say("messages"), ...OUTCOMES.map(say), say("containment"), say("coverage"), say("hand_offs"), say("thumbs_up"), ...MOODS.map((name) => say(`mood_${name}`))];
  const rows = parts.map((part) => [
    partName(part, unit), whole.format(part.conversations), whole.format(part.messages),
    ...OUTCOMES.map((name) => whole.format(part.outcomes[name])),
    counted(part.outcomes.containment), counted(part.coverage),
    whole.format(part.hand_offs.reduce((sum, one) => sum + one.count, 0)), counted(part.thumbs_up),
    ...MOODS.map((name) => whole.format(part.moods[name])),
  ]);
  return make("details", { class: "di-details" }, make("summary", null, say("table")), table(head, rows));
}

function releases({ releases: found }) {
  const rows = found.map((one) => [one.release, longDay(one.since.slice(0, 10)), whole.format(one.messages), counted(one.coverage)]);
  const head = [say("release"), say("since"), say("replies"), say("coverage")];
  return card(say("releases"), rows.length ? table(head, rows) : nothing());
}

function cardWidth() {
  const whole = place.clientWidth || 640;
  const columns = Math.max(1, Math.floor((whole + 12) / (CARD + 12)));
  return Math.round((whole - 12 * (columns - 1)) / columns - 34);
}

function show(answer) {
  last = answer;
  WIDE = cardWidth();
  const { figures } = answer;
  const { parts, unit } = figures;
  const labels = parts.map((part) => day(part.first, unit));
  const tips = parts.map((part) => [partName(part, unit), ...OUTCOMES.map((name) => `${say(name)}: ${whole.format(part.outcomes[name])}`)].join("\n"));
  const wasOpen = main.querySelector(".di-details")?.open ?? false;
  main.replaceChildren(
    tiles(answer),
    make("div", { class: "di-cards" },
      outcomes(parts, unit, labels, tips), rates(parts, unit, labels),
      moods(parts, unit, labels), reasons(figures),
      ranking(say("intents"), figures.intents.map((one) => [answer.labels[one.name]?.[LANGUAGE] ?? one.name, one.count, one.name])), stars(figures)),
    releases(figures),
    asTable(parts, unit));
  main.querySelector(".di-details").open = wasOpen;
}

// ---- the topics -------------------------------------------------------------------------------

function openTab(name) {
  document.querySelector(`#dc-tabs [role=tab][id*="${name}"], #dc-tabs [role=tab][aria-controls*="${name}"]`)?.click();
}

function topic(one) {
  const said = say("asked", { questions: whole.format(one.questions), conversations: whole.format(one.conversations) });
  const summary = make("summary", null,
    make("span", { class: "di-topic-name", lang: one.language }, one.name),
    spark(say("trend", { counts: one.counts.join(", ") }), one.counts),
    make("span", { class: "di-topic-count" }, said),
    make("span", { class: "di-words" }, ...one.words.map((word) => make("span", { class: "di-word", lang: one.language }, word))));
  const examples = one.examples.map((example) => make("li", null,
    make("span", { lang: one.language }, example.text), " ", make("time", { datetime: example.at, class: "di-note" }, longDay(example.at.slice(0, 10)))));
  return make("li", null, make("details", { class: "di-topic" }, summary, make("ul", { class: "di-examples" }, ...examples)));
}

function showTopics(report) {
  const review = make("button", { type: "button", class: "di-button" }, say("review"));
  review.addEventListener("click", () => openTab("review"));
  const link = make("a", { class: "di-button", download: true, href: `/api/staff/insights.csv?table=topics&${query()}` }, say("topics_download"));
  const said = { questions: whole.format(report.questions), grouped: whole.format(report.grouped), single: whole.format(report.single) };
  topics.replaceChildren(make("h3", { id: "di-topics-title" }, say("topics")),
    make("p", { class: "di-note" }, say("topics_said", said)),
    report.topics.length ? make("ol", null, ...report.topics.map(topic)) : nothing("topics_none"),
    make("div", { class: "di-actions" }, review, report.topics.length ? link : null));
}

function topicsWait() {
  topics.replaceChildren(make("h3", { id: "di-topics-title" }, say("topics")), make("p", { class: "di-note", role: "status" }, say("topics_loading")));
}

// ---- loading ----------------------------------------------------------------------------------

async function fetched(path, mine) {
  const answer = await window.deskmateConsole.api(`${path}?${query()}`);
  if (mine !== loading) return null;
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

async function load(quietly = false) {
  if (asked.period === "own" && !(asked.from && asked.to && asked.from <= asked.to)) {
    status.textContent = say("wrong_days");
    return;
  }
  const mine = ++loading;
  downloads.href = `/api/staff/insights.csv?${query()}`;
  place.setAttribute("aria-busy", "true");
  if (!quietly) {
    status.textContent = say("loading");
    topicsWait();
  }
  try {
    const answer = await fetched("insights", mine);
    if (!answer) return;
    const { first, last } = answer.figures;
    if (asked.period !== "own") Object.assign(asked, { from: first, to: last });
    show(answer);
    loadedAt = Date.now();
    status.textContent = say("loaded", { from: longDay(first), to: longDay(last) });
    if (quietly) return;
    const report = await fetched("insights/topics", mine);
    if (report) showTopics(report);
  } catch {
    if (mine === loading) status.textContent = say("failed");
  } finally {
    if (mine === loading) place.removeAttribute("aria-busy");
  }
}

function visible() {
  return place.isConnected && place.offsetParent !== null && !document.hidden;
}

new ResizeObserver(() => { if (last && place.clientWidth && Math.abs(cardWidth() - WIDE) > 8) show(last); }).observe(place);
place.replaceChildren(controls(), status, main, topics);
place.setAttribute("aria-label", say("title"));
new IntersectionObserver((seen) => {
  if (seen.some((one) => one.isIntersecting) && Date.now() - loadedAt > AGAIN_MS) load(loadedAt > 0);
}).observe(place);
setInterval(() => { if (visible() && loadedAt && Date.now() - loadedAt > AGAIN_MS) load(true); }, AGAIN_MS / 4);
