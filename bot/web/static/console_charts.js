// Small charts as SVG: stacked bars, lines and a spark line. Runs before console_insights.js in the
// same component. Knows no words and no figures; every text is set as text, never as markup.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const HIGH = 200, LEFT = 40, RIGHT = 8, TOP = 10, BOTTOM = 24;
let WIDE = 640; // as wide as it is shown, so that its letters keep their size

function drawn(tag, attributes, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

function picture(title, wide, high, ...children) {
  const node = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, role: "img", class: "di-chart" }, ...children);
  node.setAttribute("aria-label", title);
  return node;
}

// A round number that is at least `most`, of which half is round as well. Three shares may add up
// to a hair more than 100 %, hence the tolerance.
function roundUp(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1)));
  const found = [1, 2, 4, 6, 8, 10].find((one) => one * power >= most * (1 - 1e-9)) * power;
  return Math.max(2, found);
}

function axes(most, shown, labels) {
  const parts = [];
  const plot = HIGH - TOP - BOTTOM;
  for (const share of [0, 0.5, 1]) {
    const y = TOP + plot * (1 - share);
    parts.push(drawn("line", { x1: LEFT, x2: WIDE - RIGHT, y1: y, y2: y, class: "di-grid" }));
    parts.push(drawn("text", { x: LEFT - 6, y: y + 4, "text-anchor": "end" }, shown(most * share)));
  }
  const every = Math.ceil(labels.length / ((WIDE - LEFT - RIGHT) / 72));
  const step = (WIDE - LEFT - RIGHT) / labels.length;
  labels.forEach((label, at) => {
    if (at % every) return;
    parts.push(drawn("text", { x: LEFT + step * (at + 0.5), y: HIGH - 6, "text-anchor": "middle" }, label));
  });
  return parts;
}

// `columns` is a list of lists of numbers, one of each series for each label.
function stackedBars({ title, labels, columns, classes, tips, shown }) {
  const most = roundUp(Math.max(...columns.map((each) => each.reduce((a, b) => a + b, 0))));
  const step = (WIDE - LEFT - RIGHT) / labels.length;
  const width = Math.max(1, Math.min(40, step * 0.72));
  const plot = HIGH - TOP - BOTTOM;
  const bars = columns.map((values, at) => {
    let y = TOP + plot;
    const pieces = values.map((value, series) => {
      const high = (value / most) * plot;
      y -= high;
      const gap = high > 3 ? 1 : 0; // a line of the page's colour between two pieces
      return drawn("rect", {
        x: LEFT + step * (at + 0.5) - width / 2, y: y + gap, width, height: Math.max(0, high - gap), class: classes[series],
      });
    });
    const reach = drawn("rect", { x: LEFT + step * at, y: TOP, width: step, height: plot, class: "di-reach" });
    return drawn("g", { class: "di-column" }, drawn("title", {}, tips[at]), reach, ...pieces);
  });
  return picture(title, WIDE, HIGH, ...axes(most, shown, labels), ...bars);
}

// `series` is a list of {class, values}; a value of null is a gap. Values are shares, 0..1.
function lines({ title, labels, series, tips, shown }) {
  const step = (WIDE - LEFT - RIGHT) / labels.length;
  const plot = HIGH - TOP - BOTTOM;
  const place = (value, at) => [LEFT + step * (at + 0.5), TOP + plot * (1 - value)];
  const drawnLines = series.map((one) => {
    let path = "", before = false;
    const dots = [];
    one.values.forEach((value, at) => {
      if (value === null) { before = false; return; }
      const [x, y] = place(value, at);
      path += `${before ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
      before = true;
      if (labels.length <= 62) dots.push(drawn("circle", { cx: x, cy: y, r: 2.6, class: "di-dot" }));
    });
    return drawn("g", { class: one.class }, drawn("path", { d: path, class: "di-line" }), ...dots);
  });
  const reach = tips.map((tip, at) => drawn("rect", { x: LEFT + step * at, y: TOP, width: step, height: plot, class: "di-reach" }, drawn("title", {}, tip)));
  return picture(title, WIDE, HIGH, ...axes(1, shown, labels), ...drawnLines, ...reach);
}

function spark(title, counts) {
  const most = Math.max(...counts, 1);
  const step = 120 / counts.length;
  const bars = counts.map((count, at) => {
    const high = count ? Math.max(2, (count / most) * 24) : 0.75;
    return drawn("rect", { x: at * step, y: 26 - high, width: Math.max(0.5, step - 0.6), height: high });
  });
  const node = picture(title, 120, 26, ...bars);
  node.setAttribute("class", "di-spark");
  node.setAttribute("preserveAspectRatio", "none");
  return node;
}
