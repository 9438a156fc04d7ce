// The composer: from the text in the input to the preview, to submission, and back to where a text
// was wrong. Here the person's number format becomes the calculator's, and totals become sums.

import { Failure } from "./api.js";
import { Preview } from "./calculator.js";
import { announce, copy } from "./dom.js";
import { differs, spanOf } from "./highlight.js";
import { Input } from "./input.js";
import { Keypad } from "./keypad.js";
import { outcome, showCopied } from "./row.js";
import { isTooLong, refusal } from "./messages.js";
import { shown, toCalculator, toLocal, typed } from "./numbers.js";

/**
 * The composer of a log. It calls `evaluate(expression)`, `context()` for previews, `hasAns()`,
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
  #expression = ""; // of the text, where a total is a word

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
      pickResult: (step) => this.#pick(step),
    });
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

  /** Takes an expression into the input to be changed. */
  edit(expression) {
    this.input.edit(toLocal(expression));
  }

  /** The field that keys and results go to: that of a row, or else the input. */
  get #field() {
    return this.#handlers.field() ?? this.input;
  }

  /** Inserts a result where a field has text, or else copies it and says so at its cell. */
  async use(entry, cell) {
    const result = typed(outcome(entry));
    if (this.#field !== this.input || !this.input.empty) return this.#field.insert(result);
    await copy(result);
    showCopied(cell);
  }

  /** Follows new names of the session. */
  useNames(names) {
    this.#keypad.offer(names);
    this.input.repaint();
    this.update();
  }

  /** Shows what was typed in another number format in that of now. */
  useFormat() {
    this.#keypad.draw();
    this.input.set(toLocal(this.#expression));
  }

  /** Asks for the preview of the input anew. */
  update() {
    this.#ask(this.input.text);
  }

  /** Puts a wrong expression back to where it can be corrected, and reports whether it could. */
  takeBack(expression, failure) {
    if (!this.input.empty) return false; // something else was begun
    this.input.set(toLocal(expression));
    this.#refuse(failure);
    return true;
  }

  #submit(text) {
    const expression = this.#sourceOf(text);
    if (isTooLong(expression)) {
      this.#refuse(new Failure("long"));
      return false;
    }
    this.#picked = -1;
    this.#handlers.evaluate(expression);
    return true;
  }

  #ask(text) {
    this.#expression = toCalculator(text).text;
    const source = this.#sourceOf(text);
    if (text.trim() && !isTooLong(source)) {
      return this.#preview.ask(this.#handlers.context(), source);
    }
    this.#plots.removeSketch();
    this.#preview.cancel();
  }

  #show(source, reply) {
    if (source !== this.#sourceOf(this.input.text)) return;
    const isPlot = reply.kind === "plot" && !reply.error;
    this.#plots.sketch(isPlot ? this.#handlers.context() + source : "");
    if (usesRates(reply)) this.#handlers.usesRates();
    if (reply.error) return this.input.doubt(this.#problemOf({ problem: reply.error }, source));
    const value = reply.random ? "a random number" : shown(reply.display, reply.value);
    const parsed = differs(reply.parsed, source) ? toLocal(reply.parsed) : "";
    this.input.preview(value, parsed, reply.notices?.map(({ message }) => message));
  }

  /** Returns the text of an older (-1) or newer (+1) result than the one picked last. */
  #pick(step) {
    const results = this.#log.entries.filter(({ result }) => result !== null);
    this.#picked = Math.max(0, Math.min(this.#picked - step, results.length - 1));
    return results.length ? typed(outcome(results[this.#picked])) : "";
  }

  /** Returns the expression of a text of the input, where a total stands for its sum. */
  #sourceOf(text) {
    const [, word] = /^\s*(total|average)\s*$/i.exec(text) ?? [];
    const known = !word || this.#vocabulary.find(word);
    const sum = known ? "" : this.#log.totalOf(word.toLowerCase());
    return sum || toCalculator(text).text;
  }

  /** Returns what is wrong with an expression; one whose only unknown is x can be plotted. */
  #problemOf(failure, expression) {
    const problem = refusal(failure);
    const { code, position } = failure.problem ?? {};
    const unknown = position && expression.slice(...spanOf(expression, position));
    if (code !== "unknown-name" || unknown !== "x") return problem;
    const act = () => this.edit(`plot(${expression}, x = -10, 10)`);
    return { ...problem, offer: { label: "Plot it from -10 to 10", act } };
  }

  /** Shows why the text of the input was refused. */
  #refuse(failure) {
    const { text } = this.input;
    const problem = this.#problemOf(failure, this.#sourceOf(text));
    const position = failure.problem?.position;
    const { text: expression, back } = toCalculator(text);
    this.input.refuse(problem, position ? spanOf(expression, position).map(back) : null);
    announce(`Error: ${problem.detail}. ${problem.hint}`);
  }
}

/** Reports whether a reply depends on exchange rates, or would if there were some. */
const usesRates = ({ error, notices = [] }) =>
  error?.code === "no-rates" || notices.some(({ code }) => code === "rates");
