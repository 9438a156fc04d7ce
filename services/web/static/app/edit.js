// Editing in place: an expression is changed in its row, and that row and those that depend on it
// (sheet.js) are calculated again, in one request that one undo reverts. Loaded with the first
// edit.

import { isTooLong, refusal } from "./api.js";
import { latest } from "./calculator.js";
import { announce, button, byId, element, hideToast, problem, showToast } from "./dom.js";
import { closed, keyed, spanOf } from "./highlight.js";
import { toCalculator, toLocal } from "./numbers.js";
import { outcome, spoken, totalLabel, withoutTotal } from "./row.js";
import * as session from "./session.js";
import { calculate, expressionsOf, findStale, follow, plan, repeatable } from "./sheet.js";

/** How many edits can be undone, and how many rows one request takes. */
const mostEdits = 20;
const mostRows = 100;

const none = { edits: [], renewals: [], ids: [] };

/**
 * Edits of a log. An edit is {id, expression, base}: base is the expression that is replaced. It
 * calls `send(edits, undoes)`, `known()` for the names and the previous result, `take(expression)`
 * to put an expression into the input, and `marked(names)` for the names of stale variables.
 */
export class Editing {
  #log;
  #handlers;
  #stale = none; // what is marked as stale (findStale)
  #offer = () => {}; // changes the toast that offers to renew them
  #foreseen = new Set(); // ids of rows that show the expected result of an edit
  #open = null; // {id, base, area, box} of the row that is being edited

  constructor(log, handlers) {
    this.#log = log;
    this.#handlers = handlers;
    log.interrupted = (entry) => this.#goOn(entry);
  }

