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
	"abacus/spinhost/sqlite"
)

const defaultLabel = "default"

// prepareStorage makes the databases and stores of the configuration, whose
// files appear when they are used first, and runs what the command line wants
// run first. It says where data goes, in Spin's words.
func (a *App) prepareStorage(ctx context.Context) error {
	a.databases = map[string]*sqlite.Database{}
	for label, d := range a.options.Config.Databases {
		a.databases[label] = &sqlite.Database{Path: d.Path, AttachFiles: d.AllowAttach}
	}
	a.stores = map[string]store{}
	for label, s := range a.options.Config.Stores {
		if s.Type != "redis" {
			a.stores[label] = &keyvalue.Store{Path: s.Path, Label: label}
			continue
		}
		redis, err := keyvalue.NewRedis(s.URL)
		if err != nil {
			return fmt.Errorf("key-value store %s: %w", label, err)
		}
		a.stores[label] = redis
	}
	if err := a.checkLabels(); err != nil {
		return err
	}
	if dir := a.options.Config.LogDir; dir != "" {
		a.say("Logging component stdio to %q", a.shown(dir)+string(filepath.Separator))
	}
	for _, statement := range a.options.SQL {
		if err := a.runSQL(ctx, statement); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.options.KeyValue)) {
		if err := a.stores[defaultLabel].Set(ctx, key, []byte(a.options.KeyValue[key])); err != nil {
			return fmt.Errorf("set key-value pair %q: %w", key, err)
		}
	}
	var usesDatabase, usesStore bool
	for _, component := range a.options.Manifest.Components {
		usesDatabase = usesDatabase || slices.Contains(component.SQLiteDatabases, defaultLabel)
		usesStore = usesStore || slices.Contains(component.KeyValueStores, defaultLabel)
	}
	if d := a.databases[defaultLabel]; usesDatabase && d != nil {
		a.say("Storing default SQLite data to %s.", a.place(d.Path))
	}
	if usesStore {
		where := a.place(a.options.Config.Stores[defaultLabel].Path)
		if redis, ok := a.stores[defaultLabel].(*keyvalue.Redis); ok {
			where = redis.String()
		}
		a.say("Storing default key-value data to %s.", where)
	}
	return nil
}

// checkLabels refuses labels that the configuration does not have.
func (a *App) checkLabels() error {
	var undefined []string
	for _, component := range a.options.Manifest.Components {
		for _, label := range component.SQLiteDatabases {
			if a.databases[label] == nil {
				undefined = append(undefined, fmt.Sprintf("- Component %s uses database '%s'", component.ID, label))
			}
		}
		for _, label := range component.KeyValueStores {
			if a.stores[label] == nil {
				return fmt.Errorf("unknown key_value_stores label %q for component %q", label, component.ID)
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

// runSQL runs one value of --sqlite: @FILE or @FILE:LABEL for every statement of
// a file, anything else for one statement in the database "default".
func (a *App) runSQL(ctx context.Context, value string) error {
	source, isFile := strings.CutPrefix(value, "@")
	if !isFile {
		connection := a.databases[defaultLabel].Connect()
		defer connection.Close()
		if _, err := connection.Execute(ctx, value); err != nil {
			return fmt.Errorf("failed to execute following sql statement against default database: '%s': %w", value, err)
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
		return fmt.Errorf("based on the '%s' a registered database named '%s' was expected but not found", value, label)
	}
	script, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("could not read file '%s' containing sql statements: %w", file, err)
	}
	if err := database.Batch(ctx, string(script)); err != nil {
		return fmt.Errorf("failed to execute sql against database '%s' from file '%s': %w", label, file, err)
	}
	return nil
}

// say tells a person how the start goes on.
func (a *App) say(format string, args ...any) {
	fmt.Fprintf(a.options.Stderr, format+"\n", args...)
}

// place names a file, or the memory where there is none.
func (a *App) place(path string) string {
	if path == "" {
		return "a temporary in-memory database"
	}
	return fmt.Sprintf("%q", a.shown(path))
}

// shown is a path as a person in the manifest's directory would write it.
func (a *App) shown(path string) string {
	if relative, err := filepath.Rel(a.options.Manifest.Dir, path); err == nil && filepath.IsLocal(relative) {
		return relative
	}
	return path
}
