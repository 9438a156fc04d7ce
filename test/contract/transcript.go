package contract

import (
	"embed"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"testing"
)

// The transcripts show exchanges as `curl -v` does: `>` marks what is sent, `<` what is received.
//
//	# An assignment has no result.
//	> POST /eval
//	>
//	> a = 10
//	< 200
//	< Cache-Control: no-store
//	<
//	< {"session": "$s", "result": null, "kind": "assignment"}
//
// A line `# title` starts a case, and a blank line separates its exchanges. Only the listed headers
// (`Name:` alone means that the header must be absent) and the listed members of a JSON object are
// compared; see bindings for `$s` and `...`. JSON whose lines start with `<=` is compared character
// by character, including the order of its members. A `<` with nothing after it means an empty
// body.
//
//go:embed transcripts
var transcripts embed.FS

// transcript is one case.
type transcript struct {
	title     string
	exchanges []exchange
}

// exchange is one request and the expected reply.
type exchange struct {
	line    int
	request Request
	status  int
	header  []Field
	body    *string // nil: any
	exact   bool
}

// testTranscripts runs every transcript, file by file.
func (s *Suite) testTranscripts(t *testing.T) {
	files, err := fs.Glob(transcripts, "transcripts/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := fs.ReadFile(transcripts, file)
		if err != nil {
			t.Fatal(err)
		}
		cases, err := parseTranscripts(string(text))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		name := strings.TrimSuffix(strings.TrimPrefix(file, "transcripts/"), ".txt")
		t.Run(name, func(t *testing.T) {
			for _, c := range cases {
				t.Run(c.title, func(t *testing.T) { s.play(t, file, c) })
			}
		})
	}
}

// play sends the requests of a case in order and compares the replies.
func (s *Suite) play(t *testing.T, file string, c transcript) {
	bound := bindings{}
	for _, e := range c.exchanges {
		request, err := e.expand(bound)
		if err != nil {
			t.Fatalf("%s:%d: %v", file, e.line, err)
		}
		reply := s.Send(t, request)
		if err := e.match(bound, reply); err != nil {
			t.Fatalf("%s:%d: %v\n%s%s", file, e.line, err, request, reply)
		}
	}
}

// expand returns the request with its names replaced.
func (e exchange) expand(bound bindings) (r Request, err error) {
	r = Request{Method: e.request.Method}
	if r.Target, err = bound.expand(e.request.Target); err != nil {
		return r, err
	}
	for _, field := range e.request.Header {
		value, err := bound.expand(field.Value)
		if err != nil {
			return r, err
		}
		r.Header = append(r.Header, Field{field.Name, value})
	}
	r.Body, err = bound.expand(e.request.Body)
	return r, err
}

// match compares a reply with the expected one.
func (e exchange) match(bound bindings, reply Reply) error {
	if reply.Status != e.status {
		return fmt.Errorf("the status is %d, want %d", reply.Status, e.status)
	}
	for _, field := range e.header {
		if err := bound.text(field.Value, reply.Header.Get(field.Name)); err != nil {
			return fmt.Errorf("the header %s: %w", field.Name, err)
		}
	}
	switch {
	case e.body == nil:
		return nil
	case e.exact:
		return bound.text(*e.body, strings.TrimSuffix(reply.Body, "\n"))
	case strings.HasPrefix(*e.body, "{"):
		return bound.json(*e.body, reply.Body)
	}
	return bound.text(*e.body, reply.Body)
}

// parseTranscripts reads the cases of a file.
func parseTranscripts(text string) ([]transcript, error) {
	var cases []transcript
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); {
		switch line := lines[i]; {
		case line == "":
			i++
		case strings.HasPrefix(line, "# "):
			cases = append(cases, transcript{title: strings.TrimSuffix(line[2:], ".")})
			i++
		case strings.HasPrefix(line, "> ") && len(cases) > 0:
			end := i
			for end < len(lines) && lines[end] != "" && !strings.HasPrefix(lines[end], "# ") {
				end++
			}
			e, err := parseExchange(lines[i:end])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", i+1, err)
			}
			e.line = i + 1
			current := &cases[len(cases)-1]
			current.exchanges = append(current.exchanges, e)
			i = end
		default:
			return nil, fmt.Errorf("line %d: neither a title nor a request: %q", i+1, line)
		}
	}
	return cases, nil
}

// parseExchange reads the lines of one exchange.
func parseExchange(lines []string) (e exchange, err error) {
	part := func(mark string) (head []string, body *string) {
		var text []string
		inBody := false
		for len(lines) > 0 && strings.HasPrefix(lines[0], mark) {
			line := lines[0][1:]
			lines = lines[1:]
			switch {
			case inBody && strings.HasPrefix(line, "="):
				e.exact = true
				text = append(text, strings.TrimPrefix(line[1:], " "))
			case inBody:
				text = append(text, strings.TrimPrefix(line, " "))
			case line == "":
				inBody = true
			default:
				head = append(head, line[1:])
			}
		}
		if inBody {
			joined := strings.Join(text, "\n")
			body = &joined
		}
		return head, body
	}
	sent, body := part(">")
	received, expected := part("<")
	if len(lines) > 0 || len(sent) == 0 || len(received) == 0 {
		return e, fmt.Errorf("an exchange is `>` lines, then `<` lines, at least one of each")
	}
	var ok bool
	if e.request.Method, e.request.Target, ok = strings.Cut(sent[0], " "); !ok {
		return e, fmt.Errorf("%q is not a method and a target", sent[0])
	}
	if e.request.Header, err = parseFields(sent[1:]); err != nil {
		return e, err
	}
	if body != nil {
		e.request.Body = *body
	}
	if e.status, err = strconv.Atoi(received[0]); err != nil {
		return e, fmt.Errorf("%q is not a status", received[0])
	}
	e.header, err = parseFields(received[1:])
	e.body = expected
	return e, err
}

func parseFields(lines []string) (fields []Field, err error) {
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, fmt.Errorf("%q is not a header", line)
		}
		fields = append(fields, Field{name, strings.TrimSpace(value)})
	}
	return fields, nil
}
