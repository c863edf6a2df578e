// The window of the chat: head, state, messages, box, foot. Draws what the chat holds.

const TALLEST_BOX = 132;

class Panel {
  constructor(chat, words, { close, switchLanguage }) {
    Object.assign(this, { chat, words, close, switchLanguage });
    this.uploads = new Uploads(chat);
    this.messages = new Messages(chat, words, this.uploads);
    this.form = null; // the contact form, while it is open
    this.asked = false; // the customer opened it, not the absence of everybody
    this.node = make("section", "panel");
    this.node.setAttribute("role", "dialog");
    this.node.tabIndex = -1;
    this.node.append(this.#head(), this.#strip(), this.messages.node, this.#box(), this.#foot(), this.#drop());
    this.node.addEventListener("keydown", (event) => this.#key(event));
    chat.draft = (text) => this.#write(text);
  }

  draw() {
    const { chat, words } = this;
    const bot = this.botName;
    const title = bot ? fill(words.title, { bot }) : words.plain_title;
    this.node.setAttribute("aria-label", title);
    const { agent, settings, language } = chat;
    this.title.textContent = (agent ? settings?.shop[language] : bot) || words.plain_title;
    this.face.replaceChildren(agent ? avatar("staff", agent.name) : avatar("bot", bot));
    this.tagline.textContent = agent ? fill(words.with_agent, { agent: agent.name }) : words.tagline;
    this.#drawCards();
    this.#drawStrip();
    this.messages.draw();
    this.#drawBox();
    this.person.hidden = chat.withPerson;
  }

  get botName() {
    return this.chat.settings?.bot[this.chat.language] ?? "";
  }

  /** With a keyboard the box is where one wants to be; on a phone it would cover the messages. */
  focus() {
    if (matchMedia("(pointer: coarse)").matches) this.node.focus();
    else this.box.focus();
  }

  #head() {
    const { words } = this;
    this.face = make("span", "portrait");
    this.title = make("h2");
    this.tagline = make("p");
    this.menu = new Menu(words.menu, () => this.#choices());
    const shut = button("plain", { name: words.close, image: "close", press: this.close });
    return make("header", "head", this.face, make("div", "names", this.title, this.tagline), this.menu.node, shut);
  }

  #choices() {
    const { chat, words } = this;
    const started = Boolean(chat.store.visit) || chat.timeline.length > 0;
    const languages = chat.settings?.languages ?? [];
    return [
      ["mail", words.call_back, () => this.#openForm()],
      started && ["save", words.transcript, () => chat.transcript()],
      languages.length > 1 && ["globe", words.language, this.switchLanguage],
      started && !this.ended && ["stop", words.end, () => chat.end()],
      started && ["plus", words.new, () => this.#restart()],
    ].filter(Boolean);
  }

  get ended() {
    return this.chat.status === "resolved" || Boolean(this.chat.store.get("ended"));
  }

  #strip() {
    this.strip = make("div", "strip");
    this.strip.setAttribute("role", "status");
    this.back = button("small", { text: fill(this.words.back_to_bot, { bot: this.words.bot }), press: () => this.chat.backToBot() });
    this.later = button("small", { text: this.words.call_back, press: () => this.#openForm() });
    this.stripText = make("span", "says");
    this.strip.append(this.stripText, make("span", "row", this.back, this.later));
    return this.strip;
  }

  #drawStrip() {
    const { chat, words } = this;
    const lost = chat.offline || chat.pause?.key === "offline";
    const waits = chat.status === "waiting" && !lost;
    const says = lost ? words.offline : waits ? this.#place() : "";
    if (this.stripText.textContent !== says) this.stripText.textContent = says;
    this.strip.hidden = !says;
    this.strip.classList.toggle("warns", !waits);
    this.back.hidden = !waits;
    this.later.hidden = !waits || Boolean(this.form) || Boolean(chat.store.get("contacted"));
    if (this.botName) this.back.lastChild.textContent = fill(words.back_to_bot, { bot: this.botName });
  }

  /** "You are number 2 in the queue · waiting for 3 min". */
  #place() {
    const { chat, words } = this;
    if (chat.away) return words.away;
    const position = chat.queue?.position;
    const where = position === 1 ? words.next : position ? fill(words.position, { position }) : words.waiting;
    const minutes = Math.floor((Date.now() - (chat.queuedAt ?? Date.now())) / 60_000);
    const since = minutes >= 1 ? ` · ${fill(words.waited, { minutes })}` : "";
    return `${where}${since}`;
  }

  #drawCards() {
    const { chat, words } = this;
    const contacted = chat.store.get("contacted");
    if (chat.status === "waiting" && chat.away && !contacted && !this.declined) this.#offerForm(true);
    if (this.ended && !this.asked) this.form = null;
    const wanted = this.form ? "form" : this.ended ? "end" : contacted && chat.withPerson ? "thanks" : "";
    if (this.card === wanted) return;
    this.card = wanted;
    const build = {
      form: () => this.form,
      end: () => endCard(chat, words, () => this.#restart()),
      thanks: () => this.#thanks(contacted),
    }[wanted];
    this.messages.cards.replaceChildren(...(build ? [build()] : []));
    if (build) this.messages.follow(true);
  }

  #thanks(email) {
    const card = make("p", "card", fill(this.words.contact_done, { email }));
    card.setAttribute("role", "status");
    return card;
  }

  #offerForm(away) {
    this.form ??= contactCard(this.chat, this.words, away, () => {
      Object.assign(this, { form: null, declined: true, asked: false });
      this.draw();
      this.focus();
    });
  }

