// The history as a file: all its pages, one after the other.

import * as api from "./api.js";
import { element } from "./dom.js";

const columns = ["id", "at", "kind", "expression", "parsed", "result"];

/** The forms of the file: its type, and the text of entries. */
const forms = {
  json: ["application/json", (entries) => JSON.stringify(entries, null, 1) + "\n"],
  csv: ["text/csv", (entries) => [columns, ...entries.map(fields)].map((row) => row.map(quoted).join(",") + "\r\n").join("")],
};

/** Saves what a filter leaves of the history as a file; counts aloud, and stops when `progress` answers false. */
export async function save(token, filter, form, progress) {
  const entries = [];
  let cursor = null;
  do {
    const page = await api.history(token, { ...filter, cursor, limit: 200 });
    entries.push(...page.entries);
    cursor = page.next;
    if (!progress(entries.length)) return;
  } while (cursor);
  const [type, write] = forms[form];
  const address = URL.createObjectURL(new Blob([write(entries)], { type }));
  element("a", { href: address, download: `abacus.${form}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

const fields = (entry) => columns.map((name) => entry[name] ?? "");

/** As RFC 4180 has it. */
const quoted = (value) => (/[",\r\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : String(value));
