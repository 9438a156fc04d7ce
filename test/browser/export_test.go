package browser

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"

	"abacus/test/harness"
)

// many is the number of entries that several years of use leave.
const many = 100_000

// manyEntries stores such a history for the owner of a session with one entry.
const manyEntries = `INSERT INTO entries (owner, id, at, kind, expression, parsed, result, key)
	WITH RECURSIVE numbers (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d)
	SELECT '%s', n, 1700000000000 + n * 1000, 'value', n || ' * 2 # "a", ' || char(10) || 'b', n || '*2', n * 2, 'k' || n FROM numbers`

// TestSaveMany saves a history of 100,000 entries as a file. One attempt is stopped halfway,
// another loses the reply for one page.
func TestSaveMany(t *testing.T) {
	state := t.TempDir()
	first := harness.Start(t, harness.Options{StateDir: state})
	p := open(t, first.URL)
	p.calculate("1")
	sum := sha256.Sum256([]byte(get[string](p, `localStorage.getItem("abacus.session")`)))
	owner := hex.EncodeToString(sum[:])
	first.Stop(t)
	harness.Start(t, harness.Options{StateDir: state, Listen: strings.TrimPrefix(first.URL, "http://"), Flags: []string{
		"--sqlite", fmt.Sprintf(manyEntries, many, owner), "--sqlite", fmt.Sprintf("UPDATE owners SET last = %d WHERE owner = '%s'", many, owner),
	}})
	p.visit()
	folder := t.TempDir()
	p.do(browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(folder).WithBrowserContextID(p.profile))
	notice := `document.getElementById("toast").textContent`
	p.more("#save-csv")
	p.until(notice + `.includes("entries are read")`)
	p.click("#toast .actions button:first-child")
	p.until(notice + `.includes("you stopped it")`)

	begin := time.Now()
	p.do(chromedp.Evaluate(`{
		const real = window.fetch;
		let pages = 0;
		window.fetch = async (...request) => {
			if (++pages === 5) {
				window.fetch = real;
				throw new TypeError("the connection was lost");
			}
			return real(...request);
		};
	}`, nil))
	p.more("#save-csv")
	for end := time.Now().Add(2 * time.Minute); !get[bool](p, notice+`.includes("is saved as a file")`); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the history is not saved: " + get[string](p, notice))
		}
	}
	memory := get[float64](p, `performance.memory.usedJSHeapSize`) / (1 << 20)
	t.Logf("%d entries are saved in %v; the page then has %.0f MB", many, time.Since(begin).Round(100*time.Millisecond), memory)
	if memory > 200 {
		t.Errorf("the page uses %.0f MB", memory)
	}

	file := filepath.Join(folder, "abacus.csv")
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(file); err == nil {
			break
		} else if time.Now().After(end) {
			t.Fatal(err)
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(string(content))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != many+1 {
		t.Fatalf("the file has %d rows, want %d", len(rows), many+1)
	}
	for i, row := range rows[1:many] {
		n := many - i
		if row[0] != strconv.Itoa(n) || row[3] != fmt.Sprintf("%d * 2 # \"a\", \nb", n) || row[5] != strconv.Itoa(2*n) {
			t.Fatalf("row %d is %q", i+1, row)
		}
	}
}

// TestSpreadsheet saves a history for a spreadsheet, which would take a fraction for a date.
func TestSpreadsheet(t *testing.T) {
	p := open(t, harness.Start(t, harness.Options{}).URL)
	p.calculate("1/3 as fraction", "x = 3", "2x^2")
	p.do(browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(t.TempDir()).WithBrowserContextID(p.profile))
	p.do(chromedp.Evaluate(`{
		const real = URL.createObjectURL;
		URL.createObjectURL = (blob) => {
			blob.text().then((text) => (window.saved = text));
			return real.call(URL, blob);
		};
	}`, nil))
	p.more("#save-spreadsheet")
	p.until(`window.saved !== undefined`)
	got := get[[]string](p, `window.saved.split("\r\n").map((line) => line.replace(/^\d{4}-[\d-]+ [\d:]+/, "TIME"))`)
	want := []string{"Time,Expression,Read as,Result", "TIME,1/3 as fraction,1/3 in fraction,0.3333333333333333", "TIME,x = 3,x = 3,3",
		"TIME,2x^2,2*x^2,18", ""}
	if !slices.Equal(got, want) {
		t.Errorf("the file is\n%q, want\n%q", got, want)
	}
}
