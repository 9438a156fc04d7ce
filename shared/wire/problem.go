package wire

import (
	"abacus/shared/json"
	"net/http"
	"strconv"
)

// Code names a problem for programs; its words are for people. One table maps
// each to its status and title.
type Code string

// The problems that are not the language's own. Those of the language (package
// calc) come with their own codes: see NewProblem and Problem.Status.
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
	LoopDetected       Code = "loop-detected"
)

// kinds is the one table from code to status and title.
var kinds = map[Code]struct {
	status int
	title  string
}{
	BadRequest:         {http.StatusBadRequest, "The request is malformed"},
	BadParameter:       {http.StatusBadRequest, "A parameter is not valid"},
	BadJSON:            {http.StatusBadRequest, "The JSON is not valid"},
	BadEncoding:        {http.StatusBadRequest, "The text is not valid UTF-8"},
	BadKey:             {http.StatusBadRequest, "The idempotency key is not valid"},
	SessionRequired:    {http.StatusUnauthorized, "A session is needed"},
	PeerRequired:       {http.StatusUnauthorized, "Only the other services may ask this"},
	NotFound:           {http.StatusNotFound, "There is nothing here"},
	UnknownSession:     {http.StatusNotFound, "The session is not known"},
	UnknownName:        {http.StatusNotFound, "The name is not known"},
	UnknownEntry:       {http.StatusNotFound, "The entry is not known"},
	UnknownShare:       {http.StatusNotFound, "The share is not known"},
	MethodNotAllowed:   {http.StatusMethodNotAllowed, "The method is not allowed"},
	NotAcceptable:      {http.StatusNotAcceptable, "There is no form that the request accepts"},
	Conflict:           {http.StatusConflict, "Others changed the session at the same time"},
	ShareGone:          {http.StatusGone, "The share has ended"},
	VersionMismatch:    {http.StatusPreconditionFailed, "The session has changed"},
	TooLarge:           {http.StatusRequestEntityTooLarge, "The request is too large"},
	UnsupportedType:    {http.StatusUnsupportedMediaType, "The content type is not supported"},
	KeyReused:          {http.StatusUnprocessableEntity, "The idempotency key belongs to another request"},
	TooManyNames:       {http.StatusUnprocessableEntity, "The session has too many names"},
	TooManyShares:      {http.StatusUnprocessableEntity, "The session has too many shares"},
	SnapshotTooLarge:   {http.StatusUnprocessableEntity, "The share would be too large"},
	TooManyRequests:    {http.StatusTooManyRequests, "Too many requests"},
	Internal:           {http.StatusInternalServerError, "Something went wrong here"},
	OutsideFailed:      {http.StatusBadGateway, "An outside service failed"},
	ServiceUnavailable: {http.StatusServiceUnavailable, "A service is not available"},
	StorageBusy:        {http.StatusServiceUnavailable, "The storage is busy"},
	StorageFull:        {http.StatusServiceUnavailable, "The storage cannot be written"},
	SchemaNewer:        {http.StatusServiceUnavailable, "The storage belongs to a newer version"},
	LoopDetected:       {http.StatusLoopDetected, "The services call each other in a circle"},
}

// Position is a place in an expression: Offset and Length in bytes, Line and
// Column from 1, columns in code points.
type Position struct {
	Offset, Line, Column, Length int
}

// Problem is one error as a client sees it (RFC 9457), and the one error type
// of every service's boundary.
type Problem struct {
	Code     Code
	Status   int
	Title    string
	Detail   string    // what was wrong, with this request
	Position *Position // where, if it is in an expression
	Hint     string    // what to do, if that is likely
	Retry    int       // after how many seconds to try again; 0: no word
	Text     string    // the same for a terminal; "" makes it of Detail and Hint
}

// NewProblem makes a problem of one of the codes above.
func NewProblem(code Code, detail string) *Problem {
	kind, known := kinds[code]
	if !known {
		kind = kinds[Internal]
	}
	return &Problem{Code: code, Status: kind.status, Title: kind.title, Detail: detail}
}

// WithHint adds what to do.
func (p *Problem) WithHint(hint string) *Problem {
	p.Hint = hint
	return p
}

// WithRetry adds after how many seconds to try again.
func (p *Problem) WithRetry(seconds int) *Problem {
	p.Retry = seconds
	return p
}

// Error returns the detail, so that a problem is an error.
func (p *Problem) Error() string { return p.Detail }

// Append writes the problem as a JSON object.
func (p *Problem) Append(b []byte) []byte {
	b = append(b, `{"type":`...)
	b = json.AppendString(b, "/problems#"+string(p.Code))
	b = append(b, `,"title":`...)
	b = json.AppendString(b, p.Title)
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(p.Status), 10)
	b = append(b, `,"detail":`...)
	b = json.AppendString(b, p.Detail)
	b = append(b, `,"code":`...)
	b = json.AppendString(b, string(p.Code))
	if at := p.Position; at != nil {
		b = append(b, `,"position":{"offset":`...)
		b = strconv.AppendInt(b, int64(at.Offset), 10)
		b = append(b, `,"line":`...)
		b = strconv.AppendInt(b, int64(at.Line), 10)
		b = append(b, `,"column":`...)
		b = strconv.AppendInt(b, int64(at.Column), 10)
		b = append(b, `,"length":`...)
		b = strconv.AppendInt(b, int64(at.Length), 10)
		b = append(b, '}')
	}
	if p.Hint != "" {
		b = append(b, `,"hint":`...)
		b = json.AppendString(b, p.Hint)
	}
	return append(b, '}')
}

// Write answers with the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	p.setHeaders(w)
	Reply(w, p.Status, problem, append(p.Append(nil), '\n'))
}

// WriteText answers with the problem in a form for terminals.
func (p *Problem) WriteText(w http.ResponseWriter) {
	text := p.Text
	if text == "" {
		text = "error: " + p.Detail + "\n"
		if p.Hint != "" {
			text += "hint: " + p.Hint + "\n"
		}
	}
	p.setHeaders(w)
	Reply(w, p.Status, Plain, []byte(text))
}

// WriteFlat answers another service with the problem, as the record
//
//	problem CODE DETAIL HINT RETRY
func (p *Problem) WriteFlat(w http.ResponseWriter) {
	p.setHeaders(w)
	Reply(w, p.Status, Flat, AppendRecord(nil, "problem", string(p.Code), p.Detail, p.Hint, strconv.Itoa(p.Retry)))
}

func (p *Problem) setHeaders(w http.ResponseWriter) {
	if p.Retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.Retry))
	}
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="abacus"`)
	}
}
