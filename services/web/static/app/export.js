// The history as a file: all its pages, one after the other.

import * as api from "./api.js";
import { announce, element } from "./dom.js";
import { notify } from "./notice.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

const columns = ["id", "at", "kind", "expression", "parsed", "result"];

/** The forms of the file: its type, the text of an entry, and the whole of such texts. */
const forms = {
  json: ["application/json", (entry) => JSON.stringify(entry), (texts) => `[\n${texts.join(",\n")}\n]\n`],
  csv: ["text/csv", (entry) => row(columns.map((name) => entry[name] ?? "")), (texts) => row(columns) + texts.join("")],
};

/** How many entries are read before the progress is said aloud once more. */
const stretch = 10_000;

/** How often a page is asked for, and how long after one another if the service does not say, in seconds. */
const attempts = 5;
const pause = 1;

/** Saves what a filter leaves of the history as a file, json or csv. */
export async function save(filter, form) {
  const [type, write, whole] = forms[form];
  try {
    const texts = await collect(filter, write);
    if (!texts) return notify("The history is not saved: you stopped it.");
    download(new Blob([whole(texts)], { type }), `abacus.${form}`);
    notify("The history is saved as a file.");
  } catch (failure) {
    if (!(failure instanceof api.Failure)) throw failure;
    notify(trouble("The history is not saved", failure), { "Try again": () => save(filter, form) });
  }
}

/** Returns what `write` makes of the entries of all pages, or null if the person does not wait for them. */
async function collect(filter, write) {
  const token = session.token();
  const texts = [];
  let [cursor, going, say] = [null, true, null];
  do {
    const page = await persist(() => api.history(token, { ...filter, cursor, limit: 200 }));
    if (!going) return null;
    // Texts take less memory than entries.
    texts.push(...page.entries.map(write));
    cursor = page.next;
    const words = `${texts.length.toLocaleString()} entries are read…`;
    if (cursor && !say) say = notify(words, { Stop: () => (going = false) });
    say?.(words);
    if (texts.length % stretch === 0) announce(words);
  } while (cursor);
  return texts;
}

/** Asks again after failures that may pass: one page of many must not cost all the others. */
async function persist(ask) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (failure) {
      if (!failure.passing || attempt === attempts) throw failure;
      await new Promise((wake) => setTimeout(wake, (failure.wait ?? pause) * 1000));
    }
  }
}

/** Lets the browser save a content under a name. */
export function download(content, name) {
  const address = URL.createObjectURL(content);
  element("a", { href: address, download: name }).click();
  // The browser reads it a little later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A row as RFC 4180 has it. */
function row(values) {
  return values.map((value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value))).join() + "\r\n";
}
