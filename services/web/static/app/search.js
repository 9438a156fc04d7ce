// What is loaded after the rest of the page, or when it is first used: the search in the history,
// and the help.

import * as api from "./api.js";
import { button, byId, element, Options } from "./dom.js";
import { shown, toLocal } from "./numbers.js";
import { outcome } from "./row.js";
import * as session from "./session.js";
import { isCalled } from "./names.js";

/** Returns the local midnight a number of days ago; 0 is today's. */
function midnight(daysAgo) {
  const at = new Date();
  at.setDate(at.getDate() - daysAgo);
  at.setHours(0, 0, 0, 0);
  return at;
}

/** Returns the times of the last days, or of the week before this one, as {from, to}. */
function period(days) {
  const monday = (new Date().getDay() + 6) % 7; // days ago
  const [from, to] = days === "week" ? [monday + 7, monday] : [days];
  return { from: from && midnight(from).toISOString(), to: to >= 0 && midnight(to).toISOString() };
}

/** How long to wait for typing to pause before searching, in milliseconds. */
const pause = 120;

const searchDialog = byId("search");
const filterForm = byId("filter");
const searchText = byId("search-text");
const options = new Options(byId("found"), searchText, closeWith);
let found = []; // the entries that are shown
let requests = 0;
let timer = 0;

filterForm.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(showSearch, pause);
});
searchText.addEventListener("keydown", (event) => {
  if (event.key === "Enter") closeWith(options.chosen);
  else if (!options.key(event)) return;
  event.preventDefault();
  event.stopPropagation();
});
searchDialog.addEventListener("close", () => {
  clearTimeout(timer);
  filterForm.reset();
  showFound([]);
});

/** Shows the results for the form in the open search dialog. It closes with an expression. */
export async function showSearch() {
  const request = ++requests;
  const token = session.token();
  const { q, kind, days } = Object.fromEntries(new FormData(filterForm));
  const filter = { q, kind, ...period(days) };
  let entries = [];
  let message = "No matching entries";
  try {
    if (token) ({ entries } = await api.history(token, filter));
    entries = [...entries, ...resultsWith(filter)];
  } catch (failure) {
    message = api.trouble("The history cannot be searched", failure);
  }
  if (request !== requests) return;
  const anyTime = button("Search any time", "quiet offer", () => {
    filterForm.days.value = "";
    searchText.focus();
    showSearch();
  });
  byId("found-none").replaceChildren(message, ...(days ? [" ", anyTime] : []));
  showFound(entries, Object.values(filter).some(Boolean));
}

/** Shows entries, the newest of each expression; without any it says so, if there is a filter. */
function showFound(entries, isFiltered) {
  const newest = new Map(); // entries by expression
  for (const entry of entries) {
    if (!newest.has(entry.expression)) newest.set(entry.expression, entry);
  }
  found = [...newest.values()];
  options.show(found.map(option), 0);
  byId("found-none").hidden = options.isOpen || !isFiltered;
  searchText.setAttribute("aria-expanded", String(options.isOpen));
}

/** Closes the dialog with an entry's expression. */
function closeWith(index) {
  searchDialog.close(found[index]?.expression ?? "");
}

/** Returns those of the newest entries whose results contain a text; the service finds the rest. */
function resultsWith({ q, kind, from, to }) {
  const known = (q && session.loadKnown()?.entries) || [];
  return known.filter((entry) => {
    const { at, result } = entry;
    const fits = (!kind || entry.kind === kind) && (!from || at >= from) && (!to || at < to);
    if (!fits || result === null) return false;
    const text = outcome(entry);
    return [shown(text, result), text].some((one) => one.includes(q));
  });
}

function option(entry) {
  const item = element("li", {}, element("span", {}, toLocal(entry.expression)));
  if (entry.result !== null) {
    item.append(element("span", { class: "value" }, shown(outcome(entry), entry.result)));
  }
  item.append(element("time", { datetime: entry.at }, when(new Date(entry.at))));
  return item;
}

/** Says when something was: its time if that is today, or else its day. */
function when(at) {
  if (at >= midnight(0)) return at.toLocaleTimeString(undefined, { timeStyle: "short" });
  const year = at.getFullYear() === new Date().getFullYear() ? undefined : "numeric";
  const format = { weekday: "short", day: "numeric", month: "short", year };
  return at.toLocaleDateString(undefined, format);
}

const titles = { operator: "Operators", function: "Functions", constant: "Constants" };

/** The reply of GET /functions; the bundler writes it here. */
export const functions = FUNCTIONS;

/**
 * What people look for in everyday words: an example, or a place of the page in capitals; what it
 * does; and further words that find it.
 */
