// The Knowledge tab: its views, what is told, what can be undone, and how far the index is.

import { call, isAdmin } from "/static/knowledge/api.js";
import { Contradictions } from "/static/knowledge/contradictions.js";
import { button, make, say, speak, writing } from "/static/knowledge/dom.js";
import { Imports } from "/static/knowledge/imports.js";
import { Passages } from "/static/knowledge/passages.js";

const LOOK_MS = 15000;
const LOOK_BEHIND_MS = 700;

class Tab {
  constructor(root) {
    this.root = root;
    this.undos = [];
    this.seen = { counts: {}, suggestions: 0, behind: 0, serving: true, languages: [] };
    this.views = {
      passages: new Passages(this, "passages"),
      suggestions: new Passages(this, "suggestions"),
      contradictions: new Contradictions(this),
    };
    this.current = "passages";
    this.tabs = make("div", { class: "dk-views", role: "tablist", "aria-label": say("views") });
    this.index = make("p", { class: "dk-index", role: "status" });
    this.told = make("p", { class: "dk-told", role: "status" });
    this.undoButton = button("undo", () => this.undo(), { kind: "dk-undo", hidden: true });
    this.place = make("div", { class: "dk-place", role: "tabpanel", id: "dk-place" });
    root.replaceChildren(
      make("header", { class: "dk-head" }, this.tabs, this.index),
      make("div", { class: "dk-bar" }, this.told, this.undoButton),
      this.place,
    );
    root.addEventListener("keydown", (event) => this.key(event));
  }

  async start() {
    if (await isAdmin()) this.views.imports = new Imports(this);
    await this.look();
    this.show(this.current);
    setInterval(() => this.visible() && this.look(), LOOK_MS);
  }

  visible() {
    return !document.hidden && this.root.offsetParent !== null;
  }

  show(name) {
    this.tell("");
    this.current = name;
    this.drawTabs();
    this.place.replaceChildren(this.views[name].node);
    this.place.setAttribute("aria-labelledby", `dk-view-${name}`);
    this.views[name].open();
  }

  drawTabs() {
    const counts = { passages: this.total(), suggestions: this.seen.suggestions };
    const focused = this.tabs.contains(document.activeElement);
    this.tabs.replaceChildren(...Object.keys(this.views).map((name) => {
      const count = counts[name] === undefined ? null : make("span", { class: "dk-count" }, String(counts[name]));
      return make("button", {
        type: "button", role: "tab", id: `dk-view-${name}`, "aria-selected": name === this.current,
        "aria-controls": "dk-place", tabindex: name === this.current ? 0 : -1, onclick: () => this.show(name),
      }, say(`view_${name}`), count);
    }));
    if (focused) this.tabs.querySelector("[aria-selected=true]").focus();
  }

  total() {
    return Object.values(this.seen.counts).reduce((sum, count) => sum + count, 0);
  }

  async look() {
    clearTimeout(this.again);
    try {
      this.seen = await call("GET", "/overview");
    } catch {
      return;
    }
    this.drawTabs();
    const { behind, serving } = this.seen;
    this.index.dataset.state = !serving ? "none" : behind ? "behind" : "ready";
    const text = say(!serving ? "index_none" : behind ? "index_behind" : "index_ready");
    if (this.index.textContent !== text) this.index.textContent = text;
    if (serving && behind) this.again = setTimeout(() => this.look(), LOOK_BEHIND_MS);
    else this.views[this.current].indexed?.();
    this.views[this.current].refresh?.();
  }

  tell(text, bad = false) {
    this.told.textContent = text;
    this.told.classList.toggle("dk-bad", bad);
  }

  // Do something that the server may refuse; what was done is told, and how to undo it is kept.
  async attempt(work, told = "", undo = null) {
    try {
      const done = await work();
      if (undo) this.undos.push(undo);
      this.undoButton.hidden = !this.undos.length;
      if (told) this.tell(told);
      this.look();
      return done;
    } catch (error) {
      this.tell(error.message, true);
      throw error;
    }
  }

  async undo() {
    const last = this.undos.pop();
    if (!last) return;
    this.undoButton.hidden = !this.undos.length;
    await this.attempt(last, say("undone")).catch(() => {});
    this.views[this.current].open();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.getAttribute("role") === "tab" && /^Arrow(Left|Right)$/.test(event.key)) {
      const names = Object.keys(this.views);
      const step = event.key === "ArrowRight" ? 1 : names.length - 1;
      this.show(names[(names.indexOf(this.current) + step) % names.length]);
      this.tabs.querySelector("[aria-selected=true]").focus();
    } else if (event.key === "z" && !writing(event.target)) this.undo();
    else this.views[this.current].key?.(event);
  }
}

export function start(root, words) {
  speak(words);
  const tab = new Tab(root);
  const begin = new IntersectionObserver((seen) => {
    if (!seen.some((one) => one.isIntersecting)) return;
    begin.disconnect();
    tab.start();
    // Coming back to the tab shows what others did meanwhile.
    new IntersectionObserver(([one]) => one.isIntersecting && tab.look()).observe(root);
  });
  begin.observe(root);
}
