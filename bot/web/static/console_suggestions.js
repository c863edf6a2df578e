// Suggested replies; one click puts one into the reply box. Runs inside Gradio's HTML component; its
// event is "use". Every word is set as text, never as markup.
"use strict";

const place = element.querySelector(".dc-suggestions");
let key = "";

function card(item, words) {
  const button = make("button", "dc-suggestion",
    make("span", "dc-suggestion-top", make("span", `dc-chip dc-kind-${item.kind}`, words[item.kind]),
      make("span", "dc-suggestion-title", item.title), make("span", "dc-score", `${Math.round(item.score * 100)} %`)),
    make("span", "dc-suggestion-text", item.text),
    item.source && item.source !== item.title ? make("span", "dc-suggestion-source", item.source) : null);
  button.type = "button";
  button.title = words.use;
  button.addEventListener("click", () => trigger("use", { item }));
  return button;
}

function draw() {
  const value = props.value;
  const now = JSON.stringify([value?.id, value?.items, value?.lang]);
  if (!value || now === key) return;
  key = now;
  place.setAttribute("aria-label", value.words.suggestions);
  place.replaceChildren(...value.items.map((item) => card(item, value.words)));
}

draw();
watch("value", draw);
