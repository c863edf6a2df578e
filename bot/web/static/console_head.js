// Whom the open conversation is with, and what is special about it. Runs inside Gradio's HTML
// component. Every word is set as text, never as markup: names are typed by customers.
"use strict";

const place = element.querySelector(".dc-talk-head");

function turn(pane, label, sign) {
  const button = make("button", `dc-turn dc-turn-${pane}`, sign);
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", () => document.querySelector("#dc-inbox-body").setAttribute("data-pane", pane));
  return button;
}

function draw() {
  const value = props.value;
  if (!value) return;
  const { words } = value;
  const chips = make("p", "dc-chips", make("span", `dc-chip dc-status-${value.status}`, value.status_text),
    make("span", "dc-chip", value.language.toUpperCase()),
    value.mood ? make("span", `dc-chip dc-mood-${value.mood}`, words[value.mood]) : null,
    value.stars ? make("span", "dc-chip", words.stars.replace("{stars}", value.stars)) : null,
    value.known ? make("span", "dc-chip", value.verified ? words.verified : words.unverified) : null,
    value.email && value.email !== value.title ? make("span", "dc-email", value.email) : null,
    value.viewers.length ? make("span", "dc-viewers", words.viewing.replace("{names}", value.viewers.join(", "))) : null);
  const alert = make("p", "dc-alert", value.alert);
  alert.setAttribute("role", "alert");
  const focused = place.contains(document.activeElement) && document.activeElement.className;
  place.replaceChildren(turn("list", words.back, "‹"),
    make("div", "dc-talk-who", make("h2", "", value.title), chips),
    turn("side", words.details, "⋯"));
  if (focused) place.querySelector(`.${focused.split(" ").pop()}`)?.focus();
  const told = element.querySelector(".dc-alert");
  if (told?.textContent !== value.alert) {
    told?.remove();
    if (value.alert) element.querySelector(".dc-talk-head").after(alert);
  }
}

draw();
watch("value", draw);