  #openForm() {
    this.asked = true;
    this.#offerForm(this.chat.away);
    this.draw();
    this.form.querySelector("input").focus();
  }

  #restart() {
    Object.assign(this, { form: null, declined: false, asked: false });
    this.chat.restart();
    this.focus();
  }

  #box() {
    const { words, chat } = this;
    this.box = make("textarea");
    Object.assign(this.box, { rows: 1, placeholder: words.placeholder, enterKeyHint: "send" });
    this.box.setAttribute("aria-label", words.placeholder);
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("paste", (event) => this.#pasted(event));
    this.send = button("send", { name: words.send, image: "send" });
    this.send.type = "submit";
    this.picker = make("input");
    Object.assign(this.picker, { type: "file", hidden: true, multiple: true });
    this.picker.addEventListener("change", () => {
      this.uploads.add(this.picker.files);
      this.picker.value = "";
    });
    this.clip = button("plain", { name: words.attach, image: "clip", press: () => this.picker.click() });
    this.alert = make("p", "alert");
    this.alert.setAttribute("role", "alert");
    const form = make("form", "box", this.clip, this.picker, this.box, this.send);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#write(kept("draft") ?? "");
    return make("div", "writing", this.alert, form);
  }

  #drawBox() {
    const { chat, words } = this;
    const { upload } = chat.settings ?? {};
    this.clip.hidden = !upload?.max_bytes;
    if (upload) this.picker.accept = upload.types.join(",");
    const pause = chat.pause?.key === "too_fast" ? chat.pause : null;
    const notice = chat.notice ?? pause;
    const says = notice ? fill(words[notice.key], notice) : "";
    if (this.alert.textContent !== says) this.alert.textContent = says;
  }

  #foot() {
    const { words, chat } = this;
    this.person = button("person", { text: words.person, image: "person", press: () => this.#askPerson() });
    return make("footer", "foot-line", this.person, make("p", "", words.small_print));
  }

  async #askPerson() {
    this.declined = false;
    await this.chat.person();
    this.messages.follow(true);
    this.focus();
  }

  #submit() {
    const text = this.box.value.trim();
    const limit = this.chat.settings?.message_characters ?? Infinity;
    if (!text) return;
    if (text.length > limit) {
      this.chat.notice = { key: "too_long", limit: limit.toLocaleString(this.words.lang) };
      this.chat.changed();
      return;
    }
    this.#write("");
    this.messages.pinned = true;
    this.chat.say(text);
  }

  #write(text) {
    this.box.value = text;
    this.#typed();
    if (text) this.box.focus();
  }

  #typed() {
    keep("draft", this.box.value || null);
    this.send.classList.toggle("ready", Boolean(this.box.value.trim()));
    this.fit();
    if (this.box.value) this.chat.writing();
  }

  /** As high as its text, up to a limit. */
  fit() {
    this.box.style.height = "";
    const { scrollHeight } = this.box;
    if (scrollHeight) this.box.style.height = `${Math.min(TALLEST_BOX, scrollHeight)}px`;
  }

  #pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length || this.clip.hidden) return;
    event.preventDefault();
    this.uploads.add(files);
  }

  /** Files may be dropped anywhere on the window. */
  #drop() {
    const cover = make("div", "drop", icon("file"), make("span", "", this.words.drop));
    cover.hidden = true;
    const carries = (event) => !this.clip.hidden && event.dataTransfer?.types.includes("Files");
    this.node.addEventListener("dragover", (event) => {
      if (!carries(event)) return;
      event.preventDefault();
      cover.hidden = false;
    });
    cover.addEventListener("dragleave", () => (cover.hidden = true));
    this.node.addEventListener("drop", (event) => {
      cover.hidden = true;
      if (!carries(event)) return;
      event.preventDefault();
      this.uploads.add(event.dataTransfer.files);
    });
    return cover;
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return; // an input method is choosing a word
    event.stopPropagation(); // the page's own shortcuts are not meant
    if (event.key === "Escape") {
      if (!this.menu.shut()) this.close();
    } else if (event.key === "Enter" && !event.shiftKey && event.target === this.box) {
      event.preventDefault();
      this.#submit();
    }
  }
}

