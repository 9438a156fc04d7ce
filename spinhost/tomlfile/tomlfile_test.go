package tomlfile

import (
	"fmt"
	"testing"
)

func TestLines(t *testing.T) {
	text := `title = "x"
a.b = 1
hosts = [
  "one", # first

  # second
  "two", { c = 1 },
]
[table."two words"]
k = { inner = { x = 1 } }

[[list]]
name = "first"
[list.sub]
y = 1
[[list]]
name = "second"
[list.sub]
y = 2
[[list.more]]
z = 1
`
	got := scanLines([]byte(text)).lines
	for key, want := range map[string]int{
		"title": 1, "a": 2, "a.b": 2, "hosts": 3, "hosts[0]": 4, "hosts[1]": 7, "hosts[2].c": 7,
		"table": 9, `table."two words"`: 9, `table."two words".k.inner.x`: 10,
		"list": 12, "list[0]": 12, "list[0].name": 13, "list[0].sub.y": 15,
		"list[1]": 16, "list[1].name": 17, "list[1].sub": 18, "list[1].sub.y": 19, "list[1].more[0].z": 21,
	} {
		if got[key] != want {
			t.Errorf("%s: line %d, want %d", key, got[key], want)
		}
	}
}

func TestProblems(t *testing.T) {
	root, err := Parse("x.toml", []byte(`text = 1
flag = "yes"
number = 1.5
texts = [
  "a",
  2,
]
table = []
when = 2024-01-01
[[rows]]
cell = "a"
typo = true
[map]
a = "A"
b = ["B"]
[tables]
x = 1
[tables.y]
extra = 1
`))
	if err != nil {
		t.Fatal(err)
	}
	root.Text("text")
	root.Bool("flag")
	root.Int("number")
	texts := root.Texts("texts")
	root.Table("table")
	root.Text("when")
	root.Required("name")
	rows := root.Array("rows")
	cell, _ := rows[0].Text("cell")
	rows[0].Close()
	pairs := root.TextMap("map")
	tables := root.Tables("tables")
	tables[0].Text("known")
	tables[0].Close()
	root.Close()

	if got := fmt.Sprintf("%v %v %v %v", texts, cell, pairs, tables[0].Name); got != "[a] a map[a:A] y" {
		t.Errorf("got %s", got)
	}
	want := `x.toml: the key "name" is missing
x.toml:1: text: must be a string, not an integer
x.toml:2: flag: must be true or false, not a string
x.toml:3: number: must be an integer, not a float
x.toml:6: texts[1]: must be a string, not an integer
x.toml:8: table: must be a table, not an array
x.toml:9: when: must be a string, not a date or time
x.toml:12: rows[0].typo: unknown key; known here: cell
x.toml:15: map.b: must be a string, not an array
x.toml:17: tables.x: must be a table, not an integer
x.toml:19: tables.y.extra: unknown key; known here: known`
	if got := root.Err(); got == nil || got.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", got, want)
	}
}

func TestSyntax(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a = 1\nb = ", "x.toml:2: expected value, not eof"},
		{"a = 1\na = 2", "x.toml:2: key a is already defined"},
		{"\n\n[t]\nx = 'a", "x.toml:4: unterminated literal string"},
		{"[a]\nb = 1\n\n[a]\n", "x.toml:4: table a already exists"},
		{"a = \"\xff\"", "x.toml:1: invalid UTF-8"},
		{"a = { b = 1\n }", "x.toml:1: expected character ,"},
	} {
		if _, err := Parse("x.toml", []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

// FuzzParse checks that every key of a valid text has a line.
func FuzzParse(f *testing.F) {
	f.Add([]byte("a = 1\n[b]\nc = [{ d = 'e' }]\n[[f.g]]\n\"h i\" = 1979-05-27\n[f.g.j]\n[[f.g]]\nk.l=1"))
	f.Fuzz(func(t *testing.T, text []byte) {
		root, err := Parse("x.toml", text)
		if err != nil {
			return
		}
		for _, key := range root.Keys() {
			if root.file.lines[root.path(key)] == 0 {
				t.Errorf("%q: no line for %s", text, key)
			}
		}
	})
}
