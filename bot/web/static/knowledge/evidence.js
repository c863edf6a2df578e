// The dialogues behind a passage, read when they are unfolded; text only, personal data left out.

import { call } from "/static/knowledge/api.js";
import { make, say } from "/static/knowledge/dom.js";

export function evidence(tab, entry) {
  const place = make("div", { class: "dk-dialogues" });
  let loaded = false;
  const unfold = async (event) => {
    if (!event.target.open || loaded) return;
    loaded = true;
    place.replaceChildren(make("p", { class: "dc-empty" }, say("loading")));
    const found = await call("GET", `/${entry.id}/evidence`).catch((error) => tab.tell(error.message, true));
    if (!found) {
      loaded = false;
      return place.replaceChildren();
    }
    const none = make("p", { class: "dc-empty" }, say("no_dialogues"));
    place.replaceChildren(...(found.dialogues.length ? found.dialogues.map((one) => dialogue(one, entry)) : [none]));
  };
  const details = make("details", { class: "dk-evidence", ontoggle: unfold },
    make("summary", {}, say("dialogues", { count: entry.support })), place);
  details.open = entry.state === "waiting";
  return details;
}

const START = 24; // signs of an answer by which it is known again

function dialogue({ name, source, conversation_id: here, messages }, entry) {
  const start = entry.answer.slice(0, START);
  const where = here ? say("answered_here", { name: name.slice(0, 8) }) : say("imported_as", { name, source });
  return make("article", { class: "dk-dialogue" },
    make("h4", {}, where),
    make("ul", {}, messages.map(({ role, text }) => make("li", { class: `dk-by-${role} ${role === "staff" && text.includes(start) ? "dk-hit" : ""}` },
      make("span", { class: "dk-who" }, say(`role_${role}`)), make("span", { class: "dk-said" }, text)))));
}
