// The words and numbers of the Insights tab, and the nodes they stand in. The tab's scripts run one
// after the other in one component, which provides `props`. Every text is set as text, never as markup.
"use strict";

const LANGUAGE = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
const LOCALE = LANGUAGE === "zh" ? "zh-CN" : "en-GB";
const whole = new Intl.NumberFormat(LOCALE);

function say(key, values = {}) {
  let text = props.value[key]?.[LANGUAGE] ?? key;
  for (const [name, value] of Object.entries(values)) text = text.replaceAll(`{${name}}`, value);
  return text;
}

function make(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return node;
}

function number(value, digits) {
  return new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

const percent = (share, digits = 1) => (share === null ? "–" : `${number(100 * share, digits)} %`);

function duration(seconds) {
  if (seconds === null) return "–";
  const units = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
  const total = Math.round(seconds);
  const at = units.findIndex(([, size]) => total >= size);
  if (at < 0 || at === 3) return say("unit_s", { n: total });
  const [name, size] = units[at], [small, less] = units[at + 1];
  const rest = Math.floor((total % size) / less);
  const first = say(`unit_${name}`, { n: Math.floor(total / size) });
  return rest ? `${first} ${say(`unit_${small}`, { n: rest })}` : first;
}

function shown(kind, value) {
  if (value === null) return "–";
  return {
    count: () => whole.format(value),
    share: () => percent(value),
    stars: () => number(value, 2),
    ms: () => (value >= 1000 ? duration(value / 1000) : say("unit_ms", { n: number(value, value < 10 ? 1 : 0) })),
    seconds: () => duration(value),
  }[kind]();
}

function day(first, unit) {
  const date = new Date(`${first}T12:00:00`);
  const options = unit === "month" ? { month: "short", year: "numeric" } : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat(LOCALE, options).format(date);
}

const longDay = (first) => new Intl.DateTimeFormat(LOCALE, { dateStyle: "medium" }).format(new Date(`${first}T12:00:00`));

function partName(part, unit) {
  const name = unit === "day" ? longDay(part.first) : day(part.first, unit);
  return unit === "week" ? say("week_of", { day: name }) : name;
}
