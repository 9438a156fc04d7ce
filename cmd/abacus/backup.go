package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"abacus/spinhost/backup"
	"abacus/spinhost/config"
	"abacus/spinhost/manifest"
)

// stateFlags are the flags of `abacus up` that locate the data of an app.
type stateFlags struct {
	From              string  `short:"f" placeholder:"FILE" help:"The app's spin.toml, or its folder (default: the nearest spin.toml in this folder or above)."`
	StateDir          *string `placeholder:"DIR" help:"Folder of the app's data (default: .spin next to spin.toml)."`
	RuntimeConfigFile string  `env:"RUNTIME_CONFIG_FILE" placeholder:"FILE" help:"Runtime configuration that the app runs with."`
}

// files returns the SQLite files of the app, and prints to stderr what is kept elsewhere.
func (f *stateFlags) files() ([]backup.File, error) {
	flags := config.Flags{StateDir: f.StateDir}
	if f.StateDir == nil {
		path, _, err := manifest.Find(f.From)
		if err != nil {
			return nil, err
		}
		flags.AppDir = filepath.Dir(path)
	}
	settings, err := config.Load(f.RuntimeConfigFile, flags)
	if err != nil {
		return nil, err
	}
	var files []backup.File
	add := func(name, path string) {
		isThere := func(f backup.File) bool { return f.Path == path }
		if path != "" && !slices.ContainsFunc(files, isThere) {
			files = append(files, backup.File{Name: name + ".db", Path: path})
		}
	}
	for _, label := range slices.Sorted(maps.Keys(settings.Databases)) {
		add("database-"+label, settings.Databases[label].Path)
	}
	for _, label := range slices.Sorted(maps.Keys(settings.Stores)) {
		if store := settings.Stores[label]; store.Type == "redis" {
			fmt.Fprintf(os.Stderr, "The key-value store %s is in Redis; back it up there.\n", label)
		} else {
			add("key-value-"+label, store.Path)
		}
	}
	return files, nil
}

// backupCommand is `abacus backup`.
type backupCommand struct {
	File string `arg:"" help:"The archive to write."`
	stateFlags
}

// Run writes the archive and reports it.
func (b *backupCommand) Run(ctx context.Context) error {
	files, err := b.files()
	if err != nil {
		return err
	}
	held, err := backup.Write(ctx, b.File, files)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	fmt.Printf("%s is written and checked; writers waited for %.1f ms.\n",
		b.File, held.Seconds()*1000)
	return nil
}

// restoreCommand is `abacus restore`.
type restoreCommand struct {
	File string `arg:"" help:"The archive to read."`
	stateFlags
}

// Run restores the files of the archive.
func (r *restoreCommand) Run(ctx context.Context) error {
	files, err := r.files()
	if err != nil {
		return err
	}
	if err := backup.Restore(ctx, r.File, files); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	fmt.Printf("%s is checked and restored.\n", r.File)
	return nil
}
