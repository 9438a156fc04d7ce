// The page: connects its parts. Each part has one purpose and knows none of the others; what one
// needs of another passes through here.

import * as api from "./api.js";
import { context, Preview } from "./calculator.js";
import { Vocabulary } from "./completion.js";
import { expressionLink, followFragments, openDeviceLink, takeExpression } from "./deep-link.js";
import { clearName, clearNames, deleteSession, EntryDeletion } from "./delete.js";
import { announce, byId, copy } from "./dom.js";
import { save } from "./export.js";
import { differs, spanOf } from "./highlight.js";
import { History, Search } from "./history.js";
import { Input } from "./input.js";
import { prepareKeypad } from "./keypad.js";
import { Log, outcome } from "./log.js";
import { delay, isTooLong, refusal, sentence, trouble } from "./messages.js";
import { Names, Pins } from "./names.js";
import { keepPage, Outage, Queue } from "./offline.js";
import { hideToast, openDialog, openMenu, prepareDialogs, showToast } from "./overlay.js";
import { Pending } from "./pending.js";
import { plotOf, Plots } from "./plots.js";
import * as session from "./session.js";
import { prepareSettings, shown } from "./settings.js";
import { openLinks, Sharing } from "./share.js";

const noNames = { variables: {}, definitions: {} };
let names = noNames; // of the session, as GET /session returns them
let ans = null; // the previous result
let walked = Infinity; // the oldest entry that up and down reach

const edit = (expression) => input.edit(expression);
const vocabulary = new Vocabulary();
const preview = new Preview(showPreview);
const log = new Log({ edit, plot: (plot) => plots.figure(plot), act: showMenu });
const pending = new Pending(log, {
  known: () => [names, ans],
  retry: () => queue.retry(),
  withdraw,
  changed: () => updatePreview(input.text),
});
const plots = new Plots({ names: () => names, context: currentContext, assign: submit });
const input = new Input(vocabulary, { submit, changed: updatePreview, help: showHelp });
const panel = new Names({ insert: (name) => input.insert(name), edit, clear });
const history = new History(log, { loaded: pageLoaded, failed: pageFailed });
const deletion = new EntryDeletion({ deleted: entriesDeleted, restored: reload });
const pins = new Pins({ edit });
const search = new Search();
const sharing = new Sharing();
const outage = new Outage();
const queue = new Queue({ ready: () => deletion.finish(), answered, failed, delayed, stopped });

/** Takes an expression to be evaluated, and reports whether it did. */
function submit(expression) {
  if (isTooLong(expression)) {
    refuse(new api.Failure("long"));
    return false;
  }
  hideToast();
  addPending(queue.add(expression));
  return true;
}

function addPending(item) {
  pending.add(item);
  showState();
}

/** Returns the context of previews and plots, with other values for some names. */
function currentContext(values) {
  return context(names, ans, values, pending.lines);
}

function answered(item, reply) {
  if (!session.join(reply.session)) return answeredElsewhere(item, reply.session);
  const entry = {
    id: reply.entry,
    at: new Date(),
    kind: reply.kind,
    expression: item.expression,
    parsed: reply.parsed,
    result: reply.value,
    display: reply.display,
    plot: reply.plot,
  };
  log.answer(pending.take(item), entry);
  showState();
  announce(sentence(entry, outcome(entry)));
  if (reply.value !== null) ans = reply.value;
  if (reply.names.length) loadNames();
  else saveKnown();
  outage.end();
  session.notifyTabs();
}

function answeredElsewhere(item, token) {
  pending.take(item).remove();
  showState();
  const { expression } = item;
  showToast(`${expression} is calculated now, in the session that it was entered in.`, {
    "Go there": () => switchSession(token),
  });
}

/** Requests the preview of the input. */
function updatePreview(text) {
  if (text.trim() && !isTooLong(text)) return preview.ask(currentContext(), text);
  plots.removeSketch();
  preview.cancel();
}

function showPreview(source, reply) {
  if (source !== input.text) return;
  plots.sketch(reply.kind === "plot" && !reply.error ? currentContext() + source : "");
  if (reply.error) {
    const failure = { problem: reply.error };
    return input.doubt(refusal(failure), errorSpan(failure, source));
  }
  const value = reply.display && `= ${shown(reply.display)}`;
  const parsed = differs(reply.parsed, source) ? reply.parsed : "";
  input.preview(reply.random ? "= a random number" : value, parsed);
}

function failed(item, failure) {
  if (failure.session) session.join(failure.session);
  const row = pending.take(item);
  const { expression } = item;
  if (input.empty) {
    // Nothing else was begun: the text goes back to where it can be corrected.
    row.remove();
    input.set(expression);
    refuse(failure, expression);
    showState();
    return;
  }
  const problem = refusal(failure);
  log.refuse(row, expression, problem, errorSpan(failure, expression));
  announce(`${expression}: ${problem.detail}. ${problem.hint}`);
}

function delayed(item, failure, seconds) {
  const text = delay(failure, seconds);
  pending.delay(item, text);
  announce(text);
}

function stopped(item) {
  pending.delay(item, "Not calculated yet.");
  offerNewSession();
}

/** Takes a pending expression back into the input. */
function withdraw(item) {
  queue.remove(item);
  pending.take(item).remove();
  edit(item.expression);
}

