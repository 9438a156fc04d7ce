package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	wide := strings.Repeat("x", 99)
	for _, c := range []struct {
		name, file, text string
		want             []string // the findings without their file
	}{
		{"clean", "a.go", "package a\n\nfunc f(n int) int { return n }\n", nil},
		{"a parameter hides a type", "a.go", "package a\n\ntype t int\n\nfunc f(t int) {}\n",
			[]string{"5: shadow: t hides the type t"}},
		{"a local hides a builtin", "a.go", "package a\n\nfunc f() int {\n\tlen := 1\n\treturn len\n}\n",
			[]string{"4: shadow: len hides the builtin len"}},
		{"a range variable hides an import", "a.go",
			"package a\n\nimport \"net/url\"\n\nvar _ url.URL\n\nfunc f() {\n\tfor _, url := range \"\" {\n\t\t_ = url\n\t}\n}\n",
			[]string{"8: shadow: url hides the import \"net/url\""}},
		{"a receiver, a result and a function literal", "a.go",
			"package a\n\ntype t int\n\nfunc (t t) f() (max int) {\n\tfunc(new int) {}(1)\n\treturn\n}\n",
			[]string{"5: shadow: t hides the type t", "5: shadow: max hides the builtin max", "6: shadow: new hides the builtin new"}},
		{"the version of an import's path is not its name", "a.go",
			"package a\n\nimport \"github.com/pelletier/go-toml/v2\"\n\nvar _ = toml.Marshal\n\nfunc f(toml int) {}\n",
			[]string{"7: shadow: toml hides the import \"github.com/pelletier/go-toml/v2\""}},
		{"fields and methods hide nothing", "a.go", "package a\n\ntype t struct{ len int }\n\nfunc (x t) max() {}\n", nil},
		{"an assignment declares nothing", "a.go", "package a\n\ntype t int\n\nfunc f() { t := 1; t = 2 }\n",
			[]string{"5: shadow: t hides the type t"}},
		{"a wide line", "a.css", "a{}\n" + wide + "é\n" + wide + "éé\n", []string{"3: width: 101 columns"}},
		{"a tab has four columns", "a.js", "\t" + wide + "\n", []string{"1: width: 103 columns"}},
		{"a struct tag cannot be broken", "a.go", "package a\n\ntype t struct {\n\tf int `help:\"" + wide + "\"`\n}\n", nil},
		{"tests may be wide", "a_test.go", "package a\n\n// " + wide + "\n", nil},
		{"phrases", "a.md", "There is none.\nA limit of 0 is none; it tells whether.\nIt is not to be seen.\n",
			[]string{"2: phrase: is none", "2: phrase: tells whether", "3: phrase: not to be seen"}},
		{"build output", "assets/a.css", wide + wide, nil},
	} {
		root := t.TempDir()
		path := filepath.Join(root, c.file)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(c.text), 0o666); err != nil {
			t.Fatal(err)
		}
		findings, err := check(root)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range findings {
			got = append(got, strings.TrimPrefix(f.String(), path+":"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
