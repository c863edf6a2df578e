// Beside the conversation: its summary, notes, files, the customer's earlier conversations. Runs inside
// Gradio's HTML component; its event is "open". Every word is set as text, never as markup.
"use strict";

const place = element.querySelector(".dc-side");
let key = "";

function day(at) {
  const time = make("time", "dc-time");
  time.dateTime = at;
  time.textContent = new Date(at).toLocaleString(document.documentElement.lang, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit" });
  return time;
}

function section(title, ...children) {
  const some = children.filter(Boolean);
  return some.length ? make("section", "dc-part", make("h3", "", title), ...some) : null;
}

function fact(name, ...values) {
  const some = values.filter(Boolean);
  return some.length ? make("div", "dc-fact", make("h4", "", name), ...some.map((value) => make("p", "", value))) : null;
}

function summary(value, words) {
  const slots = Object.entries(value.slots).map(([name, text]) => `${name.replaceAll("_", " ")}: ${text}`);
  return section(words.summary, fact(words.wants, value.wants), fact(words.tried, ...value.tried),
    fact(words.open_questions, ...value.open_questions), fact(words.slots, ...slots));
}

function callBack(value, words) {
  const back = value.call_back;
  return back ? section(words.call_back, make("p", "", [back.name, back.email].filter(Boolean).join(" · ")), make("p", "dc-quote", back.text)) : null;
}

function earlier(value, words) {
  const rows = value.earlier.map((item) => {
    const button = make("button", "dc-earlier", make("span", "", item.status_text), day(item.at));
    button.type = "button";
    button.addEventListener("click", () => trigger("open", { id: item.id }));
    if (!item.proved) button.append(make("small", "", words.unproved));
    return button;
  });
  return section(words.earlier, ...rows);
}

function files(value, words) {
  const rows = value.files.map((item) => {
    const link = make("a", "dc-file", item.name);
    Object.assign(link, { href: item.url, download: item.name });
    return make("p", "", link, make("span", "dc-time", `${Math.ceil(item.size / 1024)} kB`));
  });
  return section(words.files, ...rows);
}

function notes(value, words) {
  const rows = value.notes.map((note) => make("div", "dc-note", make("header", "", make("span", "dc-who", note.who), day(note.at)), make("p", "", note.text)));
  return section(words.notes, ...rows);
}

// On a phone this covers the conversation.
function back(value, words) {
  const button = make("button", "dc-turn", "‹");
  button.type = "button";
  button.setAttribute("aria-label", words.history);
  button.addEventListener("click", () => document.querySelector("#dc-inbox-body").setAttribute("data-pane", "talk"));
  return button;
}

function draw() {
  const value = props.value;
  const { words, ...rest } = value ?? {};
  const now = JSON.stringify(rest);
  if (!value || now === key) return;
  key = now;
  place.replaceChildren(...[back, callBack, summary, files, earlier, notes].map((part) => part(value, words)).filter(Boolean));
}

draw();
watch("value", draw);
