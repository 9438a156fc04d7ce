package variable

import (
	"maps"
	"testing"
)

var dotenvs = []struct {
	text string
	want map[string]string // nil for an error
	err  string
}{
	{"", map[string]string{}, ""},
	{"\n# comment\n  # another\n", map[string]string{}, ""},
	{"A=1\r\nB=2", map[string]string{"A": "1", "B": "2"}, ""},
	{"A = spaced # comment\nB=x#y", map[string]string{"A": "spaced", "B": "x#y"}, ""},
	{"A=\nB=   \nC= # nothing", map[string]string{"A": "", "B": "", "C": ""}, ""},
	{"export A=1\nexport=2", map[string]string{"A": "1", "export": "2"}, ""},
	{`A='raw $A \n' B`, nil, "1: value of A: text after the value; put it in quotes"},
	{`A='raw $B \n'`, map[string]string{"A": `raw $B \n`}, ""},
	{`A="two\nlines"` + "\nB=\"two\nlines\"", map[string]string{"A": "two\nlines", "B": "two\nlines"}, ""},
	{`A=s\ ix`, map[string]string{"A": "s ix"}, ""},
	{"A=1\nB=$A-${A}$A\nC=\"${A}\"\nD=$NOT_SET", map[string]string{"A": "1", "B": "1-11", "C": "1", "D": "_SET"}, ""},
	{"A=1\nB='x", nil, "2: value of B: the quote ' is not closed"},
	{"A=\"1\n2\"\n=", nil, "3: expected KEY=value"},
	{"1A=x", nil, "1: expected KEY=value"},
	{"A", nil, "1: expected KEY=value"},
	{`A=\q`, nil, `1: value of A: unknown escape; only \\ \' \" \$ \n and "\ " are`},
	{`A=\`, nil, "1: value of A: nothing after the backslash"},
	{"A=${B", nil, "1: value of A: ${ is not closed"},
}

func TestDotenv(t *testing.T) {
	for _, c := range dotenvs {
		got, err := parseDotenv(c.text)
		if c.err != "" && (err == nil || err.Error() != c.err) || c.err == "" && err != nil || !maps.Equal(got, c.want) {
			t.Errorf("%q: got %v, %v", c.text, got, err)
		}
	}
}

// FuzzDotenv checks that no file panics or hangs.
func FuzzDotenv(f *testing.F) {
	for _, c := range dotenvs {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if values, err := parseDotenv(text); err != nil && values != nil {
			t.Fatal("values beside an error")
		}
	})
}
