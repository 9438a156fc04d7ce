// The composer: it takes a text from the input to the preview and to submission, and back to where
// it was wrong. Here the person's number format becomes the calculator's, and totals become sums.

import { Failure, isTooLong, refusal } from "./api.js";
import { Calculator, latest } from "./calculator.js";
import { announce, button, byId, copy } from "./dom.js";
import { angleOf, beginnings, closed, isCut, reading, spanOf } from "./highlight.js";
import { Input } from "./input.js";
import { Keypad } from "./keypad.js";
import { addable, outcome, showCopied, totalLabel, totalsOf } from "./row.js";
import { shown, toCalculator, toLocal, typed } from "./numbers.js";
import { token } from "./session.js";

/**
 * The composer of a log. It calls `evaluate(...expressions)` as Pending has it, `context()` for
 * previews, `hasAns()`, `help()`, `usesRates()` when money is converted, and `field()` for the
 * field of the row that is being edited.
 */
export class Composer {
  #vocabulary;
  #log;
  #plots;
  #handlers;
  #calculator = new Calculator(200);
  #next = null; // the {context, sources} of the preview that is wanted: the first with a value
  #picked = -1; // the result that was picked last, counted from the newest
  #keypad;
  #expression = ""; // of the text

  constructor(vocabulary, log, plots, handlers) {
    this.#vocabulary = vocabulary;
    this.#log = log;
    this.#plots = plots;
    this.#handlers = handlers;
    this.loaded = this.#calculator.prepare();
    this.input = new Input(vocabulary, {
      submit: (text) => this.#submit(text),
      changed: (text) => this.#ask(text),
      help: handlers.help,
      hasAns: handlers.hasAns,
      pickResult: (step, again) => this.#pick(step, again),
    });
    // A session shows its history instead.
    byId("examples").hidden = token() !== null;
    byId("examples").addEventListener("click", ({ target }) => {
      const example = target.closest(".example");
      if (example) this.input.edit(example.firstChild.textContent);
    });
    showExamples();
    this.#keypad = new Keypad({
      insert: (text) => this.#field.insert(text),
      changed: () => {
        this.input.repaint();
        this.update();
      },
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
    if (this.#field !== this.input || this.input.text) return this.#field.insert(result);
    await copy(result);
    showCopied(cell);
  }

  /** Adds descriptions of names of the language: a call that is being typed shows its own. */
  describe(functions) {
    this.#vocabulary.describe(functions);
    this.input.repaint();
  }

  /** Updates the names of the session. */
  useNames(names) {
    this.#keypad.offer(names);
    this.input.repaint();
    this.update();
  }

  /** Converts the text to the number format that is set now. A refused one may have it already. */
  useFormat() {
    this.#keypad.useFormat();
    showExamples();
    this.input.set(this.input.isRefused ? this.input.text : toLocal(this.#expression));
  }

  /** Requests a new preview of the input. */
  update() {
    this.#ask(this.input.meant);
  }

  /** Puts a wrong expression back where it can be corrected, and reports whether it could. */
  takeBack(expression, failure) {
    if (this.input.text) return false; // the person has begun something else
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
    if (isTooLong(toCalculator(text).text)) {
      this.#refuse(new Failure("long"));
      return false;
    }
    this.#handlers.evaluate(this.#requestOf(text));
    return true;
  }

  /** Returns the expression of a text, or the total that it asks for. */
  #requestOf(text) {
    const total = this.#totalIn(text);
    return total ? { expression: text.trim(), total } : toCalculator(text).text;
  }

  #ask(text) {
    this.#expression = toCalculator(text).text;
    const total = this.#totalIn(text);
    const totals = total ? totalsOf(...total, this.#log.results()) : [];
    const sources = totals.length ? totals : [this.#expression];
    const { length: count } = this.#linesOf(text);
    if (!count && text.trim() && !isTooLong(this.#expression)) {
      this.#next = { context: this.#handlers.context(), sources };
      return this.#preview();
    }
    this.#plots.removeSketch();
    this.#next = null;
    if (count) this.input.preview("", "", [`${count} lines, each for a row of its own`]);
  }

  #preview = latest(async () => {
    const wanted = this.#next;
    if (!wanted) return;
    const { context, sources: [longest, ...shorter] } = wanted;
    const reply = await this.#calculator.ask(context + longest);
    const total = reply.error && (await this.#calculator.first(context, shorter));
    const isCurrent = () => wanted === this.#next;
    if (!isCurrent() || reply.unavailable) return;
    this.#show(total?.source ?? longest, total || reply, isCurrent);
  });

  async #show(source, reply, isCurrent) {
    const isPlot = reply.kind === "plot" && !reply.error;
    if (isPlot || !unclosedPlot.test(source)) {
      this.#plots.sketch(isPlot ? this.#handlers.context() + source : "");
    }
    if (usesRates(reply)) this.#handlers.usesRates();
    const { error } = reply;
    const isCutWord = reply.unit && isCut(source, (name) => this.#vocabulary.kindOf(name));
    if (error || isCutWord) {
      const place = spanOf(source, error?.position);
      const mayGoOn = unfinished.includes(error?.code ?? "syntax");
      const sources = mayGoOn ? beginnings(source, place) : [];
      const last = await this.#calculator.first(this.#handlers.context(), sources);
      const text = last ? shown(last.display, last.value) : "";
      // What is wrong at the end, or lacks arguments in an open call, may only be unfinished.
      const isOpen = error?.code === "arguments" && closed(source) !== source;
      const isWrong = error && !isOpen && !(place?.[1] >= source.trimEnd().length);
      const problem = isWrong ? this.#problemOf({ problem: error }, source) : null;
      if (isCurrent()) this.input.doubt(problem, text, () => this.#suggestAbout(problem));
      return;
    }
    const value = reply.random ? "a random number" : shown(reply.display, reply.value);
    const parsed = toLocal(reading(reply, closed(source)));
    // The input itself says that a lone angle is in radians, and offers degrees.
    const isSaid = angleOf(this.input.text)?.means === "radians";
    const notices = reply.notices?.filter(({ code }) => code !== "radians" || !isSaid);
    const messages = notices?.map(({ message }) => message) ?? [];
    const total = await this.#aboutTotal(source);
    if (!isCurrent()) return;
    this.input.preview(value, parsed, messages, total);
    const places = byId("reading").querySelectorAll(".hint");
    messages.forEach((message, i) => this.#suggest(places[i], message));
  }

  /** Says which rows a total takes, with a button for all rows if it leaves some out, as nodes. */
  async #aboutTotal(source) {
    const [word, count] = this.#totalIn(this.input.text) ?? [];
    if (!word) return undefined;
    const label = `the ${totalLabel({ expression: source })}`;
    const rows = this.#log.results();
    const most = addable(rows).length;
    const whole = count ? [] : totalsOf(word, most, rows).filter((one) => one !== source);
    if (!(await this.#calculator.first(this.#handlers.context(), whole))) return [label];
    const act = () => this.input.edit(`${this.input.text.trim()} ${most}`);
    return [label.replace("of", "of the last"), button(`all ${most}`, "quiet offer", act)];
  }

  /** Returns the text of the newest result or, `again`, of an older (-1) or newer (+1) one. */
  #pick(step, again) {
    if (!again) this.#picked = -1;
    const results = this.#log.results().filter(({ result }) => result !== null);
    this.#picked = Math.max(0, Math.min(this.#picked - step, results.length - 1));
    return results.length ? typed(outcome(results[this.#picked])) : "";
  }

  /** Returns the requests of a pasted text's lines; none if it is one expression. */
  #linesOf(text) {
    const lines = this.input?.isPasted ? text.split("\n").map((line) => line.trim()) : [];
    const filled = lines.filter(Boolean);
    if (filled.length < 2 || !filled.every(isWhole)) return [];
    return filled.map((line) => this.#requestOf(line.replace(label, "$1: ")));
  }

  /** Returns the word and the count, if any, of a text that asks for a total, or undefined. */
  #totalIn(text) {
    const [, word, isSum, count] = totalRequest.exec(text) ?? [];
    const isName = ["variable", "definition"].includes(this.#vocabulary.kindOf(word));
    if (!word || isName) return undefined;
    return [isSum ? "total" : "average", Number(count ?? 0)];
  }

  /**
   * Returns what is wrong with an expression. One with x as its only unknown name can be plotted,
   * and one with decimal commas can be read with them.
   */
  #problemOf(failure, expression) {
    const problem = refusal(failure);
    const [hint, setting] = problem.hint.split("; the page has a setting for a decimal comma");
    const offer = (label, act) => ({ ...problem, hint, offer: { label, act } });
    if (setting === "") return offer("Use decimal commas", () => this.#useCommas());
    const { code, position } = failure.problem ?? {};
    const unknown = position && expression.slice(...spanOf(expression, position));
    if (code !== "unknown-name" || unknown !== "x") return problem;
    return offer("Plot it from -10 to 10", () => this.edit(`plot(${expression}, x = -10, 10)`));
  }

  /** Changes the number format, and reads the text as it was typed. */
  #useCommas() {
    const { text } = this.input;
    byId("number-format").value = "comma";
    byId("number-format").dispatchEvent(new Event("change"));
    this.input.set(text);
    this.input.focus();
  }

  /** Shows why the input was refused. */
  #refuse(failure) {
    const { text } = this.input;
    const { text: expression, back } = toCalculator(text);
    const problem = this.#problemOf(failure, expression);
    this.input.refuse(problem, spanOf(expression, failure.problem?.position)?.map(back));
    announce(`Error: ${problem.detail}. ${problem.hint}`);
    this.#suggestAbout(problem);
  }

  #suggestAbout({ hint }) {
    this.#suggest(byId("problem").querySelector(".hint"), hint);
  }

  /** Makes buttons of what a hint or a notice says to write, as far as that has a value. */
  async #suggest(place, hint) {
    const { text } = this.input;
    const found = await this.#suggested(hint);
    if (text === this.input.text) this.input.suggest(place, hint, found);
  }

  /** Writes what a notice of a row says to write. */
  async offer(notice) {
    const [text] = await this.#suggested(notice);
    if (text) this.input.edit(toLocal(text));
  }

  /** Returns the texts with a value that a hint says to write. */
  async #suggested(hint) {
    const found = [];
    for (const texts of suggestions(hint)) {
      const one = await this.#calculator.first(this.#handlers.context(), texts);
      if (one) found.push(one.source);
    }
    return found;
  }
}

/** Shows the examples in the person's number format. */
function showExamples() {
  for (const { children: [code, output], dataset } of document.querySelectorAll(".example")) {
    dataset.source ??= code.textContent;
    dataset.result ??= output.textContent;
    code.textContent = toLocal(dataset.source);
    output.textContent = shown(dataset.result);
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

/** A plot that is being typed, which keeps its picture. */
const unclosedPlot = /^\s*plot\s*\((?:[^()]|\([^()]*\))*$/;

/** What asks for a total or an average of the rows above, or of the last few of them. */
const totalRequest =
  /^\s*((total|sum)|average|mean)(?:(?: of)?(?: the)?(?: last)? ([1-9]\d*)(?: rows)?)?\s*$/i;

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
