// Import of a file: what it holds first, nothing stored; then the real one, with its progress.

import { call } from "/static/knowledge/api.js";
import { button, choice, field, make, say } from "/static/knowledge/dom.js";

const LOOK_MS = 400;
const KINDS = ["faq", "docs", "dialogues"];
const ENDINGS = { faq: ".csv,.jsonl,.gz", docs: ".md,.txt,.html,.htm,.pdf,.docx", dialogues: ".jsonl,.gz" };

export class Imports {
  constructor(tab) {
    this.tab = tab;
    this.file = field("file", make("input", { type: "file", accept: ENDINGS.faq, onchange: () => this.preview() }));
    this.kind = choice("import_kind", KINDS.map((kind) => [kind, say(`import_${kind}`)]), () => this.other());
    this.language = choice("import_language", [["", say("as_in_file")], ["en", say("language_en")], ["zh", say("language_zh")]], () => this.preview());
    this.hint = make("p", { class: "dk-intro" });
    this.seen = make("div", { class: "dk-preview", "aria-live": "polite" });
    this.node = make("div", { class: "dk-import" }, this.hint,
      make("div", { class: "dk-import-form" }, this.kind.box, this.language.box, this.file.box), this.seen);
    this.other();
  }

  async open() {
    const running = await call("GET", "/import").catch(() => null);
    if (running && !running.finished) this.follow();
  }

  other() {
    const kind = this.kind.input.value;
    this.hint.textContent = say(`import_${kind}_hint`);
    this.file.input.accept = ENDINGS[kind];
    this.preview();
  }

  async preview() {
    const [file] = this.file.input.files;
    if (!file) return this.seen.replaceChildren();
    const form = new FormData();
    form.append("kind", this.kind.input.value);
    form.append("language", this.language.input.value);
    form.append("file", file);
    this.seen.replaceChildren(make("p", {}, say("reading")));
    try {
      this.show(await call("POST", "/import/preview", form));
    } catch (error) {
      const detail = error.detail && error.detail !== error.message ? make("p", { class: "dk-detail" }, error.detail) : null;
      this.seen.replaceChildren(...[make("p", { class: "dk-fault", role: "alert" }, error.message), detail].filter(Boolean));
    }
  }

  show(read) {
    const { changes } = read;
    const counts = [say("rows_good", { count: read.read }), read.failed ? say("rows_bad", { count: read.failed }) : null,
      changes ? say("rows_new", changes) : null].filter(Boolean);
    const start = button("import_now", () => this.start(read.upload_id), { kind: "dk-primary" });
    this.seen.replaceChildren(
      make("h3", {}, say("preview_of", { name: read.name })),
      make("ul", { class: "dk-counts" }, counts.map((text) => make("li", {}, text))),
      make("div", { class: "dk-actions" }, start),
      make("h4", {}, say(read.samples.length ? "first_rows" : "no_answers_found")),
      table([say("question"), say("answer")], read.samples.map((one) => [one.question, one.answer])),
      ...(read.errors.length ? [make("h4", {}, say("row_errors")), table([say("line"), say("reason")], read.errors.map((one) => [String(one.line), one.reason]))] : []),
      ...(read.failed > read.errors.length ? [make("p", {}, say("more_errors", { count: read.failed - read.errors.length }))] : []));
    start.focus();
  }

  async start(upload) {
    const begun = await this.tab.attempt(() => call("POST", "/import", { upload_id: upload })).catch(() => null);
    if (begun) this.follow();
  }

  async follow() {
    const now = await call("GET", "/import").catch(() => null);
    if (!now) return;
    if (now.failed) {
      const known = now.failed === "unexpected" ? say("import_failed") : now.failed;
      return this.seen.replaceChildren(make("p", { class: "dk-fault", role: "alert" }, known));
    }
    const text = !now.finished ? say("importing", { name: now.name, done: now.done })
      : say("imported", { name: now.name, ...(now.changes ?? { added: 0, updated: 0, unchanged: 0 }) });
    const more = [now.removed ? say("import_removed", { count: now.removed }) : null,
      now.unreadable ? say("rows_bad", { count: now.unreadable }) : null,
      now.suggestions ? say("import_suggestions", { count: now.suggestions }) : null,
      now.finished && this.tab.seen.serving ? say(now.indexed ? "index_ready" : "index_behind") : null].filter(Boolean);
    const bar = make("progress", { "aria-label": text, ...(now.finished ? { value: 1, max: 1 } : {}) });
    this.seen.replaceChildren(make("p", {}, text), ...(now.finished ? [] : [bar]), make("ul", { class: "dk-counts" }, more.map((one) => make("li", {}, one))));
    if (!now.finished || (!now.indexed && this.tab.seen.serving)) setTimeout(() => this.follow(), LOOK_MS);
    else this.file.input.value = "";
    if (now.finished) this.tab.look();
  }
}

function table(heads, rows) {
  if (!rows.length) return make("div");
  return make("div", { class: "dk-scroll", tabindex: 0, role: "group", "aria-label": heads.join(", ") }, make("table", {},
    make("thead", {}, make("tr", {}, heads.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, rows.map((cells) => make("tr", {}, cells.map((text) => make("td", {}, text)))))));
}
