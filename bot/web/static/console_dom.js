// How the Inbox's scripts make a node; each of them runs after this one, in one function with it.
// Strings become text, never markup.
"use strict";

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child !== null && child !== ""));
  return node;
}
