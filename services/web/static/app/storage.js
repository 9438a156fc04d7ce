// What the page keeps in this browser: `browser` for all tabs, `tab` for this
// one. Where storage is forbidden or full, a value lasts as long as the page.

function area(storage) {
  const memory = new Map();
  return {
    /** Keeps a text under a name; null removes it. */
    keep(name, text) {
      memory.delete(name);
      try {
        text === null ? storage().removeItem(name) : storage().setItem(name, text);
      } catch {
        memory.set(name, text);
      }
    },

    /** Returns what was kept under a name, or null. */
    kept(name) {
      if (memory.has(name)) return memory.get(name);
      try {
        return storage().getItem(name);
      } catch {
        return null;
      }
    },
  };
}

export const browser = area(() => localStorage);
export const tab = area(() => sessionStorage);
