// The composer: it takes a text from the input to the preview and to submission, and back to where
// it was wrong; and the keypad of touch screens. Here the person's number format becomes the
// calculator's, and totals become sums.

import { Failure, isTooLong, refusal } from "./api.js";
import { Preview } from "./calculator.js";
import { announce, byId, copy, element, shape } from "./dom.js";
import { beginnings, differs, isCut, spanOf } from "./highlight.js";
import { Input } from "./input.js";
import { outcome, showCopied } from "./row.js";
import { decimalComma, shown, toCalculator, toLocal, typed } from "./numbers.js";
import { browser } from "./session.js";
import { prepareExamples, showExamples } from "./vocabulary.js";

/**
 * The composer of a log. It calls `evaluate(...expressions)`, `context()` for previews, `hasAns()`,
 * `help()`, `usesRates()` when money is converted, and `field()` for the field of the row that is
 * being edited.
 */
export class Composer {
  #vocabulary;
  #log;
  #plots;
  #handlers;
  #preview = new Preview((source, reply) => this.#show(source, reply));
  #picked = -1; // the result that was picked last, counted from the newest
  #keypad;
  #expression = ""; // of the text, with totals as sums

  constructor({ vocabulary, log, plots }, handlers) {
    this.#vocabulary = vocabulary;
    this.#log = log;
    this.#plots = plots;
    this.#handlers = handlers;
    this.input = new Input(vocabulary, {
      submit: (text) => this.#submit(text),
      changed: (text) => this.#ask(text),
      help: handlers.help,
      hasAns: handlers.hasAns,
      pickResult: (step, again) => this.#pick(step, again),
    });
    prepareExamples((text) => this.input.edit(text));
    this.#keypad = new Keypad({
      insert: (text) => this.#field.insert(text),
      acts: {
        clear: () => this.#field.clear(),
        delete: () => this.#field.deleteBackward(),
        left: () => this.#field.moveCaret(-1),
        right: () => this.#field.moveCaret(+1),
        submit: () => this.#field.submit(),
      },
    });
  }

  /** Puts an expression into the input to be changed. */
  edit(expression) {
    this.input.edit(toLocal(expression));
  }

  /** The field that receives keys and results: that of a row being edited, or else the input. */
  get #field() {
    return this.#handlers.field() ?? this.input;
  }

  /**
   * Inserts a result if a field has text. Otherwise it copies the result and shows that at its
   * cell.
   */
  async use(entry, cell) {
    const result = typed(outcome(entry));
    if (this.#field !== this.input || !this.input.empty) return this.#field.insert(result);
    await copy(result);
    showCopied(cell);
  }

  /** Updates the names of the session. */
  useNames(names) {
    this.#keypad.offer(names);
    this.input.repaint();
    this.update();
  }

  /** Converts the text to the number format that is set now. A refused one may have it already. */
  useFormat() {
    this.#keypad.draw();
    showExamples();
    this.input.set(this.input.isRefused ? this.input.text : toLocal(this.#expression));
  }

  /** Requests a new preview of the input. */
  update() {
    this.#ask(this.input.text);
  }

  /**
   * Puts a wrong expression back where it can be corrected, and reports whether that was possible.
   */
  takeBack(expression, failure) {
    if (!this.input.empty) return false; // the person has begun something else
    this.input.set(toLocal(expression));
    this.#refuse(failure);
    return true;
  }

  #submit(text) {
    const lines = this.#linesOf(text);
    if (lines.length > mostLines) {
      const detail = `These are ${lines.length} lines.`;
      const hint = `${mostLines} lines fit at once: paste them in parts.`;
      this.input.refuse({ detail, hint }, null);
      announce(`Error: ${detail} ${hint}`);
      return false;
    }
    if (lines.length) {
      this.#handlers.evaluate(...lines);
      return true;
    }
    const expression = this.#sourceOf(text);
    if (isTooLong(expression)) {
      this.#refuse(new Failure("long"));
      return false;
    }
    this.#handlers.evaluate(expression);
    return true;
  }

  #ask(text) {
    this.#expression = toCalculator(text).text;
    const source = this.#sourceOf(text);
    const { length: count } = this.#linesOf(text);
    if (!count && text.trim() && !isTooLong(source)) {
      return this.#preview.ask(this.#handlers.context(), source);
    }
    this.#plots.removeSketch();
    this.#preview.cancel();
    if (count) this.input.preview("", "", [`${count} lines, each for a row of its own`]);
  }

  async #show(source, reply) {
    const isCurrent = () => source === this.#sourceOf(this.input.text);
    if (!isCurrent()) return;
    const isPlot = reply.kind === "plot" && !reply.error;
    this.#plots.sketch(isPlot ? this.#handlers.context() + source : "");
    if (usesRates(reply)) this.#handlers.usesRates();
    const { error } = reply;
    const isCutWord = reply.unit && isCut(source, (name) => this.#vocabulary.kindOf(name));
    if (error || isCutWord) {
      const place = error?.position ? spanOf(source, error.position) : null;
      const mayGoOn = unfinished.includes(error?.code ?? "syntax");
      const sources = mayGoOn ? beginnings(source, place) : [];
      const last = await this.#preview.first(this.#handlers.context(), sources);
      const text = last ? shown(last.display, last.value) : "";
      if (isCurrent()) this.input.doubt(error && this.#problemOf({ problem: error }, source), text);
      return;
    }
    const value = reply.random ? "a random number" : shown(reply.display, reply.value);
    const parsed = differs(reply.parsed, source) ? toLocal(reply.parsed) : "";
    // The input itself says that an angle is in radians, and offers degrees.
    const notices = reply.notices?.filter(({ code }) => code !== "radians");
    this.input.preview(value, parsed, notices?.map(({ message }) => message));
  }

  /** Returns the text of the newest result or, `again`, of an older (-1) or newer (+1) one. */
  #pick(step, again) {
    if (!again) this.#picked = -1;
    const results = this.#log.entries.filter(({ result }) => result !== null);
    this.#picked = Math.max(0, Math.min(this.#picked - step, results.length - 1));
    return results.length ? typed(outcome(results[this.#picked])) : "";
  }

  /** Returns the lines of a pasted text as expressions; none if it is one expression. */
  #linesOf(text) {
    const lines = this.input?.isPasted ? text.split("\n").map((line) => line.trim()) : [];
    const filled = lines.filter(Boolean);
    if (filled.length < 2 || !filled.every(isWhole)) return [];
    return filled.map((line) => toCalculator(line.replace(label, "$1: ")).text);
  }

  /** Returns the expression for a text of the input, with totals as sums. */
  #sourceOf(text) {
    const [, word] = /^\s*(total|average)\s*$/i.exec(text) ?? [];
    const known = !word || this.#vocabulary.find(word);
    const sum = known ? "" : this.#log.totalOf(word.toLowerCase());
    return sum || toCalculator(text).text;
  }

  /**
   * Returns what is wrong with an expression. One with x as its only unknown name can be plotted.
   */
  #problemOf(failure, expression) {
    const problem = refusal(failure);
    const { code, position } = failure.problem ?? {};
    const unknown = position && expression.slice(...spanOf(expression, position));
    if (code !== "unknown-name" || unknown !== "x") return problem;
    const act = () => this.edit(`plot(${expression}, x = -10, 10)`);
    return { ...problem, offer: { label: "Plot it from -10 to 10", act } };
  }

  /** Shows why the input was refused. */
  #refuse(failure) {
    const { text } = this.input;
    const problem = this.#problemOf(failure, this.#sourceOf(text));
    const position = failure.problem?.position;
    const { text: expression, back } = toCalculator(text);
    this.input.refuse(problem, position ? spanOf(expression, position).map(back) : null);
    announce(`Error: ${problem.detail}. ${problem.hint}`);
    this.#suggest(problem.hint);
  }

  /** Makes buttons of what a hint says to write, as far as that has a value. */
  async #suggest(hint) {
    const { text } = this.input;
    const found = [];
    for (const texts of suggestions(hint)) {
      for (const one of texts) {
        if (!(await this.#preview.first(this.#handlers.context(), [one]))) continue;
        found.push(one);
        break;
      }
    }
    if (text === this.input.text) this.input.suggest(hint, found);
  }
}

