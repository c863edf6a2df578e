// One passage: its fields, what may be done with it, and the dialogues behind it.

import { call } from "/static/knowledge/api.js";
import { button, chip, choice, field, make, say, stateChip, when } from "/static/knowledge/dom.js";
import { evidence } from "/static/knowledge/evidence.js";

const NAMES = ["question", "title", "answer", "source", "language"];

export class Editor {
  constructor(tab, list) {
    this.tab = tab;
    this.list = list;
    this.entry = null;
    this.fields = {
      question: field("question", make("textarea", { rows: 2 })),
      title: field("title", make("input", { type: "text", placeholder: say("title_hint") })),
      answer: field("answer", make("textarea", { rows: list.queue ? 5 : 8 })),
      source: field("source", make("input", { type: "text", placeholder: say("source_hint") })),
      language: choice("language", [["en", say("language_en")], ["zh", say("language_zh")]], () => {}),
    };
    this.node = make("section", { class: "dk-right", "aria-label": say("editor") });
    this.kept = `deskmate-passage-${list.queue ? "suggestion" : "draft"}`;
    this.node.addEventListener("input", () => this.keep());
    this.node.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) this.save();
    });
    this.show(null);
  }

  show(entry) {
    this.entry = entry;
    const { question, title, answer, source, language } = this.fields;
    const isDoc = entry?.kind === "doc";
    question.box.hidden = isDoc;
    question.input.value = entry?.question ?? "";
    title.input.value = !entry || (entry.title === entry.question && !isDoc) ? "" : entry.title;
    answer.input.value = entry?.answer ?? "";
    source.input.value = entry?.source ?? "";
    language.input.value = entry?.language ?? this.list.filters.language.input.value ?? "en";
    language.input.value ||= this.tab.seen.languages[0] ?? "en";
    language.input.disabled = Boolean(entry);
    this.faults({});
    this.before = this.written();
    this.takeUp();
    this.draw();
  }

  // What is written outlasts a reload, a server restart and the end of the session, in this window.
  keep() {
    const kept = { id: this.entry?.id ?? null, ...this.draft() };
    if (this.written() === this.before) this.forget();
    else sessionStorage.setItem(this.kept, JSON.stringify(kept));
  }

  takeUp() {
    const kept = JSON.parse(sessionStorage.getItem(this.kept) ?? "null");
    if (!kept || kept.id !== (this.entry?.id ?? null)) return;
    for (const name of NAMES) this.fields[name].input.value = kept[name];
  }

  forget() {
    sessionStorage.removeItem(this.kept);
  }

  draw() {
    const { entry } = this;
    const nothing = this.list.queue && !entry;
    this.state = make("div", { class: "dc-chips dk-about" });
    this.actions = make("div", { class: "dk-actions" });
    const more = make("div", { class: "dk-pair" }, this.fields.source.box, this.fields.language.box);
    const fields = [this.fields.question.box, this.fields.title.box, this.fields.answer.box, more];
    const back = button("back", () => this.list.back(), { kind: "dk-back" });
    this.node.replaceChildren(back, ...(nothing
      ? [make("p", { class: "dc-empty" }, say("queue_done"))]
      : [make("h3", {}, entry ? say("passage", { id: entry.id }) : say("new_passage")), this.state, ...fields, this.actions]));
    if (nothing) return;
    this.about();
    this.drawActions();
    if (entry?.kind === "dialogue") this.node.append(evidence(this.tab, entry));
  }

  about() {
    const { entry } = this;
    if (!entry) return;
    const inIndex = !this.tab.seen.serving ? null
      : entry.indexed ? chip(say("indexed"), "dk-indexed") : chip(say("indexing"), "dk-indexing");
    this.state.replaceChildren(stateChip(entry), chip(say(`kind_${entry.kind}`)),
      ...(entry.support ? [chip(say("support", { count: entry.support }))] : []), ...(inIndex ? [inIndex] : []),
      make("span", { class: "dc-time" }, say("changed", { when: when(entry.updated) })));
  }

  drawActions() {
    const { entry, list } = this;
    const save = button("save", () => this.save(), { kind: entry && list.queue ? "" : "dk-primary", hint: "Ctrl ⏎" });
    if (!entry) return this.actions.replaceChildren(save);
    const approve = entry.state === "approved" ? null
      : button(entry.state === "off" ? "switch_on" : "approve", () => this.approve(), { kind: list.queue ? "dk-primary" : "", hint: list.queue ? "A" : "" });
    const off = entry.state === "off" || list.queue ? null : button("switch_off", () => this.switchOff());
    const gone = list.queue ? button("reject", () => this.remove(), { kind: "dk-danger", hint: "R" })
      : button("delete", () => this.sure(), { kind: "dk-danger" });
    this.actions.replaceChildren(...[list.queue ? approve : save, list.queue ? save : approve, off, gone].filter(Boolean));
  }

  written() {
    return JSON.stringify(NAMES.map((name) => this.fields[name].input.value));
  }

  mayLeave() {
    if (this.written() === this.before) return true;
    if (!confirm(say("leave_unsaved"))) return false;
    this.forget();
    return true;
  }

  draft(more = {}) {
    const given = Object.fromEntries(NAMES.map((name) => [name, this.fields[name].input.value]));
    return { ...given, ...more };
  }

  focus() {
    const first = this.entry?.kind === "doc" ? this.fields.title : this.fields.question;
    (this.list.queue ? this.fields.answer : first).input.focus();
  }

  faults(found) {
    for (const name of NAMES) {
      const { input, fault } = this.fields[name];
      fault.textContent = found[name] ?? "";
      if (found[name]) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", fault.id);
        input.focus();
      } else {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
    }
  }

  async attempt(work, told, undo) {
    this.faults({});
    try {
      return await this.tab.attempt(work, told, undo);
    } catch (error) {
      const [name] = (error.code ?? "").split("_");
      if (NAMES.includes(name)) this.faults({ [name]: error.message });
      return null;
    }
  }

  async save(more = {}) {
    const id = this.entry?.id;
    const [method, path] = id ? ["PUT", `/${id}`] : ["POST", ""];
    const saved = await this.attempt(() => call(method, path, this.draft(more)), say(id ? "saved" : "added"));
    if (!saved) return;
    this.before = this.written();
    this.forget();
    this.list.changed(id ?? saved.id, saved);
  }

  // What was written into the fields is approved with it.
  async approve() {
    const { entry } = this;
    const was = { ...entry };
    const edited = this.written() !== this.before;
    const work = () => (edited ? call("PUT", `/${entry.id}`, this.draft({ approved: true })) : call("POST", `/${entry.id}/approve`));
    const undo = entry.state === "waiting" ? () => call("PUT", `/${was.id}`, back(was)) : () => call("POST", `/${was.id}/switch-off`);
    const approved = await this.attempt(work, say("approved", { title: entry.title }), undo);
    if (!approved) return;
    this.forget();
    this.list.changed(entry.id, approved);
  }

  async switchOff() {
    const { entry } = this;
    const undo = entry.state === "approved" ? () => call("POST", `/${entry.id}/approve`) : null;
    const off = await this.attempt(() => call("POST", `/${entry.id}/switch-off`), say("switched_off", { title: entry.title }), undo);
    if (off) this.list.changed(entry.id, off);
  }

  sure() {
    const yes = button("delete_yes", () => this.remove(), { kind: "dk-danger" });
    const no = button("cancel", () => { this.drawActions(); this.actions.querySelector(".dk-danger").focus(); });
    const kept = this.entry.kind === "dialogue" ? "delete_sure_mined" : "delete_sure";
    this.actions.replaceChildren(make("p", { class: "dk-sure", role: "alert" }, say(kept)), yes, no);
    yes.focus();
  }

  async remove() {
    const { entry, list } = this;
    const told = say(list.queue ? "rejected" : "deleted", { title: entry.title });
    const gone = await this.attempt(() => call("DELETE", `/${entry.id}`), told, () => call("POST", `/${entry.id}/restore`));
    if (gone) list.changed(entry.id, null);
  }

  // The index has caught up: the chip says so.
  async indexed() {
    const { entry } = this;
    if (!entry || entry.indexed) return;
    const now = await call("GET", `/${entry.id}`).catch(() => null);
    if (!now || this.entry?.id !== now.id) return;
    entry.indexed = now.indexed;
    this.about();
  }

  key(event) {
    if (!this.list.queue) return;
    const does = { a: () => this.approve(), e: () => this.focus(), r: () => this.remove(), x: () => this.remove() }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }
}

function back({ question, title, answer, source, language }) {
  return { question, title, answer, source, language, approved: false };
}
