package variable

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abacus/spinhost/manifest"
)

// templateCases lists templates with their expansions. They also seed the fuzz target.
var templateCases = []struct{ text, want string }{ // want: with a=A and b=B, "error: ..." for an error
	{"", ""},
	{"literal", "literal"},
	{"{{ a }}", "A"},
	{"{{a}}", "A"},
	{"{{  a\t}}", "A"},
	{"prefix-{{ a }}-suffix", "prefix-A-suffix"},
	{"{{ a }}{{ b }}", "AB"},
	{"}} {{ a }} }}", "}} A }}"},
	{"{ a }", "{ a }"},
	{"{{ c }}", `error: invalid variable template: unknown variable "c"; declare it in [variables]`},
	{"{{ }}", `error: invalid variable template: unknown variable ""; declare it in [variables]`},
	{"{{ {{ a }} }}", `error: invalid variable template: unknown variable "{{ a"; declare it in [variables]`},
	{"{{ a }} {{ b", "error: invalid variable template: unmatched '{{' in template"},
	{"{{", "error: invalid variable template: unmatched '{{' in template"},
}

func TestTemplates(t *testing.T) {
	for _, c := range templateCases {
		got := func() string {
			r, err := New(app(c.text), Static{"a": "A", "b": "B"})
			if err != nil {
				return "error: " + strings.TrimPrefix(err.Error(), "component.cfg.variables.key: ")
			}
			value, err := r.Get("cfg", "key")
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			return value
		}()
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}

// app returns a manifest with the variables a and b and a component cfg with a variable key.
func app(text string) *manifest.Manifest {
	return &manifest.Manifest{
		Variables: []manifest.Variable{
			{Name: "a", Default: "default"},
			{Name: "b", Required: true, Secret: true},
		},
		Components: []*manifest.Component{
			{ID: "cfg", Variables: map[string]string{"key": text}},
			{ID: "bare"},
		},
	}
}

func TestGetErrors(t *testing.T) {
	r, err := New(app("{{ b }}"))
	if err != nil {
		t.Fatal(err)
	}
	const rule = ". Variable names may contain only lower-case letters, numbers, and underscores."
	for _, c := range []struct {
		component, name string
		tag             Tag
		text            string
	}{
		{"cfg", "nope", Provider, `no variable for "cfg"."nope"`},
		{"cfg", "a", Provider, `no variable for "cfg"."a"`},
		{"bare", "key", Provider, `no variable for "bare"."key"`},
		{"cfg", "", InvalidKey, `"": must not be empty`},
		{"cfg", "Bad-Name", InvalidKey, `"Bad-Name": invalid character 'B'` + rule},
		{"cfg", "x-y", InvalidKey, `"x-y": invalid character '-'` + rule},
		{"cfg", "x.y", InvalidKey, `"x.y": invalid character '.'` + rule},
		{"cfg", "1bc", InvalidKey, `"1bc": must start with a lowercase ASCII letter`},
		{"cfg", "_x", InvalidKey, `"_x": must start with a lowercase ASCII letter`},
		{"cfg", "x_", InvalidKey, `"x_": must end with a lowercase ASCII letter or digit`},
		{"cfg", "a__b", InvalidKey, `"a__b": must not contain multiple consecutive underscores`},
		{"cfg", "key", Other, `Error::Provider("no provider resolved required variable \"b\"")`},
	} {
		_, err := r.Get(c.component, c.name)
		var failed *Error
		if !errors.As(err, &failed) || failed.Tag != c.tag || failed.Text != c.text {
			t.Errorf("%s.%s: got %v", c.component, c.name, err)
		}
	}
	for _, name := range []string{"a", "abc", "a1b2c3", "a_1", "a_1_b_3"} {
		if reason := invalidName(name); reason != "" {
			t.Errorf("%s: %s", name, reason)
		}
	}
}

func TestOrderOfSources(t *testing.T) {
	env := write(t, ".env", "SPIN_VARIABLE_A=dotenv\nSPIN_VARIABLE_B=dotenv\n")
	flag := Static{}
	environment := &Environment{Prefix: DefaultPrefix, Dotenv: env}
	r, err := New(app("{{ a }}"), flag, environment)
	if err != nil {
		t.Fatal(err)
	}
	get := func(want string) {
		t.Helper()
		if value, err := r.Get("cfg", "key"); err != nil || value != want {
			t.Errorf("got %q, %v, want %q", value, err, want)
		}
	}
	get("dotenv")
	t.Setenv("SPIN_VARIABLE_A", "environment")
	get("environment")
	t.Setenv("SPIN_VARIABLE_A", "")
	get("") // set and empty is a value
	flag["a"] = "flag"
	get("flag")

	delete(flag, "a")
	r.sources = []Source{flag, &Environment{Prefix: "OTHER", Dotenv: filepath.Join(t.TempDir(), "missing")}}
	get("default")
}

func TestFailingSource(t *testing.T) {
	t.Setenv("SPIN_VARIABLE_A", "\xff")
	r, err := New(app("{{ a }}"), &Environment{Prefix: DefaultPrefix})
	if err != nil {
		t.Fatal(err)
	}
	want := `Error::Provider("failed to resolve env var SPIN_VARIABLE_A")`
	if _, err := r.Get("cfg", "key"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestCheckRequired(t *testing.T) {
	r, err := New(app("{{ b }}"))
	if err != nil {
		t.Fatal(err)
	}
	want := `no provider resolved required variable(s): [Key("b")]; give a value with --variable b=VALUE or in the environment variable SPIN_VARIABLE_B`
	if err := r.CheckRequired(); err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	r.sources = []Source{Static{"b": "secret"}}
	if err := r.CheckRequired(); err != nil {
		t.Error(err)
	}
}

func TestDefault(t *testing.T) {
	r, err := New(app(""), Static{"a": "flag", "b": "flag"})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{"x{{ a }}": "xdefault", "{{ b }}": ""} {
		parsed, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := r.Default(parsed)
		if got != want || ok != (want != "") {
			t.Errorf("%s: got %q, %t", text, got, ok)
		}
	}
}

func TestFlags(t *testing.T) {
	text := write(t, "value.txt", "from a file\n")
	json := write(t, "set.json", `{"a": "json", "b": "json"}`)
	toml := write(t, "set.toml", `b = "toml"`)
	got, err := Flags([]string{"a=1", "c=x=y", "@" + json, "@" + toml, "d=@" + text, "e="})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "json", "b": "toml", "c": "x=y", "d": "from a file\n", "e": ""} {
		if value, ok, _ := got.Value(name); !ok || value != want {
			t.Errorf("%s: got %q, %t", name, value, ok)
		}
	}
}

func TestFlagErrors(t *testing.T) {
	number := write(t, "number.json", `{"token": 271828}`)
	broken := write(t, "broken.toml", "token = \"271828\nx")
	for _, c := range []struct{ flag, want string }{
		{"nope", "variables must be in the form 'key=value' or '@file'"},
		{"@whatami", `variable files must end in .json or .toml, not "whatami"`},
		{"@missing.json", "read variables: open missing.json: no such file or directory"},
		{"a=@missing", `read the value of variable "a": open missing: no such file or directory`},
		{"@" + number, "read variables from " + number + `: the value of "token" must be a string`},
		{"@" + broken, "read variables from " + broken + ": toml: basic strings cannot have new lines"},
	} {
		_, err := Flags([]string{c.flag})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v", c.flag, err)
		}
		if err != nil && strings.Contains(err.Error(), "271828") {
			t.Errorf("%s: the error shows the value", c.flag)
		}
	}
}

func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// FuzzParse checks that a template, printed and parsed again, is the same.
func FuzzParse(f *testing.F) {
	for _, c := range templateCases {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := Parse(text)
		if err != nil {
			return
		}
		again, err := Parse(parsed.String())
		if err != nil || again.String() != parsed.String() {
			t.Fatalf("%q: printed as %q, read as %q, %v", text, parsed, again, err)
		}
	})
}
