// The page: connects its parts. Each part has one purpose; what one needs of another passes
// through here.
//
//   typing      composer: input, vocabulary, highlight, keypad, numbers, calculator (worker)
//   evaluating  pending: offline, api, messages
//   showing     log, history, names, plots (plot, picture, points, sliders)
//   keeping     session, delete, links (qr)
//   everywhere  dom, overlay
//
// shared is the script of the page of a share.

import * as api from "./api.js";
import { context, valueOf, valueSource } from "./calculator.js";
import { Composer } from "./composer.js";
import { clearName, clearNames, deleteSession, EntryDeletion } from "./delete.js";
import { announce, byId, copy } from "./dom.js";
import { used } from "./highlight.js";
import { History, save, Search } from "./history.js";
import {
  expressionLink, followFragments, openDeviceLink, openLinks, Sharing, takeExpression,
} from "./links.js";
import { Log, outcome } from "./log.js";
import { trouble } from "./messages.js";
import { Names, Pins } from "./names.js";
import { prepareSettings, toLocal, typed } from "./numbers.js";
import { keepPage, Outage } from "./offline.js";
import {
  hideToast, openDialog, openMenu, prepareDialogs, showMenu, showToast,
} from "./overlay.js";
import { Pending } from "./pending.js";
import { plotOf, Plots } from "./plots.js";
import * as session from "./session.js";
import { showExamples, showGuide, Vocabulary } from "./vocabulary.js";

const noNames = { variables: {}, definitions: {} };
let names = noNames; // of the session, as GET /session returns them
let ans = null; // the previous result
let walked = Infinity; // the oldest entry that up and down reach

const edit = (expression) => composer.edit(expression);
const vocabulary = new Vocabulary();
const log = new Log({
  edit: ({ expression }) => edit(expression),
  use: (entry, cell) => composer.use(entry, cell),
  act: showActions,
  plot: (plot) => plots.figure(plot),
  kindOf: (name) => vocabulary.find(name)?.kind ?? "unknown",
});
const pending = new Pending(log, {
  ready: () => deletion.finish(),
  known: () => [names, ans],
  stored,
  refused,
  withdrawn: edit,
  unknownSession: offerNewSession,
  switchSession,
  changed: () => {
    showState();
    composer.update();
  },
});
const plots = new Plots({ names: () => names, context: currentContext, assign: evaluate });
const composer = new Composer(
  { vocabulary, log, plots },
  { evaluate, context: currentContext, hasAns: () => ans !== null, help: showHelp },
);
const { input } = composer;
const panel = new Names({ insert: (name) => input.insert(name), edit, clear });
const history = new History(log, { loaded: pageLoaded, failed: pageFailed });
const deletion = new EntryDeletion({ deleted: entriesDeleted, restored: reload });
const pins = new Pins({ edit });
const search = new Search();
const sharing = new Sharing();
const outage = new Outage();

function evaluate(expression) {
  hideToast();
  pending.evaluate(expression);
}

/** Returns the context of previews and plots, with other values for some names. */
function currentContext(values) {
  return context(names, ans, values, pending.lines);
}

/** Updates what depends on the previous result and the names, after an answer. */
function stored(entry, reply) {
  showState();
  if (entry.result !== null) ans = valueOf(entry);
  if (reply.names.length) loadNames();
  else saveKnown();
  outage.end();
  session.notifyTabs();
}

function refused(expression, failure) {
  setTimeout(showState); // when its row is gone
  return composer.takeBack(expression, failure);
}

function offerNewSession() {
  const unknown = session.token();
  const text =
    "This session is not known any more: it was deleted, or not used for a long time. " +
    "A new one begins empty.";
  showToast(text, {
    "Start a new session": () => {
      if (session.token() === unknown) startSession(); // else another tab has started one
      pending.resume();
    },
  });
}

/** Leaves the session; only pending rows stay. */
function startSession() {
  session.leave();
  empty();
}

