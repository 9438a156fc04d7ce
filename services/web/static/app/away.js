// Times without the calculator: one notice says what that means, and what could not be
// done is done again when it is back.

import { dismiss, notify } from "./notice.js";
import { away } from "./words.js";

/** Such times. */
export class Away {
  #missed = new Set();

  constructor() {
    addEventListener("online", () => this.end());
  }

  /** Begins one by a failure, if it is of that kind, and tells whether it is. Then `again` is called at its end. */
  begin(failure, again) {
    const words = away(failure);
    if (!words) return false;
    this.#missed.add(again);
    notify(words, { "Try again": () => this.end() });
    return true;
  }

  /** Does again what was missed. */
  end() {
    if (!this.#missed.size) return;
    const missed = [...this.#missed];
    this.#missed.clear();
    dismiss();
    for (const again of missed) again();
  }
}
