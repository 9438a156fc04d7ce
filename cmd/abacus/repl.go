package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"abacus/shared/calc"
)

// replCommand evaluates line by line until the end of the input or `quit`. A terminal gets line
// editing, completion and a history; a pipe is just read.
type replCommand struct {
	Server    string `placeholder:"URL" help:"Work in a session of the app at this address; its history records what is evaluated."`
	Session   string `placeholder:"TOKEN" env:"ABACUS_SESSION" help:"The session of --server (default: a new one)."`
	Rates     string `placeholder:"FILE|URL" help:"Convert money by these exchange rates: the reply of GET /rates of an app, or a file that has it."`
	Precision int    `default:"15" help:"Significant digits of a value, 1 to 17."`
}

func (c *replCommand) Run(ctx context.Context) error {
	if err := checkPrecision(c.Precision); err != nil {
		return err
	}
	local := newLocalSession(c.Precision)
	var err error
	if local.scope.Rates, err = loadRates(ctx, c.Rates); err != nil {
		return err
	}
	r := &repl{
		session:   local,
		precision: c.Precision,
		out:       os.Stdout,
		errors:    os.Stderr,
	}
	if c.Server != "" {
		s, err := newRemoteSession(c.Server, c.Session, c.Precision)
		if err != nil {
			return err
		}
		r.session = s
	}
	if !isTerminal(os.Stdin) {
		return r.run(ctx, newPipe(os.Stdin))
	}
	e, err := newEditor(func() []string { return r.completions(ctx) })
	if err != nil {
		return err
	}
	defer e.close()
	fmt.Println("Abacus. Type `help` for what it knows, `quit` or Ctrl-D to leave.")
	return r.run(ctx, e)
}

// lineReader reads what a person enters: an editor or a pipe.
type lineReader interface {
	// read returns a line without its end, io.EOF at the end of the input, or errInterrupted.
	// continued says that the line continues the one before.
	read(continued bool) (string, error)
	// remember adds an entry to the history.
	remember(entry string)
}

// errInterrupted is what read returns when Ctrl-C discards the line.
var errInterrupted = errors.New("interrupted")

// repl is one run of the read-evaluate-print loop.
type repl struct {
	session   session
	precision int
	out       io.Writer
	errors    io.Writer
}

func (r *repl) run(ctx context.Context, in lineReader) error {
	for ctx.Err() == nil {
		entry, err := readEntry(in)
		switch {
		case err == errInterrupted:
			continue
		case err == io.EOF:
			return nil
		case err != nil:
			return fmt.Errorf("read a line: %w", err)
		case strings.TrimSpace(entry) == "":
			continue
		}
		in.remember(oneLine(entry))
		if word := strings.TrimSpace(entry); word == "quit" || word == "exit" {
			return nil
		}
		if err := r.execute(ctx, entry); err != nil {
			fmt.Fprintln(r.errors, err)
		}
	}
	return ctx.Err()
}

// readEntry reads a line, and further ones while a parenthesis is open.
func readEntry(in lineReader) (string, error) {
	entry, err := in.read(false)
	for err == nil && openParentheses(entry) > 0 && len(entry) < calc.MaxSource {
		var line string
		line, err = in.read(true)
		entry += "\n" + line
	}
	if err == io.EOF && entry != "" {
		return strings.TrimSuffix(entry, "\n"), nil // its evaluation reports what is missing
	}
	return entry, err
}

// openParentheses returns how many parentheses are open at the end of a source.
func openParentheses(source string) int {
	open := 0
	for line := range strings.Lines(source) {
		code, _, _ := strings.Cut(line, "#")
		open += strings.Count(code, "(") - strings.Count(code, ")")
	}
	return open
}

// oneLine joins the lines of an entry: inside parentheses a newline is a space.
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

// execute runs a command of the loop, or else evaluates the entry.
func (r *repl) execute(ctx context.Context, entry string) error {
	fields := strings.Fields(entry)
	switch {
	case len(fields) == 1 && fields[0] == "help":
		return r.help()
	case len(fields) == 2 && fields[0] == "help":
		return r.helpOn(ctx, fields[1])
	case len(fields) == 1 && fields[0] == "names":
		return r.list(ctx)
	case len(fields) == 1 && fields[0] == "clear":
		_, err := r.session.clear(ctx, "")
		return err
	case len(fields) == 2 && fields[0] == "clear":
		found, err := r.session.clear(ctx, fields[1])
		if err == nil && !found {
			err = fmt.Errorf("there is no variable or function %s: `names` lists them", fields[1])
		}
		return err
	}
	evaluated, err := r.session.evaluate(ctx, entry)
	if err != nil {
		return err
	}
	r.print(entry, evaluated)
	return nil
}

// print writes a value, preceded by the canonical form if that says more than the entry.
func (r *repl) print(entry string, e result) {
	switch {
	case e.kind == calc.Definition.String():
		fmt.Fprintln(r.out, e.canonical)
	case e.kind == calc.Value.String() && !strings.Contains(e.canonical, ";") &&
		calc.Differs(entry, e.canonical):
		fmt.Fprintf(r.out, "%s = %s\n", e.canonical, e.display)
	default:
		fmt.Fprintln(r.out, e.display)
	}
}

func (r *repl) list(ctx context.Context) error {
	bindings, err := r.session.bindings(ctx)
	for _, b := range bindings {
		fmt.Fprintln(r.out, r.format(b))
	}
	return err
}

// format returns a binding as it could be entered.
func (r *repl) format(b calc.Binding) string {
	if b.IsDefinition() {
		return b.Source
	}
	return b.Name + " = " + calc.Display(b.Value, b.Unit, r.precision)
}