function empty() {
  walked = Infinity;
  history.reset();
  input.forget();
  ans = null;
  useNames(noNames);
  saveKnown();
  showState();
}

/** Stores what is known of the session, and calculates pending rows from it. */
function saveKnown() {
  session.saveKnown(names, ans, log.entries);
  pending.update();
}

/** Replaces the names of the session. */
function useNames(newNames) {
  names = newNames;
  vocabulary.use(names);
  panel.show(names);
  plots.refresh();
  log.recolour();
  composer.useNames(names);
}

async function loadNames() {
  if (!session.token()) return;
  try {
    useNames(await api.names(session.token()));
    saveKnown();
  } catch (failure) {
    if (failure.kind === "session") offerNewSession();
    else if (outage.begin(failure, loadNames)) loadKnown();
    else showToast(trouble("The names cannot be shown", failure), { "Try again": loadNames });
  }
}

/** Uses what this browser stored of the session. */
function loadKnown() {
  const known = session.loadKnown();
  if (!known) return;
  ans ??= known.ans;
  useNames(known.names);
  if (!log.entries.length && known.entries) useEntries(known.entries);
  pending.update();
}

/** Shows entries that this browser stored, newest first. */
function useEntries(entries) {
  log.precede(entries, false);
  pageLoaded(entries);
  showState();
  log.scrollToEnd();
}

/** Uses a page of the history, newest entry first. */
function pageLoaded(entries) {
  ans ??= lastResult(entries);
  const older = entries.filter((entry) => entry.id < walked);
  input.precede(older.map((entry) => toLocal(entry.expression)).reverse());
  walked = older.at(-1)?.id ?? walked;
}

function pageFailed(failure, retry) {
  if (failure.kind === "session") return offerNewSession();
  if (outage.begin(failure, retry)) return;
  showToast(trouble("The history cannot be shown", failure), { "Try again": retry });
}

function lastResult(entries) {
  const entry = entries.find(({ result }) => result !== null);
  return entry ? valueOf(entry) : null;
}

/** Shows what another tab or device has done. */
async function refresh() {
  // Entries whose deletion can still be undone must not come back.
  if (deletion.isOpen) return;
  ans = null;
  await Promise.all([history.refresh(), loadNames()]);
  showState();
}

/** Deletes entries, or all of them without ids, with undo. */
async function deleteEntries(ids, text) {
  await deletion.begin(ids, text);
  if (ids) log.remove(ids);
  else log.clear();
  ans = lastResult(log.entries);
  composer.update();
  input.focus();
}

function entriesDeleted(ids) {
  pins.remove(ids);
  session.notifyTabs();
  refresh();
}

async function reload() {
  history.reset();
  ans = null;
  await history.load();
  composer.update();
  showState();
}

/** Shows the controls that depend on whether there is a log and a session. */
function showState() {
  byId("examples").hidden = !log.empty;
  for (const id of ["delete-session", "move-session", "clear-history"]) {
    byId(id).hidden = !session.token();
  }
  byId("earlier-session").hidden = !session.previous();
}

/** Opens the menu of an entry. */
function showActions(entry, anchor) {
  const { id, expression } = entry;
  const result = typed(outcome(entry));
  const hasResult = entry.result !== null;
  const statement = entry.kind === "definition" && plotOf(entry.parsed);
  openMenu(anchor, {
    ...(hasResult && {
      "Insert the result": () => input.insert(result),
      "Copy the result": () => copy(result),
    }),
    ...(statement && { Plot: () => edit(statement) }),
    Edit: () => edit(expression),
    "Calculate again": () => {
      evaluate(expression);
      input.focus();
    },
    "Copy the expression": () => copy(toLocal(expression)),
    ...(hasResult && { "Copy both": () => copy(`${toLocal(expression)} = ${result}`) }),
    "Copy as a link": () => copy(expressionLink(withNames(entry))),
    Share: () => share([id]),
    [pins.has(id) ? "Unpin" : "Pin"]: () => pins.toggle(entry, hasResult ? outcome(entry) : ""),
    Delete: () => deleteEntries([id], `Deleted ${toLocal(expression)}.`),
  });
}

