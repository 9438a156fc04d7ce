// The completion of names while typing: a list that Tab takes from. The text area
// keeps the focus and names the chosen option, as the combobox pattern of the ARIA
// authoring practices has it; the role itself is not allowed on a text area.

import { byId, element } from "./dom.js";
import { scan } from "./scan.js";
import { isCalled } from "./vocabulary.js";

/** How many letters open the list by themselves. */
const enough = 2;

/** The list for a text area. It calls `accept(start, end, text)`. */
export class Completion {
  #list = byId("completions");
  #area;
  #vocabulary;
  #accept;
  #word = null;
  #options = [];
  #chosen = -1;

  constructor(area, vocabulary, accept) {
    this.#area = area;
    this.#vocabulary = vocabulary;
    this.#accept = accept;
    area.addEventListener("blur", () => this.close());
    // The press must not take the focus from the text.
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.#list.addEventListener("click", (event) => {
      const place = [...this.#list.children].indexOf(event.target.closest("[role=option]"));
      if (place >= 0) this.#take(place);
    });
  }

  get isOpen() {
    return !this.#list.hidden;
  }

  /** Opens, changes or closes the list for the word before the caret; `asked` opens it for any. */
  update(asked = false) {
    const word = wordAt(this.#area);
    if (!word || (word.text.length < enough && !asked)) return this.close();
    const options = this.#vocabulary.beginning(word.text);
    if (!options.length || (options.length === 1 && options[0].name === word.text)) return this.close();
    this.#word = word;
    this.#options = options;
    this.#list.replaceChildren(...options.map(option));
    this.#list.hidden = false;
    this.#choose(-1);
  }

  close() {
    this.#list.hidden = true;
    this.#list.replaceChildren();
    this.#choose(-1);
  }

  /** Handles a key of the text area while the list is open, and tells whether it did. */
  key({ key, shiftKey }) {
    if (!this.isOpen || shiftKey) return false;
    const count = this.#options.length;
    switch (key) {
      case "ArrowDown":
        this.#choose((this.#chosen + 1) % count);
        return true;
      case "ArrowUp":
        this.#choose(this.#chosen <= 0 ? count - 1 : this.#chosen - 1);
        return true;
      case "Tab":
        this.#take(Math.max(this.#chosen, 0));
        return true;
      case "Enter":
        if (this.#chosen < 0) return false;
        this.#take(this.#chosen);
        return true;
      case "Escape":
        this.close();
        return true;
    }
    return false;
  }

  #choose(place) {
    this.#list.children[this.#chosen]?.setAttribute("aria-selected", "false");
    this.#chosen = place;
    const chosen = this.#list.children[place];
    if (!chosen) return this.#area.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.#area.setAttribute("aria-activedescendant", chosen.id);
  }

  #take(place) {
    const taken = this.#options[place];
    const { start, end } = this.#word;
    const called = isCalled(taken) && this.#area.value[end] !== "(";
    this.close();
    this.#accept(start, end, called ? `${taken.name}(` : taken.name);
  }
}

function option({ name, signature, help }, place) {
  return element(
    "li",
    { role: "option", id: `completion-${place}`, "aria-selected": "false" },
    element("code", {}, element("b", {}, name), signature.startsWith(name) ? signature.slice(name.length) : ""),
    " ",
    element("span", {}, help),
  );
}

/** Returns the name that ends at the caret; at the end of nothing, an empty one. */
function wordAt({ value, selectionStart: caret, selectionEnd }) {
  if (caret !== selectionEnd) return null;
  const token = scan(value).find(({ start, end }) => start < caret && caret <= end);
  if (token?.kind === "name" && token.end === caret) return { start: token.start, end: caret, text: value.slice(token.start, caret) };
  const free = !token || token.kind === "open" || (token.kind === "operator" && token.end === caret);
  return free ? { start: caret, end: caret, text: "" } : null;
}
