package contract

import (
	"encoding/json"
	"net/http"
	"testing"
)

// calculations are sources and their `display`. The language has its own tests; these show that
// HTTP and JSON preserve its operators and numbers.
var calculations = []struct{ source, display string }{
	{"3 * (7 + 1)", "24"},
	{"-5 + 3", "-2"},
	{"1+1", "2"},
	{"(12 + 3)*4 - sqrt(9", "57"},
	{"2 - 3 - 4", "-5"},
	{"7/2", "3.5"},
	{"2^3^2", "512"},
	{"-2^2", "-4"},
	{"2^-1", "0.5"},
	{"(-2)^2", "4"},
	{"0^0", "1"},
	{"--3", "3"},
	{"+4", "4"},
	{"0.1 + 0.2", "0.3"},
	{"1/3", "0.333333333333333"},
	{"-0", "0"},
	{".5 + 5.", "5.5"},
	{"1e-9 * 1e9", "1"},
	{"2e+3", "2000"},
	{"1_000_000", "1000000"},
	{"0x1F + 0b101 + 0o17", "51"},
	{"1e300 * 1e8", "1e308"},
	{"sqrt(16) + abs(-1)", "5"},
	{"max(1, 7, 3) - min(4, 2)", "5"},
	{"floor(-1.5) + ceil(1.2) + round(2.5)", "3"},
	{"ln(e) + log(1000) + log2(8)", "7"},
	{"sin(0) + cos(0) + tan(0)", "1"},
	{"exp(0)", "1"},
	{"2 * pi", "6.28318530717959"},
	{"a = 2; a * 3", "6"},
	{"a = 2\nb = a + 1\na * b", "6"},
	{"# what it is\n1 + 2 # three", "3"},
	{"(1 +\n2)", "3"},
	{"größe = 3; größe^2", "9"},
	{"√16 × 2 ÷ 4 − 1", "1"},
	{"  1 + 1  \n", "2"},
	{"\t1\r\n", "1"},
	{"5 km in miles", "3.10685596118667 mi"},
	{"72 °F in °C", "22.2222222222222 °C"},
	{"100 + (10%)", "110"},
	{"15% of 80", "12"},
	{"18%", "18%"},
	{"255 in hex", "0xFF"},
	{"90 min in h min", "1 h 30 min"},
	{"way = 5 km", ""},
	{"way + 300 m", "5.3 km"},
	{"ans * 2", "10.6 km"},
}

// failures are sources without a value, and the position of the error.
var failures = []struct {
	source       string
	status       int
	code         string
	offset       int
	line, column int
}{
	{"2+", 400, "syntax", 2, 1, 3},
	{"(1 + 2))", 400, "syntax", 7, 1, 8},
	{"1 + * 2", 400, "syntax", 4, 1, 5},
	{"3 4", 400, "syntax", 2, 1, 3},
	{")", 400, "syntax", 0, 1, 1},
	{"1 @ 2", 400, "syntax", 2, 1, 3},
	{"5 kg + 3 m", 422, "unit", 5, 1, 6},
	{"5 km in kg", 422, "unit", 8, 1, 9},
	{"1\n2 +\n3", 400, "syntax", 5, 2, 4},
	{"1__0", 400, "number", 0, 1, 1},
	{"0x", 400, "number", 0, 1, 1},
	{"", 400, "empty", 0, 1, 1},
	{"# nothing", 400, "empty", 9, 1, 10},
	{"1 + \xff", 400, "encoding", 4, 1, 5},
	{"nope", 422, "unknown-name", 0, 1, 1},
	{"π + nope", 422, "unknown-name", 5, 1, 5},
	{"1\n\n  nope", 422, "unknown-name", 5, 3, 3},
	{"1/0", 422, "division-by-zero", 1, 1, 2},
	{"sqrt(-1)", 422, "domain", 0, 1, 1},
	{"1e400", 422, "overflow", 0, 1, 1},
	{"10^400", 422, "overflow", 2, 1, 3},
	{"pi = 3", 422, "reserved-name", 0, 1, 1},
	{"sin = 3", 422, "reserved-name", 0, 1, 1},
	{"sqrt(1, 2)", 422, "arguments", 0, 1, 1},
}

func (s *Suite) testLanguage(t *testing.T) {
	token := s.NewSession(t)
	for _, c := range calculations {
		t.Run(c.source, func(t *testing.T) {
			var got struct{ Display string }
			reply := s.Eval(t, token, c.source)
			decodeInto(t, reply, http.StatusOK, &got)
			if got.Display != c.display {
				t.Errorf("displays %q, want %q", got.Display, c.display)
			}
		})
	}
	for _, c := range failures {
		t.Run(c.source, func(t *testing.T) {
			var got struct {
				Code     string
				Position struct{ Offset, Line, Column int }
			}
			reply := s.Eval(t, token, c.source)
			decodeInto(t, reply, c.status, &got)
			at := got.Position
			if got.Code != c.code || at.Offset != c.offset ||
				at.Line != c.line || at.Column != c.column {
				t.Errorf("is %s at offset %d, line %d, column %d; want %s at %d, %d, %d",
					got.Code, at.Offset, at.Line, at.Column, c.code, c.offset, c.line, c.column)
			}
		})
	}
}

// decodeInto decodes the JSON of a reply, which must have the status.
func decodeInto(t testing.TB, reply Reply, status int, value any) {
	t.Helper()
	if reply.Status != status {
		t.Fatalf("the status is not %d:\n%s", status, reply)
	}
	if err := json.Unmarshal([]byte(reply.Body), value); err != nil {
		t.Fatalf("%v:\n%s", err, reply)
	}
}
