// Deleting from the history, with a way back: what is deleted goes from the log at
// once, and from the service when the person goes on.

/** The deletion that can still be undone. */
export class Erasure {
  #pending = null;

  constructor() {
    // Leaving the page is going on, too; the request outlives it.
    addEventListener("pagehide", () => this.settle(true));
  }

  /** Takes a deletion: erase(leaving) does it, restore() undoes what the page shows. */
  async begin(erase, restore) {
    await this.settle();
    this.#pending = { erase, restore };
  }

  /** Takes the deletion back. */
  undo() {
    const pending = this.#pending;
    this.#pending = null;
    pending?.restore();
  }

  /** Does the deletion now. */
  async settle(leaving = false) {
    const pending = this.#pending;
    this.#pending = null;
    await pending?.erase(leaving);
  }
}
