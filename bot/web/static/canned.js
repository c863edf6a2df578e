// The canned replies of the staff: listed, written, changed and deleted in one dialog.
//
//   const { openCanned } = await import("/static/canned.js");
//   const changed = await openCanned(words, "text to begin a new one with");
//
// Every word is set as text, never as markup. Calls go through the console's own interface, which
// keeps the session and notes each change in the audit log.

import { filled, make, pageLanguage, useStyles } from "/static/explain.js";

const STYLES = ["/static/explain.css", "/static/canned.css"];
const LANGUAGES = ["en", "zh"];
const VARIABLE = /\{(\w+)\}/g;

class CannedReplies {
  constructor(dictionary, draft) {
    this.language = pageLanguage();
    this.words = Object.fromEntries(Object.entries(dictionary).map(([key, texts]) => [key, texts[this.language]]));
    this.draft = draft;
    this.changed = false;
    this.replies = [];
    this.variables = [];
    this.status = make("p", "cn-status");
    this.status.setAttribute("role", "status");
    this.body = make("div", "dx-body cn-body");
    this.dialog = this.frame();
  }

  frame() {
    const title = make("h2", "", this.words.title);
    title.id = "cn-title";
    const close = this.button(this.words.close, () => this.dialog.close(), "dx-close");
    const dialog = make("dialog", "dx-dialog cn-dialog", make("header", "", title, close), this.status, this.body);
    dialog.setAttribute("aria-labelledby", title.id);
    dialog.lang = this.language;
    dialog.addEventListener("cancel", (event) => {
      if (!this.form) return;
      event.preventDefault(); // Escape leaves the form first
      this.list();
    });
    return dialog;
  }

  button(text, act, className = "cn-button") {
    const button = make("button", className, text);
    button.type = "button";
    button.addEventListener("click", act);
    return button;
  }

  say(text, wrong = false) {
    this.status.textContent = text;
    this.status.classList.toggle("cn-wrong", wrong);
  }

  async ask(path, body, method) {
    const answer = await window.deskmateConsole.api(path, body, method).catch(() => null);
    if (answer?.ok) return answer.status === 204 ? {} : answer.json();
    const gone = answer?.status === 404;
    this.say(gone ? this.words.gone : this.words.failed, true);
    return gone ? {} : null;
  }

  async load() {
    const found = await this.ask("canned");
    if (found) ({ canned: this.replies, variables: this.variables } = found);
  }

  // The list; `id` is the reply whose row gets the focus.

  list(id = 0) {
    this.form = null;
    const rows = this.replies.map((one) => this.row(one));
    const add = this.button(this.words.add, () => this.edit({ id: 0, language: this.guess(), title: "", text: this.draft }), "cn-button cn-main");
    this.body.replaceChildren(add, rows.length ? make("ul", "cn-list", ...rows) : make("p", "dx-soft", this.words.none));
    (this.body.querySelector(`[data-id="${id}"] button`) ?? add).focus();
  }

  row(one) {
    const title = make("h3", "", one.title);
    const edit = this.button(this.words.edit, () => this.edit(one));
    const remove = this.button(this.words.remove, () => this.confirm(one, row), "cn-button");
    for (const [button, key] of [[edit, "edit_label"], [remove, "remove_label"]]) {
      button.setAttribute("aria-label", filled(this.words[key], { title: one.title }));
    }
    const text = make("p", "dx-text", one.text);
    for (const node of [title, text]) node.lang = one.language;
    const row = make("li", "", make("div", "cn-head", title, make("span", "dx-tag", this.words[one.language])), text,
      make("div", "cn-buttons", edit, remove));
    row.dataset.id = one.id;
    return row;
  }

  confirm(one, row) {
    const keep = this.button(this.words.keep, () => this.list(one.id));
    const sure = this.button(this.words.remove, () => this.remove(one), "cn-button cn-danger");
    const question = make("p", "dx-note", filled(this.words.sure, { title: one.title }));
    const asked = make("div", "cn-sure", question, make("div", "cn-buttons", sure, keep));
    asked.setAttribute("role", "alertdialog");
    asked.setAttribute("aria-label", question.textContent);
    row.querySelector(".cn-buttons").replaceWith(asked);
    keep.focus();
  }

  async remove(one) {
    if (!(await this.ask(`canned/${one.id}`, {}, "DELETE"))) return;
    this.changed = true;
    if (!this.status.classList.contains("cn-wrong")) this.say(filled(this.words.removed, { title: one.title }));
    await this.load();
    this.list();
  }

  // The form

  guess() {
    if (!this.draft.trim()) return this.language;
    return /\p{Script=Han}/u.test(this.draft) ? "zh" : "en";
  }

  edit(one) {
    this.say("");
    const title = Object.assign(make("input", "cn-input"), { type: "text", maxLength: 200, required: true, value: one.title });
    const language = make("select", "cn-input", ...LANGUAGES.map((name) => Object.assign(make("option", "", this.words[name]), { value: name })));
    language.value = one.language;
    const text = Object.assign(make("textarea", "cn-input"), { rows: 6, maxLength: 4000, required: true, value: one.text });
    const unknown = make("p", "dx-note");
    unknown.setAttribute("role", "status");
    const check = () => {
      const names = [...text.value.matchAll(VARIABLE)].filter(([, name]) => !this.variables.includes(name)).map(([all]) => all);
      unknown.hidden = !names.length;
      unknown.textContent = names.length ? filled(this.words.unknown, { names: [...new Set(names)].join(", ") }) : "";
    };
    text.addEventListener("input", check);
    const save = make("button", "cn-button cn-main", this.words.save);
    this.form = make("form", "cn-form", this.field(this.words.name, title), this.field(this.words.language, language),
      this.field(this.words.text, text), this.chips(text), unknown,
      make("div", "cn-buttons", save, this.button(this.words.cancel, () => this.list(one.id))));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.save(one.id, { language: language.value, title: title.value.trim(), text: text.value.trim() });
    });
    this.body.replaceChildren(this.form);
    check();
    title.focus();
  }

  field(label, control) {
    return make("label", "cn-field", make("span", "", label), control);
  }

  // A press puts the variable where the caret stands.
  chips(text) {
    const buttons = this.variables.map((name) => this.button(`{${name}}`, () => {
      text.setRangeText(`{${name}}`, text.selectionStart, text.selectionEnd, "end");
      text.dispatchEvent(new Event("input"));
      text.focus();
    }, "cn-variable"));
    const group = make("div", "cn-variables", make("span", "dx-soft", this.words.variables), ...buttons);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.words.variables);
    return group;
  }

  async save(id, body) {
    if (!body.title || !body.text) return this.say(this.words.incomplete, true);
    const kept = await this.ask(id ? `canned/${id}` : "canned", body, id ? "PUT" : "POST");
    if (!kept) return undefined;
    this.changed = true;
    if (kept.id) this.say(filled(this.words.saved, { title: kept.title }));
    if (!id) this.draft = "";
    await this.load();
    this.list(kept.id);
    return undefined;
  }

  // Resolves when the dialog is closed: whether anything was changed.
  open() {
    document.body.append(this.dialog);
    this.body.replaceChildren(make("p", "dx-soft", this.words.loading));
    this.dialog.showModal();
    this.load().then(() => this.list());
    return new Promise((resolve) => {
      this.dialog.addEventListener("close", () => {
        this.dialog.remove();
        resolve(this.changed);
      });
    });
  }
}

export function openCanned(dictionary, draft = "") {
  STYLES.forEach(useStyles);
  return new CannedReplies(dictionary, draft).open();
}
