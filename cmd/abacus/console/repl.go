package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"abacus/shared/calc"
)

// Repl is the command repl: it evaluates what is typed, line by line, until the end of the input or `quit`. On a terminal
// lines are edited, completed and kept for the next time; from a pipe they are just read.
type Repl struct {
	Server    string `placeholder:"URL" help:"Work in a session of the app at this address, whose history then has what is evaluated."`
	Session   string `placeholder:"TOKEN" env:"ABACUS_SESSION" help:"The session of --server; without one the app makes a new one."`
	Precision int    `default:"15" help:"Significant digits of a value, 1 to 17."`
}

// Run reads, evaluates and prints.
func (r *Repl) Run(ctx context.Context) error {
	if err := checkPrecision(r.Precision); err != nil {
		return err
	}
	var s session = newLocal(r.Precision)
	if r.Server != "" {
		remote, err := newRemote(r.Server, r.Session, r.Precision)
		if err != nil {
			return err
		}
		s = remote
	}
	loop := &loop{session: s, precision: r.Precision, out: os.Stdout, problems: os.Stderr}
	if !isTerminal(os.Stdin) {
		return loop.run(ctx, newPipe(os.Stdin))
	}
	editor, err := newEditor(func() []string { return loop.words(ctx) })
	if err != nil {
		return err
	}
	defer editor.close()
	fmt.Println("Abacus. `help` tells what it knows, `quit` or Ctrl-D ends it.")
	return loop.run(ctx, editor)
}

// reader gives the lines of a person: an editor, or a pipe.
type reader interface {
	// read returns a line without its end, io.EOF at the end, or errDropped; more tells that the line continues one.
	read(more bool) (string, error)
	// remember keeps what was entered.
	remember(entry string)
}

// errDropped: what was being typed is given up.
var errDropped = errors.New("dropped")

// loop is one run of the command.
type loop struct {
	session   session
	precision int
	out       io.Writer // answers
	problems  io.Writer // mistakes
}

func (l *loop) run(ctx context.Context, in reader) error {
	for ctx.Err() == nil {
		entry, err := readEntry(in)
		switch {
		case err == errDropped:
			continue
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read a line: %w", err)
		case strings.TrimSpace(entry) == "":
			continue
		}
		in.remember(oneLine(entry))
		if fields := strings.Fields(entry); len(fields) == 1 && (fields[0] == "quit" || fields[0] == "exit") {
			return nil
		}
		if err := l.obey(ctx, entry); err != nil {
			fmt.Fprintln(l.problems, err)
		}
	}
	return ctx.Err()
}

// readEntry reads a line, and more of them while a parenthesis is open.
func readEntry(in reader) (string, error) {
	entry, err := in.read(false)
	for err == nil && openParentheses(entry) > 0 && len(entry) < calc.MaxSource {
		var line string
		line, err = in.read(true)
		entry += "\n" + line
	}
	if err == io.EOF && entry != "" {
		return strings.TrimSuffix(entry, "\n"), nil // evaluated, it says what is missing
	}
	return entry, err
}

// openParentheses counts the parentheses that are open at the end of a source.
func openParentheses(source string) int {
	open := 0
	for line := range strings.Lines(source) {
		code, _, _ := strings.Cut(line, "#")
		open += strings.Count(code, "(") - strings.Count(code, ")")
	}
	return open
}

// oneLine writes an entry of several lines in one: inside parentheses a newline is a space.
func oneLine(entry string) string {
	if !strings.Contains(entry, "\n") {
		return entry
	}
	var parts []string
	for line := range strings.Lines(entry) {
		code, _, _ := strings.Cut(line, "#")
		parts = append(parts, strings.TrimSpace(code))
	}
	return strings.Join(parts, " ")
}

// obey does what an entry says: a command of the loop, or an expression.
func (l *loop) obey(ctx context.Context, entry string) error {
	fields := strings.Fields(entry)
	switch {
	case len(fields) == 1 && fields[0] == "help":
		return l.help()
	case len(fields) == 2 && fields[0] == "help":
		return l.helpOn(ctx, fields[1])
	case len(fields) == 1 && fields[0] == "names":
		return l.list(ctx)
	case len(fields) == 1 && fields[0] == "clear":
		_, err := l.session.clear(ctx, "")
		return err
	case len(fields) == 2 && fields[0] == "clear":
		found, err := l.session.clear(ctx, fields[1])
		if err == nil && !found {
			err = fmt.Errorf("there is no variable or definition %s: `names` lists them", fields[1])
		}
		return err
	}
	answer, err := l.session.evaluate(ctx, entry)
	if err != nil {
		return err
	}
	l.show(entry, answer)
	return nil
}

// show prints a value, after the form in which the entry was understood if that is not just how it was written.
func (l *loop) show(entry string, a answer) {
	switch {
	case a.kind == calc.Definition.String():
		fmt.Fprintln(l.out, a.parsed)
	case a.kind == calc.Value.String() && squeezed(a.parsed) != squeezed(oneLine(entry)) && !strings.Contains(a.parsed, ";"):
		fmt.Fprintf(l.out, "%s = %s\n", a.parsed, a.display)
	default:
		fmt.Fprintln(l.out, a.display)
	}
}

// squeezed is a source without what may be written one way or the other.
func squeezed(source string) string {
	return strings.NewReplacer(" ", "", "\t", "", "\r", "", "_", "", "**", "^", "×", "*", "÷", "/", "−", "-").Replace(source)
}

func (l *loop) list(ctx context.Context) error {
	names, err := l.session.names(ctx)
	for _, name := range names {
		fmt.Fprintln(l.out, l.written(name))
	}
	return err
}

// written is a name as it could be entered.
func (l *loop) written(name calc.Change) string {
	if name.Definition {
		return name.Source
	}
	return name.Name + " = " + calc.Format(name.Value, l.precision)
}
