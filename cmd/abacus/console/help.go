package console

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"abacus/shared/calc"
)

// commands are the words that the loop takes for itself, with what they do.
var commands = [...][2]string{
	{"help", "this text"},
	{"help NAME", "what a function, a constant, an operator or a name of yours is"},
	{"names", "your variables and definitions"},
	{"clear", "forgets them all"},
	{"clear NAME", "forgets one"},
	{"quit", "ends, as Ctrl-D does"},
}

// help prints the commands, and all that the language knows.
func (l *loop) help() error {
	for _, command := range commands {
		fmt.Fprintf(l.out, "%-12s%s\n", command[0], command[1])
	}
	for _, kind := range []string{"function", "constant", "operator"} {
		fmt.Fprintf(l.out, "\n%ss\n", kind)
		var words []string
		for _, function := range calc.Functions() {
			if function.Kind == kind {
				words = append(words, function.Name)
			}
		}
		fmt.Fprint(l.out, wrap(words, "  "))
	}
	fmt.Fprintln(l.out, "\na = 5 sets a variable, f(x) = x^2 makes a definition; an open parenthesis continues on the next line")
	return nil
}

// wrap writes words in lines of at most 78 characters, two spaces between them.
func wrap(words []string, indent string) string {
	var text strings.Builder
	line := ""
	for _, word := range words {
		if line != "" && len(line)+len(word) > 76 {
			text.WriteString(line + "\n")
			line = ""
		}
		line += indent + word
	}
	return text.String() + line + "\n"
}

// helpOn prints what one name is.
func (l *loop) helpOn(ctx context.Context, name string) error {
	found := false
	for _, function := range calc.Functions() {
		if function.Name == name || slices.Contains(strings.Fields(function.Name), name) {
			fmt.Fprintf(l.out, "%s\n  %s\n", function.Signature, function.Help)
			found = true
		}
	}
	names, err := l.session.names(ctx)
	if err != nil {
		return err
	}
	for _, own := range names {
		if own.Name == name {
			fmt.Fprintln(l.out, l.written(own))
			found = true
		}
	}
	if !found {
		return fmt.Errorf("there is nothing named %s: `help` lists what there is", name)
	}
	return nil
}

// words are what can be completed: a function with its parenthesis.
func (l *loop) words(ctx context.Context) []string {
	words := []string{"quit"}
	for _, command := range commands {
		if word, _, one := strings.Cut(command[0], " "); !one {
			words = append(words, word)
		}
	}
	for _, function := range calc.Functions() {
		if !isWord(function.Name) {
			continue
		}
		if function.Kind == "function" {
			function.Name += "("
		}
		words = append(words, function.Name)
	}
	names, _ := l.session.names(ctx) // without them the rest can still be completed
	for _, name := range names {
		if name.Definition {
			name.Name += "("
		}
		words = append(words, name.Name)
	}
	slices.Sort(words)
	return slices.Compact(words)
}
