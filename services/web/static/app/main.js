// The page: connects its parts. What one of them needs of another passes through here.
//
//   typing      composer: input, vocabulary, highlight, keypad, numbers, calculator (worker)
//   evaluating  pending: offline, api, messages
//   editing     edit, sheet
//   showing     log (row), history, names, plots (plot, picture, points, sliders)
//   keeping     session, delete, links (qr)
//   everywhere  dom, overlay
//   elsewhere   shared, on the page of a share

import * as api from "./api.js";
import { context, lastValue, latest, refreshRates, valueOf } from "./calculator.js";
import { Composer } from "./composer.js";
import { clearName, clearNames, deleteSession, EntryDeletion } from "./delete.js";
import { announce, byId, copy } from "./dom.js";
import { History, save, Search } from "./history.js";
import {
  expressionLink, followFragments, openDeviceLink, openLinks, Sharing, takeExpression,
} from "./links.js";
import { Log } from "./log.js";
import { trouble } from "./messages.js";
import { Names, Pins } from "./names.js";
import { prepareSettings, toLocal } from "./numbers.js";
import { keepPage, Outage } from "./offline.js";
import { hideToast, prepareDialogs, prepareShortcuts, showMenu, showToast } from "./overlay.js";
import { Pending } from "./pending.js";
import { Plots } from "./plots.js";
import { actionsOf } from "./row.js";
import * as session from "./session.js";
import { openGuide, prepareExamples, showExamples, Vocabulary } from "./vocabulary.js";

const noNames = { variables: {}, definitions: {} };
let names = noNames; // of the session, as GET /session returns them
let ans = null; // the previous result
let loaded; // resolves when the session is shown
let walked = Infinity; // the oldest entry that up and down reach

