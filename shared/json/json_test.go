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
