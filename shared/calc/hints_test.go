package calc

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestHintsWork checks that what a hint says to write can be evaluated, for the hints of the table
// and for all that the transcripts show.
func TestHintsWork(t *testing.T) {
	tried := 0
	try := func(hint string) {
		text := suggestion(hint)
		if text == "" {
			return
		}
		tried++
		var c Calculator
		scope := Scope{Random: func() float64 { return 0.25 }, Ans: 7, HasAns: true,
			Rates: &Rates{PerEuro: func(string) float64 { return 2 }}}
		if _, _, err := c.Eval("x = 1; y = 1; n = 3; a = 1; b = 4; rate = 1%; left = 1; right = 1; low = 1; high = 2;"+
			"term = 1; factor = 1; base = 2; pv = 9", &scope); err != nil {
			t.Fatal(err)
		}
		if _, _, err := c.Eval(text, &scope); err != nil {
			t.Errorf("%s\n%s: %v", hint, text, err)
		}
	}
	for _, line := range strings.Split(strings.Trim(hints, "\n"), "\n") {
		_, text := cut(line, ':')
		try(new(sentence).fill(hintOf(text)))
	}
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(content), "\n") {
			if hint, found := strings.CutPrefix(line, "\thint: "); found {
				try(hint)
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d suggestions were tried", tried)
	}
}

// suggested matches what a hint says to write, explained what follows it, and described the beginning
// of what is not an expression: an operator, a range, or words.
var (
	suggested = regexp.MustCompile(`\bwrite (.*)`)
	explained = regexp.MustCompile(`(, or |; |, at most | for (the|it|more)\b|(, .*)? to (add|take|set|multiply|drop|divide)\b).*`)
	described = regexp.MustCompile(`^([-+*/=<>()] |not$|numbers |a |it |the |parts |\w+ = [^,]+, |\w+\*\()`)
)

// suggestion returns the first expression that a hint says to write, or "".
func suggestion(hint string) string {
	found := suggested.FindStringSubmatch(hint)
	if found == nil || strings.Contains(hint, "...") {
		return ""
	}
	text := explained.ReplaceAllString(found[1], "")
	if described.MatchString(text) || !strings.ContainsAny(text, "0123456789xyn") {
		return ""
	}
	return text
}
