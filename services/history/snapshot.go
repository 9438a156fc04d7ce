package history

import (
	"strconv"

	"abacus/shared/calc"
	"abacus/shared/json"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// A snapshot is stored, and sent to other services, as records:
//
//	entry      AT KIND EXPRESSION PARSED VALUE PLOT
//	variable   NAME VALUE
//	definition NAME SOURCE

// appendSnapshot writes the snapshot of some entries and of names as the service
// sessions has sent them.
func appendSnapshot(b []byte, entries []entry, names []wire.Record) []byte {
	for _, e := range entries {
		value := ""
		if e.hasResult {
			value = wire.FormatFloat(e.result)
		}
		b = wire.AppendRecord(b, "entry", wire.FormatInt(e.at), e.kind, e.expression, e.parsed, value, e.plot.Text())
	}
	for _, name := range names {
		b = wire.AppendRecord(b, name...)
	}
	return b
}

// appendSnapshotJSON writes the members of a snapshot for a client.
func appendSnapshotJSON(b []byte, snapshot []wire.Record) []byte {
	b = append(b, `"entries":[`...)
	members := 0
	for _, record := range snapshot {
		if record.Name() != "entry" {
			continue
		}
		e := entry{at: record.Int(1), kind: record.Field(2), expression: record.Field(3), parsed: record.Field(4), plot: plot.Read(record.Field(6))}
		e.result, e.hasResult = record.Float(5)
		b = append(e.appendMembers(append(separate(b, &members), '{')), '}')
	}
	b, members = append(b, `],"variables":{`...), 0
	for _, record := range snapshot {
		if value, ok := record.Float(2); ok && record.Name() == "variable" {
			b = append(json.AppendString(separate(b, &members), record.Field(1)), ':')
			b = json.AppendNumber(b, value)
		}
	}
	b, members = append(b, `},"definitions":{`...), 0
	for _, record := range snapshot {
		if record.Name() == "definition" {
			b = append(json.AppendString(separate(b, &members), record.Field(1)), ':')
			b = json.AppendString(b, record.Field(2))
		}
	}
	return append(b, '}')
}

// separate writes the comma before every member but the first.
func separate(b []byte, members *int) []byte {
	if *members++; *members > 1 {
		b = append(b, ',')
	}
	return b
}

// closure fetches the names of the session that the entries read or set, and
// those that definitions among them use, and so on to their ends: with them every
// entry can be evaluated again. Nothing else of the session gets into a share.
func (s *service) closure(r request, entries []entry) ([]wire.Record, *wire.Problem) {
	var calculator calc.Calculator
	wanted := map[string]bool{}
	var queue []string
	follow := func(source string) {
		program, failure := calculator.Parse(source)
		if failure != nil {
			return // an older version of the language stored it: it has no names any more
		}
		for _, name := range program.Names() {
			if !wanted[name] {
				wanted[name] = true
				queue = append(queue, name)
			}
		}
	}
	for _, e := range entries {
		follow(e.expression)
	}
	if len(queue) == 0 {
		return nil, nil
	}
	reply := s.Sessions.Call(r.Request, "GET", "/internal/session", nil, "Authorization", "Bearer "+string(r.token))
	if reply.Status != 200 {
		return nil, s.Sessions.Problem(reply)
	}
	sources := map[string]string{}
	for _, record := range reply.Records {
		if record.Name() == "definition" {
			sources[record.Field(1)] = record.Field(2)
		}
	}
	for len(queue) > 0 {
		source := sources[queue[0]]
		queue = queue[1:]
		if source != "" {
			follow(source)
		}
	}
	var names []wire.Record
	for _, record := range reply.Records {
		if kind := record.Name(); (kind == "variable" || kind == "definition") && wanted[record.Field(1)] {
			names = append(names, record)
		}
	}
	return names, nil
}

// names are the records of a snapshot's names, for a session that is to have them.
func names(snapshot []wire.Record) []byte {
	var b []byte
	for _, record := range snapshot {
		if record.Name() != "entry" {
			b = wire.AppendRecord(b, record...)
		}
	}
	return b
}

// appendJSON writes what the owner of a share is told of it, without the closing
// brace.
func (a *share) appendJSON(b []byte) []byte {
	b = json.AppendString(append(b, `{"share":`...), string(a.token))
	b = json.AppendString(append(b, `,"url":`...), a.address())
	b = a.appendState(append(b, ','))
	return strconv.AppendInt(append(b, `,"entries":`...), a.entries, 10)
}

// appendState writes what everyone is told of a share.
func (a *share) appendState(b []byte) []byte {
	b = json.AppendString(append(b, `"title":`...), a.title)
	b = json.AppendString(append(b, `,"created_at":`...), formatTime(a.createdAt))
	b = append(b, `,"expires_at":`...)
	if a.expiresAt == 0 {
		return append(b, "null"...)
	}
	return json.AppendString(b, formatTime(a.expiresAt))
}

func (a *share) address() string { return "/s/" + string(a.token) }

// snapshotKey is the name of a snapshot in the key-value store.
func snapshotKey(hash string) string { return "share/" + hash }
