// Languages and colours: what the page asked for, made readable.

const TEAL = [15, 107, 99];
const INK = [16, 27, 36];
const WHITE = [255, 255, 255];
const CARDS = { light: { card: WHITE, bubble: [240, 244, 245] }, dark: { card: [20, 28, 35], bubble: [32, 43, 52] } };
const READABLE = 4.6; // a little above WCAG's 4.5, for rounding

/** The language to speak: asked for, the page's, the browser's, else the first we have. */
function chooseLanguage(asked) {
  const wishes = [asked, document.documentElement.lang, ...(navigator.languages || [])];
  return wishes.map(knownLanguage).find(Boolean) || Object.keys(WORDS)[0];
}

function knownLanguage(tag) {
  const short = String(tag || "").slice(0, 2).toLowerCase();
  return short in WORDS ? short : null;
}

/** `{bot}` and the like filled in; a name that is not given stays as it is written. */
function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** A CSS colour as [red, green, blue]; null where it is none. */
function readColor(value) {
  if (!value || !CSS.supports("color", value)) return null;
  const probe = make("span");
  probe.style.color = value;
  document.documentElement.append(probe);
  const found = getComputedStyle(probe).color.match(/^rgba?\((\d+), (\d+), (\d+)/);
  probe.remove();
  return found && found.slice(1).map(Number);
}

function luminance(color) {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG's contrast ratio, 1 to 21. */
function contrast(one, other) {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function mix(color, other, share) {
  return color.map((part, at) => Math.round(part * (1 - share) + other[at] * share));
}

/** `color` moved towards black or white until it can be read on all of `grounds`. */
function readableOn(color, grounds) {
  const towards = luminance(grounds[0]) > 0.4 ? [0, 0, 0] : WHITE;
  for (let share = 0; share < 1; share += 0.05) {
    const tried = mix(color, towards, share);
    if (grounds.every((ground) => contrast(tried, ground) >= READABLE)) return tried;
  }
  return towards;
}

/** The custom properties of the style sheet that follow from the accent colour. */
function palette(accent, theme) {
  const { card, bubble } = CARDS[theme];
  const tint = mix(card, accent, theme === "dark" ? 0.2 : 0.09);
  const onAccent = contrast(WHITE, accent) >= READABLE ? WHITE : INK;
  const readable = contrast(onAccent, accent) >= READABLE ? accent : readableOn(accent, [onAccent]);
  const colors = {
    accent: readable,
    "on-accent": onAccent,
    "accent-ink": readableOn(accent, [card, tint, bubble]),
    tint,
  };
  return Object.entries(colors).map(([name, color]) => [`--dm-${name}`, `rgb(${color.join(" ")})`]);
}
