// Hears what happens in the conversation: a stream that resumes, or polling where streams fail.

const FIRST_MS = 10_000; // until a stream must have said its first word
const QUIET_MS = 40_000; // the server breathes every 15 s
const STREAM_TRIES = 3;
const STREAM_AGAIN_MS = 60_000;
const POLL_MS = { bot: 8_000, waiting: 3_000, open: 3_000, resolved: 15_000 };

class Live {
  /** `hear(event, data)` gets message, status, typing; snapshot (of a poll); online, offline, gone. */
  constructor(api, hear) {
    Object.assign(this, { api, hear, run: null, status: "bot" });
    this.forget();
  }

  get listening() {
    return Boolean(this.run);
  }

  listen(wanted) {
    if (wanted === this.listening) return;
    this.run?.abort();
    this.run = wanted ? new AbortController() : null;
    if (wanted) this.#keep(this.run.signal);
  }

  /** Another conversation: begin from its beginning. */
  forget() {
    this.listen(false);
    Object.assign(this, { lastEvent: null, lastMessage: 0, failures: 0, broken: 0, brokenAt: 0 });
  }

  /** Do not wait for the next try: the connection may be back. */
  hurry() {
    this.wake?.();
  }

  /** Look once, for pages that do not listen. */
  async look() {
    const answer = await this.api.call("GET", this.api.path(`messages?after=${this.lastMessage}`));
    this.hear("snapshot", answer);
  }

  async #keep(signal) {
    while (!signal.aborted) {
      const pause_ms = await this.#turn(signal);
      if (!signal.aborted) await this.#rest(pause_ms, signal);
    }
  }

  /** Listens until it ends; milliseconds to wait before the next time. */
  async #turn(signal) {
    try {
      if (this.#streams()) await this.#stream(signal);
      else return await this.#poll();
      return backoff(0);
    } catch (error) {
      if (signal.aborted) return 0;
      if (error.gone) return this.#gone(error);
      return this.#outage(error);
    }
  }

  #streams() {
    return this.broken < STREAM_TRIES || Date.now() - this.brokenAt > STREAM_AGAIN_MS;
  }

  /** A stream failed: when a poll works, it is the streams that do not. */
  async #outage(error) {
    try {
      await this.look();
    } catch (failed) {
      if (failed.gone) return this.#gone(failed);
      this.hear("offline");
      return Math.max(backoff(this.failures++, 15_000), 1000 * (error.after_s ?? failed.after_s ?? 0));
    }
    this.hear("online");
    Object.assign(this, { failures: 0, broken: this.broken + 1, brokenAt: Date.now() });
    return backoff(this.broken);
  }

  async #poll() {
    await this.look();
    this.failures = 0;
    this.hear("online");
    return POLL_MS[this.status];
  }

  #gone(error) {
    this.listen(false);
    this.hear("gone", error);
    return 0;
  }

  async #stream(signal) {
    const ear = new AbortController();
    const hangUp = () => ear.abort();
    signal.addEventListener("abort", hangUp, { once: true });
    let watch = setTimeout(hangUp, FIRST_MS);
    try {
      const headers = { Accept: "text/event-stream" };
      if (this.lastEvent !== null) headers["Last-Event-ID"] = this.lastEvent;
      const options = { headers, signal: ear.signal };
      const answer = await this.api.request("GET", this.api.path("events"), options);
      for await (const frame of frames(answer.body)) {
        clearTimeout(watch);
        watch = setTimeout(hangUp, QUIET_MS);
        this.#take(frame);
      }
    } finally {
      clearTimeout(watch);
      signal.removeEventListener("abort", hangUp);
      hangUp();
    }
  }

  #take({ id, event, data }) {
    if (this.failures || this.broken) Object.assign(this, { failures: 0, broken: 0 });
    this.hear("online");
    if (data) this.hear(event, JSON.parse(data));
    if (id !== null) this.lastEvent = id;
  }

  #rest(pause_ms, signal) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, pause_ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener("abort", this.wake, { once: true });
    });
  }
}

/** The frames of an event stream: `{id, event, data}`, heartbeats with empty data. */
async function* frames(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) yield readFrame(block);
  }
}

function readFrame(block) {
  const frame = { id: null, event: "message", data: "" };
  for (const line of block.split(/\r?\n/)) {
    const at = line.indexOf(":");
    const field = line.slice(0, at);
    if (at > 0 && field in frame) {
      const value = line.slice(at + 1).replace(/^ /, "");
      frame[field] = field === "data" && frame.data ? `${frame.data}\n${value}` : value;
    }
  }
  return frame;
}
