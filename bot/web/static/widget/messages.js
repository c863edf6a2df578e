// The list of messages. Nodes that did not change stay, so that a screen reader hears only news.

const GROUP_MS = 5 * 60_000;

class Messages {
  constructor(chat, words, uploads) {
    Object.assign(this, { chat, words, uploads, shown: new Map(), pinned: true });
    this.log = make("div", "log");
    this.log.setAttribute("role", "log");
    this.log.setAttribute("aria-live", "polite");
    this.log.setAttribute("aria-label", words.log);
    this.cards = make("div", "cards");
    this.node = make("div", "scroll", this.log, this.cards);
    this.node.tabIndex = 0;
    this.node.setAttribute("role", "region");
    this.node.setAttribute("aria-label", words.log);
    this.node.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => this.follow()).observe(this.node);
  }

  draw() {
    const parts = this.#parts();
    const keys = new Set(parts.map(([id]) => id));
    for (const [id, { node }] of this.shown) {
      if (!keys.has(id)) {
        node.remove();
        this.shown.delete(id);
      }
    }
    parts.forEach(([id, key, build], at) => this.#place(id, key, build, at));
    this.follow();
  }

  /**
   * Keeps the end in view, but scrolls out of it neither the beginning of what a person wrote last,
   * nor the question that the bot answers, nor the head of a form.
   */
  follow(anyway = false) {
    if (!this.pinned && !anyway) return;
    const list = this.node;
    const beginning = this.cards.firstChild ?? [...list.querySelectorAll(".mine, .staff")].pop();
    const end = list.scrollHeight - list.clientHeight;
    list.scrollTop = beginning ? Math.min(end, beginning.offsetTop - 12) : end;
    this.placed = list.scrollTop;
    this.pinned = true;
  }

  #scrolled() {
    const { scrollHeight, clientHeight, scrollTop } = this.node;
    this.pinned = scrollHeight - clientHeight - scrollTop < 40 || Math.abs(scrollTop - this.placed) < 2;
  }

  /** What is to be seen, as [id, what it depends on, how to build it]. */
  #parts() {
    const { chat } = this;
    const timeline = chat.timeline;
    const parts = timeline[0]?.role === "bot" ? [] : this.#welcome(!timeline.length);
    let before = parts.length ? { role: "bot", author: null, at: timeline[0]?.at } : null;
    timeline.forEach((message, at) => {
      const place = { first: !sameGroup(before, message), last: !sameGroup(message, timeline[at + 1]) };
      place.newest = at === timeline.length - 1;
      before = message;
      const key = JSON.stringify([message, place, chat.opened && place.newest]);
      parts.push([message.key, key, () => this.#message(message, place)]);
    });
    const writer = chat.typing || (chat.thinking && this.#nameOf({ role: "bot" }));
    if (writer) parts.push(["typing", writer, () => this.#typing(writer)]);
    return parts;
  }

  #welcome(alone) {
    const { settings, language } = this.chat;
    if (!settings) return [];
    const text = settings.welcome[language];
    const starters = alone ? settings.starters[language] : [];
    const options = starters.map((label) => ({ label, value: label }));
    const message = { key: "welcome", role: "bot", author: null, text, options, state: "sent" };
    const place = { first: true, last: true, newest: true };
    return text ? [["welcome", JSON.stringify(message), () => this.#message(message, place)]] : [];
  }

  #place(id, key, build, position) {
    let entry = this.shown.get(id);
    const there = this.log.children;
    if (entry?.key !== key) {
      const node = build();
      const focused = entry && keepState(entry.node, node);
      if (!entry) node.classList.add("new");
      entry?.node.remove();
      entry = { node, key };
      this.shown.set(id, entry);
      this.log.insertBefore(node, there[position] || null);
      if (focused) node.querySelector(focused)?.focus();
    } else if (there[position] !== entry.node) {
      this.log.insertBefore(entry.node, there[position] || null);
    }
  }

  #nameOf({ role, author }) {
    const { words, chat } = this;
    if (role === "bot") return chat.settings?.bot[chat.language] ?? words.bot;
    return role === "staff" ? author?.name ?? words.staff : words.you;
  }

  #message(message, { first, last, newest }) {
    const mine = message.role === "customer";
    const name = this.#nameOf(message);
    const who = first && message.role === "staff" ? make("span", "who", `${name} `) : unseen(`${name}: `);
    const said = message.file ? this.#file(message) : make("span", "text", ...(mine ? [message.text] : linked(message.text)));
    const column = make("div", "column", make("div", "bubble", who, said), this.#sources(message),
      this.#foot(message, last), newest && this.#options(message));
    const picture = mine ? null : make("span", "avatar", first && avatar(message.role, name));
    const node = make("div", `message ${mine ? "mine" : message.role} ${message.state}`, picture, column);
    node.classList.toggle("first", first);
    return node;
  }

  #file(message) {
    const { file, state } = message;
    const about = make("span", "about", make("span", "name", file.name), make("span", "size", fileSize(file.size)));
    const name = fill(this.words.download, { name: file.name });
    const chip = file.id ? button("file", { name, image: "file", press: () => this.chat.download(file) })
      : make("span", "file", icon("file"));
    chip.append(about);
    const box = make("span", "attachment", chip);
    if (file.local && state !== "failed") {
      preview(file.local, file.name).then((canvas) => {
        if (canvas) box.prepend(canvas);
        this.follow();
      });
    }
    return box;
  }

  #sources({ citations }) {
    if (!citations?.length) return null;
    const items = citations.map(({ title, source }) => {
      const where = /^https?:\/\//i.test(source) && isAddress(source) ? anchor(source) : make("span", "", source);
      where.classList.add("where");
      return make("li", "", make("span", "title", title), where);
    });
    const summary = make("summary", "", icon("down"), make("span", "", this.words.sources), make("span", "count", String(items.length)));
    return make("details", "sources", summary, make("ul", "", ...items));
  }

  #options(message) {
    if (!message.options?.length) return null;
    const press = (value) => () => this.chat.choose(value);
    const buttons = message.options.map(({ label, value }) => button("option", { text: label, press: press(value) }));
    const group = make("div", "options", ...buttons);
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", this.words.choose);
    return group;
  }

  #foot(message, last) {
    if (message.state === "failed") return this.#failed(message);
    const thumbs = message.role === "bot" && RATEABLE.includes(message.action)
      ? [this.#thumb(message, 1), this.#thumb(message, -1)] : [];
    const { words } = this;
    const state = { sending: words.sending, kept: words.kept }[message.state];
    if (!thumbs.length && !last && message.state !== "kept") return null;
    if (!thumbs.length && !state && !message.at) return null;
    const told = state ? make("span", "told", message.state === "kept" && icon("clock"), state) : clock(message.at, words.lang);
    return make("div", "foot", told, ...thumbs);
  }

  #thumb(message, rating) {
    const name = rating > 0 ? this.words.helped : this.words.not_helped;
    const thumb = button(rating > 0 ? "thumb up" : "thumb low", { name, image: "thumb", press: () => this.chat.rate(message.id, rating) });
    thumb.setAttribute("aria-pressed", String(message.rating === rating));
    return thumb;
  }

  /** Says why, keeps the text, and offers what can be done. */
  #failed(message) {
    const { words, chat, uploads } = this;
    const why = make("span", "told", icon("alert"), this.#reason(message));
    const actions = message.file
      ? [["retry", () => uploads.retry(message)], ["remove", () => uploads.remove(message)]]
      : [["edit", () => chat.editAgain(message)], ["retry", () => chat.retry(message)], ["remove", () => chat.drop(message)]];
    const buttons = actions.map(([key, press]) => button("small", { text: words[key], press }));
    return make("div", "foot failure", why, ...buttons);
  }

  #reason({ file, text, failed }) {
    const { words, chat } = this;
    const limit = chat.settings?.message_characters;
    if (file) return fill(words.file_failed, { name: file.name });
    if (text.length > limit) return fill(words.too_long, { limit: limit.toLocaleString(words.lang) });
    return failed.status < 500 ? fill(words.refused, { reason: failed.reason }) : words.failed;
  }

  #typing(name) {
    const dots = make("span", "bubble dots", make("i"), make("i"), make("i"), unseen(fill(this.words.thinking, { name })));
    const role = this.chat.typing ? "staff" : "bot";
    return make("div", `message ${role} first`, make("span", "avatar", avatar(role, name)), make("div", "column", dots));
  }
}

function sameGroup(one, other) {
  if (!one || !other || one.role !== other.role || one.author?.name !== other.author?.name) return false;
  return Math.abs(Date.parse(other.at) - Date.parse(one.at)) < GROUP_MS;
}

/** The bot's face, or the first letter of a person's name. */
function avatar(role, name) {
  const face = make("span", `face ${role}`, role === "bot" ? icon("face") : [...name][0].toUpperCase());
  face.setAttribute("aria-hidden", "true");
  return face;
}

function clock(at, lang) {
  if (!at) return null;
  const time = make("time");
  const date = new Date(at);
  const today = date.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  time.dateTime = at;
  time.textContent = date.toLocaleString(lang, { ...day, hour: "numeric", minute: "2-digit" });
  return time;
}

/** What the customer unfolded stays so; returns a selector of what had the focus, if anything. */
function keepState(before, after) {
  const unfolded = before.querySelector("details")?.open && after.querySelector("details");
  if (unfolded) unfolded.open = true;
  const focused = before.getRootNode().activeElement;
  if (!focused || !before.contains(focused)) return null;
  const name = focused.getAttribute("aria-label");
  return name ? `[aria-label="${CSS.escape(name)}"]` : focused.localName;
}
