// Puts the widget into the page: the bubble, the window, and `window.deskmate` for the page.

const SCRIPT = document.currentScript ?? document.querySelector('script[src*="/widget.js"]');
const PHONE = "(max-width: 520px), (max-height: 480px)";

class Widget {
  constructor({ dataset, src }) {
    this.options = dataset;
    this.handlers = new Map();
    this.chat = new Chat(new URL(".", src).href.replace(/\/$/, ""), (event, detail) => this.emit(event, detail));
    this.chat.language = chooseLanguage(dataset.language);
    this.host = make("deskmate-chat");
    this.root = make("div", "root");
    const shadow = this.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.root);
    this.dark = matchMedia("(prefers-color-scheme: dark)");
    this.dark.addEventListener("change", () => this.#color());
    this.#build();
    document.body.append(this.host);
    this.#color();
    this.chat.changed = () => this.#later();
    this.#followScreen();
    if (kept("open") && !matchMedia(PHONE).matches) this.#show(true);
    this.chat.connect();
    setInterval(() => this.chat.status === "waiting" && this.draw(), 20_000);
  }

  open() {
    if (this.chat.opened) return;
    this.#show(true);
    this.panel.focus();
  }

  close() {
    if (!this.chat.opened) return;
    const inside = this.panel.node.contains(this.root.getRootNode().activeElement);
    this.#show(false);
    if (inside) this.bubble.focus();
  }

  /** The language of the widget's own words; the bot answers in the customer's. */
  setLanguage(tag) {
    const language = knownLanguage(tag);
    if (!language) throw new RangeError(`expected one of ${Object.keys(WORDS)}, found ${tag}`);
    if (language === this.chat.language) return;
    this.chat.language = language;
    const inside = this.root.getRootNode().activeElement;
    this.#build();
    if (this.chat.opened && inside) this.panel.focus();
  }

  /** Leaves the conversation and forgets the customer, as when somebody signs out. */
  reset() {
    this.chat.customer = undefined;
    keep("draft", null);
    this.chat.restart();
    this.#build();
  }

  async identify(id, details) {
    try {
      await this.chat.identify(id, details);
    } catch (error) {
      if (error instanceof ApiError) this.emit("error", { code: error.code, message: error.message });
      throw error;
    }
  }

  /** Calls `handler(detail)` for each `event`; returns a function that ends it. */
  on(event, handler) {
    const handlers = this.handlers.get(event) ?? new Set();
    this.handlers.set(event, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  emit(event, detail) {
    if (event === "message" && !this.chat.opened) this.#announce(detail);
    for (const handler of this.handlers.get(event) ?? []) {
      try {
        handler(detail);
      } catch (error) {
        reportError(error); // the page's own mistake; the chat goes on
      }
    }
  }

  #build() {
    const { chat, root } = this;
    this.words = WORDS[chat.language];
    const toggle = () => (chat.opened ? this.close() : this.open());
    const switchLanguage = () => this.setLanguage(Object.keys(WORDS).find((one) => one !== chat.language));
    this.panel = new Panel(chat, this.words, { close: () => this.close(), switchLanguage });
    this.bubble = button("bubble-button", { name: this.words.open, press: toggle });
    this.bubble.append(make("span", "shape", icon("chat"), icon("down")));
    this.count = make("span", "count");
    this.bubble.append(this.count);
    this.bubble.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.news = make("span", "unseen");
    this.news.setAttribute("role", "status");
    root.lang = this.words.lang;
    root.replaceChildren(this.panel.node, this.bubble, this.news);
    this.draw();
  }

  #show(opened) {
    keep("open", opened ? "1" : null);
    this.chat.setOpened(opened);
    this.draw();
    this.#fit();
    if (opened) {
      this.panel.fit();
      this.panel.messages.follow(true);
    }
    this.emit(opened ? "open" : "close", {});
  }

  #later() {
    if (this.drawing) return;
    this.drawing = true;
    queueMicrotask(() => {
      this.drawing = false;
      this.draw();
    });
  }

  draw() {
    const { chat, words } = this;
    const { settings, unread: count } = chat;
    if (settings && !settings.languages.includes(chat.language)) return this.setLanguage(settings.languages[0]);
    this.panel.node.hidden = !chat.opened;
    this.root.classList.toggle("opened", chat.opened);
    const name = chat.opened ? words.close : count ? fill(words.open_unread, { count }) : words.open;
    this.bubble.title = name;
    this.bubble.setAttribute("aria-label", name);
    this.bubble.setAttribute("aria-expanded", String(chat.opened));
    this.count.textContent = count > 9 ? "9+" : String(count);
    this.count.hidden = !count || chat.opened;
    if (chat.opened) this.panel.draw();
  }

  #announce({ author }) {
    const { settings, language } = this.chat;
    this.news.textContent = fill(this.words.arrived, { name: author ?? settings?.bot[language] ?? this.words.bot });
  }

  #color() {
    const wished = this.options.theme;
    const theme = wished === "light" || wished === "dark" ? wished : this.dark.matches ? "dark" : "light";
    this.root.dataset.theme = theme;
    this.root.dataset.position = this.options.position === "left" ? "left" : "right";
    const accent = readColor(this.options.color) ?? TEAL;
    for (const [name, value] of palette(accent, theme)) this.root.style.setProperty(name, value);
  }

  /** On phones the window fills what the on-screen keyboard leaves. */
  #followScreen() {
    const fit = () => this.#fit();
    window.visualViewport?.addEventListener("resize", fit);
    window.visualViewport?.addEventListener("scroll", fit);
    matchMedia(PHONE).addEventListener("change", fit);
  }

  #fit() {
    const { style } = this.panel.node;
    const phone = matchMedia(PHONE).matches;
    const screen = window.visualViewport;
    this.panel.node.setAttribute("aria-modal", String(phone));
    style.top = phone && screen ? `${screen.offsetTop}px` : "";
    style.height = phone && screen ? `${screen.height}px` : "";
    if (phone) this.panel.messages.follow();
  }
}

/** `window.deskmate`; what the page called before the script was there is done now. */
function publish(widget) {
  const early = window.deskmate?.queue ?? [];
  const names = ["open", "close", "identify", "on", "setLanguage", "reset"];
  const face = Object.fromEntries(names.map((name) => [name, widget[name].bind(widget)]));
  window.deskmate = Object.freeze(face);
  for (const [name, args, resolve, reject] of early) {
    try {
      resolve?.(face[name](...args));
    } catch (error) {
      reject?.(error);
    }
  }
  widget.emit("ready", {});
}

function begin() {
  if (document.querySelector("deskmate-chat")) return; // the tag stands there twice
  publish(new Widget(SCRIPT));
}

if (document.body) begin();
else addEventListener("DOMContentLoaded", begin);
