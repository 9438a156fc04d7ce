package contract

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is the instance's own openapi.json, which replies must match: JSON Schema, and the parts
// of OpenAPI 3.1 around it.
type document struct {
	Paths   map[string]map[string]*operation `json:"paths"`
	Headers map[string]headerRule            `json:"x-headers-of-every-reply"`

	root     any // the whole document, for references
	routes   []route
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

type operation struct {
	ID        string                     `json:"operationId"`
	Responses map[string]json.RawMessage `json:"responses"`

	responses map[int]*response
}

type response struct {
	Headers map[string]json.RawMessage `json:"headers"`
	Content map[string]json.RawMessage `json:"content"`

	pointer string // its place in the document
}

// headerRule is the rule for a header that every reply has: its value is one of Enum, matches
// Pattern, or is a list that contains all of Contains.
type headerRule struct {
	Enum     []string `json:"enum"`
	Contains []string `json:"contains"`
	Pattern  string   `json:"pattern"`
}

// route matches the paths of one template, such as /clear/{name}.
type route struct {
	template string
	pattern  *regexp.Regexp
}

// documentURL is the URL of the document for the schema compiler, which requires one.
const documentURL = "abacus:openapi.json"

// parseDocument reads an OpenAPI document.
func parseDocument(text string) (*document, error) {
	d := &document{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	if err := json.Unmarshal([]byte(text), d); err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	root, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	d.root = root
	if err := d.compiler.AddResource(documentURL, root); err != nil {
		return nil, fmt.Errorf("openapi.json: %w", err)
	}
	parameter := regexp.MustCompile(`\\\{[a-z]+\\\}`)
	for template, operations := range d.Paths {
		pattern := parameter.ReplaceAllString(regexp.QuoteMeta(template), `[^/]+`)
		d.routes = append(d.routes, route{template, regexp.MustCompile(`^` + pattern + `$`)})
		for method, o := range operations {
			if err := d.resolve(o, pointer("paths", template, method, "responses")); err != nil {
				return nil, err
			}
		}
	}
	return d, nil
}

// resolve reads the responses of an operation and follows their references.
func (d *document) resolve(o *operation, at string) error {
	o.responses = map[int]*response{}
	for key, raw := range o.Responses {
		status, err := strconv.Atoi(key)
		if err != nil {
			return fmt.Errorf("%s: the status %q is not a number", o.ID, key)
		}
		r := &response{pointer: at + pointer(key)}
		var reference struct {
			To string `json:"$ref"`
		}
		if err := json.Unmarshal(raw, &reference); err != nil {
			return fmt.Errorf("%s %s: %w", o.ID, key, err)
		}
		if reference.To != "" {
			r.pointer = strings.TrimPrefix(reference.To, "#")
			if raw, err = json.Marshal(d.at(r.pointer)); err != nil {
				return fmt.Errorf("%s %s: %w", o.ID, key, err)
			}
		}
		if err := json.Unmarshal(raw, r); err != nil {
			return fmt.Errorf("%s %s: %w", o.ID, key, err)
		}
		o.responses[status] = r
	}
	return nil
}

// find returns the template that matches a path, or "", and its operation for the method, or nil.
// HEAD finds the operation of GET.
func (d *document) find(method, path string) (template string, o *operation) {
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, r := range d.routes {
		if r.pattern.MatchString(path) {
			return r.template, d.Paths[r.template][strings.ToLower(method)]
		}
	}
	return "", nil
}

// validate checks a value against the schema at a JSON pointer.
func (d *document) validate(at string, value any) error {
	schema := d.schemas[at]
	if schema == nil {
		var err error
		if schema, err = d.compiler.Compile(documentURL + "#" + escapeFragment(at)); err != nil {
			return fmt.Errorf("compile the schema: %w", err)
		}
		d.schemas[at] = schema
	}
	return schema.Validate(value)
}

// at returns the value at a JSON pointer (RFC 6901), or nil.
func (d *document) at(pointer string) any {
	value := d.root
	for _, name := range strings.Split(pointer, "/")[1:] {
		switch container := value.(type) {
		case map[string]any:
			value = container[strings.NewReplacer("~1", "/", "~0", "~").Replace(name)]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(container) {
				return nil
			}
			value = container[i]
		default:
			return nil
		}
	}
	return value
}

// pointer returns the JSON pointer with these names.
func pointer(names ...string) string {
	var b strings.Builder
	for _, name := range names {
		b.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
	}
	return b.String()
}

// escapeFragment escapes a JSON pointer for the fragment of a URI.
func escapeFragment(pointer string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D").Replace(pointer)
}
