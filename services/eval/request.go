package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/json/flat"
	"abacus/shared/wire"
)

// request is POST /eval, decoded.
type request struct {
	*http.Request
	plain     bool // whether the client prefers plain text
	sources   []string
	many      bool    // whether the sources came as an array, and results go as one
	replaces  []int64 // the entry that each source replaces; nil if they replace none
	precision int     // significant digits of display
	token     capability.Token
	id        string    // random, of this request
	key       string    // the client's idempotency key, or the id
	keyed     bool      // whether the key is the client's
	hash      string    // hex SHA-256 of what the key stands for
	deadline  time.Time // after which nothing is tried again
	rates     *rates
	// evaluates all sources, so that they share its memory
	calculator calc.Calculator
}

const (
	maxSources   = 100 // in one array
	maxPrecision = 17  // digits that tell every float64 from its neighbours
)

// decode reads POST /eval. The body is the expression itself, whatever its content type says,
// unless that is JSON. It parses a single expression only to refuse a malformed one before the
// first hop.
func decode(r *wire.Request) (*request, error) {
	req := &request{Request: r.Request, plain: r.Plain, precision: calc.Digits}
	var err error
	if req.token, err = capability.FromRequest(r.Request); err != nil {
		return nil, err
	}
	if req.key, err = wire.Key(r.Request); err != nil {
		return nil, err
	}
	id, err := capability.New()
	if err != nil {
		return nil, err
	}
	req.id = string(id)
	if req.keyed = req.key != ""; !req.keyed {
		req.key = req.id
	}
	body, err := wire.Body(r.Request)
	if err != nil {
		return nil, err
	}
	isJSON := wire.IsJSON(r.Request)
	if !isJSON {
		req.sources = []string{body}
	} else if err := req.decodeJSON(body); err != nil {
		return nil, err
	}
	sum := sha256.Sum256([]byte(strconv.FormatBool(isJSON) + "\n" + body))
	req.hash = hex.EncodeToString(sum[:])
	for _, source := range req.sources {
		if err := checkLength(source); err != nil {
			return nil, err
		}
	}
	if !req.many {
		if _, err := req.calculator.Parse(req.sources[0]); err != nil {
			return nil, problem(err, req.sources[0])
		}
	}
	return req, nil
}

// decodeJSON reads {"expr": "...", "precision": 1..17, "replaces": id}, or arrays of expressions
// and ids.
func (req *request) decodeJSON(body string) error {
	if !utf8.ValidString(body) {
		return wire.NewProblem(wire.BadEncoding, "the body is not valid UTF-8")
	}
	members, err := flat.ParseObject(body)
	if err != nil {
		return badJSON(err.Error())
	}
	for _, m := range members {
		switch m.Name {
		case "expr":
			req.many = m.Kind == flat.Texts
			switch {
			case m.Kind == flat.Text:
				req.sources = []string{m.Text}
			case !req.many:
				return badJSON(`"expr" must be a string or an array of strings`)
			case len(m.Texts) > maxSources:
				return badJSON(`"expr" must hold from 1 to 100 expressions, not ` +
					strconv.Itoa(len(m.Texts)))
			default:
				req.sources = m.Texts
			}
		case "replaces":
			numbers := m.Numbers
			if m.Kind == flat.Number {
				numbers = []float64{m.Number}
			}
			if req.replaces, err = entryIDs(numbers); err != nil {
				return err
			}
		case "precision":
			if req.precision, err = precision(calc.Format(m.Number, 0)); err != nil {
				return err
			}
		default:
			return badJSON("there is no member " + strconv.Quote(m.Name))
		}
	}
	if req.sources == nil {
		return badJSON(`the member "expr" is missing`)
	}
	if req.replaces != nil && len(req.replaces) != len(req.sources) {
		return badJSON(`"replaces" must hold one id for each expression`)
	}
	return nil
}

// entryIDs returns numbers as the ids of different entries.
func entryIDs(numbers []float64) ([]int64, error) {
	var ids []int64
	for _, number := range numbers {
		id, ok := flat.Whole(number)
		if !ok || slices.Contains(ids, id) {
			return nil, badJSON(`"replaces" must hold ids of different entries`)
		}
		ids = append(ids, id)
	}
	if ids == nil {
		return nil, badJSON(`"replaces" must be the id of an entry, or an array of them`)
	}
	return ids, nil
}

func precision(s string) (int, error) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxPrecision {
		return 0, wire.NewProblem(wire.BadParameter,
			"the precision must be a whole number from 1 to 17").
			WithHint("it is the number of significant digits of display; the default is 15")
	}
	return n, nil
}

func checkLength(source string) error {
	if len(source) > calc.MaxSource {
		return wire.NewProblem(wire.TooLarge, "an expression is longer than 16 KiB").
			WithHint("split it with variables")
	}
	return nil
}

func badJSON(detail string) error {
	return wire.NewProblem(wire.BadJSON, detail).
		WithHint(`send {"expr": "2+3"} or {"expr": ["a = 2", "a + 3"], "precision": 15}`)
}
