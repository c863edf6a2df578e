// Pairs of passages that answer alike questions differently, side by side.

import { call } from "/static/knowledge/api.js";
import { button, chip, make, say, stateChip } from "/static/knowledge/dom.js";

const WORD = /[\u3400-\u9fff]|[^\s\u3400-\u9fff]+/g;

export class Contradictions {
  constructor(tab) {
    this.tab = tab;
    this.count = make("p", { class: "dk-total", role: "status" });
    this.list = make("div", { class: "dk-pairs" });
    this.node = make("div", { class: "dk-contradictions" }, make("p", { class: "dk-intro" }, say("contradictions_intro")), this.count, this.list);
  }

  async open() {
    if (!this.list.children.length) this.count.textContent = say("looking");
    const found = await call("GET", "/contradictions").catch((error) => this.tab.tell(error.message, true));
    if (!found) return;
    this.count.textContent = found.pairs.length ? say("pairs", { count: found.pairs.length }) : say(this.tab.seen.serving ? "no_pairs" : "no_pairs_yet");
    this.list.replaceChildren(...found.pairs.map((pair) => this.pair(pair)));
  }

  // A change is in the index about a second later; only then the pairs are others.
  indexed() {
    if (this.waiting) this.open();
    this.waiting = false;
  }

  pair({ first, second, likeness }) {
    const node = make("article", { class: "dk-pair-card", "aria-label": say("pair", { first: first.id, second: second.id }) });
    const settle = async () => {
      const both = { first: first.id, second: second.id };
      const done = await this.tab.attempt(() => call("POST", "/contradictions/settle", both), say("settled")).catch(() => null);
      if (done) this.gone(node);
    };
    node.append(
      make("div", { class: "dk-sides" }, this.side(first, second, node), this.side(second, first, node)),
      make("footer", {}, make("span", { class: "dc-score" }, say("likeness", { percent: Math.round(likeness * 100) })),
        button("both_right", settle)));
    return node;
  }

  side(entry, other, node) {
    const off = async () => {
      const undo = entry.state === "approved" ? () => call("POST", `/${entry.id}/approve`) : null;
      const told = say("switched_off", { title: entry.title });
      const done = await this.tab.attempt(() => call("POST", `/${entry.id}/switch-off`), told, undo).catch(() => null);
      if (done) this.gone(node);
    };
    const edit = () => {
      this.waiting = true;
      this.tab.show("passages");
      this.tab.views.passages.choose(entry);
      this.tab.views.passages.editor.fields.answer.input.focus();
    };
    return make("section", { class: "dk-side" },
      make("h4", {}, entry.title),
      make("p", { class: "dk-answer" }, ...marked(entry.answer, other.answer)),
      make("div", { class: "dc-chips" }, stateChip(entry), chip(say(`kind_${entry.kind}`)), make("span", { class: "dc-time" }, entry.source)),
      make("div", { class: "dk-actions" }, button("edit", edit, { "aria-label": `${say("edit")}: ${entry.title}` }),
        button("switch_off", off, { "aria-label": `${say("switch_off")}: ${entry.title}` })));
  }

  gone(node) {
    const next = node.nextElementSibling ?? node.previousElementSibling;
    node.remove();
    (next ?? this.node).querySelector("button")?.focus();
    this.waiting = true;
    const left = this.list.children.length;
    this.count.textContent = left ? say("pairs", { count: left }) : say("no_pairs");
  }
}

// The answer with the words that the other one does not have marked; neighbours share one mark.
function marked(text, other) {
  const known = new Set(other.toLowerCase().match(WORD) ?? []);
  const parts = [];
  let plain = 0;
  let start = -1;
  let end = 0;
  const close = () => {
    if (start >= 0) parts.push(text.slice(plain, start), make("mark", {}, text.slice(start, end)));
    if (start >= 0) plain = end;
    start = -1;
  };
  for (const match of text.matchAll(WORD)) {
    if (known.has(match[0].toLowerCase())) {
      close();
      continue;
    }
    if (start < 0) start = match.index;
    end = match.index + match[0].length;
  }
  close();
  return [...parts, text.slice(plain)];
}
