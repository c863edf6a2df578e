// What every tab of the staff console shares: the session, live changes, calls to the interface.
// Offers `window.deskmateConsole` and the window's events "deskmate:change" and "deskmate:typing".
"use strict";

(() => {
  const LOOK_EVERY_MS = 30000;
  const SIGN_IN = "/staff-login";
  const plainFetch = window.fetch.bind(window);
  let who = null; // what /api/staff/me said: name, role, csrf
  let leaving = false;

  function leave(problem) {
    if (leaving) return;
    leaving = true;
    window.dispatchEvent(new CustomEvent("deskmate:leaving")); // drafts are kept now
    location.replace(`${SIGN_IN}?problem=${problem}`);
  }

  // Gradio's own calls come through here as well: one that is refused means the session is over.
  window.fetch = async (...call) => {
    const answer = await plainFetch(...call);
    const path = new URL(answer.url || location.href, location.href).pathname;
    if (answer.status === 401 && /^\/(staff\/|api\/staff\/)/.test(path)) leave("expired");
    return answer;
  };

  async function look() {
    try {
      const answer = await window.fetch("/api/staff/me");
      if (answer.ok) who = await answer.json();
    } catch {
      return; // offline: the next look may succeed
    }
  }

  // Without a body it reads.
  async function api(path, body, method = "POST") {
    if (!who) await look();
    const options = body === undefined ? {} : {
      method,
      headers: { "Content-Type": "application/json", "X-Deskmate-CSRF": who?.csrf ?? "" },
      body: JSON.stringify(body),
    };
    return window.fetch(`/api/staff/${path}`, options);
  }

  async function signOut() {
    await api("sign-out", {});
    for (const key of Object.keys(sessionStorage)) {
      if (key.startsWith("deskmate-")) sessionStorage.removeItem(key);
    }
    leave("signed_out");
  }

  // A browser opens six connections to one server, and Gradio keeps one of them for each tab:
  // one tab of the browser listens for all of them.
  const channel = new BroadcastChannel("deskmate-staff");
  const NAMES = ["change", "typing"];
  const spread = ({ name, data }) => window.dispatchEvent(new CustomEvent(`deskmate:${name}`, { detail: data }));
  channel.addEventListener("message", (event) => spread(event.data));

  function listen() {
    const source = new EventSource("/api/staff/events");
    for (const name of NAMES) {
      source.addEventListener(name, (event) => {
        const news = { name, data: JSON.parse(event.data) };
        spread(news);
        channel.postMessage(news);
      });
    }
    source.addEventListener("error", () => {
      look();
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    });
  }

  if (navigator.locks) navigator.locks.request("deskmate-staff", () => { listen(); return new Promise(() => {}); });
  else listen();

  window.deskmateConsole = { api, signOut, leave, who: () => who };
  document.documentElement.lang = navigator.language;
  look();
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
})();
