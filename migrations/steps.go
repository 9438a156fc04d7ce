// Package migrations holds the tables of every service, which each service makes or upgrades itself
// (package storage).
//
// To add a step, write the next NNNN_name.sql, with a comment for every column, and append it to
// the list of the service that owns the tables. The statements of a released step never change.
// Statements end with `;` at the end of a line (or before a comment), because Spin runs only the
// first statement of a string. A trigger begins with a line that ends with BEGIN, and ends with the
// line `END;`.
package migrations

import (
	_ "embed"

	"abacus/shared/storage"
)

// The schemas of the services that own tables.
var (
	Sessions = storage.Schema{Service: "sessions", Steps: []string{sessions1, sessions2, sessions3,
		sessions4, sessions5, sessions6, sessions7}}
	History = storage.Schema{Service: "history", Steps: []string{history1, history2, history3,
		history4, history5, history6, history7, history8, history9, history10}}
)

var (
	//go:embed 0001_sessions.sql
	sessions1 string
	//go:embed 0002_capabilities.sql
	sessions2 string
	//go:embed 0003_history.sql
	history1 string
	//go:embed 0004_shares.sql
	history2 string
	//go:embed 0005_once.sql
	history3 string
	//go:embed 0006_plots.sql
	history4 string
	//go:embed 0007_commits.sql
	sessions3 string
	//go:embed 0008_quota.sql
	history5 string
	//go:embed 0009_units.sql
	sessions4 string
	//go:embed 0010_units.sql
	history6 string
	//go:embed 0011_clients.sql
	sessions5 string
	//go:embed 0012_bytes.sql
	history7 string
	//go:embed 0013_replaces.sql
	history8 string
	//go:embed 0014_statements.sql
	sessions6 string
	//go:embed 0015_statements.sql
	history9 string
	//go:embed 0016_lighter.sql
	sessions7 string
	//go:embed 0017_lighter.sql
	history10 string
)
