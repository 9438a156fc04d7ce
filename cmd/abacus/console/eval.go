package console

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// Eval is the command eval: it evaluates sources one after the other, which share their names, and prints the value of
// each that has one. The first mistake ends it.
type Eval struct {
	Expressions []string `arg:"" optional:"" name:"expression" help:"What to evaluate, such as '2+3*4'; - for standard input."`
	Files       []string `short:"f" name:"file" placeholder:"FILE" help:"Evaluate a file first; may be repeated."`
	Precision   int      `default:"15" help:"Significant digits of a value, 1 to 17."`
}

// Arguments puts -- before the first argument of eval that begins with a minus sign and is an expression: no flag goes on
// with a digit, a point or a parenthesis.
func Arguments(arguments []string) []string {
	if len(arguments) == 0 || arguments[0] != "eval" {
		return arguments
	}
	for i, argument := range arguments {
		if argument == "--" {
			break
		}
		if len(argument) > 1 && argument[0] == '-' && strings.IndexByte("0123456789.(", argument[1]) >= 0 {
			return slices.Insert(slices.Clone(arguments), i, "--")
		}
	}
	return arguments
}

// source is a text with the name of where it comes from.
type source struct {
	name string // "" of an argument
	text string
}

// Run evaluates what the command line names, or else standard input.
func (e *Eval) Run(ctx context.Context) error {
	return e.run(ctx, os.Stdin, os.Stdout)
}

func (e *Eval) run(ctx context.Context, in io.Reader, out io.Writer) error {
	if err := checkPrecision(e.Precision); err != nil {
		return err
	}
	if len(e.Expressions)+len(e.Files) == 0 {
		if isTerminal(in) {
			return errors.New("nothing to evaluate: give an expression, as in abacus eval '2+3*4', or start abacus repl")
		}
		e.Expressions = []string{"-"}
	}
	sources, err := e.sources(in)
	if err != nil {
		return err
	}
	session := newLocal(e.Precision)
	for _, source := range sources {
		answer, err := session.evaluate(ctx, source.text)
		var mistake *Mistake
		if errors.As(err, &mistake) && source.name != "" {
			mistake.text = source.name + ":" + mistake.text
		}
		if err != nil {
			return err
		}
		if answer.kind == "value" || answer.kind == "plot" {
			fmt.Fprintln(out, answer.display)
		}
	}
	return nil
}

// sources reads all files first, so that nothing is evaluated if one is missing.
func (e *Eval) sources(in io.Reader) ([]source, error) {
	var sources []source
	for _, file := range e.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		sources = append(sources, source{file, string(text)})
	}
	for _, expression := range e.Expressions {
		if expression != "-" {
			sources = append(sources, source{"", expression})
			continue
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		sources = append(sources, source{"-", string(text)})
	}
	return sources, nil
}

// isTerminal tells whether a person types what is read.
func isTerminal(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
