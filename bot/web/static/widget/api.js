// Speaks HTTP with the server: one method, one error, no knowledge of what is shown.

const PATIENCE_MS = 30_000; // a request without an answer counts as lost

class ApiError extends Error {
  /** `status` 0: no answer came. `after_s`: when the server wants to be asked again. */
  constructor(status, code, message, after_s = null) {
    super(message);
    Object.assign(this, { name: "DeskmateError", status, code, after_s });
  }

  /** Worth trying again by itself. */
  get passes() {
    return [0, 408, 429, 502, 503, 504].includes(this.status);
  }

  /** The conversation is not there, or not ours. */
  get gone() {
    return this.status === 401 || this.status === 404;
  }
}

class Api {
  constructor(base, store) {
    Object.assign(this, { base, store });
  }

  /** The server's answer as JSON. Raises ApiError, as all here. */
  async call(method, path, body) {
    const answer = await this.request(method, path, { body });
    if (answer.status === 204) return null;
    try {
      return await answer.json();
    } catch {
      throw new ApiError(0, "unreadable", "The answer broke off.");
    }
  }

  /** The server's answer; `signal` gives up, without one the patience does. */
  async request(method, path, { body, headers = {}, signal } = {}) {
    const file = body instanceof FormData;
    const { visit } = this.store;
    const sent = { ...headers };
    if (visit && !path.startsWith("/api/widget-")) sent.Authorization = `Bearer ${visit.token}`;
    if (body && !file) sent["Content-Type"] = "application/json";
    let answer;
    try {
      answer = await fetch(this.base + path, {
        method,
        headers: sent,
        body: file ? body : body && JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: signal || AbortSignal.timeout(file ? 4 * PATIENCE_MS : PATIENCE_MS),
      });
    } catch (error) {
      throw new ApiError(0, "offline", error.message);
    }
    if (!answer.ok) throw await refusal(answer);
    return answer;
  }

  /** The address of something of the current conversation. */
  path(rest) {
    return `/api/conversations/${encodeURIComponent(this.store.visit?.id ?? "")}/${rest}`;
  }
}

async function refusal(answer) {
  const after = Number(answer.headers.get("Retry-After")) || null;
  let error = {};
  try {
    ({ error } = await answer.json());
  } catch {
    // A proxy's own error page.
  }
  return new ApiError(answer.status, error?.code || "error", error?.message || answer.statusText, after);
}

/** Milliseconds to wait before try number `tries`: growing, capped, never the same for two tabs. */
function backoff(tries, most_ms = 30_000) {
  return Math.min(most_ms, 500 * 2 ** Math.min(tries, 10)) * (0.5 + Math.random() / 2);
}
