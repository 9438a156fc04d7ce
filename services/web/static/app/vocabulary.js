// The names that an expression can have: those of the language, and the session's.

/** What GET /functions answers, as command bundle writes it here. */
const functions = FUNCTIONS;

/** The names known to the page. */
export class Vocabulary {
  #language = new Map(functions.map((about) => [about.name, about]));
  #session = new Map();

  /** Takes over the names of the session, as GET /session has them. */
  use({ variables, definitions }) {
    this.#session.clear();
    for (const [name, value] of Object.entries(variables)) {
      this.#session.set(name, { name, signature: name, kind: "variable", help: `= ${value}` });
    }
    for (const [name, source] of Object.entries(definitions)) {
      const [signature] = source.split(" = ", 1);
      this.#session.set(name, { name, signature, kind: "definition", help: source.slice(signature.length).trim() });
    }
  }

  /** What the language has, in its own order. */
  get language() {
    return [...this.#language.values()];
  }

  /** Returns {name, signature, kind, help} of a name, or undefined. */
  find(name) {
    return this.#session.get(name) ?? this.#language.get(name);
  }

  /** Returns what begins with a text, the session's names first. */
  beginning(text) {
    const all = [...this.#session.values(), ...this.#language.values()];
    return all.filter(({ name }) => name.startsWith(text));
  }
}

/** Tells whether a name is called with parentheses. */
export const isCalled = ({ kind }) => kind === "function" || kind === "definition";
