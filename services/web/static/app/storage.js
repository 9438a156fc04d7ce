// What this browser stores for the page: `browser` for all tabs, `tab` for this one. Where storage
// is forbidden or full, a value lasts as long as the page.

/** How long `writeLater` waits for a newer value, in milliseconds. */
const pause = 250;

function area(storage) {
  const memory = new Map(); // values that the storage did not take
  const later = new Map(); // values that are not written yet
  let timer = 0;

  function write(name, text) {
    later.delete(name);
    memory.delete(name);
    try {
      if (text === null) storage().removeItem(name);
      else storage().setItem(name, text);
    } catch {
      memory.set(name, text);
    }
  }

  function flush() {
    clearTimeout(timer);
    for (const [name, text] of later) write(name, text);
  }

  addEventListener("pagehide", flush);
  document.addEventListener("visibilitychange", () => document.hidden && flush());

  return {
    /** Stores a text under a name; null removes it. */
    write,

    /** Stores a text that changes often: once, after a pause or when the page goes away. */
    writeLater(name, text) {
      later.set(name, text);
      clearTimeout(timer);
      timer = setTimeout(flush, pause);
    },

    /** Returns the text that is stored under a name, or null. */
    read(name) {
      if (later.has(name)) return later.get(name);
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

/** Returns the JSON value that is stored under a name, or null if there is none that parses. */
export function readJson(name) {
  try {
    return JSON.parse(browser.read(name));
  } catch {
    return null;
  }
}
