package config

import (
	"fmt"
	"strings"

	"abacus/spinhost/tomlfile"
)

// summarize collects the parts of Summary.
func (c *Config) summarize(root *tomlfile.Table) {
	for _, key := range []string{"key_value_store", "sqlite_database"} {
		for _, t := range root.Tables(key) {
			kind, _ := t.Text("type")
			c.summary = append(c.summary, fmt.Sprintf("[%s.%s: %s]", key, t.Name, kind))
		}
	}
	if c.HTTP.MaxConnections >= 0 {
		c.summary = append(c.summary,
			fmt.Sprintf("[outbound_http: max_connections=%d]", c.HTTP.MaxConnections))
	}
}

// Summary returns a line that says what the file configures, or "".
func (c *Config) Summary() string {
	if len(c.summary) == 0 {
		return ""
	}
	return fmt.Sprintf("Using runtime config %s from %q", strings.Join(c.summary, ", "), c.Path)
}
