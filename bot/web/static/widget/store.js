// What the browser keeps, shared by all tabs of the page's site: which conversation, what is not
// yet sent, what was read. Where the browser keeps nothing, all of it lives as long as the page.

class Store extends EventTarget {
  constructor(base) {
    super();
    this.prefix = `deskmate ${base} `;
    this.memory = new Map();
    addEventListener("storage", (event) => {
      if (event.key === null || event.key.startsWith(this.prefix)) this.dispatchEvent(new Event("change"));
    });
  }

  /** The value kept under `name`, or `otherwise`. */
  get(name, otherwise = null) {
    try {
      const kept = localStorage.getItem(this.prefix + name);
      return kept === null ? otherwise : JSON.parse(kept);
    } catch {
      return this.memory.has(name) ? this.memory.get(name) : otherwise;
    }
  }

  set(name, value) {
    this.memory.set(name, value);
    try {
      if (value === null) localStorage.removeItem(this.prefix + name);
      else localStorage.setItem(this.prefix + name, JSON.stringify(value));
    } catch {
      // Full or forbidden: memory has it.
    }
  }

  /** `{id, token, customer}` of the conversation, null where none was started. */
  get visit() {
    return this.get("visit");
  }

  /** Messages that the server has not acknowledged: `{client_id, text, at, failed?}`, in order. */
  get outbox() {
    return this.get("outbox", []);
  }

  /** Keeps another conversation, or none: what belonged to the one before goes. */
  changeVisit(visit) {
    for (const name of ["read", "ended", "stars", "contacted", "used"]) this.set(name, null);
    this.set("visit", visit);
  }

  changeOutbox(change) {
    this.set("outbox", change(this.outbox));
  }
}

/** One at a time over all tabs, where the browser can; the server tells repeated ones apart. */
function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}

/** An id that nobody can guess, on pages without TLS too. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A short mark of a text, to see whether it changed; says nothing of a signature in it. */
function mark(text) {
  let hash = 2166136261;
  for (const char of text) hash = Math.imul(hash ^ char.codePointAt(0), 16777619);
  return (hash >>> 0).toString(36);
}

/** What one tab keeps while it walks from page to page. */
function kept(name) {
  try {
    return sessionStorage.getItem(`deskmate ${name}`);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(`deskmate ${name}`);
    else sessionStorage.setItem(`deskmate ${name}`, value);
  } catch {
    // Forbidden: then it lives as long as the page.
  }
}
