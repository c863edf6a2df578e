// The list of passages with its search, or the queue of suggestions; the chosen one stands beside it.

import { call } from "/static/knowledge/api.js";
import { button, chip, choice, field, make, say, stateChip, writing } from "/static/knowledge/dom.js";
import { Editor } from "/static/knowledge/editor.js";

const PAGE = 50;
const TYPING_MS = 250;
const KINDS = ["faq", "doc", "dialogue"];
const STATES = ["approved", "waiting", "off"];

export class Passages {
  constructor(tab, name) {
    this.tab = tab;
    this.queue = name === "suggestions";
    this.entries = [];
    this.total = 0;
    this.asked = 0;
    this.search = make("input", { type: "search", maxlength: 500, placeholder: say("search"), "aria-label": say("search"),
      oninput: () => this.soon(), onkeydown: (event) => this.fromSearch(event) });
    this.filters = this.makeFilters();
    this.list = make("div", { class: "dk-list", role: "listbox", tabindex: 0, "aria-label": say(`view_${name}`) });
    this.count = make("p", { class: "dk-total", role: "status" });
    this.more = button("more", () => this.load(true), { kind: "dk-more", hidden: true });
    this.editor = new Editor(tab, this);
    const add = this.queue ? null : button("add", () => this.choose(null), { kind: "dk-primary" });
    this.node = make("div", { class: `dk-split ${this.queue ? "dk-queue" : ""}` },
      make("section", { class: "dk-left" },
        make("div", { class: "dk-find" }, this.search, add),
        make("div", { class: "dk-filters" }, Object.values(this.filters).map((one) => one.box)),
        this.queue ? make("p", { class: "dk-keys" }, say("queue_keys")) : null,
        this.count, this.list, this.more),
      this.editor.node);
    this.list.addEventListener("keydown", (event) => this.keyInList(event));
  }

  makeFilters() {
    const any = ["", say("any")];
    const of = (key, values) => choice(key, [any, ...values.map((value) => [value, say(`${key}_${value}`)])], () => this.load());
    const filters = { language: of("language", ["en", "zh"]) };
    if (this.queue) return filters;
    const source = field("filter_source", make("input", { type: "search", maxlength: 200, oninput: () => this.soon() }));
    return { ...filters, kind: of("kind", KINDS), state: of("state", STATES), source };
  }

  open() {
    this.load();
  }

  soon() {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.load(), TYPING_MS);
  }

  query(offset) {
    const given = { text: this.search.value, limit: PAGE, offset };
    for (const [name, { input }] of Object.entries(this.filters)) given[name] = input.value;
    if (this.queue) Object.assign(given, { kind: "dialogue", state: "waiting" });
    return new URLSearchParams(Object.entries(given).filter(([, value]) => value !== ""));
  }

  async load(further = false) {
    const asked = ++this.asked;
    const query = this.query(further ? this.entries.length : 0);
    const found = await call("GET", `?${query}`).catch((error) => this.tab.tell(error.message, true));
    if (!found || asked !== this.asked) return;
    this.entries = further ? [...this.entries, ...found.entries] : found.entries;
    this.total = found.total;
    this.draw();
    if (this.queue && !this.entries.some((one) => one.id === this.editor.entry?.id)) this.choose(this.entries[0] ?? null, false);
  }

  draw() {
    const empty = this.queue ? "no_suggestions" : "no_passages";
    this.count.textContent = this.entries.length ? say("total", { total: this.total }) : say(empty);
    this.more.hidden = this.entries.length >= this.total;
    this.list.replaceChildren(...this.entries.map((entry) => this.row(entry)));
    this.mark();
  }

  row(entry) {
    const score = entry.score === null ? null : make("span", { class: "dc-score" }, `${Math.round(entry.score * 100)} %`);
    const backed = entry.support ? chip(say("support", { count: entry.support })) : null;
    return make("div", { class: "dk-row", role: "option", id: `dk-${this.queue ? "s" : "p"}-${entry.id}`, "data-id": entry.id,
      onclick: () => this.choose(entry) },
    make("span", { class: "dk-row-top" }, make("span", { class: "dk-row-title" }, entry.title || entry.question), score),
    make("span", { class: "dk-row-text" }, entry.answer.slice(0, 160)),
    make("span", { class: "dc-chips" }, this.queue ? null : stateChip(entry), chip(say(`kind_${entry.kind}`)), chip(say(`language_${entry.language}`)), backed));
  }

  mark() {
    const chosen = this.editor.entry?.id;
    for (const row of this.list.children) {
      const is = Number(row.dataset.id) === chosen;
      row.setAttribute("aria-selected", String(is));
      if (is) {
        this.list.setAttribute("aria-activedescendant", row.id);
        row.scrollIntoView({ block: "nearest" });
      }
    }
  }

  choose(entry, turn = true) {
    if (!this.editor.mayLeave()) return;
    this.editor.show(entry);
    if (turn) this.node.dataset.pane = "editor";
    if (turn && !entry && !this.queue) this.editor.focus();
    this.mark();
  }

  back() {
    delete this.node.dataset.pane;
    this.list.focus();
  }

  // The passage changed or is gone: the list follows, and a queue goes on to the next.
  changed(id, entry) {
    const at = this.entries.findIndex((one) => one.id === id);
    const stays = entry && (!this.queue || entry.state === "waiting");
    if (at >= 0 && stays) this.entries[at] = entry;
    if (at >= 0 && !stays) {
      this.entries.splice(at, 1);
      this.total -= 1;
    }
    if (at < 0 && entry) {
      this.entries.unshift(entry);
      this.total += 1;
    }
    if (stays) this.editor.show(entry);
    else this.editor.show(this.queue ? this.entries[at] ?? this.entries[at - 1] ?? null : null);
    this.draw();
    if (!stays && this.queue) this.list.focus();
    if (!stays && !this.queue) this.back();
  }

  step(by) {
    if (!this.entries.length) return;
    const at = this.entries.findIndex((one) => one.id === this.editor.entry?.id);
    this.choose(this.entries[Math.min(Math.max(at + by, 0), this.entries.length - 1)], false);
  }

  indexed() {
    this.editor.indexed();
  }

  // Others work on the queue as well, and new suggestions come in.
  refresh() {
    const narrowed = this.search.value || this.filters.language.input.value;
    if (this.queue && !narrowed && this.total !== this.tab.seen.suggestions) this.load();
  }

  fromSearch(event) {
    if (event.key !== "ArrowDown" && event.key !== "Enter") return;
    event.preventDefault();
    this.list.focus();
    if (!this.editor.entry) this.step(1);
  }

  keyInList(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -this.entries.length, End: this.entries.length };
    if (event.key in steps) {
      event.preventDefault();
      this.step(steps[event.key]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.node.dataset.pane = "editor";
      this.editor.focus();
    }
  }

  key(event) {
    if (event.key === "Escape" && this.editor.node.contains(event.target)) this.back();
    if (writing(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      this.search.focus();
    } else if (event.key === "n" && !this.queue) {
      event.preventDefault();
      this.choose(null);
    } else if (event.key === "j" || event.key === "k") this.step(event.key === "j" ? 1 : -1);
    else if (this.editor.entry) this.editor.key(event);
  }
}
