package flat_test

import (
	standard "encoding/json"
	"reflect"
	"strings"
	"testing"

	"abacus/shared/json/flat"
)

// objects are texts of flat objects, with their members.
var objects = []struct {
	text string
	want []flat.Member
}{
	{`{}`, nil},
	{" {\n} ", nil},
	{`{"a": "b"}`, []flat.Member{{Name: "a", Text: "b"}}},
	{`{"a":1,"b":-2.5e3}`, []flat.Member{{Name: "a", Kind: flat.Number, Number: 1}, {Name: "b", Kind: flat.Number, Number: -2500}}},
	{`{"a" : [ 1 , 2 ] }`, []flat.Member{{Name: "a", Kind: flat.Numbers, Numbers: []float64{1, 2}}}},
	{`{"a":["x", "[", ""]}`, []flat.Member{{Name: "a", Kind: flat.Texts, Texts: []string{"x", "[", ""}}}},
	{`{"a":[]}`, []flat.Member{{Name: "a", Kind: flat.Other}}},
	{`{"a":true,"b":null}`, []flat.Member{{Name: "a", Kind: flat.Other}, {Name: "b", Kind: flat.Other}}},
	{`{"\u0061\n":"\"\\\/\b\f\n\r\t"}`, []flat.Member{{Name: "a\n", Text: "\"\\/\b\f\n\r\t"}}},
	{`{"a":"\uD83D\uDE00ä\u00E4"}`, []flat.Member{{Name: "a", Text: "😀ää"}}},
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
		if got, err := flat.ParseObject(c.text); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v", c.text, got, err, c.want)
		}
	}
	for _, text := range noObjects {
		if got, err := flat.ParseObject(text); err == nil {
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
		members, failure := flat.ParseObject(text)
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
			case flat.Text:
				got[m.Name] = m.Text
			case flat.Number:
				got[m.Name] = m.Number
			case flat.Numbers:
				list := []any{}
				for _, n := range m.Numbers {
					list = append(list, n)
				}
				got[m.Name] = list
			case flat.Texts:
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
		if got, ok := flat.ParseNumber(c.text); ok != c.ok || ok && got != c.want {
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
		isNumber := strings.Trim(text, " \t\r\n0123456789.eE+-") == "" && standard.Unmarshal([]byte(text), &want) == nil
		if got, ok := flat.ParseNumber(text); ok != isNumber || ok && got != want {
			t.Errorf("ParseNumber(%q) = %v, %v; want %v, %v", text, got, ok, want, isNumber)
		}
	})
}
