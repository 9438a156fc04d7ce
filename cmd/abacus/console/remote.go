package console

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

// remote is a session of a running app, by its contract (services/web/static/openapi.json).
type remote struct {
	server    string // its address, without a slash at the end
	token     string // "" until the app has made the session
	precision int
	client    http.Client
}

// patience is how long one request may take: the app itself gives up after 10 s.
const patience = 15 * time.Second

func newRemote(server, token string, precision int) (*remote, error) {
	address, err := url.Parse(server)
	if err != nil || address.Scheme != "http" && address.Scheme != "https" || address.Host == "" {
		return nil, fmt.Errorf("the server %q is no address: write one such as http://127.0.0.1:3000", server)
	}
	return &remote{server: strings.TrimRight(server, "/"), token: token, precision: precision,
		client: http.Client{Timeout: patience}}, nil
}

// evaluate sends an expression once, and once more by the same key if no answer comes.
func (r *remote) evaluate(ctx context.Context, source string) (answer, error) {
	body, err := json.Marshal(map[string]any{"expr": source, "precision": r.precision})
	if err != nil {
		return answer{}, err
	}
	var reply struct {
		Session, Kind, Parsed, Display string
		Plot                           *plot.Statement
	}
	var value struct{ Value *float64 }
	key := rand.Text()
	content, err := r.ask(ctx, "POST", "/eval", body, key)
	if noAnswer := new(url.Error); errors.As(err, &noAnswer) && ctx.Err() == nil {
		content, err = r.ask(ctx, "POST", "/eval", body, key)
	}
	if err != nil {
		return answer{}, mistakeIn(err, source)
	}
	if err := errors.Join(json.Unmarshal(content, &reply), json.Unmarshal(content, &value)); err != nil {
		return answer{}, fmt.Errorf("the answer of %s is not understood: %w", r.server, err)
	}
	r.token = reply.Session
	a := answer{kind: reply.Kind, parsed: reply.Parsed, display: reply.Display}
	if a.display == "" && value.Value != nil {
		a.display = calc.Format(*value.Value, r.precision)
	}
	if reply.Plot != nil {
		// It is calculated and recorded, whether its names can be had or not.
		if names, err := r.names(ctx); err != nil {
			a.display = "this cannot be drawn: " + err.Error()
		} else {
			a.display = drawing(reply.Plot, names)
		}
	}
	return a, nil
}

func (r *remote) names(ctx context.Context) ([]calc.Change, error) {
	if r.token == "" {
		return nil, nil
	}
	content, err := r.ask(ctx, "GET", "/session", nil, "")
	if err != nil {
		return nil, err
	}
	var state struct {
		Variables   map[string]float64
		Definitions map[string]string
	}
	if err := json.Unmarshal(content, &state); err != nil {
		return nil, fmt.Errorf("the names of %s are not understood: %w", r.server, err)
	}
	var names []calc.Change
	for name, value := range state.Variables {
		names = append(names, calc.Change{Name: name, Value: value})
	}
	for name, source := range state.Definitions {
		names = append(names, calc.Change{Name: name, Definition: true, Source: source})
	}
	slices.SortFunc(names, func(a, b calc.Change) int { return strings.Compare(a.Name, b.Name) })
	return names, nil
}

func (r *remote) clear(ctx context.Context, name string) (bool, error) {
	if r.token == "" {
		return false, nil
	}
	path := "/clear"
	if name != "" {
		path += "/" + url.PathEscape(name)
	}
	_, err := r.ask(ctx, "DELETE", path, nil, "")
	var refusal *problem
	if errors.As(err, &refusal) && refusal.Code == string(wire.UnknownName) {
		return false, nil
	}
	return err == nil, err
}

// problem is what the app answers instead (RFC 9457).
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

// mistakeIn makes a Mistake of a problem that has a place in the source.
func mistakeIn(err error, source string) error {
	var p *problem
	if !errors.As(err, &p) || p.Position == nil || p.Position.Offset < 0 || p.Position.Offset > len(source) {
		return err
	}
	at := p.Position
	return newMistake(&calc.Error{Code: p.Code, Message: p.Detail, Hint: p.Hint,
		Offset: at.Offset, Line: at.Line, Column: at.Column, Length: at.Length}, source)
}

// ask sends one request and returns the content of a good answer.
func (r *remote) ask(ctx context.Context, method, path string, body []byte, key string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, method, r.server+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", wire.JSON)
	if body != nil {
		request.Header.Set("Content-Type", wire.JSON)
		request.Header.Set(wire.KeyHeader, key)
	}
	if r.token != "" {
		request.Header.Set("Authorization", "Bearer "+r.token)
	}
	reply, err := r.client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("the server does not answer: %w", err)
	}
	defer reply.Body.Close()
	content, err := io.ReadAll(io.LimitReader(reply.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("the answer of %s breaks off: %w", r.server, err)
	}
	if made := reply.Header.Get(wire.SessionHeader); made != "" {
		r.token = made
	}
	if reply.StatusCode < 300 {
		return content, nil
	}
	refusal := &problem{}
	if err := json.Unmarshal(content, refusal); err != nil || refusal.Title == "" {
		return nil, fmt.Errorf("%s answers %s: is it Abacus?", r.server, reply.Status)
	}
	return nil, refusal
}
