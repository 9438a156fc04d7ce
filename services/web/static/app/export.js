// The history as a file, CSV or JSON, collected page by page.

import * as api from "./api.js";
import { announce, element } from "./dom.js";
import { trouble } from "./messages.js";
import { showToast } from "./overlay.js";
import * as session from "./session.js";

const columns = ["id", "at", "kind", "expression", "parsed", "result"];

/** The formats of the file: its media type, the text of an entry, and the file of all texts. */
const formats = {
  json: {
    type: "application/json",
    entry: (entry) => JSON.stringify(entry),
    file: (texts) => `[\n${texts.join(",\n")}\n]\n`,
  },
  csv: {
    type: "text/csv",
    entry: (entry) => record(columns.map((name) => entry[name] ?? "")),
    file: (texts) => record(columns) + texts.join(""),
  },
};

/** How many entries are read between two announcements of the progress. */
const announceEvery = 10_000;

/** How often a page is requested, and the seconds between requests if the service names none. */
const attempts = 5;
const pause = 1;

/** Saves the history that a filter leaves as a file, json or csv. */
export async function save(filter, format) {
  const { type, entry, file } = formats[format];
  try {
    const texts = await collect(filter, entry);
    if (!texts) return showToast("The history is not saved: you stopped it.");
    download(new Blob([file(texts)], { type }), `abacus.${format}`);
    showToast("The history is saved as a file.");
  } catch (failure) {
    if (!(failure instanceof api.Failure)) throw failure;
    const retry = { "Try again": () => save(filter, format) };
    showToast(trouble("The history is not saved", failure), retry);
  }
}

/** Returns the texts of all entries, or null if the person stopped it. */
async function collect(filter, write) {
  const token = session.token();
  const texts = [];
  let [cursor, stopped, update] = [null, false, null];
  do {
    const page = await retry(() => api.history(token, { ...filter, cursor, limit: 200 }));
    if (stopped) return null;
    // Texts take less memory than entries.
    texts.push(...page.entries.map(write));
    cursor = page.next;
    const progress = `${texts.length.toLocaleString()} entries are read…`;
    if (cursor) update ??= showToast(progress, { Stop: () => (stopped = true) });
    update?.(progress);
    if (texts.length % announceEvery === 0) announce(progress);
  } while (cursor);
  return texts;
}

/** Repeats a request after temporary failures: one page must not cost all the others. */
async function retry(request) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (failure) {
      if (!failure.temporary || attempt === attempts) throw failure;
      await new Promise((resolve) => setTimeout(resolve, (failure.wait ?? pause) * 1000));
    }
  }
}

/** Makes the browser save a blob under a name. */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  element("a", { href: address, download: name }).click();
  // The browser reads it a little later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Returns a CSV record (RFC 4180). */
function record(values) {
  return values.map(field).join() + "\r\n";
}

function field(value) {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
