// The page: it connects the parts. Whatever one part needs of another passes through here.
//
//   typing      composer: input, keypad, names, highlight, numbers, calculator (worker)
//   evaluating  pending: offline, api
//   editing     edit, sheet
//   showing     log (row), history, names, plots (plot, picture, controls)
//   finding     search
//   sharing     links (qr), export
//   everywhere  dom, session
//   elsewhere   shared, on the page of a share
//
// Parts that few people need at once are loaded on first use: edit, plot, and links with export.

import * as api from "./api.js";
import { context, expressionLink, lastValue, latest, refreshRates, valueOf } from "./calculator.js";
import { Composer } from "./composer.js";
import {
  byId, copy, hideToast, openWith, prepareShortcuts, showMenu, showToast, undoShown, withModule,
} from "./dom.js";
import { EntryDeletion, History } from "./history.js";
import { Log } from "./log.js";
import { Names, Pins, Vocabulary } from "./names.js";
import { prepareSettings, toLocal } from "./numbers.js";
import { keepPage, Outage } from "./offline.js";
import { Pending } from "./pending.js";
import { Plots } from "./plots.js";
import { actionsOf, deleted } from "./row.js";
import * as session from "./session.js";

const noNames = { variables: {}, definitions: {} };
let names = noNames; // of the session, as GET /session returns them
let ans = null; // the previous result
let loaded; // resolves when the session is shown

