// Builds nodes. Whatever anybody wrote becomes text nodes only; nothing here parses markup.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  chat: "M4 6.5A2.5 2.5 0 0 1 6.5 4h11A2.5 2.5 0 0 1 20 6.5v7a2.5 2.5 0 0 1-2.5 2.5H11l-4.3 3.7A.4.4 0 0 1 6 19.4V16A2.5 2.5 0 0 1 4 13.5z",
  down: "M6 9.5l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  more: "M12 5.5h.01M12 12h.01M12 18.5h.01",
  send: "M5 12h13M12.5 6l6 6-6 6",
  clip: "M19 11.5l-7.4 7.4a4.6 4.6 0 0 1-6.5-6.5l7.8-7.8a3 3 0 0 1 4.3 4.3l-7.7 7.7a1.5 1.5 0 0 1-2.1-2.1l6.9-6.9",
  person: "M12 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM5 19.5c.8-3.3 3.5-5 7-5s6.2 1.7 7 5",
  thumb: "M7 10.5V20H4v-9.5zM9.5 10.5l3.7-7c1.5 0 2.4 1.2 2.1 2.5l-.8 3.5h4.2a1.8 1.8 0 0 1 1.8 2.1l-1.2 6.7a2 2 0 0 1-2 1.7H9.5z",
  star: "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9-5.3-2.9-5.3 2.9 1.1-5.9-4.3-4.1 5.9-.8z",
  file: "M7 3.5h6.5L18 8v12.5H7zM13.5 3.5V8H18",
  plus: "M12 5v14M5 12h14",
  save: "M12 4v11M7 10.5l5 5 5-5M5 20h14",
  mail: "M4 6h16v12H4zM4.5 6.5L12 13l7.5-6.5",
  globe: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM3.5 12h17M12 3.5c5 5 5 12 0 17M12 3.5c-5 5-5 12 0 17",
  stop: "M7 7h10v10H7z",
  clock: "M12 20a8 8 0 1 0 0-16 8 8 0 0 0 0 16zM12 7.5V12l3 2",
  alert: "M12 8v5M12 16.5h.01M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z",
  face: "M8.5 10h.01M15.5 10h.01M8.5 14.5c1.9 1.9 5.1 1.9 7 0",
};
const LINK = /https?:\/\/[^\s<>"'`，。；：、！？（）【】《》「」『』]+/gi;

function make(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children.filter((child) => child || child === 0));
  return node;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** A real button: an icon, a text, or both. Without a text, `name` is what it is called. */
function button(className, { name, text, image, press }) {
  const node = make("button", className, image && icon(image), text && make("span", "", text));
  node.type = "button";
  if (name) node.title = name;
  if (name) node.setAttribute("aria-label", name);
  if (press) node.addEventListener("click", press);
  return node;
}

function unseen(text) {
  return make("span", "unseen", text);
}

/** Text with its web addresses as links; anything but http and https stays text. */
function linked(text) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(LINK)) {
    const written = trimmed(found[0]);
    if (!isAddress(written)) continue;
    parts.push(text.slice(end, found.index), anchor(written));
    end = found.index + written.length;
  }
  return [...parts, text.slice(end)].filter(Boolean);
}

/** Without the punctuation that ends the sentence rather than the address. */
function trimmed(address) {
  let kept = address.replace(/[.,;:!?*_~\]}]+$/, "");
  while (kept.endsWith(")") && !kept.includes("(")) kept = kept.slice(0, -1);
  return kept;
}

function isAddress(text) {
  try {
    return Boolean(new URL(text));
  } catch {
    return false;
  }
}

function anchor(address, label = address) {
  const link = make("a", "", label);
  link.href = new URL(address).href;
  link.target = "_blank";
  link.rel = "noopener noreferrer nofollow";
  return link;
}

/** Offers `blob` to be saved under `name`. */
function save(blob, name) {
  const link = make("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
