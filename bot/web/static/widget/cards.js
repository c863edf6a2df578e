// What stands below the messages when there is something to fill in: the contact form, the stars.

let fieldsMade = 0;

/** A labelled field; `problem(text)` marks it. */
function field(label, input) {
  const id = `dm-field-${++fieldsMade}`;
  const caption = make("label", "", label);
  const error = make("span", "wrong");
  caption.htmlFor = input.id = id;
  error.id = `${id}-error`;
  input.setAttribute("aria-describedby", error.id);
  const node = make("div", "field", caption, input, error);
  const problem = (text) => {
    error.textContent = text;
    input.setAttribute("aria-invalid", String(Boolean(text)));
    if (text) input.focus();
    return Boolean(text);
  };
  return { node, input, problem };
}

function inputField(label, type, autocomplete) {
  const input = make("input");
  Object.assign(input, { type, autocomplete, maxLength: 200 });
  return field(label, input);
}

function textField(label, rows) {
  const input = make("textarea");
  Object.assign(input, { rows, maxLength: 1000 });
  return field(label, input);
}

/** Where to answer later. `away` says that nobody is here; `done()` takes the card away. */
function contactCard(chat, words, away, done) {
  const name = inputField(`${words.name} (${words.optional})`, "text", "name");
  const email = inputField(words.email, "email", "email");
  const details = textField(words.details, 2);
  name.input.value = chat.customer?.name ?? "";
  email.input.value = chat.customer?.email ?? "";
  const send = button("primary", { text: words.contact_send });
  send.type = "submit";
  const cancel = button("quiet", { text: words.cancel, press: done });
  const heading = make("h3", "", icon("mail"), make("span", "", away ? words.leave_message : words.call_back));
  const more = make("p", "", away ? words.away_more : words.call_back_more);
  const form = make("form", "card", heading, more, make("div", "pair", email.node, name.node), details.node, make("div", "row", send, cancel));
  form.noValidate = true;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const values = { name: name.input.value.trim(), email: email.input.value.trim(), message: details.input.value.trim() };
    if (email.problem(/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(values.email) ? "" : words.email_wrong)) return;
    if (details.problem(values.message ? "" : words.details_missing)) return;
    send.disabled = true;
    if (await chat.leaveContact(values)) done();
    send.disabled = false;
  });
  return form;
}

/** Stars, a word about them, and what one may do next. */
function endCard(chat, words, restart) {
  const given = chat.store.get("stars");
  const heading = make("h3", "", words.ended);
  const more = make("p", "", words.ended_more);
  const thanks = make("p", "thanks", given ? words.rated : words.rate);
  thanks.setAttribute("role", "status");
  const next = make("div", "row", button("primary", { text: words.new, press: restart }),
    button("quiet", { text: words.transcript, image: "save", press: () => chat.transcript() }));
  const note = noteForm(chat, words, given, thanks);
  const stars = starField(words, given, async (count) => {
    if (!(await chat.rateAll(count))) return;
    thanks.textContent = words.rated;
    note.show(count);
  });
  return make("section", "card end", heading, more, thanks, stars, note.node, next);
}

/** Five stars as radio buttons: arrows move, a click or a space chooses. */
function starField(words, given, choose) {
  const group = make("fieldset", "stars", make("legend", "unseen", words.rate));
  const name = `dm-stars-${++fieldsMade}`;
  for (let count = 1; count <= 5; count++) {
    const input = make("input");
    Object.assign(input, { type: "radio", name, value: count, checked: count === given });
    input.setAttribute("aria-label", fill(words.star, { count }));
    input.addEventListener("change", () => paint(group, count, choose));
    group.append(make("label", count <= given ? "lit" : "", input, icon("star")));
  }
  return group;
}

function paint(group, count, choose) {
  group.querySelectorAll("label").forEach((label, at) => label.classList.toggle("lit", at < count));
  choose(count);
}

/** Asks for a few words once stars were given. */
function noteForm(chat, words, given, thanks) {
  const note = textField(words.rate_note, 2);
  const send = button("quiet", { text: words.rate_send });
  send.type = "submit";
  const node = make("form", "note", note.node, send);
  node.hidden = true;
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    const text = note.input.value.trim();
    if (text && (await chat.rateAll(given, text))) node.hidden = true;
    thanks.textContent = words.rated;
  });
  const show = (count) => {
    given = count;
    node.hidden = false;
    node.closest(".card").scrollIntoView({ block: "end" });
  };
  return { node, show };
}
