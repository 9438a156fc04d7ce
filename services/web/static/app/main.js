// The page: what its parts do together. Every part has one duty and knows none
// of the others; what crosses between them crosses here.

import * as api from "./api.js";
import { onArrival, takeExpression } from "./arrival.js";
import { copyAloud } from "./clipboard.js";
import * as dialog from "./dialog.js";
import { announce, byId } from "./dom.js";
import { Erasure } from "./erasure.js";
import { save } from "./export.js";
import { Forgetting } from "./forgetting.js";
import { History } from "./history.js";
import { Input } from "./input.js";
import { prepareKeypad } from "./keypad.js";
import { Links } from "./links.js";
import { Log, outcome } from "./log.js";
import { openMenu } from "./menu.js";
import { Names } from "./names.js";
import { dismiss, notify } from "./notice.js";
import { Outbox } from "./outbox.js";
import { Pins } from "./pins.js";
import { plotOf, Plots } from "./plots.js";
import { context, Preview } from "./preview.js";
import { saysMore } from "./reading.js";
import { Search } from "./search.js";
import * as session from "./session.js";
import { Sharing } from "./sharing.js";
import { span } from "./span.js";
import { sentence } from "./spoken.js";
import { onNews, tell } from "./tabs.js";
import { prepareLook, shown } from "./theme.js";
import { arrive, move } from "./visits.js";
import { Vocabulary } from "./vocabulary.js";
import { delay, isTooLong, refusal, trouble } from "./words.js";

const vocabulary = new Vocabulary();
const preview = new Preview(foreseen);

/** The names of the session, as GET /session has them, and the result before. */
let known = { variables: {}, definitions: {} };
let ans = null;

const plots = new Plots({ names: () => known, context: (values) => context(known, ans, values), assign: submit });
const input = new Input(vocabulary, { submit, changed: foresee, help: showHelp });
const log = new Log({ copy: copyAloud, edit: (expression) => input.edit(expression), plot: (plot) => plots.figure(plot), act });
const names = new Names({ insert: (name) => input.insert(name), edit: (expression) => input.edit(expression), clear: (name, source) => forgetting.name(name, source) });
const history = new History(log, { loaded, failed: unloaded });
const erasure = new Erasure({ erased, kept: reload });
const forgetting = new Forgetting({ again: (source) => wait(outbox.add(source)), agreed: () => names.close(), changed: namesChanged, gone: sessionGone });
const pins = new Pins({ edit: (expression) => input.edit(expression) });
const search = new Search();
const sharing = new Sharing();
const links = new Links();
const outbox = new Outbox({ ready: () => erasure.settle(), answered, failed, waiting, stopped });

/** The rows of what is in the outbox. */
const rows = new Map();

/** The oldest entry that up and down walk through. */
let walked = Infinity;

/** Takes a text from the input, and tells whether it did. */
function submit(expression) {
  if (isTooLong(expression)) {
    refuse(new api.Failure("long"));
    return false;
  }
  dismiss();
  wait(outbox.add(expression));
  return true;
}

function wait(item) {
  rows.set(item, log.add(item.expression));
  showState();
}

function answered(item, reply) {
  session.join(reply.session);
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
  log.answer(taken(item), entry);
  showState();
  announce(sentence(entry, outcome(entry)));
  if (reply.value !== null) ans = reply.value;
  if (reply.names.length) showNames();
  tell();
}

/** Begins the preview of what is in the input. */
function foresee(text) {
  if (!text.trim() || isTooLong(text)) {
    plots.sketch("", 0);
    return preview.cancel();
  }
  preview.ask(context(known, ans), text);
}

function foreseen(source, reply) {
  if (source !== input.text) return;
  plots.sketch(reply.kind === "plot" && !reply.error ? context(known, ans) + source : "");
  if (reply.error) return input.doubt(refusal({ problem: reply.error }), place({ problem: reply.error }, source));
  const result = reply.random ? "= a random number" : reply.display && `= ${shown(reply.display)}`;
  input.foretell(result, saysMore(reply.parsed, source) ? reply.parsed : "");
}

