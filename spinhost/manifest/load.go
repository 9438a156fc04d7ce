package manifest

import (
	"fmt"
	"path/filepath"

	"abacus/spinhost/tomlfile"
)

// Load reads and checks the manifest at path. The error has a line for each problem, with file,
// line and key.
func Load(path string) (*Manifest, error) {
	root, err := tomlfile.Read(path)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read manifest: %w", err)
	}
	m := &Manifest{Path: absolute, Dir: filepath.Dir(absolute)}
	m.read(root)
	if err := root.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

func (m *Manifest) read(root *tomlfile.Table) {
	if !checkVersion(root) {
		return // errors about the keys of another version would be noise
	}
	if application := root.Table("application"); application != nil {
		m.readApplication(application)
	} else if _, exists := root.Any("application"); !exists {
		root.RejectTable("the table [application] with the application's name is missing")
	}
	for _, table := range root.Tables("variables") {
		m.Variables = append(m.Variables, readVariable(table))
	}
	for _, table := range root.Tables("component") {
		if reason := invalidID(table.Name, kebab, false); reason != "" {
			table.RejectTable("invalid component id: %s", reason)
		}
		m.Components = append(m.Components, m.readComponent(table, table.Name))
	}
	m.readTriggers(root)
	root.Close()
}

func checkVersion(root *tomlfile.Table) bool {
	const key = "spin_manifest_version"
	switch value, ok := root.Any(key); {
	case value == int64(2):
		return true
	case !ok:
		root.RejectTable("the key %q is missing; write %s = 2 at the top", key, key)
	case value == "1" || value == int64(1):
		root.Reject(key, "manifests of version 1 are not supported here; "+
			"`spin doctor` upgrades one to version 2")
	default:
		root.Reject(key, "invalid manifest version: %v; it must be the integer 2", value)
	}
	return false
}

func (m *Manifest) readApplication(t *tomlfile.Table) {
	m.Name = t.Required("name")
	m.Version, _ = t.Text("version")
	m.Description, _ = t.Text("description")
	t.Texts("authors")
	t.Any("targets") // for `spin build`
	t.Any("tool")    // for other programs
	if triggers := t.Table("trigger"); triggers != nil {
		if http := triggers.Table("http"); http != nil {
			if base, ok := http.Text("base"); ok && base != "/" {
				http.Reject("base", "the deprecated base is not supported; "+
					"put it in front of the route of each [[trigger.http]]")
			}
			http.Close()
		}
	}
	t.Close()
}

func readVariable(t *tomlfile.Table) Variable {
	if reason := invalidID(t.Name, snake, true); reason != "" {
		t.RejectTable("invalid variable name: %s", reason)
	}
	v := Variable{Name: t.Name, Required: t.Bool("required"), Secret: t.Bool("secret")}
	v.Description, _ = t.Text("description")
	v.Default, _ = t.Text("default")
	if _, exists := t.Any("default"); exists == v.Required {
		t.RejectTable("a variable must be `required` OR have a `default`")
	}
	t.Close()
	return v
}
