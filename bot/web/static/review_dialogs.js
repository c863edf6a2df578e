// The questions of the Review tab: which intent, a new one, the right answer, which keys.
// Each opens over the page and returns a promise of what was entered, null when it was left.

import { filled, make } from "/static/explain.js";

function open(title, className, ...children) {
  const heading = make("h2", "", title);
  const form = make("form", "", heading, ...children);
  form.method = "dialog";
  form.noValidate = true;
  const dialog = make("dialog", `dr-dialog ${className}`, form);
  dialog.setAttribute("aria-label", title);
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, form };
}

// Waits until the dialog closes; `result` says what was entered at that time.
function closed(dialog, result) {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      resolve(dialog.returnValue === "done" ? result() : null);
      dialog.remove();
    });
  });
}

function field(label, control) {
  return make("label", "dr-field", make("span", "", label), control);
}

function buttons(words, dialog, text, ready) {
  const cancel = make("button", "dr-button", words.cancel, make("kbd", "", "Esc"));
  cancel.type = "button";
  cancel.addEventListener("click", () => dialog.close(""));
  const done = make("button", "dr-button dr-main", text, make("kbd", "", "Ctrl+Enter"));
  done.type = "submit";
  const finish = (event) => {
    event.preventDefault();
    const problem = ready();
    if (!problem) return dialog.close("done");
    problem.focus();
    problem.setAttribute("aria-invalid", "true");
    return undefined;
  };
  dialog.querySelector("form").addEventListener("submit", finish);
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) finish(event);
  });
  return make("div", "dr-buttons", cancel, done);
}

const plain = (text) => text.normalize("NFKC").toLowerCase();

// All intents, narrowed by typing: {name}, or {made: typed text} for one that is not there yet.
export function askIntent(words, intents, language) {
  const box = Object.assign(make("input", "dr-input"), { type: "text", autocomplete: "off" });
  const list = make("ul", "dr-options");
  list.id = "dr-options";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", words.intents);
  const attributes = { role: "combobox", "aria-controls": list.id, "aria-expanded": "true", "aria-autocomplete": "list" };
  for (const [name, value] of Object.entries(attributes)) box.setAttribute(name, value);
  const { dialog } = open(words.search_title, "dr-search", field(words.search_label, box), list, make("p", "dr-soft", words.search_hint));
  let chosen = null;
  let options = [];
  let active = 0;

  const finish = (value) => { chosen = value; dialog.close("done"); };

  function mark(place) {
    active = Math.max(0, Math.min(options.length - 1, place));
    options.forEach((one, index) => one.node.setAttribute("aria-selected", String(index === active)));
    options[active]?.node.scrollIntoView({ block: "nearest" });
    box.setAttribute("aria-activedescendant", options[active]?.node.id ?? "");
  }

  function draw() {
    const parts = plain(box.value).split(/\s+/).filter(Boolean);
    const fits = (one) => {
      const text = plain(`${one.name} ${Object.values(one.label).join(" ")}`);
      return parts.every((part) => text.includes(part));
    };
    const rank = (one) => (plain(one.name).startsWith(parts[0] ?? "") || plain(one.label[language] ?? "").startsWith(parts[0] ?? "") ? 0 : 1);
    options = intents.filter(fits).sort((a, b) => rank(a) - rank(b)).map((one) => ({
      value: { name: one.name },
      node: make("li", "", make("span", "", one.label[language] ?? one.name), make("span", "dr-soft", one.name)),
    }));
    if (box.value.trim()) options.push({ value: { made: box.value.trim() }, node: make("li", "dr-make", filled(words.make_intent, { name: box.value.trim() })) });
    options.forEach(({ node, value }, index) => {
      node.id = `dr-option-${index}`;
      node.setAttribute("role", "option");
      node.addEventListener("click", () => finish(value));
    });
    list.replaceChildren(...options.map((one) => one.node));
    mark(0);
  }

  box.addEventListener("input", draw);
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) { event.preventDefault(); mark(active + step); }
    if (event.key === "Enter" && !event.isComposing) {
      event.preventDefault();
      if (options[active]) finish(options[active].value);
    }
  });
  draw();
  box.focus();
  return closed(dialog, () => chosen);
}

// {intent, label: {language: text}, reply: {language: text}}
export function askNewIntent(words, languages, suggested, message) {
  const known = /^[a-z0-9][a-z0-9_-]*$/;
  const name = Object.assign(make("input", "dr-input"), { type: "text", autocomplete: "off", maxLength: 60 });
  name.value = plain(suggested).replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "");
  const text = (tag, language, most) => Object.assign(make(tag, "dr-input"), { lang: language, maxLength: most });
  const labels = Object.fromEntries(languages.map((one) => [one, text("input", one, 80)]));
  const replies = Object.fromEntries(languages.map((one) => [one, Object.assign(text("textarea", one, 4000), { rows: 3 })]));
  if (suggested && labels[languages[0]]) labels[languages[0]].value = suggested;
  const fields = languages.flatMap((one) => [
    field(filled(words.new_label, { language: words[one] }), labels[one]),
    field(filled(words.new_reply, { language: words[one] }), replies[one])]);
  const { dialog, form } = open(words.new_title, "dr-new", make("p", "dr-quote", message), field(words.new_name, name),
    ...fields, make("p", "dr-soft", words.new_hint));
  const ready = () => {
    if (!known.test(name.value)) return name;
    return [...Object.values(labels), ...Object.values(replies)].find((one) => !one.value.trim());
  };
  form.append(buttons(words, dialog, words.create, ready));
  (name.value ? labels[languages[0]] : name).focus();
  const texts = (inputs) => Object.fromEntries(Object.entries(inputs).map(([one, input]) => [one, input.value.trim()]));
  return closed(dialog, () => ({ intent: name.value, label: texts(labels), reply: texts(replies) }));
}

// The right answer as text; `proposed` is there for editing.
export function askAnswer(words, message, proposed) {
  const box = Object.assign(make("textarea", "dr-input"), { rows: 6, maxLength: 4000, value: proposed });
  const { dialog, form } = open(words.write_title, "dr-write", make("p", "dr-quote", message),
    field(words.answer, box), make("p", "dr-soft", words.write_hint));
  form.append(buttons(words, dialog, words.keep, () => (box.value.trim() ? null : box)));
  box.focus();
  box.setSelectionRange(box.value.length, box.value.length);
  return closed(dialog, () => box.value.trim());
}

export function askHelp(words) {
  const keys = [["Enter", words.help_confirm], ["1 – 5", words.help_choose], ["/  i", words.help_search], ["n", words.help_new],
    ["w", words.help_write], ["o", words.help_out], ["s", words.help_skip], ["a", words.help_all], ["u", words.help_undo],
    ["e", words.help_why], ["?", words.help_help]];
  const rows = keys.flatMap(([key, text]) => [make("dt", "", make("kbd", "", key)), make("dd", "", text)]);
  const close = make("button", "dr-button dr-main", words.close, make("kbd", "", "Esc"));
  const { dialog } = open(words.help_title, "dr-help", make("dl", "", ...rows), make("div", "dr-buttons", close));
  close.focus();
  return closed(dialog, () => null);
}
