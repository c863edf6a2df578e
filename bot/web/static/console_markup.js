// Draws a tree of [tag, attributes, ...children] as nodes, inside Gradio's HTML component.
// Strings become text nodes, never markup, and only the tags and attributes listed here are made.
"use strict";

const TAGS = new Set(["caption", "details", "div", "h3", "h4", "li", "mark", "p", "progress", "span",
  "strong", "summary", "table", "tbody", "td", "th", "thead", "time", "tr", "ul"]);
const ATTRIBUTES = new Set(["aria-label", "class", "colspan", "datetime", "lang", "max", "role",
  "scope", "title", "value"]);

function node(tree) {
  if (typeof tree === "string") return document.createTextNode(tree);
  const [tag, attributes, ...children] = tree;
  if (!TAGS.has(tag)) throw new Error(`unknown tag ${tag}`);
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (ATTRIBUTES.has(name)) made.setAttribute(name, value);
  }
  made.append(...children.map(node));
  return made;
}

function draw() {
  const opened = [...element.querySelectorAll("details")].map((each) => each.open);
  element.querySelector(".dc-markup").replaceChildren(...(props.value ?? []).map(node));
  element.querySelectorAll("details").forEach((each, at) => { each.open = opened[at] ?? false; });
}

draw();
watch("value", draw);
