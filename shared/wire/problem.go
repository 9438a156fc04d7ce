package wire

import (
	"net/http"
	"os"
	"strconv"

	"abacus/shared/json"
)

// Code identifies a problem to programs; its texts are for people.
type Code string

// The codes of the services. The language (package calc) has its own.
const (
	BadRequest         Code = "bad-request"
	BadParameter       Code = "bad-parameter"
	BadJSON            Code = "bad-json"
	BadEncoding        Code = "bad-encoding"
	BadKey             Code = "bad-idempotency-key"
	SessionRequired    Code = "session-required"
	PeerRequired       Code = "peer-required"
	NotFound           Code = "not-found"
	UnknownSession     Code = "unknown-session"
	UnknownName        Code = "no-such-name"
	UnknownEntry       Code = "unknown-entry"
	UnknownShare       Code = "unknown-share"
	MethodNotAllowed   Code = "method-not-allowed"
	NotAcceptable      Code = "not-acceptable"
	Conflict           Code = "conflict"
	ShareGone          Code = "share-gone"
	VersionMismatch    Code = "version-mismatch"
	TooLarge           Code = "too-large"
	UnsupportedType    Code = "unsupported-type"
	KeyReused          Code = "idempotency-key-reused"
	TooManyNames       Code = "too-many-names"
	TooManyShares      Code = "too-many-shares"
	SnapshotTooLarge   Code = "snapshot-too-large"
	TooManyRequests    Code = "too-many-requests"
	Internal           Code = "internal"
	OutsideFailed      Code = "outside-service-failed"
	ServiceUnavailable Code = "service-unavailable"
	StorageBusy        Code = "storage-busy"
	StorageFull        Code = "storage-full"
	SchemaNewer        Code = "schema-newer"
	HistoryFull        Code = "history-full"
	LoopDetected       Code = "loop-detected"
)

// kinds are the status and title of each code. The first one also stands for other codes.
var kinds = [...]struct {
	code   Code
	status int
	title  string
}{
	{Internal, http.StatusInternalServerError, "Something went wrong here"},
	{BadRequest, http.StatusBadRequest, "The request is malformed"},
	{BadParameter, http.StatusBadRequest, "A parameter is not valid"},
	{BadJSON, http.StatusBadRequest, "The JSON is not valid"},
	{BadEncoding, http.StatusBadRequest, "The text is not valid UTF-8"},
	{BadKey, http.StatusBadRequest, "The idempotency key is not valid"},
	{SessionRequired, http.StatusUnauthorized, "A session is needed"},
	{PeerRequired, http.StatusUnauthorized, "Only other services may call this"},
	{NotFound, http.StatusNotFound, "There is nothing here"},
	{UnknownSession, http.StatusNotFound, "The session is not known"},
	{UnknownName, http.StatusNotFound, "The name is not known"},
	{UnknownEntry, http.StatusNotFound, "The entry is not known"},
	{UnknownShare, http.StatusNotFound, "The share is not known"},
	{MethodNotAllowed, http.StatusMethodNotAllowed, "The method is not allowed"},
	{NotAcceptable, http.StatusNotAcceptable, "There is no form that the request accepts"},
	{Conflict, http.StatusConflict, "Others changed the session at the same time"},
	{ShareGone, http.StatusGone, "The share has ended"},
	{VersionMismatch, http.StatusPreconditionFailed, "The session has changed"},
	{TooLarge, http.StatusRequestEntityTooLarge, "The request is too large"},
	{UnsupportedType, http.StatusUnsupportedMediaType, "The content type is not supported"},
	{KeyReused, http.StatusUnprocessableEntity,
		"The idempotency key belongs to another request"},
	{TooManyNames, http.StatusUnprocessableEntity, "The session has too many names"},
	{TooManyShares, http.StatusUnprocessableEntity, "The session has too many shares"},
	{SnapshotTooLarge, http.StatusUnprocessableEntity, "The share would be too large"},
	{TooManyRequests, http.StatusTooManyRequests, "Too many requests"},
	{OutsideFailed, http.StatusBadGateway, "An outside service failed"},
	{ServiceUnavailable, http.StatusServiceUnavailable, "A service is not available"},
	{StorageBusy, http.StatusServiceUnavailable, "The storage is busy"},
	{StorageFull, http.StatusServiceUnavailable, "The storage cannot be written"},
	{SchemaNewer, http.StatusServiceUnavailable, "The storage belongs to a newer version"},
	{HistoryFull, http.StatusInsufficientStorage, "The history of the session is full"},
	{LoopDetected, http.StatusLoopDetected, "The services call each other in a circle"},
}

// Position is a place in an expression: Offset and Length in bytes, Line and Column from 1, columns
// in code points.
type Position struct {
	Offset, Line, Column, Length int
}

// Problem is an error as clients see it (RFC 9457), and the only error type at the boundary of a
// service. It is immutable: the With methods return copies.
type Problem struct {
	Code     Code
	Status   int
	Title    string
	Detail   string    // what is wrong with this request
	Position *Position // where, in an expression; nil elsewhere
	Index    int       // of an expression in an array that is all or nothing, from 1; else 0
	Hint     string    // what to do about it, "" if that is not known
	Retry    int       // seconds until another attempt may succeed; 0 if unknown
	Text     string    // the whole for a terminal; "" stands for Detail and Hint
}

