// A menu of actions. Knows nothing of what they do.

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
