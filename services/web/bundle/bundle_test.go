package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"maps"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"

	"abacus/services/web"
)

// sources are a small page with one file of each kind.
var sources = map[string]string{
	"index.html": `<!doctype html>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/style.css">
<script type="module" src="/app/main.js"></script>
`,
	"note.tmpl":     `<link rel="stylesheet" href="/style.css">{{content}}`,
	"robots.txt":    "User-agent: *\n",
	"icon.svg":      `<svg xmlns="http://www.w3.org/2000/svg"/>`,
	"calc.wasm":     "\x00asm",
	"style.css":     "body {\n  color: black;\n}\n",
	"sw.js":         "const files = PRECACHE;\naddEventListener(\"install\", () => console.log(files));\n",
	"app/main.js":   "import { shown } from \"./dom.js\";\nshown(new Worker(\"/app/worker.js\"));\nconst later = await import(\"./later.js\");\nlater.go();\n",
	"app/later.js":  "import { shown } from \"./dom.js\";\nexport const go = () => shown(FUNCTIONS);\n",
	"app/dom.js":    "export function shown(text) {\n  document.body.append(text);\n}\n",
	"app/shared.js": "addEventListener(\"load\", () => 1);\n",
	"app/worker.js": "fetch(\"/calc.wasm\");\nfetch(\"/eval\");\n",
}

