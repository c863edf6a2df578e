// The Inbox's list: who waits, who talks to whom. Runs inside Gradio's HTML component, which provides
// `element`, `props`, `trigger` and `watch`; its events are "open" and "refresh".
// Every word is set as text, never as markup: customers write here.
"use strict";

const place = element.querySelector(".dc-queue");
const OPENED = "deskmate-open";
const rows = new Map(); // id -> {node, key, time, since}
const groups = new Map(); // name -> {box, title, list}
let asked = 0;
let restored = false;

function passed(seconds) {
  const [unit, long] = seconds < 60 ? ["second", 1] : seconds < 3600 ? ["minute", 60] : seconds < 86400 ? ["hour", 3600] : ["day", 86400];
  const style = { style: "unit", unit, unitDisplay: "short" };
  return new Intl.NumberFormat(document.documentElement.lang, style).format(Math.floor(seconds / long));
}

function row(id) {
  const node = make("button", "dc-row");
  node.type = "button";
  node.dataset.id = id;
  node.addEventListener("click", () => open(id));
  return { node, time: make("span", "dc-wait") };
}

function write({ node, time }, item, { searching, words }) {
  const chips = make("span", "dc-chips",
    item.reason ? make("span", `dc-chip${item.call_back ? " dc-chip-call" : ""}`, item.reason) : null,
    item.mood && item.mood !== "neutral" ? make("span", `dc-chip dc-mood-${item.mood}`, words[item.mood]) : null,
    ...item.labels.map((label) => make("span", "dc-chip dc-chip-label", label)));
  const parts = [
    make("span", "dc-row-top", make("span", "dc-row-title", item.title),
      make("span", "dc-lang", item.language.toUpperCase()), time),
    item.last ? make("span", `dc-row-last dc-from-${item.last_role}`, item.last) : null,
    searching || (item.status === "open" && !item.mine) ? make("span", "dc-row-status", item.status_text) : null,
    chips,
    item.viewers.length ? make("span", "dc-row-viewers", words.viewing.replace("{names}", item.viewers.join(", "))) : null,
  ];
  node.replaceChildren(...parts.filter((part) => part !== null));
  node.classList.toggle("dc-urgent", item.urgent);
}

function open(id) {
  sessionStorage.setItem(OPENED, id);
  trigger("open", { id });
  document.querySelector("#dc-inbox-body")?.setAttribute("data-pane", "talk");
}

function grouped({ items, searching }, words) {
  if (searching) return [["found", words.found, items]];
  const of = (name) => items.filter((item) => name === (item.status !== "open" ? "waiting" : item.mine ? "mine" : "others"));
  return ["waiting", "mine", "others"].map((name) => [name, words[name], of(name)]).filter(([, , some]) => some.length);
}

function group(name, title) {
  let found = groups.get(name);
  if (!found) {
    const heading = make("h3", "dc-group-title");
    const list = make("div", "dc-group-rows");
    heading.id = `dc-group-${name}`;
    list.setAttribute("role", "group");
    list.setAttribute("aria-labelledby", heading.id);
    found = { box: make("section", "dc-group", heading, list), heading, list };
    groups.set(name, found);
  }
  found.heading.textContent = title;
  return found;
}

// A row stays the same node however often it changes, so that the focus stays where it is.
function fill(list, items, value) {
  const { selected, searching, words } = value;
  items.forEach((item, position) => {
    const key = JSON.stringify([{ ...item, waiting_s: 0 }, searching, words.waiting]);
    const entry = rows.get(item.id) ?? row(item.id);
    rows.set(item.id, entry);
    if (entry.key !== key) write(entry, item, value);
    entry.key = key;
    entry.since = item.waiting_s === null ? null : Date.now() - item.waiting_s * 1000;
    entry.waits = Boolean(item.waiting_s) || item.status === "waiting";
    entry.node.setAttribute("aria-current", String(item.id === selected));
    if (list.children[position] !== entry.node) list.insertBefore(entry.node, list.children[position] ?? null);
  });
}

function tick() {
  for (const { time, since, waits } of rows.values()) {
    const text = since === null || !waits ? "" : passed(Math.max(0, (Date.now() - since) / 1000));
    if (time.textContent !== text) time.textContent = text;
  }
}

// A row that moves between press and click would lose the click, or take another's. By touch the click
// comes some time after the release.
const CLICK_MS = 300;
const PRESS_MS = 3000;
let pressed = 0; // until when the list stays as it is

function hold(milliseconds) {
  pressed = performance.now() + milliseconds;
  setTimeout(draw, milliseconds + 1);
}

place.addEventListener("pointerdown", (event) => { if (event.button === 0) hold(PRESS_MS); });
place.addEventListener("pointerup", () => hold(CLICK_MS));
place.addEventListener("pointercancel", () => hold(0));
place.addEventListener("click", () => hold(0));

function draw() {
  const value = props.value;
  if (!value || performance.now() < pressed) return;
  const { words, items, selected } = value;
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const wanted = new Set(items.map((item) => item.id));
  for (const [id, entry] of rows) {
    if (wanted.has(id)) continue;
    entry.node.remove();
    rows.delete(id);
  }
  const parts = grouped(value, words);
  parts.forEach(([name, title, some]) => fill(group(name, `${title} (${some.length})`).list, some, value));
  const boxes = parts.map(([name]) => groups.get(name).box);
  const empty = items.length ? null : make("p", "dc-empty", value.searching ? words.nothing_found : words.nobody);
  const shown = empty ? [empty] : boxes;
  if (shown.length !== place.children.length || shown.some((box, at) => place.children[at] !== box)) place.replaceChildren(...shown);
  if (focused?.isConnected) focused.focus({ preventScroll: true }); // a row that moved lost it
  place.setAttribute("aria-label", words.queue);
  tick();
  restore(selected);
  waitingInTitle(items.filter((item) => item.status === "waiting").length);
}

// What was open before a reload, or before the session ended, is opened again; not earlier than with
// the first list, since Gradio takes no event while the page is being built.
function restore(selected) {
  const before = sessionStorage.getItem(OPENED);
  if (!restored && before && before !== selected) setTimeout(() => trigger("open", { id: before }));
  restored = true;
}

function waitingInTitle(count) {
  if (!props.value.searching) document.title = count ? `(${count}) Deskmate` : "Deskmate";
}

place.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const all = [...place.querySelectorAll(".dc-row")];
  if (!all.length || (!step && event.key !== "Home" && event.key !== "End")) return;
  event.preventDefault();
  const at = all.indexOf(document.activeElement);
  const next = event.key === "Home" ? 0 : event.key === "End" ? all.length - 1 : Math.min(all.length - 1, Math.max(0, at + step));
  all[next].focus();
});

// Many changes at once are one look.
function news() {
  if (!element.isConnected) {
    window.removeEventListener("deskmate:change", news);
    return;
  }
  clearTimeout(asked);
  asked = setTimeout(() => trigger("refresh"), 80);
}

window.addEventListener("deskmate:change", news);
setInterval(tick, 1000);
draw();
watch("value", draw);
