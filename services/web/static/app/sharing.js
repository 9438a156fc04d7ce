// The dialog that makes a link to calculations, and says before what its reader will see.

import * as api from "./api.js";
import { open } from "./dialog.js";
import { byId, element, prose } from "./dom.js";
import { copyLink, handOver } from "./link.js";
import { used } from "./scan.js";
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
  }

  /** Opens the dialog for entries, newest first, of which some ids may be chosen, and the names of the session. */
  open(entries, chosen, names) {
    this.#entries = entries;
    this.#names = names;
    this.#form.reset();
    byId("share-all").checked = !chosen.length;
    byId("share-some").checked = chosen.length > 0;
    byId("share-entries").replaceChildren(...entries.map((entry) => choice(entry, chosen.includes(entry.id))));
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
    const names = all ? Object.keys({ ...this.#names.variables, ...this.#names.definitions }) : used(entries.map(({ expression }) => expression), this.#names);
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
      this.#dialog.close();
      handOver({
        link: new URL(share.url, location.origin).href,
        heading: "Your link",
        words: "Whoever has it can read what you share. Your links, beside the names, are where you revoke it.",
        title: title || "Calculations",
      });
      await copyLink();
    } catch (failure) {
      if (!(failure instanceof api.Failure)) throw failure;
      this.#say(trouble("No link was made", failure));
    }
    byId("share-make").disabled = false;
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
