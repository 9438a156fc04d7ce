package tomlfile

// Any returns a value as go-toml decodes it, for keys of several types.
func (t *Table) Any(key string) (any, bool) {
	t.known[key] = true
	value, ok := t.values[key]
	return value, ok
}

// get returns a value of type T and reports any other type.
func get[T any](t *Table, key, kind string) (T, bool) {
	value, ok := t.Any(key)
	if !ok {
		var zero T
		return zero, false
	}
	typed, ok := value.(T)
	if !ok {
		t.Reject(key, "must be %s, not %s", kind, typeName(value))
	}
	return typed, ok
}

// Text returns a string.
func (t *Table) Text(key string) (string, bool) { return get[string](t, key, "a string") }

// Bool returns a boolean, false if it is absent.
func (t *Table) Bool(key string) bool {
	value, _ := get[bool](t, key, "true or false")
	return value
}

// Int returns an integer.
func (t *Table) Int(key string) (int64, bool) { return get[int64](t, key, "an integer") }

// Required returns a string and reports its absence.
func (t *Table) Required(key string) string {
	value, ok := t.Text(key)
	if _, exists := t.values[key]; !ok && !exists {
		t.RejectTable("the key %q is missing", key)
	}
	return value
}

// Texts returns an array of strings.
func (t *Table) Texts(key string) []string {
	items, _ := get[[]any](t, key, "an array of strings")
	var texts []string
	for i, value := range items {
		text, ok := value.(string)
		if !ok {
			t.RejectItem(key, i, "must be a string, not %s", typeName(value))
			continue
		}
		texts = append(texts, text)
	}
	return texts
}

// TextMap returns a table whose values are all strings.
func (t *Table) TextMap(key string) map[string]string {
	table := t.Table(key)
	if table == nil {
		return nil
	}
	texts := make(map[string]string)
	for _, key := range table.Keys() {
		if text, ok := table.Text(key); ok {
			texts[key] = text
		}
	}
	return texts
}

// Table returns a table, nil if it is absent.
func (t *Table) Table(key string) *Table {
	values, ok := get[map[string]any](t, key, "a table")
	if !ok {
		return nil
	}
	return t.table(key, t.path(key), values)
}

// Tables returns the tables of a table of tables, in the order of the file.
func (t *Table) Tables(key string) []*Table {
	outer := t.Table(key)
	if outer == nil {
		return nil
	}
	var tables []*Table
	for _, key := range outer.Keys() {
		if table := outer.Table(key); table != nil {
			tables = append(tables, table)
		}
	}
	return tables
}

// Array returns an array of tables.
func (t *Table) Array(key string) []*Table {
	items, _ := get[[]any](t, key, "an array of tables")
	var tables []*Table
	for i := range items {
		if table := t.Item(key, i); table != nil {
			tables = append(tables, table)
		} else {
			t.RejectItem(key, i, "must be a table, not %s", typeName(items[i]))
		}
	}
	return tables
}

// Item returns an item of an array if it is a table, else nil.
func (t *Table) Item(key string, i int) *Table {
	items, _ := t.values[key].([]any)
	if i >= len(items) {
		return nil
	}
	values, ok := items[i].(map[string]any)
	if !ok {
		return nil
	}
	return t.table(key, item(t.path(key), i), values)
}

func (t *Table) table(name, key string, values map[string]any) *Table {
	return &Table{Name: name, file: t.file, key: key, values: values, known: make(map[string]bool)}
}

// typeName names the type of a decoded value.
func typeName(value any) string {
	switch value.(type) {
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case []any:
		return "an array"
	case map[string]any:
		return "a table"
	}
	return "a date or time"
}
