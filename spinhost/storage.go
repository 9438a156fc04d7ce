package spinhost

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"abacus/spinhost/keyvalue"
	"abacus/spinhost/limit"
	"abacus/spinhost/sqlite"
)

const defaultLabel = "default"

// prepareStorage sets up the databases and stores of the configuration, runs Options.SQL and sets
// Options.KeyValue. It prints where data is stored, in the format of Spin.
func (a *App) prepareStorage(ctx context.Context) error {
	disks := map[string]*limit.Disk{} // by folder
	full := func(path string) func() bool {
		if path == "" {
			return nil
		}
		folder := filepath.Dir(path)
		if disks[folder] == nil {
			disks[folder] = limit.NewDisk(folder, a.options.MinFreeDisk, a.log.standard())
		}
		return disks[folder].Short
	}
	a.databases = map[string]*sqlite.Database{}
	for label, d := range a.options.Config.Databases {
		a.databases[label] = &sqlite.Database{
			Path: d.Path, AttachFiles: d.AllowAttach, Full: full(d.Path),
		}
		if record := a.telemetry.Commits(label); record != nil {
			a.databases[label].Observe = func(g sqlite.Group) {
				record(g.Statements, g.Waited, g.Commit)
			}
		}
	}
	a.stores = map[string]store{}
	for label, s := range a.options.Config.Stores {
		if s.Type != "redis" {
			a.stores[label] = &keyvalue.Store{Path: s.Path, Label: label, Full: full(s.Path)}
			continue
		}
		var err error
		if a.stores[label], err = keyvalue.NewRedis(s.URL); err != nil {
			return fmt.Errorf("key-value store %s: %w", label, err)
		}
	}
	if err := a.checkLabels(); err != nil {
		return err
	}
	if dir := a.options.Config.LogDir; dir != "" {
		a.print("Logging component stdio to %q", a.displayPath(dir)+string(filepath.Separator))
	}
	for _, statement := range a.options.SQL {
		if err := a.runSQL(ctx, statement); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.options.KeyValue)) {
		value := []byte(a.options.KeyValue[key])
		if err := a.stores[defaultLabel].Set(ctx, key, value); err != nil {
			return fmt.Errorf("set key-value pair %q: %w", key, err)
		}
	}
	var usesDatabase, usesStore bool
	for _, c := range a.options.Manifest.Components {
		usesDatabase = usesDatabase || slices.Contains(c.SQLiteDatabases, defaultLabel)
		usesStore = usesStore || slices.Contains(c.KeyValueStores, defaultLabel)
	}
	if d := a.databases[defaultLabel]; usesDatabase && d != nil {
		a.print("Storing default SQLite data to %s.", a.displayFile(d.Path))
	}
	if usesStore {
		where := a.displayFile(a.options.Config.Stores[defaultLabel].Path)
		if redis, ok := a.stores[defaultLabel].(*keyvalue.Redis); ok {
			where = redis.String()
		}
		a.print("Storing default key-value data to %s.", where)
	}
	return nil
}

// checkLabels refuses labels that the configuration does not define.
func (a *App) checkLabels() error {
	var undefined []string
	for _, c := range a.options.Manifest.Components {
		for _, label := range c.SQLiteDatabases {
			if a.databases[label] == nil {
				line := fmt.Sprintf("- Component %s uses database '%s'", c.ID, label)
				undefined = append(undefined, line)
			}
		}
		for _, label := range c.KeyValueStores {
			if a.stores[label] == nil {
				return fmt.Errorf("unknown key_value_stores label %q for component %q", label, c.ID)
			}
		}
	}
	if undefined == nil {
		return nil
	}
	return errors.New("One or more components use SQLite databases which are not defined.\n" +
		"Check the spelling, or pass a runtime configuration file that defines these stores.\n" +
		"Details:\n" + strings.Join(undefined, "\n"))
}

// runSQL runs an element of Options.SQL: with @FILE or @FILE:LABEL every statement of the file,
// otherwise one statement in the database "default".
func (a *App) runSQL(ctx context.Context, value string) error {
	source, isFile := strings.CutPrefix(value, "@")
	if !isFile {
		connection := a.databases[defaultLabel].Connect()
		defer connection.Close()
		if _, err := connection.Execute(ctx, value); err != nil {
			return fmt.Errorf("failed to execute following sql statement "+
				"against default database: '%s': %w", value, err)
		}
		return nil
	}
	file, label, given := strings.Cut(source, ":")
	file, label = strings.TrimSpace(file), strings.TrimSpace(label)
	switch {
	case file == "":
		return fmt.Errorf("file path is empty in the '%s' sqlite statement", value)
	case !given:
		label = defaultLabel
	case label == "":
		return fmt.Errorf("database label is empty in the '%s' sqlite statement", value)
	}
	database := a.databases[label]
	if database == nil {
		return fmt.Errorf("based on the '%s' a registered database named '%s' "+
			"was expected but not found", value, label)
	}
	script, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("could not read file '%s' containing sql statements: %w", file, err)
	}
	if err := database.Batch(ctx, string(script)); err != nil {
		return fmt.Errorf("failed to execute sql against database '%s' from file '%s': %w",
			label, file, err)
	}
	return nil
}

// displayFile names a database file, or memory for "".
func (a *App) displayFile(path string) string {
	if path == "" {
		return "a temporary in-memory database"
	}
	return fmt.Sprintf("%q", a.displayPath(path))
}

// displayPath returns a path relative to the manifest, if it lies below it.
func (a *App) displayPath(path string) string {
	relative, err := filepath.Rel(a.options.Manifest.Dir, path)
	if err == nil && filepath.IsLocal(relative) {
		return relative
	}
	return path
}
