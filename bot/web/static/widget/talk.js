// The conversation as this page knows it: messages, who has it, what is unread. Merges what comes
// from the stream, from polls and from answers, so that each message stands there once and in order.

const TYPING_MS = 6_000;
const RECENT_MS = 30 * 60_000; // a chat used so lately is listened to on every page
const CONFIRM_MS = 1_500; // after an answer that may have been overtaken by the stream
const LOOK_MS = 20_000; // in a hidden tab, while a person answers
const RATEABLE = ["answer", "ask", "clarify", "call"];

class Talk {
  /** `emit(event, detail)` tells the page; `changed()` draws. */
  constructor(base, emit) {
    this.store = new Store(base);
    this.api = new Api(base, this.store);
    this.live = new Live(this.api, (event, data) => this.#hear(event, data));
    this.emit = emit;
    this.changed = () => {};
    Object.assign(this, { opened: false, settings: null, notice: null, pause: null, counted: 0, uploads: [] });
    this.enter();
    this.store.addEventListener("change", () => this.#shared());
    addEventListener("online", () => this.connect());
    addEventListener("offline", () => this.#online(false));
    document.addEventListener("visibilitychange", () => this.connect());
    setInterval(() => this.#lookHidden(), LOOK_MS);
  }

  get visible() {
    return document.visibilityState === "visible";
  }

  get withPerson() {
    return this.status === "waiting" || this.status === "open";
  }

  /** Messages and what is on its way, in order; `state` is "sent", "sending", "kept" or "failed". */
  get timeline() {
    const logged = [...this.messages.values()].map((one) => ({ ...one, key: one.id, order: one.id, state: "sent" }));
    return [...logged, ...this.#echoed(), ...this.uploads].sort((one, other) => one.order - other.order);
  }

  get unread() {
    const read = this.store.get("read", 0);
    const unread = [...this.messages.values()].filter((one) => one.role !== "customer" && one.id > read);
    return unread.length;
  }

  /** Takes up the conversation that the browser keeps, from its beginning. */
  enter() {
    this.live.forget();
    this.visitId = this.store.visit?.id ?? null;
    this.baseline = this.store.get("read", 0);
    const nobody = { agent: null, queue: null, away: false, typing: null };
    Object.assign(this, nobody, { messages: new Map(), sentEchoes: new Map(), status: "bot", looked: false });
  }

  /** Listens while that is worth a connection, looks once where it is not. */
  connect() {
    const { visit } = this.store;
    const recent = Date.now() - this.store.get("used", 0) < RECENT_MS;
    this.live.listen(Boolean(visit) && this.visible && (this.opened || this.withPerson || recent));
    this.live.hurry();
    if (visit && !this.live.listening && !this.looked) this.#lookOnce();
    if (this.visible) this.outbox.flush();
    this.read();
  }

  /** What is seen counts as read, in every tab. */
  read() {
    const last = Math.max(0, ...this.messages.keys());
    if (this.opened && this.visible && last > this.store.get("read", 0)) this.store.set("read", last);
    if (this.unread !== this.counted) {
      this.counted = this.unread;
      this.emit("unread", this.counted);
    }
    this.changed();
  }

  /** What a call answered: messages and status, more of the state where it has it. */
  take(answer) {
    const changes = "status" in answer && answer.status !== this.status;
    this.#absorb(answer);
    if (changes) setTimeout(() => this.#lookOnce(), CONFIRM_MS);
  }

  #absorb(told) {
    told.messages?.forEach((message) => this.#adopt(message));
    this.#setState(told);
    this.read();
  }

  /** A message of the outbox was acknowledged; its own id may come later, by the stream. */
  acknowledge(entry, replies) {
    if (this.#confirmed(entry.client_id)) return;
    const order = replies.length ? replies[0].id - 0.5 : Math.max(0, ...this.messages.keys()) + 0.5;
    this.sentEchoes.set(entry.client_id, { ...entry, order });
  }

  #confirmed(client_id) {
    return [...this.messages.values()].some((one) => one.client_id === client_id);
  }

  #echoed() {
    const own = { role: "customer", author: null };
    const sent = [...this.sentEchoes.values()].map((one) => ({ ...own, ...one, key: one.client_id, state: "sent" }));
    const waiting = this.store.outbox.filter((one) => !this.#confirmed(one.client_id));
    return sent.concat(waiting.map((entry, at) => {
      const state = entry.failed ? "failed" : this.pause ? "kept" : "sending";
      return { ...own, ...entry, key: entry.client_id, order: 1e15 + at, state };
    }));
  }

  #adopt(message) {
    const known = this.messages.get(message.id);
    // The server knows a file's id, this page may still have the file itself.
    const file = known?.file || message.file ? { ...known?.file, ...message.file } : null;
    this.messages.set(message.id, { ...known, ...message, file });
    this.live.lastMessage = Math.max(this.live.lastMessage, message.id);
    if (message.role === "customer") this.#settle(message);
    if (known || message.role === "customer") return;
    if (message.role === "staff") this.#setTyping(null);
    if (message.id > this.baseline) this.emit("message", heard(message));
  }

  /** Drops what only stood there until the log had it. */
  #settle(message) {
    const is = (entry) => message.client_id ? entry.client_id === message.client_id
      : entry.text === message.text || entry.order - 0.5 === message.id;
    const echo = [...this.sentEchoes.values()].find(is);
    if (echo) this.sentEchoes.delete(echo.client_id);
    if (message.client_id) this.outbox.remove(message.client_id);
  }

  #hear(event, data) {
    if (event === "message") this.#absorb({ messages: [data] });
    else if (event === "status" || event === "snapshot") this.#absorb(data);
    else if (event === "typing" && data.role === "staff") this.#setTyping(data.name);
    else if (event === "online" || event === "offline") this.#online(event === "online");
    else if (event === "gone") this.gone();
  }

  #setState(answer) {
    const before = this.status;
    for (const name of ["status", "agent", "queue", "away"]) {
      if (name in answer) this[name] = answer[name];
    }
    if (answer.queue) this.queuedAt = Date.now() - 1000 * answer.queue.waiting_s;
    this.live.status = this.status;
    if (this.status !== "open" && this.typing) this.#setTyping(null);
    if (this.status === before) return;
    this.emit("status", { status: this.status, agent: this.agent?.name ?? null });
  }

  #setTyping(name) {
    clearTimeout(this.typingTimer);
    this.typing = name;
    if (name) this.typingTimer = setTimeout(() => this.#setTyping(null), TYPING_MS);
    this.changed();
  }

  #online(online) {
    if (Boolean(this.offline) === !online) return;
    this.offline = !online;
    if (online) this.outbox.flush();
    if (online && this.opened) this.prepare();
    this.changed();
  }

  /** Another tab changed what the browser keeps. */
  #shared() {
    if ((this.store.visit?.id ?? null) !== this.visitId) {
      this.enter();
      this.connect();
    }
    this.read();
  }

  async #lookOnce() {
    if (!this.store.visit) return;
    this.looked = true;
    try {
      await this.live.look();
    } catch (error) {
      if (error.gone) this.gone();
      else this.looked = false;
    }
  }

  #lookHidden() {
    if (!this.visible && this.withPerson && this.store.visit) this.#lookOnce();
  }
}

/** A message as the page's own scripts get it. */
function heard({ id, role, author, text, at }) {
  return { id, role, author: author?.name ?? null, text, at };
}