/** Returns what a hint says to write: the texts that each part may mean, the longest first. */
function suggestions(hint) {
  const [, text = ""] = /\bwrite (.+)/.exec(hint) ?? [];
  const parts = text.split(/[,;] (?:or )?(?![^(]*\))/); // not at the commas of arguments
  return parts.map((part) => {
    const pieces = part.split(/ (?=(?:for|to|or) )/);
    return pieces.map((_, i) => pieces.slice(0, pieces.length - i).join(" "));
  });
}

/** The codes of errors that an unfinished text has. */
const unfinished = [
  "syntax", "number", "unknown-name", "not-a-function", "not-a-value", "arguments", "unit",
];

/** How many pasted lines become rows at once. */
const mostLines = 100;

/** The words before the value in the next cell of a spreadsheet. */
const label = /^(\p{L}[^\t:=#]*)\t+(?=\S)/u;

/** Reports whether a line neither continues the line before it nor goes on in the next one. */
function isWhole(line) {
  const bare = line.replace(/#.*/, "").trim();
  const isClosed = bare.split("(").length === bare.split(")").length;
  return isClosed && !/^[*/^×÷·%=<>,;:)]|[-+*/^×÷·<>,;:(]$/.test(bare);
}

/** Reports whether a reply depends on exchange rates, or would if there were some. */
const usesRates = ({ error, notices = [] }) =>
  error?.code === "no-rates" || notices.some(({ code }) => code === "rates");

const choiceName = "abacus.keyboard";

/** How long a key is held before it repeats, and between repeats, in milliseconds. */
const holdTime = 450;
const repeatTime = 60;

/** The keys of a page: label, what it writes or does, its name, and its class. */
const numberPage = [
  ["AC", { act: "clear" }, "Clear", "edit"], ["←", { act: "left" }, "Left", "edit"],
  ["→", { act: "right" }, "Right", "edit"], ["⌫", { act: "delete" }, "Delete", "edit"],
  ["÷", "/", "divided by", "sign"],
  ["7"], ["8"], ["9"], ["(", "(", "open parenthesis"], ["×", "*", "times", "sign"],
  ["4"], ["5"], ["6"], [")", ")", "close parenthesis"], ["−", "-", "minus", "sign"],
  ["1"], ["2"], ["3"], ["%", "%", "percent"], ["+", "+", "plus", "sign"],
  ["f(x)", { act: "page" }, "More keys", "edit"], ["0"], [".", { act: "point" }, "point"],
  ["ans"], ["=", { act: "submit" }, "Calculate", "go"],
];
const functionPage = [
  ["AC", { act: "clear" }, "Clear", "edit"], ["←", { act: "left" }, "Left", "edit"],
  ["→", { act: "right" }, "Right", "edit"], ["⌫", { act: "delete" }, "Delete", "edit"],
  ["^", "^", "to the power of", "sign"],
  ["sin", "sin("], ["cos", "cos("], ["tan", "tan("], ["√", "sqrt(", "square root"],
  ["!", "!", "factorial", "sign"],
  ["ln", "ln("], ["log", "log("], ["π", "pi", "pi"], ["e"], ["(", "(", "open parenthesis"],
  ["x"], ["a =", " = ", "equals"], [",", { act: "separator" }, "comma"], [":", ":", "colon"],
  [")", ")", "close parenthesis"],
  ["123", { act: "page" }, "Numbers", "edit"], ["plot", "plot("], ["°", "°", "degrees"],
  ["⏎", "\n", "New line"], ["=", { act: "submit" }, "Calculate", "go"],
];

/** The keys that write something else with a decimal comma: their labels and names. */
const commaKeys = { point: [",", "decimal comma"], separator: [";", "semicolon"] };

/** The order of the number page in three rows of nine, for a phone in landscape. */
const wideOrder = [
  "AC", "←", "→", "⌫", "7", "8", "9", "÷", "×",
  "(", ")", "%", "ans", "4", "5", "6", "−", "+",
  "f(x)", ".", "0", "1", "2", "3", "=",
];

/** The keypad. It calls `insert(text)` and the functions of `acts` by name. */
class Keypad {
  #pad = byId("keypad");
  #page = numberPage;
  #names = [];
  #handlers;

  constructor(handlers) {
    this.#handlers = handlers;
    // A press must not take the focus, and with it the caret, from the text.
    this.#pad.addEventListener("pointerdown", (event) => event.preventDefault());
    const touch = matchMedia("(pointer: coarse)");
    const toggle = byId("keypad-toggle");
    const apply = () => {
      const wanted = browser.read(choiceName) !== "own";
      this.#pad.hidden = !wanted;
      toggle.setAttribute("aria-pressed", String(wanted));
      byId("input").inputMode = touch.matches && wanted ? "none" : "text";
    };
    toggle.addEventListener("click", () => {
      browser.write(choiceName, this.#pad.hidden ? null : "own");
      apply();
      byId("input").blur();
      byId("input").focus();
    });
    touch.addEventListener("change", apply);
    apply();
    this.draw();
  }

  /** Shows the names of the session as chips. */
  offer({ variables, definitions }) {
    this.#names = [...Object.keys(variables), ...Object.keys(definitions).map((one) => `${one}(`)];
    this.draw();
  }

  /** Redraws the keys, for example after a change of the number format. */
  draw() {
    const chips = this.#page === functionPage ? this.#names : [];
    const row = element("div", { class: "chips" }, ...chips.map((name) => this.#key(name, name)));
    const keys = this.#page.map(([label, what = label, name, className]) => {
      const local = decimalComma() ? commaKeys[what.act] : undefined;
      const [ownLabel, ownName] = local ?? [label, name];
      const key = this.#key(ownLabel, what, ownName, className);
      key.style.setProperty("--wide", wideOrder.indexOf(label));
      return key;
    });
    this.#pad.replaceChildren(...(chips.length ? [row] : []), ...keys);
  }

  #key(label, what, name = label, className = "") {
    const attributes = { type: "button", class: `key ${className}`.trim(), "aria-label": name };
    const key = element("button", attributes, label === "⌫" ? deleteIcon() : label);
    key.addEventListener("click", () => this.#press(what));
    if (what.act === "delete") repeat(key, () => this.#press(what));
    return key;
  }

  #press(what) {
    const { insert, acts } = this.#handlers;
    if (typeof what === "string") return insert(what);
    if (what.act === "page") {
      this.#page = this.#page === numberPage ? functionPage : numberPage;
      return this.draw();
    }
    if (what.act === "point") return insert(decimalComma() ? "," : ".");
    if (what.act === "separator") return insert(decimalComma() ? "; " : ", ");
    acts[what.act]();
  }
}

/** Returns the icon of the delete key: fonts draw the character in all sizes. */
function deleteIcon() {
  const path = shape("path", { d: "M7.5 4H17v12H7.5L2.5 10zM10 8l4 4M14 8l-4 4" });
  return shape("svg", { viewBox: "0 0 20 20", "aria-hidden": "true" }, path);
}

/** Repeats an action while a key is held down. */
function repeat(key, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  key.addEventListener("pointerdown", () => {
    const again = () => {
      act();
      timer = setTimeout(again, repeatTime);
    };
    timer = setTimeout(again, holdTime);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    key.addEventListener(end, stop);
  }
}
