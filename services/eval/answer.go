package eval

import (
	"net/http"
	"strconv"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// answer is what came of one source: a result, or a problem in an array.
type answer struct {
	source  string
	parsed  string
	kind    calc.Kind
	value   float64 // also of an assignment
	names   []string
	plot    *plot.Statement // nil if it is none
	problem *wire.Problem
}

func newAnswer(source string, program *calc.Program, result calc.Result, changes []calc.Binding) answer {
	a := answer{source: source, parsed: program.Parsed(), kind: result.Kind, value: result.Value, plot: plot.Of(program, result)}
	for _, c := range changes {
		a.names = append(a.names, c.Name)
	}
	return a
}

// display is the text of a value; all else has none.
func (a answer) display(precision int) string {
	if a.kind != calc.Value {
		return ""
	}
	return calc.Format(a.value, precision)
}

// appendMembers writes what an answer is, without the braces.
func (a answer) appendMembers(b []byte, precision int) []byte {
	b = append(b, `"result":`...)
	b = a.appendValue(b, a.kind == calc.Value)
	b = append(b, `,"value":`...)
	b = a.appendValue(b, a.kind.HasValue())
	b = append(b, `,"display":`...)
	b = json.AppendString(b, a.display(precision))
	b = append(b, `,"parsed":`...)
	b = json.AppendString(b, a.parsed)
	b = append(b, `,"kind":`...)
	b = json.AppendString(b, a.kind.String())
	b = append(b, `,"names":`...)
	return a.plot.AppendJSON(json.AppendStrings(b, a.names))
}

func (a answer) appendValue(b []byte, has bool) []byte {
	if !has {
		return append(b, "null"...)
	}
	return json.AppendNumber(b, a.value)
}

// reply answers POST /eval.
func reply(w http.ResponseWriter, asked *asked, e *evaluation) {
	if e.session.made {
		w.Header().Set(wire.SessionHeader, string(e.session.token))
	}
	if !asked.many && wire.Accepts(asked.Request, wire.JSON, "text/plain") == "text/plain" {
		wire.Reply(w, http.StatusOK, wire.Plain, []byte(e.answers[0].display(asked.precision)))
		return
	}
	b := json.AppendString([]byte(`{"session":`), string(e.session.token))
	if !asked.many {
		b = e.answers[0].appendMembers(append(b, ','), asked.precision)
		b = append(b, `,"entry":`...)
		b = e.appendEntry(b, 0)
	}
	b = append(b, `,"version":`...)
	b = strconv.AppendInt(b, e.version, 10)
	b = append(b, `,"recorded":`...)
	b = strconv.AppendBool(b, e.recorded)
	if asked.many {
		b = append(b, `,"results":[`...)
		for i, a := range e.answers {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '{')
			if a.problem != nil {
				b = a.problem.Append(append(b, `"error":`...))
			} else {
				b = a.appendMembers(b, asked.precision)
				b = append(b, `,"entry":`...)
				b = e.appendEntry(b, i)
			}
			b = append(b, '}')
		}
		b = append(b, ']')
	}
	wire.Reply(w, http.StatusOK, wire.JSON, append(b, "}\n"...))
}

// appendEntry writes the id of the entry that answer i became.
func (e *evaluation) appendEntry(b []byte, i int) []byte {
	if !e.recorded || e.entries[i] == 0 {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, e.entries[i], 10)
}

// outcome writes what came of a request as records, to be kept with its
// idempotency key:
//
//	version VERSION ID                   of the session afterwards; by which history knows it
//	answer  KIND PARSED VALUE NAMES PLOT
//	problem CODE STATUS TITLE DETAIL HINT OFFSET LINE COLUMN LENGTH
func (e *evaluation) outcome() string {
	b := wire.AppendRecord(nil, "version", wire.FormatInt(e.version), e.id)
	for _, a := range e.answers {
		if p := a.problem; p != nil {
			at := p.Position
			if at == nil {
				at = &wire.Position{}
			}
			b = wire.AppendRecord(b, "problem", string(p.Code), strconv.Itoa(p.Status), p.Title, p.Detail, p.Hint,
				strconv.Itoa(at.Offset), strconv.Itoa(at.Line), strconv.Itoa(at.Column), strconv.Itoa(at.Length))
			continue
		}
		b = wire.AppendRecord(b, "answer", a.kind.String(), a.parsed, wire.FormatFloat(a.value), strings.Join(a.names, " "), a.plot.Text())
	}
	return string(b)
}

// readOutcome reads what outcome wrote when a request with this key was committed
// before.
func readOutcome(asked *asked, session *session) *evaluation {
	e := &evaluation{session: session, id: asked.key, committed: true}
	for _, record := range wire.Records(session.done.outcome) {
		var a answer
		switch record.Name() {
		case "version":
			e.version = record.Int(1)
			if id := record.Field(2); id != "" { // before there were ids, the key was
				e.id = id
			}
			continue
		case "answer":
			for a.kind = calc.Value; a.kind.String() != record.Field(1) && a.kind < calc.Plot; a.kind++ {
			}
			a.parsed = record.Field(2)
			a.value, _ = record.Float(3)
			if names := record.Field(4); names != "" {
				a.names = strings.Split(names, " ")
			}
			a.plot = plot.Read(record.Field(5))
		case "problem":
			a.problem = &wire.Problem{Code: wire.Code(record.Field(1)), Status: int(record.Int(2)), Title: record.Field(3),
				Detail: record.Field(4), Hint: record.Field(5)}
			if record.Int(7) > 0 {
				a.problem.Position = &wire.Position{Offset: int(record.Int(6)), Line: int(record.Int(7)),
					Column: int(record.Int(8)), Length: int(record.Int(9))}
			}
		}
		e.answers = append(e.answers, a)
	}
	return e
}

// refusal puts an error of the language into a problem. Plus tells that the
// source came in a query with a bare `+`, which there means a space.
func refusal(e *calc.Error, source string, plus bool) *wire.Problem {
	p := &wire.Problem{
		Code: wire.Code(e.Code), Status: http.StatusUnprocessableEntity, Title: "The expression has no value",
		Detail: e.Message, Hint: e.Hint, Text: text(e, source),
		Position: &wire.Position{Offset: e.Offset, Line: e.Line, Column: e.Column, Length: e.Length},
	}
	if e.Syntax() {
		p.Status, p.Title = http.StatusBadRequest, "The expression is malformed"
	}
	if plus && e.Syntax() {
		if p.Hint != "" {
			p.Hint += "; "
		}
		p.Hint += "in an address `+` means a space: write %2B for plus"
	}
	return p
}

// text puts an error of the language into the form that all errors have in a
// terminal: the message, what it points at, and the hint, each on lines of its own.
func text(e *calc.Error, source string) string {
	_, pointed, _ := strings.Cut(e.Caret(source), "\n")
	return "error: " + e.Message + "\n" + pointed
}
