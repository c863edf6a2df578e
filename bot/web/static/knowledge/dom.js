// Nodes and words of the Knowledge tab. Every string becomes a text node, never markup: customers,
// documents and dialogues speak here.

let words = {};
let language = "en";

export function speak(given) {
  words = given;
  language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
}

export const has = (key) => key in words;

export function say(key, values = {}) {
  const text = words[key]?.[language] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || (value === false && !name.startsWith("aria-"))) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : String(value));
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

export function button(key, onclick, { kind = "", hint = "", ...more } = {}) {
  const keys = hint ? make("kbd", { "aria-hidden": "true" }, hint) : null;
  return make("button", { type: "button", class: `dk-button ${kind}`, onclick, ...more }, say(key), keys);
}

let fields = 0;

export function field(key, input) {
  fields += 1;
  input.id ||= `dk-field-${fields}`;
  const fault = make("p", { class: "dk-fault", id: `${input.id}-fault` });
  const box = make("div", { class: "dk-field" }, make("label", { for: input.id }, say(key)), input, fault);
  return { box, input, fault };
}

export function choice(key, options, onchange) {
  const select = make("select", { onchange }, options.map(([value, text]) => make("option", { value }, text)));
  return field(key, select);
}

export const chip = (text, kind = "") => make("span", { class: `dc-chip ${kind}` }, text);

export const stateChip = (entry) => chip(say(`state_${entry.state}`), `dk-state-${entry.state}`);

// Is the key meant for a field, a list or a button of its own?
export const writing = (target) => Boolean(target.closest("input:not([type=radio]), textarea, select"));

export function when(at) {
  const time = new Date(at);
  if (!at || Number.isNaN(time.valueOf())) return "";
  return time.toLocaleDateString(navigator.language, { year: "numeric", month: "short", day: "numeric" });
}