function refuse(failure, expression = "") {
  const problem = refusal(failure);
  input.refuse(problem, errorSpan(failure, expression));
  announce(`Error: ${problem.detail}. ${problem.hint}`);
}

/** Returns the [start, end] of the error in an expression, or null. */
function errorSpan({ problem }, expression) {
  return problem?.position ? spanOf(expression, problem.position) : null;
}

function offerNewSession() {
  const unknown = session.token();
  const text =
    "This session is not known any more: it was deleted, or not used for a long time. " +
    "A new one begins empty.";
  showToast(text, {
    "Start a new session": () => {
      if (session.token() === unknown) startSession(); // else another tab has started one
      queue.resume();
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
  session.saveKnown(names, ans);
  pending.update();
}

/** Replaces the names of the session. */
function useNames(newNames) {
  names = newNames;
  vocabulary.use(names);
  panel.show(names);
  plots.refresh();
  input.repaint();
  updatePreview(input.text);
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
  pending.update();
}

/** Uses a page of the history, newest entry first. */
function pageLoaded(entries, filter) {
  if (filter.q || filter.kind) return;
  ans ??= lastResult(entries);
  const older = entries.filter((entry) => entry.id < walked);
  input.precede(older.map((entry) => entry.expression).reverse());
  walked = older.at(-1)?.id ?? walked;
}

function pageFailed(failure, retry) {
  if (failure.kind === "session") return offerNewSession();
  if (outage.begin(failure, retry)) return;
  showToast(trouble("The history cannot be shown", failure), { "Try again": retry });
}

const lastResult = (entries) => entries.find((entry) => entry.result !== null)?.result ?? null;

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
  updatePreview(input.text);
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
  updatePreview(input.text);
  showState();
}

/** Shows the controls that depend on whether there is a log and a session. */
function showState() {
  byId("examples").hidden = !log.empty;
  byId("delete-session").hidden = byId("move-session").hidden = !session.token();
  byId("earlier-session").hidden = !session.previous();
}

/** Opens the menu of an entry. */
function showMenu(entry, anchor) {
  const { id, expression } = entry;
  const result = outcome(entry);
  const statement = entry.kind === "definition" && plotOf(entry.parsed);
  openMenu(anchor, {
    ...(entry.result !== null && {
      "Insert the result": () => input.insert(result),
      "Copy the result": () => copy(result),
    }),
    ...(statement && { Plot: () => edit(statement) }),
    "Copy the expression": () => copy(expression),
    "Copy as a link": () => copy(expressionLink(expression)),
    "Calculate again": () => submit(expression),
    Edit: () => edit(expression),
    Share: () => share([id]),
    [pins.has(id) ? "Unpin" : "Pin"]: () =>
      pins.toggle(entry, entry.kind === "plot" ? "" : result),
    Delete: () => deleteEntries([id], `Deleted ${expression}.`),
  });
}

async function searchHistory() {
  const expression = await search.open();
  if (expression) edit(expression);
}

/** Opens the help; what is chosen there goes into the input. */
async function showHelp() {
  const closed = openDialog(byId("keys"));
  import("./help.js").then(({ describe }) => describe(vocabulary.language, byId("keys")));
  const text = await closed;
  if (text) input.insert(text);
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
  const restore = (text) => addPending(queue.add(text));
  return clearName(name, source, { restore, changed: namesCleared });
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

/** Keys that work wherever the focus is, except in dialogs. */
function onShortcut(event) {
  if (document.querySelector("dialog[open]") || event.altKey || event.shiftKey) return;
  const search = event.key === "r" && event.ctrlKey && !event.metaKey;
  const clearing = event.key === "k" && (event.ctrlKey || event.metaKey);
  if (!search && !clearing) return;
  event.preventDefault();
  if (search) searchHistory();
  else clearView();
}

function prepareControls() {
  const confirmed = () => panel.close();
  const actions = {
    "keys-open": showHelp,
    "save-csv": () => save(history.filter, "csv"),
    "save-json": () => save(history.filter, "json"),
    "clear-history": () => deleteEntries(null, "The history is deleted. The names stay."),
    "share-open": () => share(),
    "links-open": openLinks,
    "move-session": openDeviceLink,
    "earlier-session": () => switchSession(session.previous()),
    "clear-names": () => clearNames({ confirmed, changed: namesCleared }),
    "delete-session": () => deleteSession({ confirmed, deleted: sessionDeleted }),
  };
  for (const [id, act] of Object.entries(actions)) byId(id).addEventListener("click", act);
  for (const chip of document.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => edit(chip.textContent));
  }
  document.addEventListener("keydown", onShortcut);
  prepareDialogs();
  prepareSettings(() => log.redraw());
  prepareKeypad({
    insert: (text) => input.insert(text),
    deleteBackward: () => input.deleteBackward(),
  });
}

async function start() {
  prepareControls();
  session.onNews(refresh);
  session.onChange(() => {
    empty();
    show();
    if (!session.token()) return;
    hideToast();
    queue.resume();
  });
  const expression = takeExpression();
  if (expression && expression !== input.text) edit(expression);
  for (const item of queue.restore()) addPending(item);
  input.focus();
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
  log.scrollToEnd();
}

start();