const edit = (expression) => composer.edit(expression);
const vocabulary = new Vocabulary();
const log = new Log({
  edit: editInPlace,
  use: (entry, cell) => composer.use(entry, cell),
  actions: (entry) => actionsOf(entry, {
    insert: (text) => input.insert(text),
    reuse: edit,
    edit: editInPlace,
    again: (expression) => {
      evaluate(expression);
      input.focus();
    },
    link: () => copy(expressionLink(entry, names)),
    share: () => share([entry.id]),
    pins,
    remove: () => deletion.begin([entry.id], `Deleted ${toLocal(entry.expression)}.`),
  }),
  plot: (plot) => plots.figure(plot),
  kindOf: (name) => vocabulary.find(name)?.kind ?? "unknown",
  editOf: (id) => pending.editOf(id),
  rebuilt: () => pending.update(),
});
const pending = new Pending(log, {
  ready: () => deletion.finish(),
  known: () => state(),
  planned,
  outdated: refresh,
  stored,
  edited,
  editRefused: (item, failure) => withEditor(() => editor.refuse(item, failure)),
  refused(expression, failure) {
    setTimeout(showState); // when its row is gone
    return composer.takeBack(expression, failure);
  },
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
  {
    evaluate, context: currentContext, hasAns: () => ans !== null, help: showHelp,
    usesRates: useRates, field: () => editor?.field,
  },
);
const { input } = composer;
const panel = new Names({
  insert: (name) => input.insert(name),
  edit,
  clear: (name, source) => clearName(name, source, { restore: evaluate, changed: namesCleared }),
});
const history = new History(log, {
  loaded: pageLoaded, failed: pageFailed, waits: () => deletion.isOpen,
});
const deletion = new EntryDeletion(log, {
  removed() {
    ans = lastValue(log.entries);
    composer.update();
    markStale();
    input.focus();
  },
  deleted(ids) {
    pins.remove(ids);
    session.notifyTabs();
    refresh();
  },
  restored: () => refresh(true),
});
const pins = new Pins({ edit });
const search = new Search();
const sharing = new Sharing();
const outage = new Outage();
let editor = null; // an Editing

/** Loads the editor if it is not there yet, and resolves to what `work` returns. */
async function withEditor(work) {
  const { Editing } = await import("./edit.js");
  const send = (edits, undoes) => pending.edit(edits, undoes);
  editor ??= new Editing(log, { send, known: state, take: edit });
  return work();
}

const state = () => ({ names, ans });

/** Opens the field in the row of an entry; what is not stored goes into the input instead. */
function editInPlace(entry) {
  if (entry.id) withEditor(() => editor.open(entry));
  else edit(entry.expression);
}

function evaluate(expression) {
  hideToast();
  log.forgetReplaced();
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
  follow(reply, reply.names.length > 0);
}

/** Resolves to the request of an edit, once its rows are there. */
async function planned(item) {
  await loaded;
  return withEditor(() => editor.request(item));
}

/** Shows an edit in its rows. */
async function edited(item, entries, reply) {
  await loaded; // so that the rows are there, as they were before or after
  await withEditor(() => editor.store(item, entries, reply.recorded));
  pins.follow(entries);
  ans = lastValue(log.entries);
  follow(reply, true);
}

/** Goes on after a reply that has changed the session. */
function follow(reply, changesNames) {
  names = { ...names, version: reply.version };
  if (changesNames) loadNames().then((isLoaded) => isLoaded && markStale());
  else saveKnown();
  outage.end();
  session.notifyTabs();
}

function offerNewSession() {
  const unknown = session.token();
  showToast("This session is not known any more. A new one begins empty.", {
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
  input.focus();
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

/** Marks the rows that used other values of the names than those of now. */
const markStale = latest(async () => {
  if (!log.empty && "version" in names) await withEditor(() => editor.markStale(!deletion.isOpen));
});

/** Loads exchange rates, and calculates anew what depends on them. */
async function useRates() {
  if (!(await refreshRates())) return;
  saveKnown();
  composer.update();
  markStale();
}

/** Resolves to whether the names are loaded. */
async function loadNames(isRepeat = false) {
  const token = session.token();
  if (!token) return false;
  try {
    const newest = await api.names(token);
    if (token !== session.token()) return false;
    // An evaluation may have come between.
    if (newest.version < names.version && !isRepeat) return await loadNames(true);
    useNames(newest);
    saveKnown();
    return true;
  } catch (failure) {
    if (failure.kind === "session") offerNewSession();
    else if (outage.begin(failure, loadNames)) loadKnown();
    else showToast(trouble("The names cannot be shown", failure), { "Try again": loadNames });
    return false;
  }
}

/** Uses what this browser stored of the session. */
function loadKnown() {
  const known = session.loadKnown();
  if (!known) return;
  ans ??= known.ans;
  useNames(known.names);
  if (!log.entries.length && known.entries) {
    log.precede(known.entries, false);
    pageLoaded(known.entries);
    showState();
    log.scrollToEnd();
  }
  pending.update();
}

/** Uses a page of the history, newest entry first. */
function pageLoaded(entries, isNewest) {
  ans = (isNewest ? lastValue(log.entries) : ans) ?? lastValue(entries);
  const older = entries.filter((entry) => entry.id < walked);
  input.precede(older.map((entry) => toLocal(entry.expression)).reverse());
  walked = older.at(-1)?.id ?? walked;
  pending.update();
}

function pageFailed(failure, retry) {
  if (failure.kind === "session") return offerNewSession();
  if (outage.begin(failure, retry)) return;
  showToast(trouble("The history cannot be shown", failure), { "Try again": retry });
}

/** Shows what another tab or device has done; `restores` says whether rows come back. */
async function refresh(restores = false) {
  await Promise.all([restores ? history.reload() : history.refresh(), loadNames()]);
  composer.update();
  markStale();
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

async function searchHistory() {
  const expression = await search.open();
  if (expression) edit(expression);
}

/** Opens the help; what is chosen there goes into the input. */
async function showHelp() {
  const text = await openGuide(vocabulary.language);
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
  loaded = show();
}

async function namesCleared() {
  session.notifyTabs();
  await loadNames();
  input.focus();
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
    "clear-history": () => deletion.begin(null, "The history is deleted. The names stay."),
    "delete-session": () => deleteSession({ confirmed, deleted: startSession }),
    "clear-names": () => clearNames({ confirmed, changed: namesCleared }),
  };
  for (const [id, act] of Object.entries(actions)) byId(id).addEventListener("click", act);
  prepareShortcuts({
    "Ctrl+k": () => searchHistory(),
    "Ctrl+z": ({ value }) => !value && withEditor(() => editor.undo()), // or else the browser's
    F2: (target) => withEditor(() => editor.openAt(target)),
    F9: () => withEditor(() => editor.renew()),
  });
  prepareDialogs();
  prepareSettings(numbersChanged);
  prepareExamples((text) => input.edit(text));
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
  // Entries whose deletion can still be undone must not come back.
  session.onNews(() => deletion.isOpen || refresh());
  session.onChange(() => {
    empty();
    loaded = show();
    if (!session.token()) return;
    hideToast();
    pending.resume();
  });
  const given = takeExpression();
  if (given && toLocal(given) !== input.text) edit(given);
  loaded = deletion.settled().then(show);
  pending.restore();
  input.focus();
  await loaded;
  keepPage();
  await followFragments(switchSession);
}

/** Shows the session. */
async function show() {
  useNames(noNames);
  pins.show();
  await Promise.all([history.load(), loadNames()]);
  markStale();
  showState();
  if (!log.empty) log.scrollToEnd();
}

start();
