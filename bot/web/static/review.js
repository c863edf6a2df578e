// The Review tab of the console: one turn after the other, decided by single keys.
//
// The next turns lie here before they are needed, and a decision is sent while the next one already
// shows; what the server refuses comes back to the front. Words come from the page, in English and
// Chinese. Every text of customers, agents and passages is set as text, never as markup.

import { filled, make, openExplain, pageLanguage, useStyles } from "/static/explain.js";
import { askAnswer, askHelp, askIntent, askNewIntent } from "/static/review_dialogs.js";
import { cardParts, pendingParts, sideParts } from "/static/review_parts.js";

const AHEAD = 20; // turns fetched at once
const LOW = 8; // so few left: fetch more
const AT_MOST = 50; // turns of a cluster that one decision may hold for
const FRESH_MS = 60000;

class Review {
  constructor(place, dictionary) {
    this.place = place;
    this.language = pageLanguage();
    this.words = Object.fromEntries(Object.entries(dictionary).map(([key, texts]) => [key, texts[this.language]]));
    this.items = []; // the first one is shown
    this.settled = new Set(); // decided here, perhaps not yet there
    this.sending = Promise.resolve(); // decisions go one after the other
    this.intents = { languages: [], intents: [] };
    this.counts = { left: 0, done: 0 };
    this.pending = null;
    this.loading = false;
    this.decided = 0; // decisions of this page, to notice those during a fetch
    this.filters = { language: "", reason: "" };
    this.only = null; // { name, turns }: a topic whose questions alone are shown
    this.whole = false; // the decision holds for the whole cluster
    this.loaded = 0;
    this.round = 0; // which filters a fetch belongs to
    this.build();
    document.addEventListener("keydown", (event) => this.key(event));
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.appear()).observe(place);
  }

  // The parts of the page

  build() {
    const { words } = this;
    this.place.lang = this.language;
    this.count = make("p", "dr-count");
    this.meter = make("progress", "dr-meter");
    this.meter.setAttribute("aria-label", words.progress);
    this.onlyPlace = make("div", "dr-only");
    this.onlyPlace.setAttribute("role", "status");
    this.notice = make("div", "dr-notice");
    this.notice.setAttribute("role", "status");
    this.card = make("section", "dr-card");
    this.card.tabIndex = -1;
    this.card.setAttribute("aria-label", words.turn);
    this.side = make("section", "dr-side");
    this.side.setAttribute("aria-label", words.understood);
    this.pendingPlace = make("section", "dr-pending");
    this.pendingPlace.setAttribute("aria-label", words.pending);
    const head = make("header", "dr-head", make("div", "dr-progress", this.count, this.meter), this.select("language",
      [["", words.all_languages], ["en", words.en], ["zh", words.zh]]),
    this.select("reason", [["", words.all_reasons],
      ...["rejected", "corrected", "out_of_scope", "disagreement", "low_confidence"].map((one) => [one, words[one]])]),
    this.button("u", words.undo, () => this.undo()), this.button("?", words.help, () => askHelp(words)));
    const columns = make("div", "dr-columns", this.card, make("div", "dr-right", this.side, this.pendingPlace));
    this.place.replaceChildren(head, this.onlyPlace, this.notice, columns);
  }

  select(name, options) {
    const list = make("select", `dr-select dr-by-${name}`);
    list.setAttribute("aria-label", this.words[`filter_${name}`]);
    for (const [value, text] of options) list.append(Object.assign(make("option", "", text), { value }));
    list.addEventListener("change", () => {
      this.filters[name] = list.value;
      this.items = [];
      this.load(true);
    });
    return list;
  }

  button(key, text, act, className = "") {
    const button = make("button", `dr-button ${className}`.trim(), text, key && make("kbd", "", key));
    button.type = "button";
    if (key) button.setAttribute("aria-keyshortcuts", key);
    button.addEventListener("click", act);
    return button;
  }

  say(text, wrong = false) {
    this.notice.textContent = text;
    this.notice.classList.toggle("dr-wrong", wrong);
  }

  // What comes from the server

  appear() {
    const wish = window.deskmateReviewWish;
    delete window.deskmateReviewWish;
    if (wish) this.narrow(wish);
    else if (Date.now() - this.loaded > FRESH_MS || !this.items.length) this.load(!this.items.length);
  }

  // Show what another tab asks for: { reason } or { name, turns }, or everything again: {}.
  narrow({ reason = "", name = "", turns = null }) {
    this.filters = { language: "", reason };
    for (const key of ["language", "reason"]) this.place.querySelector(`.dr-by-${key}`).value = this.filters[key];
    this.only = turns && { name, turns };
    this.onlyPlace.replaceChildren(...(turns ? [make("span", "", filled(this.words.only, { name, count: turns.length })),
      this.button("", this.words.show_all, () => this.narrow({}))] : []));
    this.items = [];
    this.card.focus({ preventScroll: true });
    this.load(true);
  }

  since() {
    const midnight = new Date();
    midnight.setHours(0, 0, 0, 0);
    return encodeURIComponent(midnight.toISOString());
  }

  async ask(path, body) {
    const answer = await window.deskmateConsole.api(path, body);
    const found = await answer.json();
    if (!answer.ok) throw Object.assign(new Error(found.error?.message ?? ""), { status: answer.status });
    return found;
  }

  async load(anew) {
    const round = anew ? ++this.round : this.round;
    this.loaded = Date.now();
    this.loading = true;
    const before = this.decided;
    if (anew) this.busy();
    try {
      await this.sending; // what is being decided must not come back
      const { language, reason } = this.filters;
      const query = `limit=${AHEAD + LOW}${language && `&language=${language}`}${reason && `&reason=${reason}`}&since=${this.since()}`
        + (this.only?.turns ?? []).map((id) => `&turn=${id}`).join("");
      const [found, intents, pending] = await Promise.all([this.ask(`review?${query}`),
        this.ask("review-intents"), this.ask("review-pending")]);
      if (round !== this.round) return;
      this.intents = intents;
      this.pending = pending;
      this.counted(found);
      const known = new Set(this.items.map((one) => one.turn_id));
      const fresh = found.items.filter((one) => !known.has(one.turn_id) && !this.settled.has(one.turn_id));
      const empty = !this.items.length;
      this.items.push(...fresh);
      // What was decided meanwhile may have made room for others of its cluster.
      this.loading = before !== this.decided && this.items.length < LOW;
      if (this.loading) this.load(false);
      if (empty || anew) this.show(false);
      this.drawPending();
    } catch {
      this.loading = false;
      if (round === this.round && !this.items.length) this.card.replaceChildren(make("p", "dr-empty", this.words.offline));
    }
  }

  counted({ left, done }) {
    this.counts = { left, done };
    this.drawCounts();
  }

  // Decisions

  decide(body, told) {
    const item = this.items[0];
    if (!item) return;
    const also = this.whole && item.cluster ? item.cluster.turn_ids.slice(1, AT_MOST + 1) : [];
    const gone = new Set([item.turn_id, ...also]);
    this.decided += 1;
    gone.forEach((id) => this.settled.add(id));
    this.items = this.items.filter((one) => !gone.has(one.turn_id));
    this.counts = { left: Math.max(0, this.counts.left - gone.size), done: this.counts.done + gone.size };
    this.say(gone.size > 1 ? `${told} · ${filled(this.words.for_all, { count: gone.size })}` : told);
    this.sending = this.sending.then(() => this.send(item, { ...body, also }, gone));
    if (this.items.length < LOW && !this.loading) this.load(false);
    this.show(true);
  }

  async send(item, body, gone) {
    try {
      this.counted(await this.ask(`review/${item.turn_id}?since=${this.since()}`, body));
      this.pending = await this.ask("review-pending");
      this.drawPending();
    } catch (error) {
      this.say(error.message || this.words.not_sent, true);
      if (body.kind === "new_intent") this.intents.intents = this.intents.intents.filter((one) => one.name !== body.intent);
      if (error.status === 409) return;
      gone.forEach((id) => this.settled.delete(id));
      this.items.unshift(item);
      this.show(true);
    }
  }

  async undo() {
    await this.sending;
    this.sending = this.takeBack();
    await this.sending;
  }

  async takeBack() {
    try {
      const found = await this.ask(`review-undo?since=${this.since()}`, {});
      this.counted(found);
      if (!found.item) return this.say(this.words.nothing_to_undo);
      (found.item.cluster?.turn_ids ?? [found.item.turn_id]).forEach((id) => this.settled.delete(id));
      this.items = [found.item, ...this.items.filter((one) => one.turn_id !== found.item.turn_id)];
      this.say(this.words.undone);
      this.show(true);
      this.pending = await this.ask("review-pending");
      this.drawPending();
    } catch (error) {
      this.say(error.message || this.words.not_sent, true);
    }
  }

  leaveOut() {
    this.decide({ kind: "out_of_scope" }, this.words.told_out);
  }

  skip() {
    this.decide({ kind: "skip" }, this.words.told_skip);
  }

  explain() {
    if (this.items.length) openExplain({ turn: this.items[0].turn_id }, this.language);
  }

  confirm() {
    const item = this.items[0];
    if (!item) return;
    if (!item.confirm) return this.say(this.words.nothing_to_confirm, true);
    this.decide({ kind: "confirm" }, this.words.told_confirm);
  }

  choose(place) {
    const [name] = this.items[0]?.understood.ranking[place - 1] ?? [];
    if (!name) return;
    if (!this.intents.intents.some((one) => one.name === name)) return this.say(filled(this.words.not_in_domain, { name }), true);
    this.take(name);
  }

  take(name) {
    this.decide({ kind: "intent", intent: name }, filled(this.words.told_intent, { name: this.label(name) }));
  }

  async search() {
    if (!this.items.length) return;
    const found = await askIntent(this.words, this.intents.intents, this.language);
    if (found?.made) this.create(found.made);
    else if (found) this.take(found.name);
  }

  async create(suggested = "") {
    if (!this.items.length) return;
    const made = await askNewIntent(this.words, this.intents.languages, suggested, this.items[0].message);
    if (!made) return;
    this.intents.intents.unshift({ name: made.intent, kind: "answer", label: made.label });
    this.decide({ kind: "new_intent", ...made }, filled(this.words.told_new, { name: made.intent }));
  }

  async write() {
    const item = this.items[0];
    if (!item) return;
    const answer = await askAnswer(this.words, item.message, item.proposed_answer ?? "");
    if (answer) this.decide({ kind: "answer", answer }, this.words.told_answer);
  }

  // Drawing

  label(name) {
    return this.intents.intents.find((one) => one.name === name)?.label[this.language] ?? name;
  }

  busy() {
    this.card.replaceChildren(make("p", "dr-empty", this.words.loading));
    this.side.replaceChildren();
  }

  show(focus) {
    this.whole = false;
    this.drawCounts();
    const item = this.items[0];
    if (!item) {
      this.card.replaceChildren(make("p", "dr-empty", this.loading ? this.words.loading : this.words.empty));
      this.side.replaceChildren();
    } else {
      this.drawCard(item);
      this.side.replaceChildren(...sideParts(this, item));
    }
    if (focus) this.card.focus({ preventScroll: true });
    if (focus && this.card.getBoundingClientRect().top < 0) this.card.scrollIntoView({ block: "start" });
  }

  drawCounts() {
    const { left, done } = this.counts;
    this.count.textContent = filled(this.words.counts, { left, done });
    this.meter.max = Math.max(1, left + done);
    this.meter.value = done;
  }

  drawCard(item) {
    this.wholeBox = null;
    this.card.replaceChildren(...cardParts(this, item));
  }

  drawPending() {
    if (this.pending) this.pendingPlace.replaceChildren(...pendingParts(this, this.pending));
  }

  // The keyboard

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (!this.place.getClientRects().length || document.querySelector("dialog[open]")) return;
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    // On the tab itself Enter has done its work: the tab is open.
    const pressing = target.closest("button:not([role=tab]), a, summary");
    if (event.key === "Enter" && pressing) return; // the focused control does its own thing
    const act = this.acts()[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  acts() {
    return {
      Enter: () => this.confirm(), "/": () => this.search(), i: () => this.search(), n: () => this.create(),
      w: () => this.write(), o: () => this.leaveOut(), s: () => this.skip(), u: () => this.undo(),
      "?": () => askHelp(this.words), e: () => this.explain(),
      a: () => this.wholeBox?.isConnected && this.wholeBox.click(),
      ...Object.fromEntries([1, 2, 3, 4, 5].map((place) => [String(place), () => this.choose(place)])),
    };
  }
}

export function start(place, words) {
  useStyles("/static/explain.css");
  useStyles("/static/review.css");
  window.deskmateExplain = openExplain;
  return new Review(place, words);
}
