package wire_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"abacus/shared/wire"
)

// objects are texts that are flat objects, and what they hold.
var objects = []struct {
	text string
	want []wire.Member
}{
	{`{}`, nil},
	{" {\n} ", nil},
	{`{"a": "b"}`, []wire.Member{{Name: "a", Text: "b"}}},
	{`{"a":1,"b":-2.5e3}`, []wire.Member{{Name: "a", Kind: wire.NumberMember, Number: 1}, {Name: "b", Kind: wire.NumberMember, Number: -2500}}},
	{`{"a" : [ 1 , 2 ] }`, []wire.Member{{Name: "a", Kind: wire.ListMember, Numbers: []float64{1, 2}}}},
	{`{"a":[]}`, []wire.Member{{Name: "a", Kind: wire.ListMember, Numbers: []float64{}}}},
	{`{"a":true,"b":null}`, []wire.Member{{Name: "a", Kind: wire.WordMember}, {Name: "b", Kind: wire.WordMember}}},
	{`{"a":"","a":"x"}`, []wire.Member{{Name: "a"}, {Name: "a", Text: "x"}}},
	{`{"\u0061\n":"\"\\\/\b\f\n\r\t"}`, []wire.Member{{Name: "a\n", Text: "\"\\/\b\f\n\r\t"}}},
	{`{"a":"\uD83D\uDE00ä\u00E4"}`, []wire.Member{{Name: "a", Text: "😀ää"}}},
	{`{"a":"\uD83D","b":"\uDE00x\uD83D\u0041"}`, []wire.Member{{Name: "a", Text: "\uFFFD"}, {Name: "b", Text: "\uFFFDx\uFFFDA"}}},
}

// noObjects are texts that are not flat objects.
var noObjects = []string{
	"", " ", "[", "[]", "1", `"a"`, "null", "{", "}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1 "b":2}`, `{a:1}`, `{'a':1}`,
	`{"a":1}}`, `{"a":1} x`, `{"a":01}`, `{"a":+1}`, `{"a":.5}`, `{"a":1e999}`, `{"a":tru}`, `{"a":True}`, `{"a":[1,]}`, `{"a":[,1]}`,
	`{"a":[1 2]}`, `{"a":["1"]}`, `{"a":[[1]]}`, `{"a":[1}`, `{"a":{}}`, `{"a":"`, `{"a":"\`, `{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u+123"}`,
	"{\"a\":\"\n\"}", "{\"a\":\"\xff\"}", "{\"\xc3\":1}", `{"a":"\uD83D\u"}`, strings.Repeat(`{"a":`, 5000), strings.Repeat("[", 5000),
}

func TestParseObject(t *testing.T) {
	for _, c := range objects {
		if got, ok := wire.ParseObject(c.text); !ok || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v", c.text, got, ok, c.want)
		}
	}
	for _, text := range noObjects {
		if got, ok := wire.ParseObject(text); ok {
			t.Errorf("%.80s is read as %+v", text, got)
		}
	}
}

// FuzzParseObject compares with the library that knows all of JSON.
func FuzzParseObject(f *testing.F) {
	for _, c := range objects {
		f.Add(c.text)
	}
	for _, text := range noObjects {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		members, ok := wire.ParseObject(text)
		if !ok {
			return
		}
		var want map[string]any
		if err := json.Unmarshal([]byte(text), &want); err != nil {
			t.Fatalf("%q is read as %+v, though %v", text, members, err)
		}
		got := map[string]any{}
		for _, m := range members {
			switch m.Kind {
			case wire.TextMember:
				got[m.Name] = m.Text
			case wire.NumberMember:
				got[m.Name] = m.Number
			case wire.ListMember:
				list := []any{}
				for _, n := range m.Numbers {
					list = append(list, n)
				}
				got[m.Name] = list
			default:
				got[m.Name] = want[m.Name]
			}
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q is read as %v, not %v", text, got, want)
		}
	})
}
