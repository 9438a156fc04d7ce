package eval

import (
	"strconv"
	"strings"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/wire"
)

// newResponse returns the reply to POST /eval, without what fill adds, and the entries for the
// history.
func newResponse(req *request, state *wire.State, results []result,
	changes []calc.Binding) *wire.Response {
	response := &wire.Response{Type: wire.JSON, Recording: wire.Recording{ID: req.id}}
	for _, one := range results {
		if one.err == nil {
			response.Recording.Entries = append(response.Recording.Entries, one.Entry)
		}
	}
	if req.plain && !req.many {
		response.Type, response.Body = wire.Plain, results[0].display
		return response
	}
	b := []byte(noSession)
	if !req.many {
		b = append(results[0].appendMembers(b), noEntry...)
	}
	version := state.Version
	if req.changesSession(changes) && state.Token != "" {
		version++
	}
	b = json.AppendInt(b, "version", version)
	b = append(b, notRecorded...)
	if req.many {
		b = json.AppendArray(append(b, manyResults...), len(results), func(b []byte, i int) []byte {
			if b = append(b, '{'); results[i].err != nil {
				b = results[i].err.AppendJSON(json.AppendName(b, "error"))
			} else {
				b = append(results[i].appendMembers(b), noEntry...)
			}
			return append(b, '}')
		})
	}
	response.Body = string(append(b, "}\n"...))
	return response
}

// The parts of a reply that fill replaces. Quotes are escaped in JSON strings, so these texts
// cannot occur inside one.
const (
	noSession   = `{"session":""`
	someNotices = `,"notices":[`
	manyResults = `,"results":`
	noEntry     = `,"entry":null`
	notRecorded = `,"recorded":false`
)

// notice tells a client something about its evaluation that is not an error.
type notice struct{ code, message string }

// addTo adds the notice to a reply, before any notices of a single expression.
func (n notice) addTo(body string) string {
	b := json.AppendText([]byte{'{'}, "code", n.code)
	one := string(append(json.AppendText(b, "message", n.message), '}'))
	if strings.Contains(body, someNotices) && !strings.Contains(body, manyResults) {
		return strings.Replace(body, someNotices, someNotices+one+",", 1)
	}
	return strings.TrimSuffix(body, "}\n") + someNotices + one + "]}\n"
}

var (
	noNewSession = notice{"no-session", "No new session can be made at the moment, so nothing of " +
		"this calculation is kept."}
	historyFull = notice{"history-full", "The history of this session is full: erase entries, or " +
		"begin a new session."}
)

// fill adds to a reply what must not be stored with it, which is the session's token, and the ids
// of the entries in the history.
func fill(body, token string, stored recorded) string {
	rest, isJSON := strings.CutPrefix(body, noSession)
	if !isJSON {
		return body
	}
	session := []byte("null")
	if token != "" {
		session = json.AppendString(nil, token)
	}
	body = `{"session":` + string(session) + rest
	if stored.notice.code != "" {
		body = stored.notice.addTo(body)
	}
	if !stored.ok {
		return body
	}
	body = strings.Replace(body, notRecorded, `,"recorded":true`, 1)
	parts := strings.Split(body, noEntry)
	for i := range parts[1:] {
		parts[i] += `,"entry":` + strconv.FormatInt(stored.first+int64(i), 10)
	}
	return strings.Join(parts, "")
}

// storedResponse returns the response that was committed under the request's key.
func storedResponse(req *request, state *wire.State) (*wire.Response, error) {
	switch {
	case state.Stored.Hash != req.hash:
		return nil, wire.ReusedKey()
	case state.Stored.Response == "":
		return nil, wire.NewProblem(wire.Conflict,
			"this request was carried out before, and its reply is not kept any more").
			WithHint("GET /history shows the result; make a new key for a new request")
	}
	response := wire.ParseResponse(state.Stored.Response)
	response.Recording.Committed = true
	return response, nil
}

// appendMembers appends the members of a result, without braces.
func (r result) appendMembers(b []byte) []byte {
	b = appendNumber(b, "result", r.Value, r.Kind == calc.Value.String())
	b = appendNumber(b, "value", r.Value, r.HasValue)
	if r.Unit != "" {
		b = json.AppendText(b, "unit", r.Unit)
	}
	if r.label != "" {
		b = json.AppendText(b, "label", r.label)
	}
	b = json.AppendText(b, "display", r.display)
	b = json.AppendText(b, "parsed", r.Parsed)
	b = json.AppendText(b, "kind", r.Kind)
	if r.Replaces != 0 {
		b = json.AppendInt(b, "replaces", r.Replaces)
	}
	b = json.AppendArray(json.AppendName(b, "names"), len(r.changes), func(b []byte, i int) []byte {
		return json.AppendString(b, r.changes[i].Name)
	})
	return json.AppendNotices(r.plot.AppendJSON(b), r.notices)
}

func appendNumber(b []byte, name string, value float64, known bool) []byte {
	if !known {
		return append(json.AppendName(b, name), "null"...)
	}
	return json.AppendNumber(b, name, value)
}
