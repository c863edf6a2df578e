// Why the bot said something: a list of named facts. Runs inside Gradio's HTML component. Every word
// is set as text, never as markup: messages and documents stand here.
"use strict";

const place = element.querySelector(".dc-why-view");

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}

function scored({ text, detail, score, marked }) {
  const meter = score === null ? null : make("meter", "");
  if (meter) Object.assign(meter, { min: 0, max: 1, value: score });
  meter?.setAttribute("aria-label", text);
  const number = score === null ? null : make("span", "dc-score", score.toFixed(2));
  return make("li", marked ? "dc-marked" : "", make("span", "dc-why-text", text), number, meter,
    detail ? make("span", "dc-why-detail", detail) : null);
}

function draw() {
  const value = props.value;
  if (!value) {
    place.replaceChildren();
    return;
  }
  const close = make("button", "dc-close", "×");
  close.type = "button";
  close.setAttribute("aria-label", value.close);
  close.addEventListener("click", () => {
    place.replaceChildren();
    document.querySelector("#dc-inbox-body")?.setAttribute("data-pane", "talk");
    document.querySelector("#dc-history .dc-talk")?.focus();
  });
  place.replaceChildren(make("section", "dc-part", make("header", "dc-why-head", make("h3", "", value.title), close),
    make("p", "dc-why-reason", value.reason),
    ...value.lists.map(({ title, items }) => make("div", "dc-fact", make("h4", "", title), make("ul", "dc-why-list", ...items.map(scored)))),
    make("p", "dc-why-foot", value.foot)));
  document.querySelector("#dc-inbox-body")?.setAttribute("data-pane", "side");
  place.focus();
}

draw();
watch("value", draw);
