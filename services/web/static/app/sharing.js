// The dialog that makes a link to calculations, and says before what its reader will see.

import * as api from "./api.js";
import { copy } from "./clipboard.js";
import { open } from "./dialog.js";
import { byId, element, prose } from "./dom.js";
import { scan } from "./scan.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

/** The dialog that shares. */
export class Sharing {
  #dialog = byId("share");
  #form = byId("share-form");
  #entries = [];
  #names = {};

  constructor() {
    this.#form.addEventListener("input", () => this.#describe());
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#make();
    });
    byId("share-copy").addEventListener("click", () => this.#copy());
    byId("share-send").addEventListener("click", () => this.#send());
  }

  /** Opens the dialog for entries, newest first, of which some ids may be chosen, and the names of the session. */
  open(entries, chosen, names) {
    this.#entries = entries;
    this.#names = names;
    this.#form.reset();
    byId("share-all").checked = !chosen.length;
    byId("share-some").checked = chosen.length > 0;
    byId("share-entries").replaceChildren(...entries.map((entry) => choice(entry, chosen.includes(entry.id))));
    byId("share-done").hidden = true;
    this.#form.hidden = false;
    this.#say("");
    this.#describe();
    return open(this.#dialog);
  }

  get #chosen() {
    const ids = [...this.#form.querySelectorAll("#share-entries input:checked")].map((box) => Number(box.value));
    return byId("share-all").checked ? this.#entries : this.#entries.filter(({ id }) => ids.includes(id));
  }

  #describe() {
    const all = byId("share-all").checked;
    byId("share-entries").hidden = all;
    const entries = this.#chosen;
    byId("share-make").disabled = !entries.length;
    const what = all ? "all calculations of this session" : `${entries.length} of your calculations`;
    const names = all ? Object.keys({ ...this.#names.variables, ...this.#names.definitions }) : used(entries, this.#names);
    const and = names.length ? `, and the name${names.length > 1 ? "s" : ""} ${names.slice(0, 12).map((name) => "`" + name + "`").join(", ")}${names.length > 12 ? ", …" : ""}` : "";
    byId("share-words").replaceChildren(
      ...prose(`Whoever has the link sees ${what}, with results and times as they are now${and}. They can change nothing, and see nothing of what you do later.`),
    );
  }

  async #make() {
    const request = { entries: byId("share-all").checked ? "all" : this.#chosen.map(({ id }) => id).sort((a, b) => a - b) };
    const title = byId("share-title").value.trim();
    const seconds = Number(byId("share-expiry").value);
    if (title) request.title = title;
    if (seconds) request.expires_in = seconds;
    byId("share-make").disabled = true;
    try {
      const share = await api.share(session.token(), request);
      byId("share-link").value = new URL(share.url, location.origin).href;
      this.#form.hidden = true;
      byId("share-done").hidden = false;
      byId("share-send").hidden = !navigator.share;
      await this.#copy();
      byId("share-copy").focus();
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      this.#say(trouble("No link was made", failure));
    }
    byId("share-make").disabled = false;
  }

  async #copy() {
    const link = byId("share-link");
    const done = await copy(link.value, link);
    this.#say(done ? "The link is copied." : "This browser does not let the page copy: copy the link from its field.");
  }

  async #send() {
    try {
      await navigator.share({ title: byId("share-title").value || "Calculations", url: byId("share-link").value });
    } catch {
      // The person closed the sheet: that is an answer, too.
    }
  }

  #say(text) {
    byId("share-status").textContent = text;
  }
}

function choice(entry, checked) {
  const box = element("input", { type: "checkbox", value: String(entry.id) });
  box.checked = checked;
  return element("li", {}, element("label", {}, box, element("code", {}, entry.expression)));
}

/** Returns the names that entries use or set, followed to their ends. */
function used(entries, { variables, definitions }) {
  const found = new Set();
  const look = (text) => {
    for (const { kind, start, end } of scan(text)) {
      const name = text.slice(start, end);
      if (kind !== "name" || found.has(name) || !(name in variables || name in definitions)) continue;
      found.add(name);
      if (name in definitions) look(definitions[name]);
    }
  };
  for (const { expression } of entries) look(expression);
  return [...found].sort();
}
