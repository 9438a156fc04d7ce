package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"abacus/shared/calc"
)

// evalCommand evaluates files and expressions in one session and prints each value. It stops at the
// first error.
type evalCommand struct {
	Expressions []string `arg:"" optional:"" name:"expression" help:"What to evaluate, such as '2+3*4'; - for standard input."`
	Files       []string `short:"f" name:"file" placeholder:"FILE" help:"Evaluate a file first. Repeatable."`
	Rates       string   `placeholder:"FILE|URL" help:"Convert money by these exchange rates: the reply of GET /rates of an app, or a file that has it."`
	Precision   int      `default:"15" help:"Significant digits of a value, 1 to 17."`
}

// protectMinus puts -- before the first argument of eval that is an expression with a leading minus
// sign, so that it is not read as a flag: no flag starts with a digit, a point or a parenthesis.
func protectMinus(arguments []string) []string {
	if len(arguments) == 0 || arguments[0] != "eval" {
		return arguments
	}
	for i, argument := range arguments {
		if argument == "--" {
			break
		}
		rest, minus := strings.CutPrefix(argument, "-")
		if minus && rest != "" && strings.ContainsAny(rest[:1], "0123456789.(") {
			return slices.Insert(slices.Clone(arguments), i, "--")
		}
	}
	return arguments
}

// Run evaluates the files and expressions of the command line, or else standard input.
func (c *evalCommand) Run(ctx context.Context) error {
	return c.run(ctx, os.Stdin, os.Stdout)
}

func (c *evalCommand) run(ctx context.Context, in io.Reader, out io.Writer) error {
	if err := checkPrecision(c.Precision); err != nil {
		return err
	}
	if len(c.Expressions)+len(c.Files) == 0 {
		if isTerminal(in) {
			return errors.New("nothing to evaluate: " +
				"give an expression, as in abacus eval '2+3*4', or start abacus repl")
		}
		c.Expressions = []string{"-"}
	}
	inputs, err := c.inputs(in)
	if err != nil {
		return err
	}
	s := newLocalSession(c.Precision)
	if s.scope.Rates, err = loadRates(ctx, c.Rates); err != nil {
		return err
	}
	for _, in := range inputs {
		r, err := s.evaluate(ctx, in.text)
		var mistake *expressionError
		if errors.As(err, &mistake) && in.name != "" {
			mistake.text = in.name + ":" + mistake.text
		}
		if err != nil {
			return err
		}
		if r.kind == calc.Value.String() || r.kind == calc.Plot.String() {
			fmt.Fprintln(out, r.display)
		}
	}
	return nil
}

// input is a text to evaluate.
type input struct {
	name string // the file's, "-" for standard input, "" for an argument
	text string
}

// inputs returns the texts to evaluate. It reads them all first, so that nothing is evaluated if a
// file is missing.
func (c *evalCommand) inputs(in io.Reader) ([]input, error) {
	var read []input
	for _, file := range c.Files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		read = append(read, input{file, string(text)})
	}
	for _, expression := range c.Expressions {
		if expression != "-" {
			read = append(read, input{"", expression})
			continue
		}
		text, err := io.ReadAll(in)
		if err != nil {
			return nil, fmt.Errorf("read standard input: %w", err)
		}
		read = append(read, input{"-", string(text)})
	}
	return read, nil
}

// isTerminal reports whether a person types the input.
func isTerminal(in io.Reader) bool {
	file, ok := in.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
