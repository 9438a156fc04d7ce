package json

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestAppendString(t *testing.T) {
	for _, s := range []string{"", "a", `"\`, "\n\t\r\x00\x1f\x7f", "</script>", "\u2028\u2029", "π ≤ 😀", "\xff"} {
		var got string
		if err := json.Unmarshal(AppendString(nil, s), &got); err != nil || got != strings.ToValidUTF8(s, "\uFFFD") {
			t.Errorf("%q became %s (%v)", s, AppendString(nil, s), err)
		}
	}
	if got := string(AppendString(nil, "</script>\u2028")); strings.ContainsAny(got, "<\u2028") {
		t.Errorf("%s cannot stand in a page", got)
	}
}

var numbers = []struct {
	text string
	want float64
	ok   bool
}{
	{"0", 0, true}, {"-0", 0, true}, {" 51\n", 51, true}, {"-2.5e-3", -0.0025, true}, {"1E+2", 100, true}, {"0.5", 0.5, true},
	{"", 0, false}, {"-", 0, false}, {"+1", 0, false}, {".5", 0, false}, {"5.", 0, false}, {"01", 0, false}, {"0x1", 0, false},
	{"1e", 0, false}, {"1e999", 0, false}, {"Inf", 0, false}, {"NaN", 0, false}, {"1_0", 0, false}, {"1 2", 0, false}, {`"1"`, 0, false},
}

func TestParseNumber(t *testing.T) {
	for _, c := range numbers {
		if got, ok := ParseNumber(c.text); ok != c.ok || ok && got != c.want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %v, %v", c.text, got, ok, c.want, c.ok)
		}
	}
}

// FuzzParseNumber checks that exactly the numbers of encoding/json are numbers here.
func FuzzParseNumber(f *testing.F) {
	for _, c := range numbers {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var want float64
		isNumber := strings.Trim(text, " \t\r\n0123456789.eE+-") == "" && json.Unmarshal([]byte(text), &want) == nil
		if got, ok := ParseNumber(text); ok != isNumber || ok && got != want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %v, %v", text, got, ok, want, isNumber)
		}
	})
}

// FuzzAppendString checks that encoding/json reads the JSON of every string back.
func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\x00<\u2028\xff")
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(AppendString(nil, s), &got); err != nil || got != strings.ToValidUTF8(s, "\uFFFD") && utf8.ValidString(s) {
			t.Errorf("%s became %q (%v)", strconv.Quote(s), got, err)
		}
	})
}
