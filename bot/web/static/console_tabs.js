// Which tab of the console is open, kept over a reload, a server restart and a new sign-in in the same
// window of the browser. Knows no tab's content.
"use strict";

(() => {
  const KEPT = "deskmate-tab";
  const tab = (which) => document.querySelector(`#dc-tabs [role=tab]${which}`);

  function keep() {
    const open = tab("[aria-selected=true]")?.dataset.tabId;
    if (open) sessionStorage.setItem(KEPT, open);
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("#dc-tabs [role=tab], #dc-tabs .overflow-menu")) setTimeout(keep);
  });

  // Gradio takes no event while the page is being built; the list of the first tab comes after that.
  function restore() {
    const kept = tab(`[data-tab-id="${CSS.escape(sessionStorage.getItem(KEPT) ?? "")}"]`);
    if (kept?.getAttribute("aria-selected") === "false") kept.click();
  }

  if (!sessionStorage.getItem(KEPT)) return;
  const built = new MutationObserver(() => {
    if (!document.querySelector(".dc-queue")?.children.length) return;
    built.disconnect();
    restore();
  });
  built.observe(document.documentElement, { childList: true, subtree: true });
})();
