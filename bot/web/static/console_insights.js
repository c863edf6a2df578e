// The Insights tab: what is asked for, and when; figures come from /api/staff/insights. Runs inside
// Gradio's HTML component, which provides `element` and `props`, after its other scripts.
"use strict";

const place = element.querySelector(".dc-insights");
const AGAIN_MS = 60000;
const PERIODS = ["7", "28", "90", "364", "own"];
const asked = { period: "28", from: "", to: "", language: "", unit: "" };
let loadedAt = 0, loading = 0, last = null;

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
