// The history of the open conversation. Runs inside Gradio's HTML component.
// Every word is set as text, never as markup: customers and documents write here.
"use strict";

const SETTLES_MS = 300;
const list = element.querySelector(".dc-talk");
const shown = new Map(); // id -> {node, key}
let current = "";
let pinned = true; // the end is in view
let changed = 0; // when the list had another height or other messages
let silent = 0;

function clock(at) {
  const time = make("time", "dc-time");
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  time.dateTime = at;
  time.textContent = date.toLocaleString(document.documentElement.lang, { ...(today ? {} : { month: "short", day: "numeric" }), hour: "numeric", minute: "2-digit" });
  return time;
}

function sources(item, words) {
  if (!item.sources.length) return null;
  const rows = item.sources.map(({ title, source }) => {
    const web = /^https?:\/\//.test(source);
    const where = make(web ? "a" : "span", "dc-where", source);
    if (web) Object.assign(where, { href: source, target: "_blank", rel: "noopener noreferrer" });
    return make("li", "", make("span", "", title), where);
  });
  return make("details", "dc-sources", make("summary", "", `${words.sources} (${rows.length})`), make("ul", "", ...rows));
}

function why(item, words) {
  if (!item.why) return null;
  const button = make("button", "dc-why", words.why);
  button.type = "button";
  button.setAttribute("aria-label", words.why_label);
  button.setAttribute("aria-haspopup", "dialog");
  button.addEventListener("click", async () => {
    const { openExplain } = await import("/static/explain.js");
    openExplain({ message: item.id });
  });
  return button;
}

function file(item, words) {
  if (!item.file) return null;
  const link = make("a", "dc-file", item.file.name);
  Object.assign(link, { href: item.file.url, download: item.file.name });
  link.setAttribute("aria-label", words.download.replace("{name}", item.file.name));
  return link;
}

function rated(item, words) {
  if (!item.rating) return null;
  return make("span", item.rating > 0 ? "dc-rated dc-good" : "dc-rated dc-bad", item.rating > 0 ? words.helped : words.not_helped);
}

function message(item, words) {
  return make("article", `dc-said dc-by-${item.role}`,
    make("header", "", make("span", "dc-who", item.who), clock(item.at)),
    item.file ? file(item, words) : make("div", "dc-text", item.text),
    make("footer", "", sources(item, words), rated(item, words), why(item, words)));
}

function happened(item) {
  return make("p", "dc-event", make("span", "", item.text), clock(item.at));
}

function place(item, position, words) {
  const key = JSON.stringify([item, words.sources]);
  let entry = shown.get(item.id);
  if (!entry || entry.key !== key) {
    const opened = entry?.node.querySelector("details")?.open;
    const node = item.kind === "event" ? happened(item) : message(item, words);
    if (opened) node.querySelector("details").open = true;
    entry?.node.remove();
    entry = { node, key };
    shown.set(item.id, entry);
  }
  if (list.children[position] !== entry.node) list.insertBefore(entry.node, list.children[position] ?? null);
}

function draw() {
  const value = props.value;
  if (!value) return;
  const { id, items, words } = value;
  if (id !== current) {
    shown.clear();
    list.replaceChildren();
    [current, pinned] = [id, true];
    quiet();
  }
  const wanted = new Set(items.map((item) => item.id));
  for (const [old, entry] of shown) {
    if (wanted.has(old)) continue;
    entry.node.remove();
    shown.delete(old);
  }
  const before = list.children.length;
  items.forEach((item, position) => place(item, position, words));
  if (list.children.length > before && items.at(-1)?.role === "customer") quiet();
  list.setAttribute("aria-label", words.history);
  changed = performance.now();
  follow();
}

function follow() {
  if (pinned) list.scrollTop = list.scrollHeight;
}

// The customer is writing: shown for some seconds after each sign of it.
const sign = element.querySelector(".dc-typing");

function quiet() {
  clearTimeout(silent);
  sign.textContent = "";
}

function typing(event) {
  if (!element.isConnected) {
    window.removeEventListener("deskmate:typing", typing);
    return;
  }
  if (event.detail.role !== "customer" || event.detail.conversation_id !== current) return;
  quiet();
  sign.textContent = props.value.words.typing;
  silent = setTimeout(quiet, 6000);
}

window.addEventListener("deskmate:typing", typing);
// While the panes find their heights, as when suggestions arrive below, the list is scrolled by the
// layout and not by the reader.
list.addEventListener("scroll", () => {
  if (pinned && performance.now() - changed < SETTLES_MS) follow();
  else pinned = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
});
new ResizeObserver(() => {
  changed = performance.now();
  follow();
}).observe(list);
draw();
watch("value", draw);
