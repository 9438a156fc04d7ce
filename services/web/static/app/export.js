// The history as a file: all its pages, one after the other.

import * as api from "./api.js";
import { element } from "./dom.js";
import { notify } from "./notice.js";
import * as session from "./session.js";
import { trouble } from "./words.js";

const columns = ["id", "at", "kind", "expression", "parsed", "result"];

/** The forms of the file: its type, and the text of entries. */
const forms = {
  json: ["application/json", (entries) => JSON.stringify(entries, null, 1) + "\n"],
  csv: ["text/csv", (entries) => [columns, ...entries.map(fields)].map((row) => row.map(quoted).join(",") + "\r\n").join("")],
};

/** Saves what a filter leaves of the history as a file, json or csv. */
export async function save(filter, form) {
  try {
    const entries = await collect(filter);
    if (!entries) return;
    const [type, write] = forms[form];
    download(new Blob([write(entries)], { type }), `abacus.${form}`);
    notify("The history is saved as a file.");
  } catch (failure) {
    if (!(failure instanceof api.Failure)) throw failure;
    notify(trouble("The history is not saved", failure));
  }
}

/** Returns the entries of all pages, or null if the person does not wait for them. */
async function collect(filter) {
  const entries = [];
  let [cursor, going] = [null, true];
  do {
    const page = await api.history(session.token(), { ...filter, cursor, limit: 200 });
    if (!going) return null;
    entries.push(...page.entries);
    cursor = page.next;
    if (cursor) notify(`${entries.length} entries…`, { Stop: () => (going = false) });
  } while (cursor);
  return entries;
}

/** Lets the browser save a content under a name. */
export function download(content, name) {
  const address = URL.createObjectURL(content);
  element("a", { href: address, download: name }).click();
  // The browser reads it a little later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const fields = (entry) => columns.map((name) => entry[name] ?? "");

/** As RFC 4180 has it. */
const quoted = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
