package storage

import (
	"errors"
	"strings"

	"abacus/shared/sqlite"
	"abacus/shared/wire"
)

// Explain turns an error of the database into one for the client, without its SQL. The router logs
// the original.
func Explain(err error) *wire.Problem {
	if errors.Is(err, ErrNewer) {
		return wire.NewProblem(wire.SchemaNewer, ErrNewer.Error()).
			WithHint("run the newer version; nothing was changed").WithRetry(60)
	}
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return wire.NewProblem(wire.Internal, "the storage failed")
	}
	text := failure.Error()
	switch {
	case contains(text, "locked", "busy"):
		return wire.NewProblem(wire.StorageBusy, "others are writing to the storage").
			WithHint("nothing was changed: try again").WithRetry(1)
	case contains(text, "interrupt", "http error", "api error", "cursor error", "STREAM_EXPIRED"):
		// The last four come from a remote database (libSQL).
		return wire.NewProblem(wire.StorageBusy, "the storage took too long or broke off").
			WithHint("it is not known whether anything was changed: repeat the request with the " +
				"same Idempotency-Key").WithRetry(1)
	case contains(text, "full", "readonly", "read-only", "I/O error", "unable to open"):
		return wire.NewProblem(wire.StorageFull, "the storage cannot be written now").
			WithHint("nothing was changed; the operator sees the reason in the log").WithRetry(30)
	case contains(text, "malformed", "not a database"):
		return wire.NewProblem(wire.ServiceUnavailable, "the database is damaged").
			WithHint("nothing was changed; the operator must restore a backup").WithRetry(60)
	case failure.Code != sqlite.IO:
		return wire.NewProblem(wire.ServiceUnavailable, "the database cannot be opened").
			WithHint("check sqlite_databases in the manifest and the runtime configuration").
			WithRetry(30)
	}
	return wire.NewProblem(wire.Internal, "the storage failed")
}

func contains(text string, words ...string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