const state = () => ({ names, ans });
/** Returns the context of previews and plots, with other values for some names. */
const currentContext = (values) => context(names, ans, values, pending.lines);
const edit = (expression) => composer.edit(expression);
const vocabulary = new Vocabulary();
const log = new Log({
  edit: editInPlace,
  offer: (notice) => composer.offer(notice),
  use: (entry, cell) => composer.use(entry, cell),
  actions: (entry) => actionsOf(entry, {
    insert: (text) => input.insert(text),
    reuse: edit,
    edit: editInPlace,
    again: (expression) => {
      evaluate(expression);
      input.focus();
    },
    link: () => copy(expressionLink(entry, names), "The link is copied."),
    share: () => share([entry.id]),
    pins,
    remove: () => deletion.begin([entry.id], deleted(entry)),
  }),
  plot: (plot) => plots.figure(plot),
  kindOf: (name) => vocabulary.kindOf(name),
  editOf: (id) => pending.editOf(id),
  rebuilt: () => pending.update(),
});
const pending = new Pending(log, {
  ready: ({ edits }) => deletion.settle(Boolean(edits)),
  known: state,
  planned,
  outdated: refresh,
  stored,
  edited,
  editRefused: (item, failure) => withEditor(() => editor.refuse(item, failure)),
  deleteRows: (ids, text) => deletion.begin(ids, text),
  refused(expression, failure) {
    setTimeout(showState); // when its row is gone
    return composer.takeBack(expression, failure);
  },
  withdrawn: edit,
  unknownSession: offerNewSession, switchSession,
  changed: () => {
    showState();
    composer.update();
  },
});
const plots = new Plots({ names: () => names, context: currentContext, assign: evaluate });
const composer = new Composer(vocabulary, log, plots, {
  evaluate, context: currentContext, hasAns: () => ans !== null, help: showHelp,
  usesRates: useRates, field: () => editor?.field,
});
const { input } = composer;
const panel = new Names({
  insert: (name) => input.insert(name),
  edit,
  renew: () => withEditor(() => editor.renew()),
  restore: evaluate,
  async changed() {
    session.notifyTabs();
    await loadNames();
    input.focus();
  },
});
const history = new History(log, {
  loaded: pageLoaded,
  failed: (failure, retry) => outage.explain("The history cannot be shown", failure, retry),
  visible: (entries) => deletion.visible(entries),
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
const outage = new Outage(offerNewSession);
let editor = null; // an Editing

const save = (format) => deletion.finish().then(() => withLinks((module) => module.save(format)));
const withLinks = (use) => withModule(import("./links.js"), use);
/** Calls a function with the editor: at once, if it is loaded, so the focus moves in the press. */
const withEditor = (work) =>
  editor ? work() : withModule(import("./edit.js"), ({ Editing }) => {
    editor ??= new Editing(log, {
      send: (edits, undoes) => pending.edit(edits, undoes), known: state, take: edit,
      marked: (stale) => panel.markStale(stale),
    });
    return work();
  });

/** Opens the field in the row of an entry. An unstored expression goes into the input instead. */
function editInPlace(entry) {
  if (entry.id) withEditor(() => editor.open(entry));
  else edit(entry.expression);
}

function evaluate(...expressions) {
  hideToast();
  log.forgetReplaced();
  pending.evaluate(...expressions);
}

/** Updates what depends on the previous result and the names, after an answer. */
function stored(entry, reply) {
  showState();
  if (entry.result !== null) ans = valueOf(entry);
  follow(reply, reply.names.length > 0);
}

/** Resolves to the request of an edit or a total, once its rows are there. */
async function planned(item) {
  await loaded;
  if (item.total) return pending.totalFor(item, context(names, ans));
  const request = await withEditor(() => editor.request(item));
  if (request === undefined) throw new api.Failure("unavailable");
  return request;
}

/** Shows an edit in its rows. */
async function edited(item, entries, reply) {
  await loaded; // so that the rows are there, as before or after the edit
  await withEditor(() => editor.store(item, entries, reply.recorded));
  pins.follow(entries);
  ans = lastValue(log.entries);
  follow(reply, true);
}

/** Updates the page after a reply that has changed the session. */
function follow(reply, changesNames) {
  names = { ...names, version: reply.version };
  if (changesNames) loadNames().then((isLoaded) => isLoaded && markStale());
  else if (log.hasStale) markStale();
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

function startSession() {
  session.leave();
  begin();
  input.focus();
}

/** Shows the present session in place of another one; only pending rows stay. */
function begin() {
  history.reset();
  input.forget();
  ans = null;
  useNames(noNames);
  saveKnown();
  showState();
  loaded = show();
}

/** Stores what is known about the session, and calculates pending rows from it. */
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

/** Marks the rows that used other values of names than the current ones. */
const markStale = latest(async () => {
  if (!log.empty && "version" in names) await withEditor(() => editor.markStale(!deletion.isOpen));
});

/** Loads exchange rates, and recalculates what depends on them. */
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
    // There may have been an evaluation in between.
    if (newest.version < names.version && !isRepeat) return await loadNames(true);
    useNames(newest);
    saveKnown();
    return true;
  } catch (failure) {
    if (outage.explain("The names cannot be shown", failure, loadNames)) loadKnown();
    return false;
  }
}

/** Shows what this browser has stored of the session. */
function loadKnown() {
  const known = session.loadKnown();
  if (!known) return;
  ans ??= known.ans;
  useNames(known.names);
  if (!log.entries.length && known.entries) {
    log.precede(known.entries, false);
    pageLoaded(known.entries);
  }
  pending.update();
}

/** Takes a page of the history, newest entry first. */
function pageLoaded(entries, isNewest) {
  ans = (isNewest ? lastValue(log.entries) : ans) ?? lastValue(entries);
  input.precede(entries);
  pending.update();
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
  const ofSession = ["delete-session", "move-session", "clear-history"].map(byId);
  for (const control of ofSession) control.hidden = !session.token();
  byId("earlier-session").hidden = !session.previous();
}

async function searchHistory() {
  await deletion.finish();
  const expression = await openWith(byId("search"), import("./search.js"), (m) => m.showSearch());
  if (!expression) return;
  const { text } = input;
  edit(expression);
  if (text.trim()) showToast(`Replaced ${text}.`, { Undo: () => input.edit(text) });
}

/** Opens the help. A choice there goes into the input. */
async function showHelp() {
  const text = await openWith(byId("keys"), import("./search.js"), (m) => m.showGuide());
  if (text) input.insert(toLocal(text));
}

async function share(ids = []) {
  await deletion.finish();
  // A cleared view is not an empty history.
  if (!log.entries.length) await history.load();
  if (log.entries.length) withLinks(({ openShare }) => openShare(log.entries, ids, names));
  else showToast("There is nothing to share yet: calculate something first.");
}

function switchSession(token) {
  session.switchTo(token);
  begin();
}

const undo = () => deletion.undo() || withEditor(() => editor.undo());

function prepareControls() {
  const actions = {
    "search-open": searchHistory,
    "share-open": () => share(),
    "more-open"() {
      byId("undo").hidden = !deletion.undoable;
      byId("undo").textContent = `Undo: ${deletion.undoable}`;
      showMenu(byId("more"), byId("more-open"));
    },
    undo,
    "keys-open": showHelp,
    "links-open": () => withLinks(({ openLinks }) => openLinks()),
    "move-session": () => withLinks(({ openDeviceLink }) => openDeviceLink()),
    "earlier-session": () => switchSession(session.previous()),
    "save-csv": () => save("csv"),
    "save-spreadsheet": () => save("spreadsheet"),
    "save-json": () => save("json"),
    "clear-view"() { // the history keeps the entries, and the up key brings back the inputs
      input.clear();
      history.hide();
      input.focus();
    },
    "clear-history": () => deletion.begin(null, "The history is deleted. The names stay."),
    "delete-session": () => withLinks(({ deleteSession }) => deleteSession(startSession)),
  };
  for (const [id, act] of Object.entries(actions)) byId(id).addEventListener("click", act);
  prepareShortcuts({
    "Ctrl+k": () => searchHistory(),
    // In a text that is not empty it is the browser's.
    "Ctrl+z": ({ value }) => !value && (undoShown() || undo()),
    Escape: (target) => !target.value && !target.closest("[popover], .plot") && hideToast(),
    F2: (target) => withEditor(() => editor.openAt(target)),
    F9: () => withEditor(() => editor.renew()),
  });
  prepareSettings(() => { // all numbers have another format now
    log.redraw();
    panel.show(names);
    pins.show();
    plots.refresh();
    composer.useFormat();
  });
}

async function start() {
  prepareControls();
  session.onNews(() => refresh());
  session.onChange(() => {
    begin();
    if (!session.token()) return;
    hideToast();
    pending.resume();
  });
  addEventListener("hashchange", followFragment);
  const given = session.takeQuery();
  if (given && toLocal(given) !== input.text) edit(given);
  loaded = deletion.settled().then(show);
  pending.restore();
  input.focus();
  await loaded;
  followFragment();
  await composer.loaded; // which the rest must not delay
  keepPage();
  withModule(import("./search.js"), ({ functions }) => composer.describe(functions));
}

function followFragment() {
  const fragment = session.takeFragment();
  if (fragment) withLinks((module) => module.follow(fragment, switchSession));
}

async function show() {
  useNames(noNames);
  pins.show();
  await Promise.all([history.load(), loadNames()]);
  markStale();
  showState();
  if (!log.empty) log.scrollToEnd();
}

start();
