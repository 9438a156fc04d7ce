package mount

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"abacus/spinhost/manifest"
)

// makeApp creates an app's directory, and a file beside it.
func makeApp(t *testing.T) string {
	t.Helper()
	app := filepath.Join(t.TempDir(), "app")
	for _, name := range []string{
		"index.html", "static/a.js", "static/b.css", "static/.hidden", "static/deep/c.js", "static/deep/d/e.js",
		"odd[1]/x?.txt", "docs/readme.md", "../outside.txt",
	} {
		path := filepath.Join(app, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("content of "+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{
		"links/in":     "../static/a.js",
		"links/dir":    "../static/deep",
		"links/broken": "nowhere",
		"leaks/file":   "../../outside.txt",
		"leaks/dir":    "../..",
		"loop/self":    ".",
	} {
		path := filepath.Join(app, link)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, path); err != nil {
			t.Fatal(err)
		}
	}
	return app
}

func matching(p string) manifest.Files { return manifest.Files{Pattern: p} }

func placed(from, to string) manifest.Files { return manifest.Files{Source: from, Destination: to} }

func TestCopy(t *testing.T) {
	app := makeApp(t)
	for _, c := range []struct {
		files   []manifest.Files
		exclude []string
		want    string // the guest's files, sorted; "error: ..." for an error
	}{
		{files: []manifest.Files{matching("index.html")}, want: "index.html"},
		{files: []manifest.Files{matching("./index.html")}, want: "index.html"},
		{files: []manifest.Files{matching("static/*")}, want: "static/.hidden static/a.js static/b.css"},
		{files: []manifest.Files{matching("static/*.js")}, want: "static/a.js"},
		{files: []manifest.Files{matching("static/?.[cj]s*")}, want: "static/a.js static/b.css"},
		{files: []manifest.Files{matching("static/[!a-b.]*/*")}, want: "static/deep/c.js"},
		{files: []manifest.Files{matching("static/**/*")}, want: "static/.hidden static/a.js static/b.css static/deep/c.js static/deep/d/e.js"},
		{files: []manifest.Files{matching("static/**/*.js")}, want: "static/a.js static/deep/c.js static/deep/d/e.js"},
		{files: []manifest.Files{matching("**/*.md")}, want: "docs/readme.md"},
		{files: []manifest.Files{matching("static/**")}, want: ""}, // matches directories
		{files: []manifest.Files{matching("static/*.png")}, want: ""},
		{files: []manifest.Files{matching("static/{a,b}*"), matching("index.html")}, want: "index.html"}, // no alternatives
		{files: []manifest.Files{matching("docs")}, want: "docs/docs/readme.md"},                         // as Spin does
		{files: []manifest.Files{matching("odd[1]/*")}, want: ""},                                        // a set, matches odd1
		{files: []manifest.Files{matching("odd[[]1]/*")}, want: "odd[1]/x?.txt"},

		{files: []manifest.Files{placed("static", "/assets")}, want: "assets/.hidden assets/a.js assets/b.css assets/deep/c.js assets/deep/d/e.js"},
		{files: []manifest.Files{placed("static/deep", "/")}, want: "c.js d/e.js"},
		{files: []manifest.Files{placed("odd[1]", "x")}, want: "x/x?.txt"},
		{files: []manifest.Files{placed("index.html", "/a/b.html"), placed("docs/readme.md", "c")}, want: "a/b.html c"},

		{files: []manifest.Files{placed("static", "/")}, exclude: []string{"static/*.js"}, want: ".hidden b.css"}, // * matches slashes
		{files: []manifest.Files{matching("static/**/*")}, exclude: []string{"**/[.]*", "static/deep/**"}, want: "static/a.js static/b.css"},
		{files: []manifest.Files{matching("static/a.js")}, exclude: []string{"**/*"}, want: "static/a.js"}, // a file by name stays

		// Symbolic links.
		{files: []manifest.Files{matching("links/*")}, want: "links/in"},
		{files: []manifest.Files{matching("links/**/*.js")}, want: "links/dir/c.js links/dir/d/e.js"},
		{files: []manifest.Files{matching("**/outside.txt")}, want: ""},
		{files: []manifest.Files{matching("leaks/*")}, want: "error: cannot read leaks/dir; a symbolic link must not leave the application directory: "},
		{files: []manifest.Files{matching("leaks/file")}, want: "error: cannot read leaks/file; "},
		{files: []manifest.Files{matching("leaks/dir/*")}, want: "error: cannot read leaks/dir; "},
		{files: []manifest.Files{placed("leaks/dir", "/")}, want: "error: cannot read leaks/dir; "},
		{files: []manifest.Files{matching("loop/**/*")}, want: "error: cannot read loop/self/"},

		{files: []manifest.Files{matching("..")}, want: "error: a file pattern can't end in ..; to include a directory, use the source and destination form, or a pattern ending in **/*"},
		{files: []manifest.Files{matching("static/.")}, want: "error: a file pattern can't end in .; "},
		{files: []manifest.Files{matching("../*")}, want: `error: "../*" is outside the application directory; files must be within the application directory`},
		{files: []manifest.Files{matching("/etc/passwd")}, want: `error: "/etc/passwd" is outside the application directory`},
		{files: []manifest.Files{matching("static/nope.js")}, want: `error: "static/nope.js" does not exist and doesn't appear to be a glob pattern`},
		{files: []manifest.Files{matching("static/***")}, want: "error: pattern \"static/***\": wildcards are either regular `*` or recursive `**`"},
		{files: []manifest.Files{matching("static/a**")}, want: `error: pattern "static/a**": recursive wildcards must form a single path component`},
		{files: []manifest.Files{matching("static/[a")}, want: `error: pattern "static/[a": invalid range pattern`},
		{files: []manifest.Files{placed("nope", "/")}, want: `error: file or directory "nope" does not exist`},
		{files: []manifest.Files{placed("../outside.txt", "x")}, want: `error: "../outside.txt" is outside the application directory`},
		{files: []manifest.Files{placed("index.html", "/")}, want: `error: "/" is not a valid destination file name`},
		{files: []manifest.Files{placed("index.html", "/dir/")}, want: `error: "/dir/" is not a valid destination file name`},
		{files: []manifest.Files{placed("index.html", "/../x")}, want: `error: destination "/../x" leaves the guest's root`},
	} {
		to := filepath.Join(t.TempDir(), "guest")
		err := Copy(to, app, &manifest.Component{ID: "c", Files: c.files, ExcludeFiles: c.exclude})
		got := ""
		if err != nil {
			got = "error: " + strings.TrimPrefix(err.Error(), "component.c.files[0]: ")
		} else {
			got = strings.Join(list(t, to), " ")
		}
		if got != c.want && !(strings.HasPrefix(c.want, "error: ") && strings.HasPrefix(got, c.want)) {
			t.Errorf("%v without %v:\n got %s\nwant %s", c.files, c.exclude, got, c.want)
		}
	}
}

// list returns the files below a directory.
func list(t *testing.T, dir string) []string {
	t.Helper()
	var names []string
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func TestCopyKeepsContent(t *testing.T) {
	app, to := makeApp(t), t.TempDir()
	component := &manifest.Component{Files: []manifest.Files{matching("links/in")}}
	if err := Copy(to, app, component); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(app, "static/a.js"), []byte("changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(to, "links/in")); err != nil || string(got) != "content of static/a.js" {
		t.Errorf("got %q, %v", got, err)
	}
	if info, err := os.Stat(filepath.Join(to, "links/in")); err != nil || info.Mode().Perm()&0o222 != 0 {
		t.Errorf("the copy can be written: %v, %v", info.Mode(), err)
	}
}

func TestBadExclusion(t *testing.T) {
	err := Copy(t.TempDir(), makeApp(t), &manifest.Component{ID: "c", ExcludeFiles: []string{"ok", "[z-a]"}})
	if want := `component.c.exclude_files[1]: pattern "[z-a]": invalid range pattern`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern string
		matches string
		others  string
	}{
		{"a", "a", "A ab b"},
		{"a/*.js", "a/x.js a/b/x.js a/.js", "x.js a/x.jsx"},
		{"a?c", "abc a/c", "ac abbc"},
		{"**/x", "x a/x a/b/x", "ax a/xx"},
		{"a/**/x", "a/x a/b/x a/b/c/x", "ax b/a/x"},
		{"a/**", "a/x a/b/x", "a b/a"},
		{"[a-c]x", "ax bx cx", "dx -x"},
		{"[!a-c]x", "dx -x", "ax bx"},
		{"[]]x", "]x", "x"},
		{"[a-]x", "ax -x", "bx"},
		{"[^a]x", "^x ax", "bx"},
		{`a\*`, `a\b a\`, "a*"},
		{"{a,b}.+", "{a,b}.+", "a.+"},
	} {
		g, err := compile(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range strings.Fields(c.matches) {
			if !g.match(name) {
				t.Errorf("%s does not match %s", c.pattern, name)
			}
		}
		for _, name := range strings.Fields(c.others) {
			if g.match(name) {
				t.Errorf("%s matches %s", c.pattern, name)
			}
		}
	}
}

// FuzzGlob checks that no pattern panics and that an escaped name matches only itself.
func FuzzGlob(f *testing.F) {
	f.Add("static/**/[!a-c]?*.js", "static/deep/d.js")
	f.Add("[]]", "]")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if g, err := compile(pattern); err == nil {
			g.match(name)
		}
		g, err := compile(escape(name))
		if err != nil || strings.ToValidUTF8(name, "") == name && !g.match(name) || g.match(name+"x") {
			t.Errorf("%q: escaped as %q, %v", name, escape(name), err)
		}
	})
}
