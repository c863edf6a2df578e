// Mood alerts: those that nobody has noted on a card over all tabs, or all of them as lines of the
// Insights tab. Runs inside Gradio's HTML component, which provides `element` and `props`; every word is set as text, never as markup.
"use strict";

const place = element.querySelector(".dc-mood");
const LANGUAGE = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
const LOOK_EVERY_MS = 300000;

function say(key, values = {}) {
  let text = props.value.words[key][LANGUAGE];
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, value);
  return text;
}

function told(alert) {
  const share = new Intl.NumberFormat(LANGUAGE, { style: "percent", maximumFractionDigits: 1 });
  const time = new Intl.DateTimeFormat(LANGUAGE === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
  const { negative, n, usual, since, language } = alert;
  return say("rise", { negative, n, language: say(language), usual: share.format(usual), since: time.format(new Date(since)) });
}

function row(alert) {
  const box = document.createElement("p");
  box.className = alert.noted_by ? "dc-mood-alert dc-mood-noted" : "dc-mood-alert";
  const text = document.createElement("span");
  text.textContent = told(alert);
  const end = document.createElement(alert.noted_by ? "span" : "button");
  end.textContent = alert.noted_by ? say("noted", { name: alert.noted_by }) : say("note");
  if (!alert.noted_by) {
    end.type = "button";
    end.addEventListener("click", async () => {
      end.disabled = true;
      await window.deskmateConsole.api(`mood-alerts/${alert.id}/noted`, {});
      window.dispatchEvent(new CustomEvent("deskmate:noted"));
    });
  }
  box.append(text, end);
  return box;
}

async function look() {
  try {
    const answer = await window.deskmateConsole.api("mood-alerts");
    if (!answer.ok) return;
    const { alerts: all } = await answer.json();
    const alerts = all.filter((alert) => props.value.noted || !alert.noted_by);
    const drawn = JSON.stringify(alerts.map(({ last, ...rest }) => rest));
    if (drawn === place.dataset.drawn) return; // read out once, not at every look
    place.dataset.drawn = drawn;
    place.replaceChildren(...alerts.map(row));
  } catch {
    // offline: the next look may succeed
  }
}

function news() {
  if (place.isConnected) look();
  else window.removeEventListener("deskmate:noted", news);
}

// Whoever sees the lines needs no card over them.
if (props.value.noted) {
  new IntersectionObserver((seen) => {
    document.body.classList.toggle("dc-sees-mood", seen.at(-1).isIntersecting);
  }).observe(element);
}
look();
window.addEventListener("deskmate:noted", news);
setInterval(() => { if (place.isConnected && !document.hidden) look(); }, LOOK_EVERY_MS);