const topics = [
  ["15% of 80", "a percentage", "percent part"],
  ["5 as % of 20", "what percentage 5 is of 20", "percent ratio"],
  ["20% off 80", "a price with a discount", "percent sale reduction rebate minus"],
  ["64.50 + 18%", "with a tip", "percent gratuity service bill add"],
  ["(64.50 + 18%) / 3", "with a tip, split between three", "percent bill person"],
  ["250 + 19%", "with VAT: the gross price", "percent tax sales add"],
  ["119 / 1.19", "without 19% VAT: the net price", "percent tax sales remove"],
  ["pmt(3.5%/12, 25*12, 300000)", "the monthly payment of a mortgage", "loan credit interest rate"],
  ["1000 * (1 + 4%)^10", "savings after 10 years", "compound interest investment growth"],
  ["17:40 - 9:15", "the time between two times", "hours minutes duration clock date day"],
  ["90 min in h", "hours and minutes", "time convert"],
  ["3 ft 5 in in cm", "feet and inches", "length height units convert"],
  ["72 °F in °C", "a temperature", "degrees fahrenheit celsius convert"],
  ["5 km in miles", "a distance", "length units convert"],
  ["45 l / 620 km in l/100km", "how much fuel a car uses", "petrol gas consumption mileage"],
  ["100 USD in EUR", "money of another currency", "exchange rates dollar euro convert"],
  ["255 in hex", "hexadecimal", "base convert programmer"],
  ["44 in bin", "binary", "bits base convert programmer"],
  ["0b1011 | 0xF0", "bits", "binary hex bitwise programmer"],
  ["1/3 as fraction", "exactly, as a fraction", "ratio"],
  ["pi to 2 decimals", "rounded", "round digits places precision"],
  ["sin(30°)", "an angle in degrees", "trigonometry"],
  ["total", "the sum of the amounts just typed; total 5: of five rows", "add up numbers"],
  ["average", "the mean of the amounts just typed", "numbers"],
  ["sum(12, 15, 18.5)", "the total of a list", "add up numbers"],
  ["mean(12, 15, 18.5)", "the average of a list", "statistics numbers"],
  ["std(12, 15, 18.5)", "the standard deviation of a list", "statistics spread numbers"],
  ["solve(x^2 = 2, x = 0, 2)", "the solution of an equation", "root unknown"],
  ["rent: 1200", "with a label", "note comment text name budget list"],
  ["plot(x^2 - 2, x = -3, 3)", "the graph of a function", "draw curve chart diagram"],
  ["Undo", "in More, or after a deletion or an edit, takes it back", "restore mistake wrong"],
  ["Edit", "press an expression: rows that depend on it follow", "change correct row"],
  ["Copy", "press a result: it is copied, or inserted if the input has text", "clipboard reuse"],
  ["Paste", "puts lines, such as cells of a spreadsheet, into rows", "clipboard import"],
  ["Offline", "calculate as always; rows are stored later", "network internet"],
  ["Print", "with your browser: it prints the calculations only", "paper pdf"],
  ["Keypad", "the button in the input changes to the keyboard and back", "keys touch phone"],
  ["Share", "at the top makes a link to your calculations", "send friend"],
  ["More", "saves the history as a file, and deletes it", "export csv spreadsheet excel clear"],
  [
    "Settings", "under More: decimal comma, decimals, dark theme",
    "format separator point light language appearance",
  ],
];

/** The keys, between backticks, and what they do; the first two take results. */
const keyHelp = [
  ["`Alt` `↑`", "insert the last result; press again for earlier ones"],
  [
    "`Shift` `Tab`",
    "go to the newest result; `↑` `↓` change the row, `←` `→` the part, " +
      "`Enter` copies or inserts it, `Delete` deletes the row",
  ],
  ["`Enter`", "calculate"],
  ["`Shift` `Enter`", "add a line"],
  ["`↑` `↓`", "go through earlier inputs"],
  ["`F2`", "edit a row in place; rows that depend on it are recalculated"],
  ["`Ctrl` `Z`", "undo the last deletion or edit of a row, if the input is empty"],
  ["`F9`", "recalculate rows whose results are out of date"],
  ["`Ctrl` `K`", "search the history"],
  ["`Esc`", "clear the input; `↑` brings it back"],
  ["`Tab`", "complete a name from the list, `↑` `↓` to choose; `Ctrl` `Space` opens the list"],
  [
    "in a plot",
    "arrow keys move, `+` `−` zoom, `0` fits, `Shift` `←` `→` read values, `Esc` stops reading",
  ],
];

