// The list of messages on the chat page. Runs inside Gradio's HTML component, which provides
// `element`, `props`, `trigger` and `watch`; its events are "choose" and "rate".
// Every word is set as text (textContent), never as markup: customers and documents write here.
"use strict";

const list = element.querySelector(".dm-list");
const shown = new Map(); // message id -> {node, key}
let pinned = true; // the customer looks at the end of the list
let placed = 0; // where follow() put the list
const ICON = "http://www.w3.org/2000/svg";
const THUMB = "M7 10v10H4V10zM9 10l4-7c1.4 0 2.200 1 2 2.300L14.500 9H19a1.800 1.800 0 0 1 1.800 2.100l-1.200 7.200A2 2 0 0 1 17.600 20H9z";

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter(Boolean));
  return node;
}

function thumb(rating, message, words) {
  const button = make("button", rating < 0 ? "dm-thumb dm-down" : "dm-thumb");
  const svg = document.createElementNS(ICON, "svg");
  const path = document.createElementNS(ICON, "path");
  path.setAttribute("d", THUMB);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  button.append(svg);
  button.type = "button";
  button.title = rating > 0 ? words.helped : words.not_helped;
  button.setAttribute("aria-label", button.title);
  button.setAttribute("aria-pressed", String(message.rating === rating));
  button.addEventListener("click", () => trigger("rate", { message_id: message.id, rating }));
  return button;
}

function source(citation) {
  const link = /^https?:\/\//.test(citation.source);
  const where = make(link ? "a" : "span", "dm-where", citation.source);
  if (link) Object.assign(where, { href: citation.source, target: "_blank", rel: "noopener noreferrer" });
  return make("li", "", make("span", "dm-title", citation.title), where,
    make("span", "dm-match", citation.match));
}

function sources(message, words) {
  if (!message.sources.length) return null;
  const summary = make("summary", "", words.sources);
  return make("details", "dm-sources", summary, make("ul", "", ...message.sources.map(source)));
}

function options(message, words) {
  if (!message.options.length) return null;
  const buttons = message.options.map((option) => {
    const button = make("button", "dm-option", option.label);
    button.type = "button";
    button.addEventListener("click", () => trigger("choose", { value: option.value }));
    return button;
  });
  const group = make("div", "dm-options", ...buttons);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", words.choose);
  return group;
}

function clock(at) {
  const time = make("time", "dm-time");
  time.dateTime = at;
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  time.textContent = date.toLocaleString(props.value.words.lang, { ...day, hour: "numeric", minute: "2-digit" });
  return time;
}

function bubble(message, words) {
  const who = make("span", message.role === "staff" ? "dm-who" : "dm-hidden", `${message.who}: `);
  const text = make("div", "dm-bubble", who, make("span", "dm-text", message.text));
  const foot = make("div", "dm-foot", message.at ? clock(message.at) : null,
    message.rateable ? thumb(1, message, words) : null,
    message.rateable ? thumb(-1, message, words) : null);
  return make("div", `dm-message dm-${message.role}`, text, sources(message, words),
    options(message, words), foot);
}

function typing(words) {
  const dots = make("div", "dm-bubble dm-typing", make("i"), make("i"), make("i"));
  dots.setAttribute("role", "img");
  dots.setAttribute("aria-label", words.typing);
  return make("div", "dm-message dm-bot", dots);
}

function intro({ welcome, starters, words }) {
  const message = { options: starters.map((label) => ({ label, value: label })) };
  return make("div", "dm-intro", make("p", "", welcome), options(message, words));
}

function notice(text) {
  const node = make("div", "dm-notice", text);
  node.setAttribute("role", "alert");
  return node;
}

// Nodes that did not change stay, so that a screen reader hears only what is new.
function place(id, key, build, position) {
  let entry = shown.get(id);
  if (!entry || entry.key !== key) {
    const node = build();
    const open = entry?.node.querySelector("details")?.open;
    if (open) node.querySelector("details").open = true;
    const focused = entry?.node.contains(document.activeElement)
      && document.activeElement.getAttribute("aria-label");
    entry?.node.remove();
    entry = { node, key };
    shown.set(id, entry);
    list.insertBefore(node, list.children[position] || null);
    if (focused) node.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  } else if (list.children[position] !== entry.node) {
    list.insertBefore(entry.node, list.children[position] || null);
  }
}

// Keeps the end in view, but never scrolls the beginning of the newest answer out of it.
function follow() {
  if (!pinned) return;
  const asked = [...list.querySelectorAll(".dm-customer")].pop();
  const end = list.scrollHeight - list.clientHeight;
  list.scrollTop = asked ? Math.min(end, asked.offsetTop - list.offsetTop - 12) : end;
  placed = list.scrollTop;
}

function drawn(value) {
  const { messages, words, writing, alert } = value;
  const greeting = JSON.stringify([value.welcome, value.starters]);
  const parts = value.welcome ? [["intro", greeting, () => intro(value)]] : [];
  for (const message of messages) {
    parts.push([message.id, JSON.stringify([message, words.lang]), () => bubble(message, words)]);
  }
  if (writing) parts.push(["typing", words.typing, () => typing(words)]);
  if (alert) parts.push(["alert", alert, () => notice(alert)]);
  return parts;
}

function draw() {
  const { words } = props.value;
  const parts = drawn(props.value);
  const wanted = new Set(parts.map(([id]) => id));
  for (const [id, entry] of shown) {
    if (wanted.has(id)) continue;
    entry.node.remove();
    shown.delete(id);
  }
  if (wanted.has("typing") || wanted.has("alert")) pinned = true;
  parts.forEach(([id, key, build], position) => place(id, key, build, position));
  list.setAttribute("aria-label", words.log);
  document.querySelector("#dm-box .submit-button")?.setAttribute("aria-label", words.send);
  document.documentElement.lang = words.lang;
  document.title = words.title;
  follow();
}

list.addEventListener("scroll", () => {
  if (Math.abs(list.scrollTop - placed) < 2) return; // follow() did it, not the customer
  pinned = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
});
new ResizeObserver(follow).observe(list);
draw();
watch("value", draw);
