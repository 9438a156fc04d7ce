package history_test

import (
	"strings"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// drawn returns a session with a definition and a plot of it.
func drawn(t *testing.T) (*service, string) {
	s := newService(t)
	token := s.session()
	s.bind(token, calc.Binding{Name: "a", Value: 2})
	s.bind(token, calc.Binding{Name: "x", Value: 4712})
	s.bind(token, calc.Binding{Name: "f", Source: "f(t) = a*t"})
	s.record(token, "value", "1 + 1", "2")
	statement := &plot.Statement{Variable: "x", From: -0.1, To: 1e300, Expressions: []string{"f(x)", "x^2"}}
	m := wire.Recording{ID: "plot", Entries: []wire.Entry{{Kind: "plot", Plot: statement.Text(),
		Expression: "plot(f(x), x^2, x=-1/10, 1e300)", Parsed: "plot(f(x), x^2, x = -1/10, 1e300)"}}}
	if w := s.send("POST", "/internal/entries", token, string(m.Append(nil))); w.Code != 200 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return s, token
}

const drawnPlot = `,"plot":{"variable":"x","from":-0.1,"to":1e300,"expressions":["f(x)","x^2"]}`

// TestPlots checks that a plot is listed with what it draws, in every format that has room for it,
// and has no result.
func TestPlots(t *testing.T) {
	s, token := drawn(t)
	const entry = `{"id":2,"at":"2026-11-22T09:30:00.000Z","kind":"plot","expression":"plot(f(x), x^2, x=-1/10, 1e300)",` +
		`"parsed":"plot(f(x), x^2, x = -1/10, 1e300)","result":null,"display":""` + drawnPlot + `}`
	for accept, want := range map[string]string{
		"application/json":     `{"entries":[` + entry + `],"next":null}` + "\n",
		"application/x-ndjson": entry + "\n",
		"text/csv": "id,at,kind,expression,parsed,result,unit\r\n" +
			`2,2026-11-22T09:30:00.000Z,plot,"plot(f(x), x^2, x=-1/10, 1e300)","plot(f(x), x^2, x = -1/10, 1e300)",,` + "\r\n",
	} {
		if w := s.send("GET", "/history?kind=plot", token, "", "Accept", accept); w.Code != 200 || w.Body.String() != want {
			t.Errorf("%s: %d %s, want %s", accept, w.Code, w.Body, want)
		}
	}
	if w := s.send("GET", "/internal/ans", token, ""); w.Body.String() != "ans\t2\n" {
		t.Errorf("the newest value is %s", w.Body)
	}
	if list, _ := ids(t, s.send("GET", "/history?kind=value", token, "")); !same(list, 1) {
		t.Errorf("the values are %v", list)
	}
}

// TestSharedPlot checks that the share of a plot has the names that its curves use, but not its
// variable.
func TestSharedPlot(t *testing.T) {
	s, token := drawn(t)
	share := s.made(s.post(token, `{"entries":[2]}`))
	want := `"result":null,"display":""` + drawnPlot + `}],"variables":{"a":2},"definitions":{"f":"f(t) = a*t"}}` + "\n"
	if w := s.send("GET", "/shares/"+share, "", ""); w.Code != 200 || !strings.HasSuffix(w.Body.String(), want) {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
	want = "\tplot(f(x), x^2, x = -1/10, 1e300)\t\tx\\n-0.1\\n1e300\\nf(x)\\nx^2\nvariable\ta\t2\ndefinition\tf\tf(t) = a*t\n"
	if w := s.send("GET", "/internal/shares/"+share, "", ""); w.Code != 200 || !strings.HasSuffix(w.Body.String(), want) {
		t.Errorf("%d %s, want %s", w.Code, w.Body, want)
	}
	if w := s.send("POST", "/shares/"+share+"/fork", "", ""); w.Code != 201 {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