/** Fills the open dialog of the help, which closes with a text. */
export function showGuide() {
  const dialog = byId("keys");
  const text = byId("guide-search");
  const groups = groupsOf(dialog);
  const show = () => {
    const wanted = text.value.trim().toLowerCase();
    const all = groups.flatMap(({ rows }) => rows);
    const ranks = new Map(all.map((node) => [node, rank(node, wanted)]));
    // Letters within words count only if there is nothing better.
    const least = Math.max(...ranks.values()) > 1 ? 2 : 1;
    const byRank = (a, b) => ranks.get(b) - ranks.get(a);
    const matching = groups
      .map(({ title, rows }) => [title, rows.filter((one) => ranks.get(one) >= least).sort(byRank)])
      .filter(([, rows]) => rows.length)
      .sort(([, [a]], [, [b]]) => byRank(a, b));
    const count = matching.flatMap(([, rows]) => rows).length;
    const counted = count ? `${count} ${count === 1 ? "match" : "matches"}` : "No matches";
    byId("guide-count").textContent = wanted && counted;
    const nodes = matching.flatMap(([title, rows]) => [
      element("h3", {}, title), element("ul", { role: "list" }, ...rows),
    ]);
    const none = element("p", {}, "No matches: try another word, or ", everything);
    byId("guide").replaceChildren(...(count ? nodes : [none]));
  };
  const everything = button("show all of the help", "quiet offer", () => {
    text.value = "";
    text.focus();
    show();
  });
  text.oninput = show;
  dialog.addEventListener("close", () => (text.value = ""), { once: true });
  show();
}

/** Returns the groups of the help: examples, subjects, the language, and, without touch, keys. */
function groupsOf(dialog) {
  const examples = [...document.querySelectorAll("#examples section")].map((section) => ({
    title: section.querySelector("h3").textContent,
    rows: [...section.querySelectorAll(".example")].map(({ dataset, lastElementChild: output }) =>
      row(dialog, dataset.source, dataset.source, output.textContent)),
  }));
  const words = Object.entries(titles).map(([kind, title]) => ({
    title, rows: functions.filter((word) => word.kind === kind).map((one) => wordRow(dialog, one)),
  }));
  const subjects = { title: "By subject", rows: topics.map((topic) => topicRow(dialog, ...topic)) };
  const hasKeys = !matchMedia("(pointer: coarse)").matches;
  const keys = hasKeys ? keyHelp.map(keyRow) : [];
  const results = { title: "Results by key", rows: keys.splice(0, 2) };
  return [results, ...examples, subjects, ...words, { title: "Keys", rows: keys }];
}

/** Words that say nothing about what is looked for. */
const fillers = ["a", "an", "the", "of", "for", "from", "to", "with", "how", "between"];

const wordsOf = (text) => text.toLowerCase().match(/[\p{L}\p{Nd}]+/gu) ?? [];

/**
 * Returns how well a row matches a text: 3 if it has its words, 2 if it has words that begin like
 * them, 1 if it has its letters, 0 if not.
 */
function rank(node, wanted) {
  const text = `${node.textContent} ${node.dataset.words ?? ""}`.toLowerCase();
  const has = wordsOf(text);
  const words = wordsOf(wanted).filter((word) => !fillers.includes(word));
  if (words.length && words.every((word) => has.includes(word))) return 3;
  if (words.length && words.every((word) => has.some((one) => one.startsWith(word)))) return 2;
  return Number(text.includes(wanted));
}

/** Returns the row of a topic. */
function topicRow(dialog, code, help, words) {
  const isPlace = /^[A-Z][a-z]/.test(code);
  const node = row(dialog, isPlace ? null : code, code, help);
  node.dataset.words = words;
  return node;
}

function keyRow([keys, help]) {
  const nodes = (text) =>
    text.split("`").map((part, i) => (i % 2 ? element("kbd", {}, part) : part));
  const parts = [keys, help].map((text) => element("span", {}, ...nodes(text)));
  const node = element("li", {}, element("p", { class: "keys" }, ...parts));
  node.dataset.words = "keys keyboard shortcut";
  return node;
}

function wordRow(dialog, word) {
  const { name, signature, help, kind } = word;
  const text = kind === "operator" ? null : isCalled(word) ? `${name}(` : name;
  const start = signature.startsWith(name) ? name : "";
  return row(dialog, text, signature, help, start.length);
}

/** Returns a row with a code, its first letters in bold, and its help. */
function row(dialog, text, code, help, bold = 0) {
  const start = element("b", {}, code.slice(0, bold));
  const parts = [element("code", {}, start, toLocal(code.slice(bold))), " "];
  parts.push(element("span", {}, help));
  if (text === null) return element("li", {}, element("p", {}, ...parts));
  const use = button("", "", () => dialog.close(text));
  use.append(...parts);
  return element("li", {}, use);
}
