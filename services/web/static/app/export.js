// The history as a file: CSV, CSV for spreadsheets, or JSON.

import * as api from "./api.js";
import { download, showToast } from "./dom.js";
import { decimalComma, toLocal, typed } from "./numbers.js";
import { outcome } from "./row.js";
import * as session from "./session.js";

const columns = ["id", "at", "kind", "expression", "parsed", "result"];

/** The cells for spreadsheets by their headings. A fraction would become a date there. */
const cells = {
  Time: ({ at }) => new Date(at).toLocaleString("sv-SE"), // 2026-11-26 20:15:00
  Expression: ({ expression }) => toLocal(expression),
  "Read as": ({ parsed }) => toLocal(parsed),
  Result(entry) {
    if (entry.result === null) return "";
    const text = outcome(entry);
    return typed(/^-?[\d ]+\/\d+$/.test(text) ? String(entry.result) : text);
  },
};

const localRecord = (values) => record(values, decimalComma() ? ";" : ",");

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
  // For spreadsheets that open it on a double click: a byte order mark, the person's number format
  // and time zone, and the oldest entry first.
  spreadsheet: {
    type: "text/csv",
    name: "abacus-spreadsheet.csv",
    entry: (entry) => localRecord(Object.values(cells).map((cell) => cell(entry))),
    file: (texts) => `\ufeff${localRecord(Object.keys(cells))}${texts.reverse().join("")}`,
  },
};

/** How often a page is requested, and the seconds between requests if the service does not say. */
const attempts = 5;
const retryPause = 1;

/** Saves the whole history as a file: json, csv or spreadsheet. */
export async function save(format) {
  const { type, entry, file, name = `abacus.${format}` } = formats[format];
  try {
    const texts = await collect(entry);
    if (!texts) return showToast("The history is not saved: you stopped it.");
    download(new Blob([file(texts)], { type }), name);
    showToast("The history is saved as a file.");
  } catch (failure) {
    if (!(failure instanceof api.Failure)) throw failure;
    const retry = { "Try again": () => save(format) };
    showToast(api.trouble("The history is not saved", failure), retry);
  }
}

/** Returns the texts of all entries, or null if the person stopped. */
async function collect(write) {
  const token = session.token();
  const texts = [];
  let [cursor, stopped, update] = [null, false, null];
  do {
    const page = await retry(() => api.history(token, { cursor, limit: 200 }));
    if (stopped) return null;
    // Texts take less memory than entries.
    texts.push(...page.entries.map(write));
    cursor = page.next;
    const progress = `${texts.length.toLocaleString()} entries are read…`;
    if (cursor) update ??= showToast(progress, { Stop: () => (stopped = true) });
    update?.(progress);
  } while (cursor);
  return texts;
}

/** Repeats a request after temporary failures, so that one page does not cost all the others. */
async function retry(request) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (failure) {
      if (!failure.temporary || attempt === attempts) throw failure;
      await new Promise((resolve) => setTimeout(resolve, (failure.wait ?? retryPause) * 1000));
    }
  }
}

/** Returns a CSV record (RFC 4180). */
function record(values, separator = ",") {
  return values.map((value) => field(value, separator)).join(separator) + "\r\n";
}

/** Returns a field of a record. A field that a spreadsheet would run as a formula gets a quote. */
function field(value, separator) {
  const text = /^[=+\-@\t\r]/.test(value) && Number.isNaN(Number(value)) ? `'${value}` : `${value}`;
  const plain = !/["\r\n]/.test(text) && !text.includes(separator);
  return plain ? text : `"${text.replaceAll('"', '""')}"`;
}
