package history

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/wire"
)

// appendSnapshotJSON appends the members of a snapshot for a client.
func appendSnapshotJSON(b []byte, snapshot *wire.Snapshot) []byte {
	entries := snapshot.Entries
	b = json.AppendArray(json.AppendName(b, "entries"), len(entries), func(b []byte, i int) []byte {
		return append(appendMembers(append(b, '{'), entries[i]), '}')
	})
	return wire.AppendBindingsJSON(b, snapshot.Bindings)
}

// closure fetches the bindings of the session that the entries read or set, and those that these
// use in turn, so that every entry can be evaluated again. Nothing else of the session gets into a
// share.
func (s *service) closure(r request, entries []entry) ([]calc.Binding, error) {
	var calculator calc.Calculator
	needed := map[string]bool{}
	var queue []string
	follow := func(source string) {
		program, err := calculator.Parse(source)
		if err != nil {
			return // an older version of the language stored it, and it is not valid any more
		}
		for _, name := range program.Names() {
			if !needed[name] {
				needed[name] = true
				queue = append(queue, name)
			}
		}
	}
	for _, e := range entries {
		follow(e.Expression)
	}
	if len(queue) == 0 {
		return nil, nil
	}
	reply := s.sessions.Call(r.Request, "GET", "/internal/session", nil, "Authorization",
		"Bearer "+string(r.token))
	if reply.Status != http.StatusOK {
		return nil, s.sessions.Problem(reply)
	}
	session := wire.ParseState(reply.Message)
	sources := map[string]string{}
	for _, b := range session.Bindings {
		sources[b.Name] = b.Source
	}
	for len(queue) > 0 {
		source := sources[queue[0]]
		queue = queue[1:]
		if source != "" {
			follow(source)
		}
	}
	var bindings []calc.Binding
	for _, b := range session.Bindings {
		if needed[b.Name] {
			bindings = append(bindings, b)
		}
	}
	return bindings, nil
}

// appendJSON appends a share for its owner, without the closing brace.
func (a *share) appendJSON(b []byte) []byte {
	b = json.AppendText(append(b, '{'), "share", string(a.token))
	b = json.AppendText(b, "url", a.address())
	return json.AppendInt(a.appendState(b), "entries", a.entries)
}

// appendState appends what anyone with the link may know about a share.
func (a *share) appendState(b []byte) []byte {
	b = json.AppendText(b, "title", a.title)
	b = json.AppendText(b, "created_at", formatTime(a.createdAt))
	b = json.AppendName(b, "expires_at")
	if a.expiresAt == 0 {
		return append(b, "null"...)
	}
	return json.AppendString(b, formatTime(a.expiresAt))
}

func (a *share) address() string { return "/s/" + string(a.token) }

// snapshotName returns the key of a snapshot in the key-value store. It is derived from the
// content, so that shares with the same content have one snapshot.
func snapshotName(snapshot []byte) string {
	sum := sha256.Sum256(snapshot)
	return "snapshot/" + hex.EncodeToString(sum[:])
}
