package web_test

import (
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"abacus/shared/plot"
)

// drawn returns an entry that is a plot from -2 to 3.
func drawn(expressions ...string) []string {
	s := &plot.Statement{Variable: "x", From: -2, To: 3, Expressions: expressions}
	return []string{"plot", s.Source(), s.Source(), "", s.Text()}
}

// sharedPage returns the page of a share of such entries.
func sharedPage(t *testing.T, entries ...[]string) string {
	n := newNeighbours(t)
	token, _ := n.share("Curves", 0, entries...)
	w := ask(n.web(), "GET", "/s/"+token)
	if w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

var figures = regexp.MustCompile(`(?s)<figure class="plot">.*?</figure>`)

// TestSharedPlot checks that a plot is drawn without scripts, with the names of the share, and is
// described in words.
func TestSharedPlot(t *testing.T) {
	page := sharedPage(t, drawn("a*x", "1/x", "x < 1", "sqrt(x - 10)"))
	figure := figures.FindString(page)
	for _, want := range []string{
		`<svg width="400" height="250" viewBox="0 0 400 250" role="img" aria-label="Plot for x from -2 to 3: a*x has values from -102 to 153; ` +
			`1/x has values from `, `x &lt; 1 has values from 0 to 1; sqrt(x - 10) is not visible there; root at (0, 0); ` +
			`intersection at (-0.14, -7.141); intersection at (0.14, 7.141); intersection at (0.01961, 1).">`,
		`<path class="grid" d="M`, `<path class="axis" d="M`, `<path class="curve-1" d="M`, `<path class="curve-4" d=""/>`,
		`text-anchor="middle">2</text>`, `text-anchor="end">100</text>`,
		`<code><bdi>x &lt; 1</bdi></code></dt><dd>has values from 0 to 1</dd>`,
	} {
		if !strings.Contains(figure, want) {
			t.Errorf("the figure lacks %s:\n%s", want, figure)
		}
	}
	for _, forbidden := range []string{"<script", " style=", "NaN", "Inf", "e+", "--"} {
		if strings.Contains(figure, forbidden) {
			t.Errorf("the figure contains %s:\n%s", forbidden, figure)
		}
	}
	checkFigure(t, figure)
	if pieces := strings.Count(regexp.MustCompile(`class="curve-2" d="[^"]*"`).FindString(figure), "M"); pieces != 2 {
		t.Errorf("1/x has %d pieces:\n%s", pieces, figure)
	}
}

// TestSharedPoints checks that a shared page marks the points of interest and names them in words.
func TestSharedPoints(t *testing.T) {
	figure := figures.FindString(sharedPage(t, drawn("x^2 - 1", "x + 1")))
	for _, want := range []string{
		"; root at (-1, 0); root at (1, 0); minimum at (0, -1); intersection at (-1, 0); intersection at (2, 3); root at (-1, 0).\"",
		">minimum (0, -1)</text>", ">(2, 3)</text>",
	} {
		if !strings.Contains(figure, want) {
			t.Errorf("the figure lacks %s:\n%s", want, figure)
		}
	}
	if n := strings.Count(figure, "<circle "); n != 6 {
		t.Errorf("%d points are marked, want 6:\n%s", n, figure)
	}
	checkFigure(t, figure)
}

// checkFigure checks that a figure is well-formed and its lines are not far outside it.
func checkFigure(t *testing.T, figure string) {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(figure))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatalf("%v:\n%s", err, figure)
		}
		element, is := token.(xml.StartElement)
		if !is || element.Name.Local != "path" {
			continue
		}
		for _, attribute := range element.Attr {
			if attribute.Name.Local != "d" {
				continue
			}
			for _, text := range strings.FieldsFunc(attribute.Value, func(r rune) bool { return strings.ContainsRune("MLHVh ", r) }) {
				if number, err := strconv.ParseFloat(text, 64); err != nil || number < -800 || number > 1200 {
					t.Fatalf("%s in %s", text, attribute.Value)
				}
			}
		}
	}
}

// TestSharedPlotWithout checks that the page says what cannot be drawn, and that the rest of it
// stays the same.
func TestSharedPlotWithout(t *testing.T) {
	page := sharedPage(t, drawn("k*x"), drawn("f(x)"), []string{"value", "1 + 1", "1 + 1", "2"}, drawn("x^2"))
	for _, want := range []string{
		`<figure class="plot"><p class="caption">Not drawn here: unknown name ` + "`k`</p></figure>",
		"Not drawn here: unknown function `f`", `<output class="result">2</output>`, `<path class="curve-1" d="M`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s:\n%s", want, page)
		}
	}
}

// TestSharedPlots checks that curves of any shape are well-formed SVG near the picture.
func TestSharedPlots(t *testing.T) {
	page := sharedPage(t, drawn("tan(20x)"), drawn("floor(3x)"), drawn("sin(1000x)"), drawn("exp(200x)"), drawn("x*1e300", "1"), drawn("5"),
		drawn("ln(x)", "-ln(x)"), drawn("1e-9x"), drawn("1000000 + x/1e6"), drawn("x", "2x", "3x", "4x", "5x", "6x", "7x", "8x"))
	list := figures.FindAllString(page, -1)
	if len(list) != 10 || strings.Count(page, `role="img"`) != 10 {
		t.Errorf("%d figures:\n%s", len(list), page)
	}
	for _, figure := range list {
		checkFigure(t, figure)
	}
}

// TestSharedPlotsAreBounded checks that many plots, and slow ones, do not take long: only the first
// are drawn.
func TestSharedPlotsAreBounded(t *testing.T) {
	many := make([][]string, 1000)
	for i := range many {
		many[i] = drawn("sin(a*x)", "cos(x)")
	}
	page := sharedPage(t, many...)
	if pictures, without := strings.Count(page, `role="img"`), strings.Count(page, "Not drawn here: there are many plots on this page"); pictures != 20 || without != 980 {
		t.Errorf("%d of 1,000 plots are drawn, %d are not", pictures, without)
	}
	for _, c := range []struct{ sums, pictures, slow int }{{1, 20, 0}, {40, 0, 7}} {
		slow := make([][]string, 20)
		for i := range slow {
			slow[i] = drawn(strings.Repeat("sum(1/k^2, k = 1, 200) + ", c.sums) + "x")
		}
		began := time.Now()
		page := sharedPage(t, slow...)
		if took := time.Since(began); took > 30*time.Second {
			t.Errorf("slow plots take %v", took)
		}
		if n := strings.Count(page, `role="img"`); n != c.pictures {
			t.Errorf("%d of 20 plots of %d sums are drawn, want %d", n, c.sums, c.pictures)
		}
		slower, without := strings.Count(page, "its curves take too many steps"), strings.Count(page, "there are many plots on this page")
		if slower != c.slow || c.pictures+slower+without != 20 {
			t.Errorf("of %d sums %d are too slow and %d too many", c.sums, slower, without)
		}
	}
}
