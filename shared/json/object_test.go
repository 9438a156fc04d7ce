package json_test

import (
	standard "encoding/json"
	"reflect"
	"strings"
	"testing"

	"abacus/shared/json"
)

// objects are texts of flat objects, with their members.
var objects = []struct {
	text string
	want []json.Member
}{
	{`{}`, nil},
	{" {\n} ", nil},
	{`{"a": "b"}`, []json.Member{{Name: "a", Text: "b"}}},
	{`{"a":1,"b":-2.5e3}`, []json.Member{{Name: "a", Kind: json.Number, Number: 1}, {Name: "b", Kind: json.Number, Number: -2500}}},
	{`{"a" : [ 1 , 2 ] }`, []json.Member{{Name: "a", Kind: json.Numbers, Numbers: []float64{1, 2}}}},
	{`{"a":["x", "[", ""]}`, []json.Member{{Name: "a", Kind: json.Texts, Texts: []string{"x", "[", ""}}}},
	{`{"a":[]}`, []json.Member{{Name: "a", Kind: json.Other}}},
	{`{"a":true,"b":null}`, []json.Member{{Name: "a", Kind: json.Other}, {Name: "b", Kind: json.Other}}},
	{`{"\u0061\n":"\"\\\/\b\f\n\r\t"}`, []json.Member{{Name: "a\n", Text: "\"\\/\b\f\n\r\t"}}},
	{`{"a":"\uD83D\uDE00ä\u00E4"}`, []json.Member{{Name: "a", Text: "😀ää"}}},
}

// noObjects are texts that are not flat objects.
var noObjects = []string{
	"", " ", "[", "[]", "1", `"a"`, "null", "{", "}", `{"a"}`, `{"a":}`, `{"a":1,}`, `{,}`, `{"a":1 "b":2}`, `{a:1}`, `{'a':1}`,
	`{"a":1}}`, `{"a":1} x`, `{"a":01}`, `{"a":+1}`, `{"a":.5}`, `{"a":1e999}`, `{"a":tru}`, `{"a":True}`, `{"a":[1,]}`, `{"a":[,1]}`,
	`{"a":[1 2]}`, `{"a":["1",1]}`, `{"a":[1,"1"]}`, `{"a":["1"`, `{"a":["1",]}`, `{"a":[[1]]}`, `{"a":1,"a":2}`, `{"\u0061":1,"a":2}`, `{"a":[1}`, `{"a":{}}`, `{"a":"`, `{"a":"\`, `{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u+123"}`,
	"{\"a\":\"\n\"}", "{\"a\":\"\xff\"}", "{\"\xc3\":1}", `{"a":"\uD83D\u"}`, `{"a":"\uD83D"}`, `{"b":"\uDE00x"}`, `{"b":"x\uD83D\u0041"}`, `{"a":["\uD83D\u0041"]}`, strings.Repeat(`{"a":`, 5000), strings.Repeat("[", 5000),
}

func TestParseObject(t *testing.T) {
	for _, c := range objects {
		if got, err := json.ParseObject(c.text); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v", c.text, got, err, c.want)
		}
	}
	for _, text := range noObjects {
		if got, err := json.ParseObject(text); err == nil {
			t.Errorf("%.80s is read as %+v", text, got)
		}
	}
}

// FuzzParseObject compares ParseObject with encoding/json.
func FuzzParseObject(f *testing.F) {
	for _, c := range objects {
		f.Add(c.text)
	}
	for _, text := range noObjects {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		members, failure := json.ParseObject(text)
		if failure != nil {
			return
		}
		var want map[string]any
		if err := standard.Unmarshal([]byte(text), &want); err != nil {
			t.Fatalf("%q is read as %+v, though %v", text, members, err)
		}
		got := map[string]any{}
		for _, m := range members {
			switch m.Kind {
			case json.Text:
				got[m.Name] = m.Text
			case json.Number:
				got[m.Name] = m.Number
			case json.Numbers:
				list := []any{}
				for _, n := range m.Numbers {
					list = append(list, n)
				}
				got[m.Name] = list
			case json.Texts:
				list := []any{}
				for _, text := range m.Texts {
					list = append(list, text)
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
