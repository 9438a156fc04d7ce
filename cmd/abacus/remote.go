package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"abacus/shared/calc"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// remoteSession is a session of a running app, used through its HTTP API
// (services/web/static/openapi.json).
type remoteSession struct {
	server    string // a URL without a slash at the end
	token     string // "" until the app creates the session
	precision int
	client    http.Client
}

// requestTimeout exceeds the 10 s after which the app itself gives up.
const requestTimeout = 15 * time.Second

func newRemoteSession(server, token string, precision int) (*remoteSession, error) {
	u, err := url.Parse(server)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("the server %q is not a URL: "+
			"write one such as http://127.0.0.1:3000", server)
	}
	return &remoteSession{
		server:    strings.TrimRight(server, "/"),
		token:     token,
		precision: precision,
		client:    http.Client{Timeout: requestTimeout},
	}, nil
}

// evaluate sends an expression, and sends it again with the same key if no reply comes.
func (s *remoteSession) evaluate(ctx context.Context, source string) (result, error) {
	body, err := json.Marshal(map[string]any{"expr": source, "precision": s.precision})
	if err != nil {
		return result{}, err
	}
	var reply struct {
		Session, Kind, Parsed, Display string
		Value                          *float64
		Unit                           string
		Plot                           *plot.Statement
	}
	key := rand.Text()
	content, err := s.send(ctx, "POST", "/eval", body, key)
	if noReply := new(url.Error); errors.As(err, &noReply) && ctx.Err() == nil {
		content, err = s.send(ctx, "POST", "/eval", body, key)
	}
	if err != nil {
		return result{}, locate(err, source)
	}
	if err := json.Unmarshal(content, &reply); err != nil {
		return result{}, fmt.Errorf("the reply of %s is malformed: %w", s.server, err)
	}
	s.token = reply.Session
	r := result{kind: reply.Kind, canonical: reply.Parsed, display: reply.Display}
	if r.display == "" && reply.Value != nil {
		r.display = calc.Display(*reply.Value, reply.Unit, s.precision)
	}
	if reply.Plot != nil {
		// The plot is recorded already, so a failure to draw it is no error.
		if bindings, err := s.bindings(ctx); err != nil {
			r.display = "this cannot be drawn: " + err.Error()
		} else {
			r.display = draw(reply.Plot, bindings)
		}
	}
	return r, nil
}

// sessionVariable is a number in JSON, or {"value": 5, "unit": "km"}.
type sessionVariable struct {
	Value float64
	Unit  string
}

// UnmarshalJSON implements json.Unmarshaler.
func (v *sessionVariable) UnmarshalJSON(text []byte) error {
	if json.Unmarshal(text, &v.Value) == nil {
		return nil
	}
	type plain sessionVariable
	return json.Unmarshal(text, (*plain)(v))
}

func (s *remoteSession) bindings(ctx context.Context) ([]calc.Binding, error) {
	if s.token == "" {
		return nil, nil
	}
	content, err := s.send(ctx, "GET", "/session", nil, "")
	if err != nil {
		return nil, err
	}
	var state struct {
		Variables   map[string]sessionVariable
		Definitions map[string]string
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, fmt.Errorf("the session of %s is malformed: %w", s.server, err)
	}
	var bindings []calc.Binding
	for name, value := range state.Variables {
		bindings = append(bindings, calc.Binding{Name: name, Value: value.Value, Unit: value.Unit})
	}
	for name, definition := range state.Definitions {
		bindings = append(bindings, calc.Binding{Name: name, Source: definition})
	}
	slices.SortFunc(bindings, func(a, b calc.Binding) int {
		return strings.Compare(a.Name, b.Name)
	})
	return bindings, nil
}

func (s *remoteSession) clear(ctx context.Context, name string) (bool, error) {
	if s.token == "" {
		return false, nil
	}
	path := "/clear"
	if name != "" {
		path += "/" + url.PathEscape(name)
	}
	_, err := s.send(ctx, "DELETE", path, nil, "")
	var refusal *problem
	if errors.As(err, &refusal) && refusal.Code == string(wire.UnknownName) {
		return false, nil
	}
	return err == nil, err
}

// problem is an error reply of the app (RFC 9457).
type problem struct {
	Title, Detail, Code, Hint string
	Position                  *struct{ Offset, Line, Column, Length int }
}

func (p *problem) Error() string {
	text := p.Detail
	if text == "" {
		text = p.Title
	}
	if p.Hint != "" {
		text += "; " + p.Hint
	}
	return text
}

// locate turns a problem with a position in the source into an expressionError.
func locate(err error, source string) error {
	var p *problem
	if !errors.As(err, &p) || p.Position == nil {
		return err
	}
	at := p.Position
	if at.Offset < 0 || at.Offset > len(source) {
		return err
	}
	return newExpressionError(&calc.Error{Code: p.Code, Message: p.Detail, Hint: p.Hint,
		Offset: at.Offset, Line: at.Line, Column: at.Column, Length: at.Length}, source)
}

// send makes one request and returns the body of a 2xx reply. Any other reply is an error, a
// *problem if the app wrote it.
func (s *remoteSession) send(
	ctx context.Context, method, path string, body []byte, key string,
) ([]byte, error) {
	target := s.server + path
	request, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", wire.JSON)
	if body != nil {
		request.Header.Set("Content-Type", wire.JSON)
		request.Header.Set(wire.KeyHeader, key)
	}
	if s.token != "" {
		request.Header.Set("Authorization", "Bearer "+s.token)
	}
	reply, err := s.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("the server does not answer: %w", err)
	}
	defer reply.Body.Close()
	content, err := io.ReadAll(io.LimitReader(reply.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("the reply of %s breaks off: %w", s.server, err)
	}
	if made := reply.Header.Get(wire.SessionHeader); made != "" {
		s.token = made
	}
	if reply.StatusCode < 300 {
		return content, nil
	}
	refusal := &problem{}
	if err := json.Unmarshal(content, refusal); err != nil || refusal.Title == "" {
		return nil, fmt.Errorf("%s answers %s: is it Abacus?", s.server, reply.Status)
	}
	return nil, refusal
}