function failed(item, failure) {
  if (failure.session) session.join(failure.session);
  const row = taken(item);
  if (input.empty) {
    // Nothing else was begun: the text goes back to where it can be corrected.
    row.remove();
    input.set(item.expression);
    refuse(failure, item.expression);
    showState();
    return;
  }
  const words = refusal(failure);
  log.refuse(row, item.expression, words, place(failure, item.expression));
  announce(`${item.expression}: ${words.detail}. ${words.hint}`);
}

function waiting(item, failure, seconds) {
  const text = delay(failure, seconds);
  hold(item, text);
  announce(text);
}

function stopped(item) {
  hold(item, "Not calculated yet.");
  offerNewSession();
}

function hold(item, text) {
  log.hold(rows.get(item), text, {
    "Try now": () => outbox.hurry(),
    "Take back": () => {
      outbox.remove(item);
      taken(item).remove();
      input.edit(item.expression);
    },
  });
}

/** Ends the row of an item, and returns it. */
function taken(item) {
  const row = rows.get(item);
  rows.delete(item);
  return row;
}

function refuse(failure, expression = "") {
  const words = refusal(failure);
  input.refuse(words, place(failure, expression));
  announce(`Error: ${words.detail}. ${words.hint}`);
}

function place(failure, expression) {
  const position = failure.problem?.position;
  return position ? span(expression, position) : null;
}

function offerNewSession() {
  notify("This session is not known any more: it was deleted, or not used for a long time. A new one begins empty.", {
    "Start a new session": () => {
      beginAnew();
      outbox.resume();
    },
  });
}

/** Leaves the session, and shows an empty page but for what waits. */
function beginAnew() {
  session.leave();
  empty();
}

function empty() {
  walked = Infinity;
  history.reset();
  input.forget();
  ans = null;
  useNames({ variables: {}, definitions: {} });
  showState();
}

/** Takes over the names of the session. */
function useNames(ofSession) {
  known = ofSession;
  vocabulary.use(known);
  names.show(known);
  plots.refresh();
  input.paint();
  foresee(input.text);
}

async function learnFunctions() {
  try {
    vocabulary.learn((await api.functions()).functions);
    input.paint();
  } catch {
    // Colours and completion do without them.
  }
}

async function showNames() {
  if (!session.token()) return;
  try {
    useNames(await api.names(session.token()));
  } catch (failure) {
    if (failure.kind === "session") offerNewSession();
    else notify(trouble("The names cannot be shown", failure), { "Try again": showNames });
  }
}

/** Takes note of a page of the history, newest entry first. */
function loaded(entries, filter) {
  if (filter.q || filter.kind) return;
  ans ??= entries.find((entry) => entry.result !== null)?.result ?? null;
  const older = entries.filter((entry) => entry.id < walked);
  input.precede(older.map((entry) => entry.expression).reverse());
  walked = older.at(-1)?.id ?? walked;
}

function unloaded(failure, again) {
  if (failure.kind === "session") offerNewSession();
  else notify(trouble("The history cannot be shown", failure), { "Try again": again });
}

/** Comes in step with what another tab or device has done. */
async function catchUp() {
  // What the person has just deleted must not come back by itself.
  if (erasure.isOpen) return;
  ans = null;
  await Promise.all([history.refresh(), showNames()]);
  showState();
}

/** Deletes entries, or without ids all of them, in a way that can be undone. */
async function erase(ids, text) {
  await erasure.begin(ids, text);
  ids ? log.remove(ids) : log.clear();
  ans = log.entries.find((entry) => entry.result !== null)?.result ?? null;
  foresee(input.text);
  input.focus();
}

function erased(ids) {
  pins.remove(ids);
  tell();
  catchUp();
}

async function reload() {
  history.reset();
  ans = null;
  await history.load();
  foresee(input.text);
  showState();
}

