package calc

import (
	"strconv"
	"unicode/utf8"
)

// The codes of an Error. Those in the first group mean that the source is malformed, the others
// that it is understood but has no value.
const (
	CodeEmpty    = "empty"    // nothing to calculate
	CodeEncoding = "encoding" // not UTF-8
	CodeNumber   = "number"   // a malformed number
	CodeSyntax   = "syntax"   // anything else that is malformed

	CodeReserved    = "reserved-name"    // a constant, built-in function or word cannot be set
	CodeUnknown     = "unknown-name"     // no such name
	CodeNotFunction = "not-a-function"   // a value is called
	CodeNotValue    = "not-a-value"      // a function is used without its arguments
	CodeArguments   = "arguments"        // the wrong number of arguments
	CodeDomain      = "domain"           // a function has no value there
	CodeDivision    = "division-by-zero" // also mod, // and a negative power of zero
	CodeOverflow    = "overflow"         // beyond the largest float64
	CodeUnit        = "unit"             // units that do not fit, or an unknown one
	CodeNoRates     = "no-rates"         // currencies, where there are no exchange rates
	CodeNoAnswer    = "no-ans"           // ans, but there is no previous result
	CodeNoRandom    = "no-random"        // random, where there is no source of random numbers
	CodeNotPlotted  = "not-plottable"    // a plot cannot show it: random numbers, an empty range

	CodeLimitSource      = "limit-source"
	CodeLimitNesting     = "limit-nesting"
	CodeLimitNodes       = "limit-nodes"
	CodeLimitName        = "limit-name"
	CodeLimitNames       = "limit-names"
	CodeLimitParameters  = "limit-parameters"
	CodeLimitDefinitions = "limit-definitions"
	CodeLimitCurves      = "limit-curves"
	CodeLimitCalls       = "limit-calls"
	CodeLimitStack       = "limit-stack"
	CodeLimitSteps       = "limit-steps"
)

// Error says what is wrong with a source, where, and, if a fix is likely, what to write instead.
type Error struct {
	Code    string // one of the Code constants
	Message string
	Hint    string // "" if there is none
	Offset  int    // of the place, in bytes
	Length  int    // of the place, in bytes; 0 at the end of the source
	Line    int    // of the place, from 1
	Column  int    // of the place, from 1, in code points
}

// Error returns the place and the message on one line.
func (e *Error) Error() string {
	return strconv.Itoa(e.Line) + ":" + strconv.Itoa(e.Column) + ": " + e.Message
}

// Syntax reports whether the source is malformed. Otherwise it is understood but has no value.
func (e *Error) Syntax() bool {
	switch e.Code {
	case CodeEmpty, CodeEncoding, CodeNumber, CodeSyntax:
		return true
	}
	return false
}

// fault returns an error without a place.
func fault(code, message, hint string) *Error {
	return &Error{Code: code, Message: message, Hint: hint}
}

// at sets the place of an error.
func (e *Error) at(source string, offset, length int) *Error {
	e.Offset, e.Length, e.Line, e.Column = offset, length, 1, 1
	for _, r := range source[:offset] {
		e.Column++
		if r == '\n' {
			e.Line, e.Column = e.Line+1, 1
		}
	}
	return e
}

// caretContext is how many code points Caret shows on either side of the place.
const caretContext = 40

// Caret returns the error as several lines: the message, the line of the source with a caret under
// the place, and the hint. It cuts long lines and shows control characters as spaces. The text ends
// with a newline.
func (e *Error) Caret(source string) string {
	begin := e.Offset
	for begin > 0 && source[begin-1] != '\n' {
		begin--
	}
	before := make([]rune, 0, caretContext)
	for _, r := range source[begin:e.Offset] {
		before = append(before, printable(r))
	}
	if len(before) > caretContext {
		before = append([]rune{'…'}, before[len(before)-caretContext:]...)
	}
	shown := append([]rune{}, before...)
	under := 0
	for i, r := range source[e.Offset:] {
		if r == '\n' {
			break
		}
		if len(shown) > len(before)+caretContext {
			shown = append(shown, '…')
			break
		}
		shown = append(shown, printable(r))
		if i < e.Length {
			under++
		}
	}
	text := make([]byte, 0, 256)
	text = append(append(text, e.Error()...), "\n    "...)
	text = append(append(text, string(shown)...), "\n    "...)
	for range before {
		text = append(text, ' ')
	}
	text = append(text, '^')
	for ; under > 1; under-- {
		text = append(text, '~')
	}
	text = append(text, '\n')
	if e.Hint != "" {
		text = append(append(append(text, "hint: "...), e.Hint...), '\n')
	}
	return string(text)
}

// printable returns the rune, or a space for a rune that would disturb the text around it: a
// control character, one without width, or one that changes the direction of writing.
func printable(r rune) rune {
	switch {
	case r < ' ', 0x7F <= r && r < 0xA0, 0x200B <= r && r <= 0x200F,
		0x2028 <= r && r <= 0x202E, 0x2060 <= r && r <= 0x206F, r == 0xFEFF:
		return ' '
	}
	return r
}

// clean returns a part of the source for a hint, with spaces for runes that would disturb the text.
func clean(text string) string {
	cleaned := make([]byte, 0, len(text))
	for _, r := range text {
		cleaned = utf8.AppendRune(cleaned, printable(r))
	}
	return string(cleaned)
}

// fill returns a text with its % signs replaced by the parts, in order.
func fill(text string, parts ...string) string {
	filled := make([]byte, 0, 128)
	for i := 0; i < len(text); i++ {
		if text[i] == '%' {
			filled, parts = append(filled, parts[0]...), parts[1:]
			continue
		}
		filled = append(filled, text[i])
	}
	return string(filled)
}

// quote returns a part of the source between grave accents, shortened, with control characters
// escaped.
func quote(text string) string {
	quoted := []byte{'`'}
	for n, r := range text {
		if n > 40 {
			quoted = append(quoted, "…"...)
			break
		}
		if printable(r) != r {
			code := "000" + strconv.FormatUint(uint64(r), 16)
			quoted = append(append(quoted, "U+"...), code[len(code)-4:]...)
			continue
		}
		quoted = utf8.AppendRune(quoted, r)
	}
	return string(append(quoted, '`'))
}