// writeSources writes the sources to a new folder, with some of them changed.
func writeSources(t *testing.T, changes map[string]string) string {
	t.Helper()
	all := maps.Clone(sources)
	maps.Copy(all, changes)
	root := t.TempDir()
	for name, content := range all {
		if err := replace(filepath.Join(root, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func bundleSources(t *testing.T, changes map[string]string) map[string][]byte {
	t.Helper()
	files, err := bundle(writeSources(t, changes))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// find returns the only path that matches a pattern.
func find(t *testing.T, files map[string][]byte, pattern string) string {
	t.Helper()
	var found []string
	for name := range files {
		if regexp.MustCompile("^" + pattern + "$").MatchString(name) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%s matches %q, of %q", pattern, found, slices.Sorted(maps.Keys(files)))
	}
	return found[0]
}

func TestBundle(t *testing.T) {
	files := bundleSources(t, nil)
	const hash = "-[A-Z0-9]{8}"
	// The page starts with one file, whichever parts of it later modules use.
	main, style := find(t, files, "app/chunk"+hash+`\.js`), find(t, files, "app/style"+hash+`\.css`)
	icon, wasm := find(t, files, "app/icon"+hash+`\.svg`), find(t, files, "app/calc"+hash+`\.wasm`)
	later := find(t, files, "app/later"+hash+`\.js`)
	worker := find(t, files, "app/worker"+hash+`\.js`)
	page := find(t, files, "app/index"+hash+`\.html`)
	for name, want := range map[string][]string{
		"index.html": {
			`href="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"`, `href="/` + style + `"`,
			`<script type="module" src="/` + main + `">`,
		},
		"note.tmpl": {`href="/` + style + `">{{content}}`},
		page:        {`href="/` + style + `"`},
		"sw.js": {`["/` + strings.Join([]string{wasm, main, icon, page, later,
			find(t, files, "app/mono"+hash+`\.ttf`), find(t, files, "app/shared"+hash+`\.js`), style,
			worker}, `","/`) + `"]`},
		later:        {`{name:"sqrt",signature:"sqrt(x) or √x",kind:"function",help:"`, `from"./` + path.Base(main) + `"`},
		"robots.txt": {sources["robots.txt"]},
		"icon.svg":   {sources["icon.svg"]},
		icon:         {sources["icon.svg"]},
		wasm:         {sources["calc.wasm"]},
		style:        {"body{color:#000}"},
		worker:       {`fetch("/` + wasm + `")`, `fetch("/eval")`},
		main:         {`"/` + worker + `"`, `import("./` + path.Base(later) + `")`, "sourceMappingURL=" + path.Base(main) + ".map"},
	} {
		for _, part := range want {
			if !bytes.Contains(files[name], []byte(part)) {
				t.Errorf("%s lacks %q: %.400s", name, part, files[name])
			}
		}
	}
	for _, name := range []string{"app/main.js", "app/dom.js", "style.css", "calc.wasm"} {
		if _, has := files[name]; has {
			t.Errorf("the source %s is served under its own name", name)
		}
	}
}

// TestHashes changes a source: the name of its output changes, and so do the names of all outputs
// that refer to it, and no others.
func TestHashes(t *testing.T) {
	before := bundleSources(t, nil)
	if again := bundleSources(t, nil); !reflect.DeepEqual(again, before) {
		t.Errorf("the same sources in another folder: %q, then %q", slices.Sorted(maps.Keys(before)), slices.Sorted(maps.Keys(again)))
	}
	for _, c := range []struct{ source, addition, names string }{
		{"calc.wasm", "\x01", "calc worker chunk later index"},
		{"style.css", "p { top: 0 }", "style index"},
		{"app/later.js", "go();", "later chunk index"},
		{"app/dom.js", "shown();", "later chunk index"},
	} {
		after := bundleSources(t, map[string]string{c.source: sources[c.source] + c.addition})
		var changed []string
		for name := range after {
			stem, _, hashed := strings.Cut(path.Base(name), "-")
			if _, has := before[name]; hashed && !has && path.Ext(name) != ".map" {
				changed = append(changed, stem)
			}
		}
		want := strings.Fields(c.names)
		slices.Sort(want)
		slices.Sort(changed)
		if !slices.Equal(changed, want) {
			t.Errorf("%s: the names of %q change, want %q", c.source, changed, want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct{ name, content, want string }{
		{"index.html", "<p>\n<script src=\"/app/none.js\">", "index.html:2: nothing is served at /app/none.js"},
		{"index.html", "<link rel=\"modulepreload\" href=\"/app/dom.js\">", "index.html:1: nothing is served at /app/dom.js"},
		{"app/dom.js", "\n\nexport const shown = \"/none.svg\";", "app/dom.js:3: nothing is served at /none.svg"},
		{"app/dom.js", "export const shown = ;", "app/dom.js:1: Unexpected \";\""},
		{"app/later.js", "import { none } from \"./dom.js\";\nexport const go = none;", "app/later.js:1: No matching export in \"app/dom.js\" for import \"none\""},
		{"style.css", "a { color: red; }\n}", "style.css:2: Unexpected \"}\""},
	} {
		root := writeSources(t, map[string]string{c.name: c.content})
		if _, err := bundle(root); err == nil || !strings.Contains(err.Error(), filepath.ToSlash(root)+"/"+c.want) {
			t.Errorf("%s: error %v, want %s", c.name, err, c.want)
		}
	}
	if _, err := bundle(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a missing folder is no error")
	}
}

func TestCompress(t *testing.T) {
	long := []byte(strings.Repeat("a longer text ", 100))
	files := map[string][]byte{"a.js": long, "b.txt": []byte("b"), "c.tmpl": long, "d.map": long}
	compress(files)
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, []string{"a.js", "a.js.br", "a.js.gz", "b.txt", "c.tmpl", "d.map"}) {
		t.Errorf("files %q", got)
	}
	zipped, err := gzip.NewReader(bytes.NewReader(files["a.js.gz"]))
	if err != nil {
		t.Fatal(err)
	}
	for _, reader := range []io.Reader{zipped, brotli.NewReader(bytes.NewReader(files["a.js.br"]))} {
		if got, err := io.ReadAll(reader); err != nil || !bytes.Equal(got, long) {
			t.Errorf("%T: %.40q, %v", reader, got, err)
		}
	}
}

func TestWrite(t *testing.T) {
	output := filepath.Join(t.TempDir(), "output")
	files := map[string][]byte{"a.txt": []byte("a"), "app/b.txt": []byte("b"), "app/c.txt": []byte("c")}
	for _, c := range []struct {
		name    string
		change  func()
		changes int
	}{
		{"at first", func() {}, 3},
		{"again", func() {}, 0},
		{"one changed, one no longer there", func() { files["a.txt"] = []byte("A"); delete(files, "app/b.txt") }, 2},
		{"one removed from the output", func() { os.Remove(filepath.Join(output, "app/c.txt")) }, 1},
	} {
		c.change()
		if changes, err := write(output, files); err != nil || changes != c.changes {
			t.Errorf("%s: %d changes, error %v; want %d", c.name, changes, err, c.changes)
		}
	}
	got := map[string][]byte{}
	names, err := list(output)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if got[name], err = os.ReadFile(filepath.Join(output, name)); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(got, files) {
		t.Errorf("the folder holds %q, want %q", got, files)
	}
}

// TestPage serves the real page with the service: every file, and every URL in the page.
func TestPage(t *testing.T) {
	const static = "../static"
	if _, err := os.Stat(static + "/calc.wasm"); err != nil {
		t.Fatalf("%v: run `make build` first", err)
	}
	start := time.Now()
	files, err := bundle(static)
	if err != nil {
		t.Fatal(err)
	}
	compress(files)
	t.Logf("%d files in %v", len(files), time.Since(start))
	h := web.New(web.Options{ReadFile: func(name string) ([]byte, error) {
		if content, has := files[name]; has {
			return content, nil
		}
		return nil, fs.ErrNotExist
	}})
	status := func(url string) int {
		r := httptest.NewRequest("GET", "/", nil)
		r.RequestURI = url
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	for name := range files {
		want := 200
		if slices.Contains([]string{".br", ".gz", ".tmpl"}, path.Ext(name)) {
			want = 404
		}
		if got := status("/" + name); got != want {
			t.Errorf("%s: status %d, want %d", name, got, want)
		}
	}
	urls := regexp.MustCompile(`(?:href|src)="(/[^"]+)"`).FindAllSubmatch(files["index.html"], -1)
	for _, url := range urls {
		if got := status(string(url[1])); got != 200 {
			t.Errorf("the page names %s: status %d", url[1], got)
		}
	}
	if len(urls) < 4 {
		t.Errorf("the page names only %d files", len(urls))
	}
}
