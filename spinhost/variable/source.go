package variable

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/pelletier/go-toml/v2"
)

// DefaultPrefix is the default prefix of environment variables.
const DefaultPrefix = "SPIN_VARIABLE"

// Source provides values: the command line, the runtime configuration or the environment.
type Source interface {
	// Value returns the value of a variable and whether this source has one.
	Value(name string) (string, bool, error)
}

// Static is values by name.
type Static map[string]string

// Value implements Source.
func (s Static) Value(name string) (string, bool, error) {
	value, ok := s[name]
	return value, ok, nil
}

// Environment reads PREFIX_NAME from the environment, then from a dotenv file, which it reads once
// on first use.
type Environment struct {
	Prefix string
	Dotenv string // path of the file, which may be missing; "" for none

	mutex  sync.Mutex
	values map[string]string // of the file; nil before it is read
}

// Value implements Source.
func (e *Environment) Value(name string) (string, bool, error) {
	key := e.Prefix + "_" + strings.ToUpper(name)
	if value, ok := os.LookupEnv(key); ok {
		if !utf8.ValidString(value) {
			return "", false, fmt.Errorf("failed to resolve env var %s", key)
		}
		return value, true, nil
	}
	values, err := e.file()
	value, ok := values[key]
	return value, ok, err
}

func (e *Environment) file() (map[string]string, error) {
	if e.Dotenv == "" {
		return nil, nil
	}
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.values != nil {
		return e.values, nil
	}
	text, err := os.ReadFile(e.Dotenv)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s: %w", e.Dotenv, err)
	}
	values, err := parseDotenv(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s:%w", e.Dotenv, err)
	}
	e.values = values
	return values, nil
}

// Flags parses values of --variable: k=v, k=@file, @file.json, @file.toml. The last value of a
// name counts. Errors do not show values.
func Flags(values []string) (Static, error) {
	variables := make(Static)
	for _, flag := range values {
		set, err := readFlag(flag)
		if err != nil {
			return nil, err
		}
		maps.Copy(variables, set)
	}
	return variables, nil
}

func readFlag(flag string) (map[string]string, error) {
	if path, ok := strings.CutPrefix(flag, "@"); ok {
		return readSet(path)
	}
	name, value, ok := strings.Cut(flag, "=")
	if !ok {
		return nil, errors.New("variables must be in the form 'key=value' or '@file'")
	}
	path, ok := strings.CutPrefix(value, "@")
	if !ok {
		return map[string]string{name: value}, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the value of variable %q: %w", name, err)
	}
	if !utf8.Valid(content) {
		return nil, fmt.Errorf("read the value of variable %q: %s is not UTF-8 text", name, path)
	}
	return map[string]string{name: string(content)}, nil
}

// readSet reads a JSON object or a TOML table of strings.
func readSet(path string) (map[string]string, error) {
	decode := json.Unmarshal
	switch filepath.Ext(path) {
	case ".json":
	case ".toml":
		decode = toml.Unmarshal
	default:
		return nil, fmt.Errorf("variable files must end in .json or .toml, not %q", path)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read variables: %w", err)
	}
	// Through any, because both decoders turn some other types into strings.
	var table map[string]any
	if err := decode(content, &table); err != nil {
		return nil, fmt.Errorf("read variables from %s: %w", path, err)
	}
	set := make(map[string]string, len(table))
	for name, value := range table {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("read variables from %s: the value of %q must be a string",
				path, name)
		}
		set[name] = text
	}
	return set, nil
}
