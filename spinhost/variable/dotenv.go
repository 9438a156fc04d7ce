package variable

import (
	"fmt"
	"os"
	"strings"
)

// parseDotenv parses KEY=value lines as the crate dotenvy 0.15 does: comments, an optional
// "export", 'literal' and "escaped" quotes that may span lines, $NAME and ${NAME} from the
// environment or lines above. An error begins with the line number and never shows a value.
func parseDotenv(text string) (map[string]string, error) {
	d := dotenv{
		rest:   strings.ReplaceAll(text, "\r\n", "\n"),
		line:   1,
		values: make(map[string]string),
	}
	for d.rest != "" {
		if err := d.entry(); err != nil {
			return nil, fmt.Errorf("%d: %w", d.line, err)
		}
	}
	return d.values, nil
}

type dotenv struct {
	rest   string
	line   int
	values map[string]string
}

// entry parses a line: blank, a comment, or a key and its value.
func (d *dotenv) entry() error {
	d.spaces()
	if d.endOfLine() {
		return nil
	}
	key := d.key()
	d.spaces()
	if key == "export" && !strings.HasPrefix(d.rest, "=") {
		key = d.key()
		d.spaces()
	}
	if key == "" || !strings.HasPrefix(d.rest, "=") {
		return fmt.Errorf("expected KEY=value")
	}
	d.rest = d.rest[1:]
	d.spaces()
	value, err := d.value()
	if err != nil {
		return fmt.Errorf("value of %s: %w", key, err)
	}
	d.values[key] = value
	return nil
}

// endOfLine skips a comment and the newline. It returns false if the line has something else.
func (d *dotenv) endOfLine() bool {
	if d.rest != "" && d.rest[0] != '#' && d.rest[0] != '\n' {
		return false
	}
	_, d.rest, _ = strings.Cut(d.rest, "\n")
	d.line++
	return true
}

func (d *dotenv) spaces() { d.rest = strings.TrimLeft(d.rest, " \t\r") }

func (d *dotenv) key() string {
	n := 0
	for ; n < len(d.rest); n++ {
		if c := d.rest[n]; !isAlphanumeric(c) && c != '_' && !(n > 0 && c == '.') {
			break
		}
	}
	key := d.rest[:n]
	if key != "" && key[0] >= '0' && key[0] <= '9' {
		return ""
	}
	d.rest = d.rest[n:]
	return key
}

// value parses up to the end of the line, or further inside quotes.
func (d *dotenv) value() (string, error) {
	var b strings.Builder
	var quote byte // the open quote, 0 outside
	for d.rest != "" {
		c := d.rest[0]
		switch {
		case quote == 0 && (strings.ContainsRune("\n \t\r", rune(c)) || c == '#' && b.Len() == 0):
			d.spaces()
			if !d.endOfLine() {
				return "", fmt.Errorf("text after the value; put it in quotes")
			}
			return b.String(), nil
		case c == quote:
			quote = 0
		case quote == '\'':
			b.WriteByte(c)
		case c == '$':
			if err := d.substitute(&b); err != nil {
				return "", err
			}
			continue
		case c == '\\':
			if err := d.escape(&b); err != nil {
				return "", err
			}
			continue
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		default:
			b.WriteByte(c)
		}
		if c == '\n' {
			d.line++
		}
		d.rest = d.rest[1:]
	}
	if quote != 0 {
		return "", fmt.Errorf("the quote %c is not closed", quote)
	}
	return b.String(), nil
}

func (d *dotenv) escape(b *strings.Builder) error {
	if len(d.rest) < 2 {
		return fmt.Errorf("nothing after the backslash")
	}
	c := d.rest[1]
	switch c {
	case '\\', '\'', '"', '$', ' ':
		b.WriteByte(c)
	case 'n':
		b.WriteByte('\n')
	default:
		return fmt.Errorf(`unknown escape; only \\ \' \" \$ \n and "\ " are`)
	}
	d.rest = d.rest[2:]
	return nil
}

// substitute parses $NAME or ${NAME}. The environment overrides the file.
func (d *dotenv) substitute(b *strings.Builder) error {
	var name string
	if inside, ok := strings.CutPrefix(d.rest, "${"); ok {
		name, d.rest, ok = strings.Cut(inside, "}")
		if !ok {
			return fmt.Errorf("${ is not closed")
		}
	} else {
		n := 1
		for n < len(d.rest) && isAlphanumeric(d.rest[n]) {
			n++
		}
		name, d.rest = d.rest[1:n], d.rest[n:]
	}
	value, ok := os.LookupEnv(name)
	if !ok {
		value = d.values[name]
	}
	b.WriteString(value)
	return nil
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