/** A button that unfolds a list of actions; arrows walk through it. */
class Menu {
  constructor(name, choices) {
    this.choices = choices;
    this.opener = button("plain", { name, image: "more", press: () => (this.list.hidden ? this.open() : this.shut()) });
    this.opener.setAttribute("aria-haspopup", "menu");
    this.opener.setAttribute("aria-expanded", "false");
    this.list = make("div", "menu");
    this.list.setAttribute("role", "menu");
    this.list.setAttribute("aria-label", name);
    this.list.hidden = true;
    this.node = make("div", "more", this.opener, this.list);
    this.node.addEventListener("focusout", (event) => {
      if (!this.node.contains(event.relatedTarget)) this.#hide();
    });
    this.list.addEventListener("keydown", (event) => this.#walk(event));
  }

  open() {
    const items = this.choices().map(([image, text, act]) => {
      const item = button("", { text, image, press: () => (this.shut(), act()) });
      item.setAttribute("role", "menuitem");
      return item;
    });
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    this.opener.setAttribute("aria-expanded", "true");
    items[0].focus();
  }

  /** Whether there was anything to shut; the focus goes back to the button. */
  shut() {
    if (this.list.hidden) return false;
    this.opener.focus();
    this.#hide();
    return true;
  }

  #hide() {
    this.list.hidden = true;
    this.opener.setAttribute("aria-expanded", "false");
  }

  #walk(event) {
    const items = [...this.list.children];
    const at = items.indexOf(event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    items.at(to % items.length).focus();
  }
}

/** What one tab keeps while it walks from page to page. */
function kept(name) {
  try {
    return sessionStorage.getItem(`deskmate ${name}`);
  } catch {
    return null;
  }
}

function keep(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(`deskmate ${name}`);
    else sessionStorage.setItem(`deskmate ${name}`, value);
  } catch {
    // Forbidden: then it lives as long as the page.
  }
}
