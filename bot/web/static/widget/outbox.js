// Sends what the customer wrote: in order, each message once, over failures, reloads and tabs.

const SERVER_ERRORS = 4; // tries of one message that the server stumbles over

class Outbox {
  /** `client` has start(), sent(entry, answer), delayed(error, seconds), gone(), idle(), changed(). */
  constructor(store, api, client) {
    Object.assign(this, { store, api, client, running: false, tries: 0, stumbles: 0 });
  }

  add(text) {
    const entry = { client_id: newId(), text, at: new Date().toISOString() };
    this.store.changeOutbox((kept) => [...kept, entry]);
    this.flush();
  }

  remove(client_id) {
    this.store.changeOutbox((kept) => kept.filter((entry) => entry.client_id !== client_id));
  }

  /** Another try of a message that was refused. */
  retry(client_id) {
    this.#change(client_id, { failed: undefined });
    this.flush();
  }

  /** Sends all there is; while one waits for its next try, only makes that try come now. */
  async flush() {
    this.wake?.();
    if (this.running) return;
    this.running = true;
    try {
      for (;;) {
        const wait_ms = await alone(this.store.prefix, () => this.#sendAll());
        if (wait_ms === null) return;
        await new Promise((resolve) => {
          this.wake = resolve;
          setTimeout(resolve, wait_ms);
        });
      }
    } finally {
      this.running = false;
      this.client.idle();
    }
  }

  /** Milliseconds until the next try; null when nothing is left to send. */
  async #sendAll() {
    for (let entry; (entry = this.store.outbox.find((one) => !one.failed)); ) {
      try {
        await this.#send(entry);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const wait_ms = this.#failed(entry, error);
        if (wait_ms) return wait_ms;
      }
    }
    return null;
  }

  async #send(entry) {
    await this.client.start();
    const { client_id, text } = entry;
    const answer = await this.api.call("POST", this.api.path("messages"), { text, client_id });
    Object.assign(this, { tries: 0, stumbles: 0 });
    this.remove(client_id);
    this.client.sent(entry, answer);
  }

  /** Milliseconds to wait, 0 when the next message may go at once. */
  #failed(entry, error) {
    if (error.passes || (error.status >= 500 && ++this.stumbles < SERVER_ERRORS)) {
      const wait_ms = Math.max(backoff(this.tries++, 15_000), 1000 * (error.after_s ?? 0));
      this.client.delayed(error, Math.ceil(wait_ms / 1000));
      return wait_ms;
    }
    if (error.gone && ++this.stumbles < SERVER_ERRORS) {
      this.client.gone();
      return 0;
    }
    this.stumbles = 0;
    this.#change(entry.client_id, { failed: { status: error.status, reason: error.message } });
    this.client.changed();
    return 0;
  }

  #change(client_id, values) {
    const merge = (entry) => (entry.client_id === client_id ? { ...entry, ...values } : entry);
    this.store.changeOutbox((kept) => kept.map(merge));
  }
}
