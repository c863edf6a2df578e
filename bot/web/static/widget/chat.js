// What a customer can do: each action is one call of the interface, its refusal a notice.

const TYPING_EVERY_MS = 3_000;

class Chat extends Talk {
  constructor(base, emit) {
    super(base, emit);
    this.outbox = new Outbox(this.store, this.api, this);
    this.language = chooseLanguage();
    this.typedAt = 0;
    this.draft = () => {}; // puts a text into the box
  }

  async prepare() {
    if (this.settings || this.preparing) return;
    this.preparing = true;
    try {
      this.settings = await this.api.call("GET", "/api/widget-settings");
    } catch (error) {
      this.emit("error", { code: error.code, message: error.message });
    }
    this.preparing = false;
    this.changed();
  }

  setOpened(opened) {
    this.opened = opened;
    if (opened) this.prepare();
    this.connect();
  }

  /** Whether the bot is at work on an answer. */
  get thinking() {
    return this.outbox.running && !this.pause && !this.withPerson;
  }

  say(text) {
    this.notice = null;
    for (const name of ["ended", "stars"]) this.store.set(name, null);
    this.store.set("used", Date.now());
    this.outbox.add(text);
    this.changed();
  }

  /** An option or a way to start. */
  choose(value) {
    this.say(value);
  }

  /** Takes a refused message back, to be written anew. */
  drop({ key }) {
    this.outbox.remove(key);
    this.changed();
  }

  retry({ key }) {
    this.outbox.retry(key);
    this.changed();
  }

  editAgain(message) {
    this.drop(message);
    this.draft(message.text);
  }

  person() {
    return this.act(async () => {
      await this.ensure();
      this.take(await this.api.call("POST", this.api.path("handoff")));
      this.store.set("ended", null);
      this.connect();
    });
  }

  backToBot() {
    return this.act(async () => {
      this.take(await this.api.call("POST", this.api.path("handoff/cancel")));
      await this.live.look();
    });
  }

  rate(id, rating) {
    return this.act(async () => {
      const body = { rating };
      await this.api.call("POST", `/api/messages/${id}/feedback`, body);
      this.take({ messages: [{ ...this.messages.get(id), rating }] });
    });
  }

  rateAll(stars, note) {
    return this.act(async () => {
      await this.api.call("POST", this.api.path("rating"), note ? { stars, note } : { stars });
      this.store.set("stars", stars);
    });
  }

  leaveContact({ name, email, message }) {
    return this.act(async () => {
      await this.ensure();
      const body = name ? { name, email, message } : { email, message };
      await this.api.call("POST", this.api.path("contact"), body);
      this.store.set("contacted", email);
    });
  }

  transcript() {
    return this.act(async () => {
      const answer = await this.api.request("GET", this.api.path("transcript"));
      save(await answer.blob(), `chat-${new Date().toISOString().slice(0, 10)}.txt`);
    });
  }

  download(file) {
    return this.act(async () => {
      const answer = await this.api.request("GET", this.api.path(`files/${encodeURIComponent(file.id)}`));
      save(await answer.blob(), file.name);
    });
  }

  /** Closes the chat on this side; who waits is taken out of the queue. */
  async end() {
    if (this.status === "waiting") await this.backToBot();
    this.store.set("ended", true);
    this.changed();
  }

  /** Leaves the conversation; the next message begins another. */
  restart() {
    this.store.changeOutbox(() => []);
    this.uploads = [];
    this.notice = null;
    this.#leave();
  }

  /** Staff see that the customer writes. */
  writing() {
    if (!this.withPerson || Date.now() - this.typedAt < TYPING_EVERY_MS) return;
    this.typedAt = Date.now();
    this.api.request("POST", this.api.path("typing")).catch(() => {}); // a hint only
  }

  /** Binds the conversation to a customer that the shop's server signed. Raises ApiError. */
  async identify(id, { hash, name, email } = {}) {
    const customer = { id: String(id), hash, name, email };
    const proof = mark(JSON.stringify(customer));
    const { visit } = this.store;
    if (visit?.who && visit.who !== customer.id) this.restart();
    else if (visit && visit.proof !== proof) await this.#bind(customer, proof);
    if (!this.store.visit) await this.api.call("POST", "/api/widget-identity", customer);
    this.customer = customer;
  }

  async #bind(customer, proof) {
    try {
      await this.api.call("POST", this.api.path("identify"), customer);
      this.store.set("visit", { ...this.store.visit, who: customer.id, proof });
    } catch (error) {
      const others = error.status === 409 && error.code !== "identity_not_configured";
      if (!others && !error.gone) throw error;
      this.restart();
    }
  }

  /** Starts a conversation where there is none; the other tabs wait. */
  ensure() {
    return alone(this.store.prefix, () => this.start());
  }

  async start() {
    if (this.store.visit) return;
    const body = { language: this.language, customer: this.customer };
    const started = await this.#started(body);
    const who = this.customer?.id ?? null;
    const proof = this.customer && mark(JSON.stringify(this.customer));
    this.store.changeVisit({ id: started.id, token: started.token, who, proof });
    this.store.set("used", Date.now());
    this.enter();
    this.take(started);
    this.emit("conversation", { id: started.id });
  }

  /** Without a customer whom the server no longer accepts. */
  async #started(body) {
    try {
      return await this.api.call("POST", "/api/conversations", body);
    } catch (error) {
      if (!this.customer || (error.status !== 403 && error.status !== 409)) throw error;
      this.customer = undefined;
      this.emit("error", { code: error.code, message: error.message });
      return this.api.call("POST", "/api/conversations", { language: this.language });
    }
  }

  // What the outbox tells.

  sent(entry, answer) {
    this.pause = null;
    if (this.opened) this.prepare();
    this.acknowledge(entry, answer.messages);
    this.take(answer);
    this.connect();
  }

  /** Nothing is left to send, perhaps since the stream brought it. */
  idle() {
    this.pause = null;
    this.changed();
  }

  delayed(error, seconds) {
    this.pause = error.status === 429 ? { key: "too_fast", seconds } : { key: "offline" };
    this.changed();
  }

  gone() {
    if (!this.store.visit) return;
    this.notice = { key: "gone" };
    this.#leave();
  }

  #leave() {
    this.store.changeVisit(null);
    this.enter();
    this.read();
  }

  /** Whether `work` was done; what is refused becomes a notice. */
  async act(work) {
    this.notice = null;
    try {
      await work();
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.notice = { key: { 0: "failed_offline", 429: "too_fast_again" }[error.status] || "failed" };
      this.emit("error", { code: error.code, message: error.message });
      return false;
    } finally {
      this.changed();
    }
  }
}
