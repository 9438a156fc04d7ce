package spinhost

import (
	"abacus/spinhost/config"
	"abacus/spinhost/manifest"
	"abacus/spinhost/telemetry"
)

// hostOperations are the spans for what a component does, with Spin's names. The zero value does
// nothing.
type hostOperations struct {
	execute *telemetry.Operation

	openDatabase map[string]*telemetry.Operation // by label
	statement    map[string]*telemetry.Operation

	openStore                            map[string]*telemetry.Operation // by label
	getKey, setKey, deleteKey, keyExists *telemetry.Operation
	getKeys                              *telemetry.Operation
}

func newOperations(t *telemetry.Telemetry, c *manifest.Component,
	settings *config.Config) hostOperations {
	o := hostOperations{
		execute:      t.Execution(c.ID),
		openDatabase: map[string]*telemetry.Operation{},
		statement:    map[string]*telemetry.Operation{},
		openStore:    map[string]*telemetry.Operation{},
		getKey:       t.Operation("spin_key_value.get"),
		setKey:       t.Operation("spin_key_value.set"),
		deleteKey:    t.Operation("spin_key_value.delete"),
		keyExists:    t.Operation("spin_key_value.exists"),
		getKeys:      t.Operation("spin_key_value.get_keys"),
	}
	for _, label := range c.SQLiteDatabases {
		backend := quoted(settings.Databases[label].Path)
		o.openDatabase[label] = t.Operation("spin_sqlite.open",
			"database", label, "db.system.name", "sqlite", "sqlite.backend", backend)
		o.statement[label] = t.Statements(c.ID, label,
			"db.system.name", "sqlite", "sqlite.backend", backend)
	}
	for _, label := range c.KeyValueStores {
		backend := quoted(settings.Stores[label].Path) // the URL of a Redis may hold a password
		o.openStore[label] = t.Operation("spin_key_value.open",
			"name", label, "kv.backend", backend)
	}
	return o
}

// quoted returns a path as Spin writes it into an attribute.
func quoted(path string) string { return `"` + path + `"` }
