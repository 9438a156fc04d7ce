package manifest

import (
	"fmt"
	"net/http"

	"abacus/spinhost/route"
	"abacus/spinhost/tomlfile"
)

// readTriggers reads every [[trigger.http]], names those without an id, and adds their inline
// components to the manifest (crates/manifest/src/normalize.rs).
func (m *Manifest) readTriggers(root *tomlfile.Table) {
	types := root.Table("trigger")
	if types == nil {
		if _, exists := root.Any("trigger"); !exists {
			root.RejectTable("no triggers in app; " +
				"add a [[trigger.http]] with a route and a component")
		}
		return
	}
	for _, kind := range types.Keys() {
		if kind != "http" {
			types.Reject(kind, "%s triggers are not supported here; only http is", kind)
		}
	}
	tables := types.Array("http")
	if value, exists := types.Any("http"); len(tables) == 0 && exists {
		if _, ok := value.([]any); ok {
			root.RejectTable("no triggers in app; " +
				"add a [[trigger.http]] with a route and a component")
		}
	}
	inline := make([]*tomlfile.Table, len(tables))
	for i, t := range tables {
		var trigger Trigger
		trigger, inline[i] = m.readTrigger(t)
		m.Triggers = append(m.Triggers, trigger)
	}
	m.nameTriggers()
	for i, t := range inline {
		if t != nil {
			trigger := &m.Triggers[i]
			trigger.Component = m.inlineID(trigger.ID)
			m.Components = append(m.Components, m.readComponent(t, trigger.Component))
		}
	}
}

// readTrigger returns a trigger and the table of its inline component, if it has one.
func (m *Manifest) readTrigger(t *tomlfile.Table) (Trigger, *tomlfile.Table) {
	trigger := Trigger{table: t}
	var inline *tomlfile.Table
	trigger.ID, _ = t.Text("id")
	readRoute(t, &trigger)
	readExecutor(t)

	value, hasComponent := t.Any("component")
	switch component := value.(type) {
	case string:
		trigger.Component = component
		if reason := invalidID(component, kebab, false); reason != "" {
			t.Reject("component", "invalid component id: %s", reason)
		} else if m.Component(component) == nil {
			t.Reject("component", "there is no [component.%s]", component)
		}
	case map[string]any:
		inline = t.Table("component")
	default:
		if hasComponent {
			t.Reject("component", "must be the id of a component or a table")
		}
	}

	_, hasStatic := t.Any("static_response")
	if table := t.Table("static_response"); table != nil {
		trigger.Static = readStatic(table)
	}
	if hasComponent == hasStatic {
		t.RejectTable("a trigger must have either component or static_response")
	}
	for _, key := range []string{"components", "dependencies"} {
		if _, exists := t.Any(key); exists {
			t.Reject(key, "additional components of a trigger are not supported here")
		}
	}
	t.Close()
	return trigger, inline
}

func readRoute(t *tomlfile.Table, trigger *Trigger) {
	value, exists := t.Any("route")
	switch pattern := value.(type) {
	case string:
		trigger.Route = pattern
		if err := route.Check(pattern); err != nil {
			t.Reject("route", "%v", err)
		}
	case map[string]any:
		table := t.Table("route")
		trigger.Private = table.Bool("private")
		if !trigger.Private {
			t.Reject("route", "must be a pattern or { private = true }")
		}
		table.Close()
	default:
		if exists {
			t.Reject("route", "must be a pattern or { private = true }")
		} else {
			t.RejectTable("the key \"route\" is missing; write a pattern or { private = true }")
		}
	}
}

func readExecutor(t *tomlfile.Table) {
	table := t.Table("executor")
	if table == nil {
		return
	}
	switch kind := table.Required("type"); kind {
	case "http", "spin", "":
		table.Close()
	case "wagi":
		t.Reject("executor", "the wagi executor is not supported here; only http is")
	default:
		table.Reject("type", "unknown executor %q; only http is known", kind)
	}
}

// readStatic reads a static_response. As in Spin, unknown keys are ignored here.
func readStatic(t *tomlfile.Table) *Static {
	s := &Static{Status: http.StatusOK}
	if status, ok := t.Int("status_code"); ok {
		if status < 100 || status > 999 {
			t.Reject("status_code", "must be an HTTP status from 100 to 999")
		}
		s.Status = int(status)
	}
	s.Body, _ = t.Text("body")
	if headers := t.Table("headers"); headers != nil {
		for _, name := range headers.Keys() {
			value, _ := headers.Text(name)
			s.Headers = append(s.Headers, Header{name, value})
		}
	}
	return s
}

// nameTriggers names the triggers without an id COMPONENT-http-trigger, or http-triggerN if that
// is taken.
func (m *Manifest) nameTriggers() {
	taken := make(map[string]bool)
	for _, t := range m.Triggers {
		taken[t.ID] = true
	}
	for i, n := 0, 1; i < len(m.Triggers); i++ {
		t := &m.Triggers[i]
		if t.ID != "" {
			continue
		}
		if t.Component != "" {
			t.ID = t.Component + "-http-trigger"
		}
		for ; t.ID == "" || taken[t.ID]; n++ {
			t.ID = fmt.Sprintf("http-trigger%d", n)
		}
		taken[t.ID] = true
	}
}

// inlineID returns the id of an inline component.
func (m *Manifest) inlineID(trigger string) string {
	id := trigger + "-component"
	for n := 1; invalidID(id, kebab, false) != "" || m.Component(id) != nil; n++ {
		id = fmt.Sprintf("inline-component%d", n)
	}
	return id
}
