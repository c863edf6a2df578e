// What the Inbox keeps in the browser: drafts of replies, and the keys of the reply box.
// A draft lives in this tab of the browser until it is sent or its writer signs out: it outlasts
// a reload, a server restart and the end of the session.
"use strict";

(() => {
  const TYPING_EVERY_MS = 3000;
  let open = "";
  let putLast = ""; // what a suggestion put into the box, until it is edited
  let told = 0;

  const key = (id) => `deskmate-draft-${id}`;

  function keep(id, text) {
    if (id !== open) return; // another conversation's text is still in the box
    if (text) sessionStorage.setItem(key(id), text);
    else sessionStorage.removeItem(key(id));
  }

  function draft(id) {
    open = id;
    [putLast, told] = ["", 0];
    return (id && sessionStorage.getItem(key(id))) ?? "";
  }

  function putIn(now, text) {
    if (!text) return now;
    const replaced = !now.trim() || now === putLast;
    putLast = text;
    setTimeout(() => document.querySelector("#dc-box textarea")?.focus());
    return replaced ? text : `${now.trimEnd()}\n${text}`;
  }

  // What was typed while the reply was on its way stays.
  function takeOut(now, sent) {
    if (!sent) return now;
    return now.startsWith(sent) ? now.slice(sent.length).trimStart() : now;
  }

  window.deskmateInbox = { keep, draft, putIn, takeOut };

  const inBox = (target) => target.closest?.("#dc-box") !== null && target.tagName === "TEXTAREA";

  document.addEventListener("keydown", (event) => {
    if (!inBox(event.target)) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.querySelector("#dc-send")?.click();
    }
    if (event.key === "Escape") document.querySelector('.dc-row[aria-current="true"]')?.focus();
  });

  document.addEventListener("input", (event) => {
    if (!inBox(event.target) || !open) return;
    keep(open, event.target.value);
    if (Date.now() - told < TYPING_EVERY_MS) return;
    told = Date.now();
    window.deskmateConsole?.api(`conversations/${open}/typing`, {}).catch(() => {});
  });
})();