  /**
   * Opens the field in the row of an entry, with a text to begin with. If another row has text that
   * is not stored, it says why that comes first.
   */
  open({ id, expression }, text = toLocal(withoutTotal(expression))) {
    if (!this.#leave()) {
      this.#open.area.focus();
      return this.#explain("This row is not stored yet.", "Recalculate or cancel it first.");
    }
    const row = this.#log.find(id);
    const shown = row.querySelector(".expression");
    const label = `Edit ${spoken(toLocal(expression))}`;
    const area = element("textarea", {
      class: "rewrite", rows: 1, dir: "ltr", "aria-label": label, autocapitalize: "off",
      autocorrect: "off", spellcheck: "false", enterkeyhint: "done",
    });
    area.value = text;
    area.inputMode = byId("input").inputMode; // none if the page shows its own keypad
    area.addEventListener("keydown", (event) => this.#key(event));
    area.addEventListener("input", () => {
      this.#open.source = toCalculator(area.value).text;
      this.#grow();
      this.#foresee();
    });
    const actions = element(
      "div", { class: "actions" }, button("Recalculate", "main", () => this.#submit()),
      button("Cancel", "quiet", () => this.cancel()),
    );
    const alert = element("div", { class: "problem", role: "alert" });
    const box = element("div", { class: "editor" }, alert, actions);
    shown.hidden = true;
    shown.after(area);
    row.append(box);
    row.classList.add("editing");
    const unchanged = withoutTotal(expression);
    this.#open = {
      id, base: expression, unchanged, source: toCalculator(text).text, area, box, row,
    };
    area.focus();
    area.setSelectionRange(text.length, text.length);
    this.#grow();
    if (this.#open.source !== unchanged) this.#foresee();
    row.scrollIntoView({ block: "nearest" });
  }

  /** The open field, with the methods of an Input that keys and results use, or undefined. */
  get field() {
    if (!this.#open) return undefined;
    const { area } = this.#open;
    const run = (command, text) => {
      area.focus();
      document.execCommand(command, false, text);
    };
    return {
      insert: (key) => run("insertText", keyed(key, area.value.slice(0, area.selectionStart))),
      deleteBackward: () => run("delete"),
      clear() {
        area.select();
        run("delete");
      },
      moveCaret(step) {
        const at = Math.max(0, area.selectionEnd + step);
        area.focus();
        area.setSelectionRange(at, at);
      },
      submit: () => this.#submit(),
    };
  }

  /** Opens the field again after its row was rebuilt, or when the row is gone and may come back. */
  #goOn(entry) {
    const { id, base, source } = this.#open;
    this.#open = null;
    const resume = () => this.#resume({ id, base, expression: source });
    if (entry) resume();
    else setTimeout(resume);
  }

  /** Opens the field of an edit in the row that its entry has now. */
  #resume(edit) {
    const { id, base, expression } = edit;
    const entry = this.#log.visible(id);
    if (!entry) return expression !== base && this.#reject(edit, "Its row is gone.");
    if (!this.#leave()) return this.#reject(edit, "This row was changed elsewhere.");
    this.open(entry, toLocal(expression));
    if (entry.expression === base) return;
    const now = `\`${toLocal(entry.expression)}\``;
    const detail = `This row was changed elsewhere while you edited it: ${now}.`;
    this.#explain(detail, "Recalculate replaces that as well, Cancel keeps it.");
  }

  /** Opens the field in the row of a control, or in the newest row. */
  openAt(control) {
    const row = control.closest?.("#log .entry") ?? document.querySelector("#log .newest");
    const entry = this.#log.visible(Number(row?.dataset.id));
    if (entry) this.open(entry);
  }

  /** Leaves the row as it was. */
  cancel() {
    const { id } = this.#open;
    this.#close();
    this.#forgetForeseen();
    this.#log.focus(id, "expression");
  }

  /** Shows why an edit was refused, in the field of its row and with the text that was typed. */
  refuse(item, failure) {
    const [edit] = item.edits;
    const entry = this.#log.current(edit.id);
    this.#forgetForeseen();
    this.#rebuild(item);
    const isDone = entry?.expression === edit.expression; // in another tab
    if (failure.kind === "conflict") return isDone || this.#resume(edit);
    if (!entry) return this.#reject(edit, "Its row is gone.");
    const { index = 1, position } = failure.problem ?? {};
    const expression = item.request?.expr[index - 1] ?? edit.expression;
    const { detail, hint } = refusal(failure);
    const where = expression === edit.expression ? "" : `In ${toLocal(expression)}: `;
    if (!this.#leave()) return this.#reject(edit, `${where}${detail}.`);
    this.open(entry, toLocal(edit.expression));
    this.#explain(`${where}${detail}`, hint);
    if (where || !position) return;
    const { back } = toCalculator(this.#open.area.value);
    this.#open.area.setSelectionRange(...spanOf(expression, position).map(back));
  }

  #rebuild({ edits }) {
    for (const { id } of edits) this.#log.rebuild(id);
  }

  /** Says why an edit was not stored, and offers its expression. */
  #reject({ expression }, why) {
    const take = { "Use it in a new row": () => this.#handlers.take(expression) };
    showToast(`${toLocal(expression)} is not stored. ${why}`, take);
  }

  /** Shows the results of an edit in their rows, and offers to undo it. */
  store(item, entries, isRecorded) {
    this.#log.forgetReplaced();
    if (!isRecorded) {
      this.#rebuild(item);
      return showToast("The names have changed, but the history did not take the rows.");
    }
    const undo = item.edits.map(({ id, expression, base }) => {
      const before = this.#log.current(id);
      const entry =
        entries.find(({ replaces }) => replaces === (before?.id ?? id)) ??
        entries.find((one) => one.expression === expression);
      const restored = before ? repeatable(before) : base;
      return { id: entry.id, expression: restored, base: entry.expression };
    });
    this.#forgetForeseen(); // or else the rows would lose the results that they had before
    const changed = entries.filter((entry) => {
      const before = this.#log.current(entry.replaces);
      this.#log.replace(entry);
      return before && outcome(before) !== outcome(entry);
    });
    session.writeOwn("edits", session.readOwn("edits").map((edits) => follow(edits, entries)));
    const isNew = undo.some(({ expression, base }) => expression !== base);
    const first = entries.find(({ id }) => id === undo[0].id);
    const others = changed.filter(({ id }) => id !== first?.id).length;
    const also = others ? `, and ${others} more ${others === 1 ? "row" : "rows"}` : "";
    if (item.undoes) this.#log.forgetReplaced();
    if (item.undoes) return announce(`Undone${also}`);
    if (!isNew) return announce(`${changed.length} rows are recalculated`);
    this.#push(undo);
    const what = totalLabel(first) || toLocal(first.expression);
    showToast(`Changed: ${what}${also}.`, { Undo: () => this.undo() });
    // The message takes room from the rows that it is about, of which the first matters most.
    for (const { id } of [changed.at(-1) ?? first, first]) {
      this.#log.find(id)?.scrollIntoView({ block: "nearest" });
    }
  }

  #push(undo) {
    session.writeOwn("edits", [...session.readOwn("edits"), undo].slice(-mostEdits));
  }

  /** Undoes the last edit. */
  undo() {
    const stack = session.readOwn("edits");
    const edits = stack.at(-1);
    if (!edits) return showToast("There is nothing to undo.");
    session.writeOwn("edits", stack.slice(0, -1));
    const stays = edits.every(({ id, base }) => this.#log.current(id)?.expression === base);
    const late = "The last edit cannot be undone: its row was changed or deleted since.";
    if (!stays) return showToast(late);
    hideToast();
    this.#handlers.send(edits, true);
  }

  /** Resolves to the request for an edit (api.replace), null if a row was changed elsewhere. */
  async request({ edits }) {
    const expressions = new Map();
    for (const { id, expression, base } of edits) {
      const entry = this.#log.current(id);
      if (entry?.expression !== base) return null;
      expressions.set(entry.id, expression);
    }
    const rows = this.#log.entries.reverse();
    const steps = plan(rows, expressions);
    if (steps.some(({ covers }) => covers)) await calculate(steps, this.#handlers.known());
    const { version } = this.#handlers.known().names;
    const expr = steps.map(({ expression }) => expression);
    return { expr, replaces: steps.map(({ row }) => row.id), version };
  }

  /** Shows in all rows what they will be with the text of the field. */
  #foresee = latest(async () => {
    if (!this.#open) return;
    const { id, source, area } = this.#open;
    const edits = new Map([[id, closed(source)]]);
    const steps = plan(this.#log.entries.reverse(), edits).slice(0, mostRows);
    const kept = new Set(steps.map(({ row }) => row.id));
    await calculate(steps, this.#handlers.known(), ({ row }, entry) => {
      const shown = this.#open?.area === area && this.#log.find(row.id);
      if (!shown || row.kind === "plot" || entry.kind === "plot") return;
      this.#foreseen.add(row.id);
      this.#log.showLocal(shown, entry, "");
    });
    if (this.#open?.area === area) this.#forgetForeseen((other) => kept.has(other));
  });

  /** Shows rows as they are stored, except for some. */
  #forgetForeseen(keep = () => false) {
    for (const id of this.#foreseen) {
      if (keep(id)) continue;
      this.#foreseen.delete(id);
      // A row whose entry was replaced has been rebuilt.
      if (id !== this.#open?.id && this.#log.current(id)?.id === id) this.#log.rebuild(id);
    }
  }

  /**
   * Marks the rows that are out of date (findStale). If there are other rows than before, it offers
   * to recalculate them, unless another offer must stay.
   */
  async markStale(offers = true) {
    const before = this.#stale.ids;
    const log = this.#log;
    const shown = () => String(log.entries.map(({ id }) => id));
    const ofRows = shown();
    const found = await findStale(log.entries.reverse(), this.#handlers.known(), log.isComplete);
    if (shown() !== ofRows) return this.markStale(offers); // they have changed meanwhile
    this.#stale = found;
    const { edits, variables, ids, notes } = this.#stale;
    const actions = { Recalculate: () => this.renew() };
    log.markStale(ids, notes.map((note) => ({ ...note, actions })));
    this.#handlers.marked(variables);
    const count = edits.filter(({ id }) => notes.every((note) => note.id !== id)).length;
    if (!count) this.#offer("");
    if (!offers || ids.every((id) => before.includes(id))) return;
    if (notes.length) announce(`${notes.map(({ text }) => text).join(" ")} F9 recalculates.`);
    if (!count) return;
    const have = count === 1 ? "One row has another result" : `${count} rows have other results`;
    this.#offer = showToast(`${have} now. F9 recalculates.`, actions);
  }

  /** Recalculates the marked rows, and the others that use what has changed. */
  renew() {
    const { edits, renewals } = this.#stale;
    const all = [...renewals, ...edits];
    if (!all.length) return showToast("All results are up to date.");
    const due = [...new Map(all.map((edit) => [edit.id, edit])).values()];
    const { detail, hint } = this.#excess(due);
    if (detail) return showToast(`${detail} ${hint}`);
    this.#stale = none;
    this.#log.markStale([]);
    this.#handlers.marked([]);
    hideToast(); // which may offer the same
    this.#handlers.send(due);
    byId("input").focus();
  }

  /** Returns a problem if edits change more rows than one request takes. */
  #excess(edits) {
    const { length } = plan(this.#log.entries.reverse(), expressionsOf(edits));
    if (length <= mostRows) return {};
    return { detail: `${length} rows depend on this.`, hint: `At most ${mostRows} can change.` };
  }

  #submit() {
    const { id, base, unchanged, source } = this.#open;
    if (source === unchanged) return this.cancel();
    const expression = closed(source);
    if (!expression.trim()) return this.#explain("There is no expression.", "Type one, or cancel.");
    if (isTooLong(expression)) {
      const long = refusal({ kind: "long" });
      return this.#explain(long.detail, long.hint);
    }
    const edits = [{ id, expression, base }];
    const { detail, hint } = this.#excess(edits);
    if (detail) return this.#explain(detail, hint);
    this.#close();
    this.#handlers.send(edits);
    this.#log.focus(id, "expression");
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const { key, shiftKey } = event;
    if (key === "Enter" && !shiftKey) this.#submit();
    else if (key === "Escape") this.cancel();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Makes the field as high as its text. */
  #grow() {
    const { area } = this.#open;
    area.style.height = "0";
    area.style.height = `${area.scrollHeight}px`;
  }

  #explain(detail, hint) {
    this.#open.box.firstChild.replaceChildren(...problem({ detail, hint }));
  }

  /** Closes a field that has nothing new in it, and reports whether no field is open now. */
  #leave() {
    if (!this.#open) return true;
    const { area, unchanged, source } = this.#open;
    if (area.isConnected && source !== unchanged) return false;
    this.#close();
    return true;
  }

  #close() {
    const { area, box, row } = this.#open;
    this.#open = null;
    row.querySelector(".expression").hidden = false;
    row.classList.remove("editing");
    area.remove();
    box.remove();
  }
}
