package browser

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// axeVersion is the version of axe-core, whose accessibility rules the page must pass.
const axeVersion = "4.10.2"

// TestAxe runs axe-core on every view.
func TestAxe(t *testing.T) {
	axe := loadAxe(t)
	url := harness.Start(t, harness.Options{}).URL
	for _, c := range []struct {
		width  int64
		scheme string
	}{{320, "dark"}, {1280, "light"}, {768, "forced"}} {
		t.Run(fmt.Sprintf("%d/%s", c.width, c.scheme), func(t *testing.T) {
			p := open(t, url, look(c.width, c.scheme)...)
			for _, v := range slices.Concat(views, others) {
				v.prepare(p)
				p.wantAccessible(axe, v.name)
			}
		})
	}
	t.Run("problems", func(t *testing.T) {
		p := open(t, url)
		p.do(chromedp.EmulateViewport(320, 800), chromedp.Navigate(url+"/problems#division-by-zero"))
		p.wantAccessible(axe, "problems")
		if get[bool](p, `document.documentElement.scrollWidth > innerWidth`) {
			t.Error("the page of problems is wider than the window")
		}
	})
}

// wantAccessible runs the rules on the current view.
func (p *page) wantAccessible(axe, name string) {
	p.Helper()
	if get[bool](p, `window.axe === undefined`) {
		p.do(chromedp.Evaluate(axe+"; undefined", nil))
	}
	// A row that is still fading in has less contrast.
	getAsync[int](p, `Promise.all(document.getAnimations().map((animation) => animation.finished)).then((all) => all.length)`)
	flaws := getAsync[[]string](p, `axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
		nodes.map((node) => id + ": " + node.html.slice(0, 120) + " " + (node.any[0]?.message ?? node.all[0]?.message ?? ""))))`)
	for _, flaw := range flaws {
		p.Errorf("%s: %s", name, flaw)
	}
}

// loadAxe returns the script of axe-core. npm downloads it once per machine, into the cache.
func loadAxe(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(cache, "abacus")
	archive := filepath.Join(folder, "axe-core-"+axeVersion+".tgz")
	if _, err := os.Stat(archive); err != nil {
		if _, err := exec.LookPath("npm"); err != nil {
			t.Skip("axe-core is not run: npm, which downloads it, is not installed")
		}
		if err := os.MkdirAll(folder, 0o755); err != nil {
			t.Fatal(err)
		}
		command := exec.Command("npm", "pack", "--pack-destination", folder, "axe-core@"+axeVersion)
		if text, err := command.CombinedOutput(); err != nil {
			t.Skipf("axe-core is not run: npm cannot download it: %v\n%s", err, text)
		}
	}
	return unpack(t, archive, "package/axe.min.js")
}

// unpack returns one file of a compressed archive.
func unpack(t *testing.T, archive, name string) string {
	t.Helper()
	file, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if err != nil {
			t.Fatalf("%s lacks %s: %v", archive, name, err)
		}
		if header.Name != name {
			continue
		}
		content, err := io.ReadAll(files)
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
}
