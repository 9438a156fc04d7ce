package manifest

import (
	"path/filepath"

	"abacus/spinhost/tomlfile"
)

// readComponent reads a component's table. It does not add the component to the manifest.
func (m *Manifest) readComponent(t *tomlfile.Table, id string) *Component {
	c := &Component{
		ID:                   id,
		table:                t,
		Source:               m.readSource(t),
		Variables:            t.TextMap("variables"),
		Environment:          t.TextMap("environment"),
		Files:                readFiles(t),
		ExcludeFiles:         t.Texts("exclude_files"),
		AllowedOutboundHosts: t.Texts("allowed_outbound_hosts"),
		KeyValueStores:       readLabels(t, "key_value_stores"),
		SQLiteDatabases:      readLabels(t, "sqlite_databases"),
		Build:                m.readBuild(t),
	}
	c.Description, _ = t.Text("description")
	if names := t.Table("variables"); names != nil {
		for _, name := range names.Keys() {
			if reason := invalidID(name, snake, true); reason != "" {
				names.Reject(name, "invalid variable name: %s", reason)
			}
		}
	}
	t.Any("targets") // for `spin build`
	t.Any("tool")    // for other programs
	rejectUnsupported(t)
	readProfiles(t)
	t.Close()
	return c
}

// rejectUnsupported refuses what Spin supports and this host does not. Empty lists are harmless.
func rejectUnsupported(t *tomlfile.Table) {
	if len(t.Texts("ai_models")) > 0 {
		t.Reject("ai_models", "large language models are not supported here")
	}
	if len(t.Texts("allowed_http_hosts")) > 0 {
		t.Reject("allowed_http_hosts", "the deprecated allowed_http_hosts is not supported; "+
			"use allowed_outbound_hosts with full addresses such as \"https://example.com\"")
	}
	dependencies := t.Table("dependencies")
	if dependencies != nil && len(dependencies.Keys()) > 0 {
		t.Reject("dependencies", "component dependencies are not supported here; "+
			"components must be core Wasm modules")
	}
	t.Bool("dependencies_inherit_configuration")
}

func (m *Manifest) readSource(t *tomlfile.Table) string {
	value, exists := t.Any("source")
	switch source := value.(type) {
	case string:
		return m.resolve(source)
	case map[string]any:
		kind := "of this form"
		if _, ok := source["url"]; ok {
			kind = "from a url"
		} else if _, ok := source["registry"]; ok || source["package"] != nil {
			kind = "from a registry"
		}
		t.Reject("source", "a source %s is not supported here; "+
			"download the module and write its path", kind)
	default:
		if exists {
			t.Reject("source", "must be the path of a Wasm module")
		} else {
			t.RejectTable("the key \"source\" with the path of a Wasm module is missing")
		}
	}
	return ""
}

// resolve makes a path of the manifest absolute.
func (m *Manifest) resolve(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(m.Dir, path)
}

func readFiles(t *tomlfile.Table) []Files {
	value, exists := t.Any("files")
	items, ok := value.([]any)
	if exists && !ok {
		t.Reject("files", "must be an array of patterns and { source, destination } tables")
	}
	var files []Files
	for i, item := range items {
		if pattern, ok := item.(string); ok {
			files = append(files, Files{Pattern: pattern})
			continue
		}
		table := t.Item("files", i)
		if table == nil {
			t.RejectItem("files", i, "must be a pattern or a { source, destination } table")
			continue
		}
		files = append(files, Files{
			Source:      table.Required("source"),
			Destination: table.Required("destination"),
		})
		table.Close()
	}
	return files
}

func readLabels(t *tomlfile.Table, key string) []string {
	labels := t.Texts(key)
	for i, label := range labels {
		if invalidID(label, kebab, false) != "" && invalidID(label, snake, false) != "" {
			t.RejectItem(key, i, "expected kebab-case or snake_case, not %q", label)
		}
	}
	return labels
}

func (m *Manifest) readBuild(component *tomlfile.Table) *Build {
	t := component.Table("build")
	if t == nil {
		return nil
	}
	b := &Build{Commands: readCommands(t), Workdir: m.Dir, Watch: t.Texts("watch")}
	if workdir, ok := t.Text("workdir"); ok {
		if filepath.IsAbs(workdir) {
			t.Reject("workdir", "the workdir must be relative to the manifest")
		}
		b.Workdir = m.resolve(workdir)
	}
	t.Close()
	return b
}

func readCommands(t *tomlfile.Table) []string {
	switch value, exists := t.Any("command"); value := value.(type) {
	case string:
		return []string{value}
	case []any:
		return t.Texts("command")
	default:
		if exists {
			t.Reject("command", "must be a command or an array of commands")
		} else {
			t.RejectTable("the key \"command\" is missing")
		}
		return nil
	}
}

// readProfiles checks build profiles. They have no effect, as in Spin without --profile.
func readProfiles(t *tomlfile.Table) {
	for _, profile := range t.Tables("profile") {
		profile.Any("source")
		profile.TextMap("environment")
		profile.Table("dependencies")
		if build := profile.Table("build"); build != nil {
			readCommands(build)
			build.Close()
		}
		profile.Close()
	}
}
