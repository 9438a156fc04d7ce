// What the service is asked to forget: a name, all names, the session. The person is
// asked before what cannot be brought back.

import * as api from "./api.js";
import { confirm } from "./dialog.js";
import { announce } from "./dom.js";
import { notify } from "./notice.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

/**
 * Forgets. It calls `again(source)` to put a name back, `agreed()` when the person has
 * confirmed, `changed()` after names went, and `gone()` after the session.
 */
export class Forgetting {
  #calls;

  constructor(calls) {
    this.#calls = calls;
  }

  /** Clears a name whose source puts it back. */
  async name(name, source) {
    try {
      await api.clear(session.token(), name);
      notify(`Cleared ${source}.`, { "Put back": () => this.#calls.again(source) });
    } catch (failure) {
      notify(trouble(`${name} is not cleared`, failure));
    }
    await this.#calls.changed();
  }

  async names() {
    const text = "All variables and definitions of this session are removed. The history stays.";
    if (!(await confirm("Clear all names?", text, "Clear names"))) return;
    this.#calls.agreed();
    try {
      await api.clear(session.token());
      announce("All names are cleared");
    } catch (failure) {
      notify(trouble("The names are not cleared", failure), { "Try again": () => this.names() });
    }
    await this.#calls.changed();
  }

  async session() {
    const text = "The names and the history of this session are erased for good, here and on the server.";
    if (!(await confirm("Delete this session?", text, "Delete session"))) return;
    this.#calls.agreed();
    try {
      if (session.token()) await api.erase(session.token(), "/session");
    } catch (failure) {
      if (failure.kind !== "session") {
        return notify(trouble("The session is not deleted completely", failure), { "Try again": () => this.session() });
      }
    }
    this.#calls.gone();
    notify("The session is deleted. The next calculation begins a new one.");
  }
}
