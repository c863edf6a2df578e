// The figures of the Insights tab as tiles, charts and tables. Asks for nothing itself.
"use strict";

const CARD = 480; // as .di-cards has it
const OUTCOMES = ["answered", "person", "unanswered", "going_on"];
const MOODS = ["negative", "neutral", "positive"];
const RATES = ["containment", "coverage", "thumbs_up"];

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
  return card(say("moods"), totals.some(Boolean) ? chart() : nothing(parts.some((part) => part.messages) ? "no_moods" : "nothing"), MOODS.map((name) => [`mood-${name}`, say(`mood_${name}`)]));
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