// NewProblem returns a problem with one of the codes above.
func NewProblem(code Code, detail string) *Problem {
	kind := &kinds[0]
	for i := range kinds {
		if kinds[i].code == code {
			kind = &kinds[i]
		}
	}
	return &Problem{Code: code, Status: kind.status, Title: kind.title, Detail: detail}
}

// WithHint returns a copy with a hint.
func (p *Problem) WithHint(hint string) *Problem {
	q := *p
	q.Hint = hint
	return &q
}

// WithIndex returns a copy with the number of an expression.
func (p *Problem) WithIndex(index int) *Problem {
	q := *p
	q.Index = index
	return &q
}

// WithRetry returns a copy with the seconds to wait before the next attempt.
func (p *Problem) WithRetry(seconds int) *Problem {
	q := *p
	q.Retry = seconds
	return &q
}

// Error returns the detail.
func (p *Problem) Error() string { return p.Detail }

// Is reports whether the target is a problem with the same code.
func (p *Problem) Is(target error) bool {
	other, ok := target.(*Problem)
	return ok && other.Code == p.Code
}

// AppendJSON writes the problem as a JSON object.
func (p *Problem) AppendJSON(b []byte) []byte {
	b = json.AppendText(append(b, '{'), "type", "/problems#"+string(p.Code))
	b = json.AppendText(b, "title", p.Title)
	b = json.AppendInt(b, "status", int64(p.Status))
	b = json.AppendText(b, "detail", p.Detail)
	b = json.AppendText(b, "code", string(p.Code))
	if at := p.Position; at != nil {
		b = json.AppendPosition(b, at.Offset, at.Line, at.Column, at.Length)
	}
	if p.Index != 0 {
		b = json.AppendInt(b, "index", int64(p.Index))
	}
	if p.Hint != "" {
		b = json.AppendText(b, "hint", p.Hint)
	}
	return append(b, '}')
}

// text formats the problem for a terminal.
func (p *Problem) text() string {
	switch {
	case p.Text != "":
		return p.Text
	case p.Hint != "":
		return "error: " + p.Detail + "\nhint: " + p.Hint + "\n"
	}
	return "error: " + p.Detail + "\n"
}

// problem turns any error into a Problem, and logs the cause unless the client caused it.
func (t *Router) problem(r *Request, err error) *Problem {
	if p, ok := err.(*Problem); ok {
		return p
	}
	p := NewProblem(Internal, "something went wrong here")
	if t.Explain != nil {
		p = t.Explain(err)
	}
	if p.Status >= http.StatusInternalServerError {
		Log(t.Service, r.Request, err.Error())
	}
	return p
}

// Log logs what the client is not told, with the service and the id of the request.
func Log(service string, r *http.Request, text string) {
	os.Stderr.WriteString(service + ": " + text + " (request " + r.Header.Get(IDHeader) + ")\n")
}

// write sends the problem: as a message to a service, as text or JSON to a client.
func (p *Problem) write(w http.ResponseWriter, r *Request) {
	if p.Retry > 0 {
		Set(w.Header(), "Retry-After", strconv.Itoa(p.Retry))
	}
	if p.Status == http.StatusUnauthorized {
		Set(w.Header(), "Www-Authenticate", `Bearer realm="abacus"`)
	}
	switch {
	case r.peer:
		Reply(w, p.Status, Message, p.Append(nil))
	case r.Plain:
		Reply(w, p.Status, Plain, []byte(p.text()))
	default:
		Reply(w, p.Status, problemType, append(p.AppendJSON(nil), '\n'))
	}
}

// Append writes the problem for another service.
//
//	problem CODE DETAIL HINT RETRY
func (p *Problem) Append(b []byte) []byte {
	return appendRecord(b, "problem", string(p.Code), p.Detail, p.Hint, FormatInt(int64(p.Retry)))
}

// ParseProblem parses a problem. It returns nil if the text is not one.
func ParseProblem(text string) *Problem {
	for _, r := range records(text) {
		if r.name() == "problem" {
			return NewProblem(Code(r.text(1)), r.text(2)).WithHint(r.text(3)).
				WithRetry(int(r.integer(4)))
		}
	}
	return nil
}

// The errors that several services have.

// ErrNotFound is the error for an address that does not exist.
var ErrNotFound = NewProblem(NotFound, "there is nothing at this address")

// ErrContended is the error for a change that lost every race.
var ErrContended = NewProblem(Conflict, "too many others are changing this session").
	WithHint("nothing was changed: try again").WithRetry(1)

// ErrVersion is the error for a session that has changed.
var ErrVersion = NewProblem(VersionMismatch,
	"the session does not have a version that If-Match names").
	WithHint("read it again: GET /session")

// ReusedKey returns the error for a key that another request has used.
func ReusedKey() error {
	return NewProblem(KeyReused, "this idempotency key was used with another request").
		WithHint("make a new key for every new request")
}

// TooManyEntries returns the error for a session over its rate of entries.
func TooManyEntries(rate int64, wait int) error {
	return NewProblem(TooManyRequests, "this session calculates more than "+FormatInt(rate)+" "+
		"times a minute").
		WithHint("nothing was changed: try again later").WithRetry(wait)
}