/** Returns the expression of an entry with the names that it uses, for a link. */
function withNames({ kind, expression }) {
  if (kind !== "value" && kind !== "plot") return expression;
  const { variables, definitions } = names;
  const sources = used([expression], names).map((name) => {
    const value = Object.hasOwn(variables, name) && valueSource(variables[name]);
    return value ? `${name} = ${value}` : definitions[name];
  });
  return [...sources, expression].join("; ");
}

async function searchHistory() {
  const expression = await search.open();
  if (expression) edit(expression);
}

/** Opens the help; what is chosen there goes into the input. */
async function showHelp() {
  const closed = openDialog(byId("keys"));
  showGuide(vocabulary.language, byId("keys"));
  const text = await closed;
  if (text) input.insert(toLocal(text));
}

/** Clears the view; the history keeps the entries, and up brings the input back. */
function clearView() {
  if (!input.empty) input.clear();
  history.hide();
  log.offerEarlier(session.token() !== null);
  input.focus();
  announce("The view is cleared");
}

async function share(ids = []) {
  // A cleared view is not an empty history.
  if (!log.entries.length) await history.load();
  if (log.entries.length) await sharing.open(log.entries, ids, names);
  else showToast("There is nothing to share yet: calculate something first.");
}

function switchSession(token) {
  session.switchTo(token);
  empty();
  show();
}

function clear(name, source) {
  return clearName(name, source, { restore: evaluate, changed: namesCleared });
}

async function namesCleared() {
  session.notifyTabs();
  await loadNames();
  input.focus();
}

function sessionDeleted() {
  startSession();
  input.focus();
}

/** Handles Ctrl+K, which works wherever the focus is, except in dialogs. */
function onShortcut(event) {
  if (document.querySelector("dialog[open]") || event.altKey || event.shiftKey) return;
  if (event.key !== "k" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  searchHistory();
}

function prepareControls() {
  const confirmed = () => panel.close();
  const actions = {
    "search-open": searchHistory,
    "share-open": () => share(),
    "more-open": () => showMenu(byId("more"), byId("more-open")),
    "keys-open": showHelp,
    "links-open": openLinks,
    "move-session": openDeviceLink,
    "earlier-session": () => switchSession(session.previous()),
    "save-csv": () => save("csv"),
    "save-spreadsheet": () => save("spreadsheet"),
    "save-json": () => save("json"),
    "clear-view": clearView,
    "clear-history": () => deleteEntries(null, "The history is deleted. The names stay."),
    "delete-session": () => deleteSession({ confirmed, deleted: sessionDeleted }),
    "clear-names": () => clearNames({ confirmed, changed: namesCleared }),
  };
  for (const [id, act] of Object.entries(actions)) byId(id).addEventListener("click", act);
  for (const example of document.querySelectorAll(".example")) {
    const [code] = example.children;
    example.addEventListener("click", () => input.edit(code.textContent));
  }
  document.addEventListener("keydown", onShortcut);
  prepareDialogs();
  prepareSettings(numbersChanged);
  showExamples();
}

/** Shows everything that has numbers in the format that is set now. */
function numbersChanged() {
  log.redraw();
  panel.show(names);
  pins.show();
  plots.refresh();
  showExamples();
  composer.useFormat();
}

async function start() {
  prepareControls();
  session.onNews(refresh);
  session.onChange(() => {
    empty();
    show();
    if (!session.token()) return;
    hideToast();
    pending.resume();
  });
  const expression = takeExpression();
  if (expression && toLocal(expression) !== input.text) edit(expression);
  pending.restore();
  input.focus();
  await deletion.settled();
  await show();
  keepPage();
  await followFragments(switchSession);
}

/** Shows the session. */
async function show() {
  useNames(noNames);
  pins.show();
  await Promise.all([history.load(), loadNames()]);
  showState();
  if (!log.empty) log.scrollToEnd();
}

start();
