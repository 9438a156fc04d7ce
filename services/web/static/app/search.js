// The search through the history by Ctrl+R: a text, and what was entered with it.

import * as api from "./api.js";
import { open } from "./dialog.js";
import { byId, element } from "./dom.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

/** How long typing pauses before the service is asked, in milliseconds. */
const pause = 120;

/** The search, in its dialog. */
export class Search {
  #dialog = byId("search");
  #text = byId("search-text");
  #list = byId("found");
  #chosen = 0;
  #asked = 0;
  #timer = 0;

  constructor() {
    this.#text.addEventListener("input", () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#ask(), pause);
    });
    this.#text.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.#dialog.close(option.textContent);
    });
  }

  /** Opens the search and resolves to the expression that was chosen, or "". */
  async open() {
    if (this.#dialog.open) return "";
    this.#text.value = "";
    this.#show([]);
    this.#ask();
    const answer = await open(this.#dialog);
    clearTimeout(this.#timer);
    return answer;
  }

  async #ask() {
    const turn = ++this.#asked;
    let expressions = [];
    let words = "Nothing in the history has this in it.";
    try {
      const page = session.token() ? await api.history(session.token(), { q: this.#text.value }) : { entries: [] };
      expressions = page.entries.map((entry) => entry.expression);
    } catch (failure) {
      words = trouble("The history cannot be searched", failure);
    }
    if (turn !== this.#asked) return;
    byId("found-none").textContent = words;
    this.#show(expressions);
  }

  #show(expressions) {
    const options = [...new Set(expressions)].map((expression, place) =>
      element("li", { role: "option", id: `found-${place}`, "aria-selected": "false" }, expression),
    );
    this.#list.replaceChildren(...options);
    this.#list.hidden = !options.length;
    byId("found-none").hidden = options.length > 0 || !this.#text.value;
    this.#text.setAttribute("aria-expanded", String(options.length > 0));
    this.#choose(0);
  }

  #choose(place) {
    this.#list.children[this.#chosen]?.setAttribute("aria-selected", "false");
    const count = this.#list.children.length;
    this.#chosen = count ? (place + count) % count : 0;
    const chosen = this.#list.children[this.#chosen];
    if (!chosen) return this.#text.removeAttribute("aria-activedescendant");
    chosen.setAttribute("aria-selected", "true");
    chosen.scrollIntoView({ block: "nearest" });
    this.#text.setAttribute("aria-activedescendant", chosen.id);
  }

  #key(event) {
    const again = event.ctrlKey && event.key === "r";
    if (event.key === "ArrowDown" || again) this.#choose(this.#chosen + 1);
    else if (event.key === "ArrowUp") this.#choose(this.#chosen - 1);
    else if (event.key === "Enter") this.#dialog.close(this.#list.children[this.#chosen]?.textContent ?? "");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
