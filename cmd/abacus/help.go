package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"abacus/shared/calc"
)

// replCommands are the commands of the loop, each with its help.
var replCommands = [...][2]string{
	{"help", "this text"},
	{"help NAME", "help on a function, a constant, an operator or a name of yours"},
	{"names", "lists your variables and functions"},
	{"clear", "deletes them all"},
	{"clear NAME", "deletes one"},
	{"quit", "leaves, as Ctrl-D does"},
}

// help prints the commands and everything built into the language.
func (r *repl) help() error {
	for _, command := range replCommands {
		fmt.Fprintf(r.out, "%-12s%s\n", command[0], command[1])
	}
	for _, kind := range []string{"function", "constant", "operator"} {
		fmt.Fprintf(r.out, "\n%ss\n", kind)
		var words []string
		for _, f := range calc.Functions() {
			if f.Kind == kind {
				words = append(words, f.Name)
			}
		}
		fmt.Fprint(r.out, wrap(words))
	}
	fmt.Fprintln(r.out, "\na = 5 sets a variable, f(x) = x^2 defines a function; "+
		"an open parenthesis continues on the next line")
	return nil
}

// wrap writes words in lines of at most 78 columns, two spaces before each word.
func wrap(words []string) string {
	var text strings.Builder
	line := ""
	for _, word := range words {
		if line != "" && len(line)+len(word) > 76 {
			text.WriteString(line + "\n")
			line = ""
		}
		line += "  " + word
	}
	return text.String() + line + "\n"
}

// helpOn prints the help for a name.
func (r *repl) helpOn(ctx context.Context, name string) error {
	found := false
	for _, f := range calc.Functions() {
		if f.Name == name || slices.Contains(strings.Fields(f.Name), name) {
			fmt.Fprintf(r.out, "%s\n  %s\n", f.Signature, f.Help)
			found = true
		}
	}
	bindings, err := r.session.bindings(ctx)
	if err != nil {
		return err
	}
	for _, b := range bindings {
		if b.Name == name {
			fmt.Fprintln(r.out, r.format(b))
			found = true
		}
	}
	if !found {
		return fmt.Errorf("nothing is named %s: `help` lists what there is", name)
	}
	return nil
}

// completions returns the words that Tab can complete; a function's ends with its parenthesis.
func (r *repl) completions(ctx context.Context) []string {
	words := []string{"quit"}
	for _, command := range replCommands {
		if word, _, hasArgument := strings.Cut(command[0], " "); !hasArgument {
			words = append(words, word)
		}
	}
	for _, f := range calc.Functions() {
		if !isWord(f.Name) {
			continue
		}
		if f.Kind == "function" {
			f.Name += "("
		}
		words = append(words, f.Name)
	}
	bindings, _ := r.session.bindings(ctx) // without them the built-in words still complete
	for _, b := range bindings {
		if b.IsDefinition() {
			b.Name += "("
		}
		words = append(words, b.Name)
	}
	slices.Sort(words)
	return slices.Compact(words)
}
