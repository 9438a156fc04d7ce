// The page: what its parts do together. Every part has one duty and knows none
// of the others; what crosses between them crosses here.

import * as api from "./api.js";
import { linkWith, onArrival, takeExpression } from "./arrival.js";
import { Away } from "./away.js";
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
import { recall, remember } from "./memory.js";
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
import { prepareShortcuts } from "./shortcuts.js";
import { span } from "./span.js";
import { sentence } from "./spoken.js";
import { onNews, tell } from "./tabs.js";
import { prepareLook, shown } from "./theme.js";
import { keepPage } from "./upkeep.js";
import { arrive, move } from "./visits.js";
import { Vocabulary } from "./vocabulary.js";
import { Waiting } from "./waiting.js";
import { delay, isTooLong, refusal, trouble } from "./words.js";

const vocabulary = new Vocabulary();
const preview = new Preview(foreseen);

/** The names of the session, as GET /session has them, and the result before. */
let known = { variables: {}, definitions: {} };
let ans = null;

const log = new Log({ copy: copyAloud, edit: (expression) => input.edit(expression), plot: (plot) => plots.figure(plot), act });
const waiting = new Waiting(log, { known: () => [known, ans], now: () => outbox.hurry(), back: takeBack, changed: () => foresee(input.text) });
const plots = new Plots({ names: () => known, context: present, assign: submit });
const input = new Input(vocabulary, { submit, changed: foresee, help: showHelp });
const names = new Names({ insert: (name) => input.insert(name), edit: (expression) => input.edit(expression), clear: (name, source) => forgetting.name(name, source) });
const history = new History(log, { loaded, failed: unloaded });
const erasure = new Erasure({ erased, kept: reload });
const forgetting = new Forgetting({ again: (source) => wait(outbox.add(source)), agreed: () => names.close(), changed: namesChanged, gone: sessionGone });
const pins = new Pins({ edit: (expression) => input.edit(expression) });
const search = new Search();
const sharing = new Sharing();
const links = new Links();
const away = new Away();
const outbox = new Outbox({ ready: () => erasure.settle(), answered, failed, waiting: postponed, stopped });

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
  waiting.add(item);
  showState();
}

/** The context of previews and plots, some names with other values. */
function present(values) {
  return context(known, ans, values, waiting.lines);
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
  log.answer(waiting.take(item), entry);
  showState();
  announce(sentence(entry, outcome(entry)));
  if (reply.value !== null) ans = reply.value;
  if (reply.names.length) showNames();
  else learned();
  away.end();
  tell();
}

function answeredElsewhere(item, token) {
  waiting.take(item).remove();
  showState();
  notify(`${item.expression} is calculated now, in the session that it was entered in.`, { "Go there": () => changeSession(token) });
}

/** Begins the preview of what is in the input. */
function foresee(text) {
  if (!text.trim() || isTooLong(text)) {
    plots.sketch("", 0);
    return preview.cancel();
  }
  preview.ask(present(), text);
}

function foreseen(source, reply) {
  if (source !== input.text) return;
  plots.sketch(reply.kind === "plot" && !reply.error ? present() + source : "");
  if (reply.error) return input.doubt(refusal({ problem: reply.error }), place({ problem: reply.error }, source));
  const result = reply.random ? "= a random number" : reply.display && `= ${shown(reply.display)}`;
  input.foretell(result, saysMore(reply.parsed, source) ? reply.parsed : "");
}

function failed(item, failure) {
  if (failure.session) session.join(failure.session);
  const row = waiting.take(item);
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

function postponed(item, failure, seconds) {
  const text = delay(failure, seconds);
  waiting.hold(item, text);
  announce(text);
}

function stopped(item) {
  waiting.hold(item, "Not calculated yet.");
  offerNewSession();
}

function takeBack(item) {
  outbox.remove(item);
  waiting.take(item).remove();
  input.edit(item.expression);
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
  const unknown = session.token();
  notify("This session is not known any more: it was deleted, or not used for a long time. A new one begins empty.", {
    "Start a new session": () => {
      if (session.token() === unknown) beginAnew(); // else another tab has begun one
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
  learned();
  showState();
}

/** Keeps what is known now, and calculates upon it what waits. */
function learned() {
  remember(known, ans);
  waiting.follow();
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

async function showNames() {
  if (!session.token()) return;
  try {
    useNames(await api.names(session.token()));
    learned();
  } catch (failure) {
    if (failure.kind === "session") offerNewSession();
    else if (away.begin(failure, showNames)) useRecalled();
    else notify(trouble("The names cannot be shown", failure), { "Try again": showNames });
  }
}

/** Takes over what the page knew of the session when it was open last. */
function useRecalled() {
  const recalled = recall();
  if (!recalled) return;
  ans ??= recalled.ans;
  useNames(recalled.names);
  waiting.follow();
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
  else if (!away.begin(failure, again)) notify(trouble("The history cannot be shown", failure), { "Try again": again });
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
    "Copy as a link": () => copyAloud(linkWith(entry.expression)),
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
  prepareShortcuts({ search: searchHistory, clear: clearView });
  prepareLook(() => log.redraw());
  prepareKeypad({ insert: (text) => input.insert(text), erase: () => input.erase() });
  const expression = takeExpression();
  if (expression && expression !== input.text) input.edit(expression);
  session.onChange(() => {
    empty();
    show();
    if (!session.token()) return;
    dismiss();
    outbox.resume();
  });
  for (const item of outbox.restore()) wait(item);
  input.focus();
  await show();
  keepPage();
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