/** Shows what depends on whether there is a log, and a session. */
function showState() {
  byId("examples").hidden = !log.empty;
  byId("delete-session").hidden = byId("move-session").hidden = !session.token();
  byId("earlier-session").hidden = !session.before();
}

/** Offers what can be done with an entry of the log. */
function act(entry, anchor) {
  const text = outcome(entry);
  const statement = entry.kind === "definition" && plotOf(entry.parsed);
  const result = entry.result === null ? {} : { "Insert the result": () => input.insert(text), "Copy the result": () => copyAloud(text) };
  openMenu(anchor, {
    ...result,
    ...(statement && { "Plot": () => input.edit(statement) }),
    "Copy the expression": () => copyAloud(entry.expression),
    "Calculate again": () => submit(entry.expression),
    "Edit": () => input.edit(entry.expression),
    "Share": () => share([entry.id]),
    [pins.has(entry.id) ? "Unpin" : "Pin"]: () => pins.toggle(entry, entry.kind === "plot" ? "" : text),
    "Delete": () => erase([entry.id], `Deleted ${entry.expression}.`),
  });
}

async function searchHistory() {
  const expression = await search.open();
  if (expression) input.edit(expression);
}

/** Shows the keys and the language; what is chosen of it goes into the input. */
async function showHelp() {
  const closed = dialog.open(byId("keys"));
  import("./guide.js").then(({ describe }) => describe(vocabulary.language, byId("keys")));
  const text = await closed;
  if (text) input.insert(text);
}

/** Takes away what is seen; the history keeps it, and up brings the input back. */
function clearView() {
  if (!input.empty) input.clear();
  history.hide();
  log.offer(session.token() !== null);
  input.focus();
  announce("The view is cleared");
}

async function share(ids = []) {
  // A view that was cleared is no empty history.
  if (!log.entries.length) await history.load();
  if (!log.entries.length) return notify("There is nothing to share yet: calculate something first.");
  await sharing.open(log.entries, ids, known);
}

function changeSession(token) {
  session.changeTo(token);
  empty();
  show();
}

/** The keys that work wherever the focus is. */
function shortcut(event) {
  if (document.querySelector("dialog[open]") || event.altKey || event.shiftKey) return;
  const act = {
    r: event.ctrlKey && !event.metaKey && searchHistory,
    k: (event.ctrlKey || event.metaKey) && clearView,
  }[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

/** Names were cleared: here, and for the other tabs. */
async function namesChanged() {
  tell();
  await showNames();
  input.focus();
}

function sessionGone() {
  beginAnew();
  input.focus();
}

async function start() {
  dialog.prepare();
  byId("keys-open").addEventListener("click", showHelp);
  for (const form of ["csv", "json"]) byId(`save-${form}`).addEventListener("click", () => save(history.filter, form));
  byId("clear-history").addEventListener("click", () => erase(null, "The history is deleted. The names stay."));
  onNews(catchUp);
  byId("share-open").addEventListener("click", () => share());
  byId("links-open").addEventListener("click", () => links.open());
  byId("move-session").addEventListener("click", move);
  byId("earlier-session").addEventListener("click", () => changeSession(session.before()));
  onArrival(() => arrive(changeSession));
  byId("clear-names").addEventListener("click", () => forgetting.names());
  byId("delete-session").addEventListener("click", () => forgetting.session());
  for (const chip of document.querySelectorAll(".chip")) {
    chip.addEventListener("click", () => input.edit(chip.textContent));
  }
  document.addEventListener("keydown", shortcut);
  prepareLook(() => log.redraw());
  prepareKeypad({ insert: (text) => input.insert(text), erase: () => input.erase() });
  const expression = takeExpression();
  if (expression && expression !== input.text) input.edit(expression);
  session.onChange(() => {
    empty();
    show();
  });
  for (const item of outbox.restore()) wait(item);
  input.focus();
  learnFunctions();
  await show();
  await arrive(changeSession);
}

async function show() {
  useNames({ variables: {}, definitions: {} });
  pins.show();
  await Promise.all([history.load(), showNames()]);
  showState();
  log.reveal();
}

start();
