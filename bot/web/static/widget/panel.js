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
    const { visit } = chat.store;
    const started = visit || chat.timeline.length > 0;
    const languages = chat.settings?.languages ?? [];
    return [
      ["mail", words.call_back, () => this.#openForm()],
      visit && ["save", words.transcript, () => chat.transcript()],
      languages.length > 1 && ["globe", words.language, this.switchLanguage],
      visit && !this.ended && ["stop", words.end, () => chat.end()],
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
    const wanted = this.form ? "form" : this.ended ? "end" : contacted && (chat.withPerson || this.thanked) ? "thanks" : "";
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
      Object.assign(this, { form: null, declined: true, asked: false, thanked: true });
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
    Object.assign(this, { form: null, declined: false, asked: false, thanked: false });
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
    this.thanked = false;
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
