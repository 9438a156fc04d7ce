package contract

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// contractFile is the path of the document, which the service web serves.
const contractFile = "../../services/web/static/openapi.json"

func readDocument(t *testing.T) *document {
	t.Helper()
	text, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	d, err := parseDocument(string(text))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// walk calls visit for every object of a JSON document with its pointer.
func walk(at string, value any, visit func(at string, object map[string]any)) {
	switch value := value.(type) {
	case map[string]any:
		visit(at, value)
		for _, name := range slices.Sorted(maps.Keys(value)) {
			walk(at+pointer(name), value[name], visit)
		}
	case []any:
		for i, element := range value {
			walk(at+pointer(strconv.Itoa(i)), element, visit)
		}
	}
}

// TestReferences checks that each reference leads somewhere and that each component is used.
func TestReferences(t *testing.T) {
	d := readDocument(t)
	used := map[string]bool{}
	walk("", d.root, func(at string, object map[string]any) {
		reference, _ := object["$ref"].(string)
		if reference == "" {
			return
		}
		if !strings.HasPrefix(reference, "#/") || d.at(reference[1:]) == nil {
			t.Errorf("%s: the reference %q leads nowhere", at, reference)
		}
		used[reference[1:]] = true
	})
	components, _ := d.at("/components").(map[string]any)
	for kind, group := range components {
		if kind == "securitySchemes" {
			continue
		}
		for name := range group.(map[string]any) {
			if !used[pointer("components", kind, name)] {
				t.Errorf("the component %s/%s is not used", kind, name)
			}
		}
	}
}

// TestExamples checks each example against its schema.
func TestExamples(t *testing.T) {
	d := readDocument(t)
	examples := 0
	walk("", d.root, func(at string, object map[string]any) {
		if _, hasSchema := object["schema"]; !hasSchema {
			return
		}
		var list []any
		if example, present := object["example"]; present {
			list = append(list, example)
		}
		named, _ := object["examples"].(map[string]any)
		for _, example := range named {
			list = append(list, example.(map[string]any)["value"])
		}
		for _, example := range list {
			examples++
			if err := d.validate(at+"/schema", example); err != nil {
				t.Errorf("%s: %v", at, err)
			}
		}
	})
	if examples < 30 {
		t.Errorf("there are only %d examples", examples)
	}
}

// TestOperations checks that operations have unique names, that the parameters of a path are
// declared, and that each reply has a schema.
func TestOperations(t *testing.T) {
	d := readDocument(t)
	ids := map[string]bool{}
	for template, operations := range d.Paths {
		for method, o := range operations {
			if o.ID == "" || ids[o.ID] {
				t.Errorf("%s %s: the operationId %q is missing or taken", method, template, o.ID)
			}
			ids[o.ID] = true
			text, err := json.Marshal(d.at(pointer("paths", template, method, "parameters")))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range regexp.MustCompile(`\{([a-z]+)\}`).FindAllStringSubmatch(template, -1) {
				component := strings.ToUpper(name[1][:1]) + name[1][1:]
				if !strings.Contains(string(text), "/"+component+`"`) && !strings.Contains(string(text), `"`+name[1]+`"`) {
					t.Errorf("%s %s: the parameter %s is not declared", method, template, name[1])
				}
			}
			for status, reply := range o.responses {
				for contentType := range reply.Content {
					at := reply.pointer + pointer("content", contentType, "schema")
					if d.at(at) == nil {
						t.Errorf("%s %d %s has no schema", o.ID, status, contentType)
					}
				}
				if len(reply.Content) == 0 && status != 204 && status != 304 {
					t.Errorf("%s %d has no content", o.ID, status)
				}
			}
		}
	}
}

// TestFind finds operations by method and path.
func TestFind(t *testing.T) {
	d := readDocument(t)
	for _, c := range []struct{ method, path, template, id string }{
		{"POST", "/eval", "/eval", "evaluate"},
		{"HEAD", "/eval", "/eval", "evaluateStateless"},
		{"PUT", "/eval", "/eval", ""},
		{"DELETE", "/clear/a%2Fb", "/clear/{name}", "clearName"},
		{"POST", "/shares/x/fork", "/shares/{share}/fork", "forkShare"},
		{"GET", "/clear/", "", ""},
		{"GET", "/internal/session", "", ""},
	} {
		template, o := d.find(c.method, c.path)
		if template != c.template || o.id() != c.id {
			t.Errorf("%s %s is %q %q, want %q %q", c.method, c.path, template, o.id(), c.template, c.id)
		}
	}
}

// TestTranscriptFiles checks that every file parses and that each of its cases sends something.
func TestTranscriptFiles(t *testing.T) {
	files, err := transcripts.ReadDir("transcripts")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := transcripts.ReadFile(path.Join("transcripts", file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		cases, err := parseTranscripts(string(text))
		if err != nil {
			t.Errorf("%s: %v", file.Name(), err)
		}
		titles := map[string]bool{}
		for _, c := range cases {
			if len(c.exchanges) == 0 || titles[c.title] {
				t.Errorf("%s: the case %q sends nothing, or its title is taken", file.Name(), c.title)
			}
			titles[c.title] = true
		}
	}
}

// TestProblems checks that the page of problems explains every code and no other.
func TestProblems(t *testing.T) {
	html, err := os.ReadFile("../../services/web/static/problems.html")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[any]bool{}
	for _, match := range regexp.MustCompile(`<dt id="([a-z-]+)">`).FindAllSubmatch(html, -1) {
		explained[string(match[1])] = true
	}
	codes, _ := readDocument(t).at("/components/schemas/Code/enum").([]any)
	for _, code := range codes {
		if !explained[code] {
			t.Errorf("%s is not explained", code)
		}
		delete(explained, code)
	}
	// Clients of working services never see these.
	for _, code := range []string{"internal", "loop-detected"} {
		delete(explained, code)
	}
	if len(explained) > 0 || len(codes) < 50 {
		t.Errorf("of %d codes, %v are explained but not documented", len(codes), explained)
	}
}
