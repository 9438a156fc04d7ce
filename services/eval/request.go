package eval

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/wire"
)

// asked is a request as decoded: what to calculate, for whom, and how to answer.
type asked struct {
	*http.Request
	sources   []string
	many      bool // the sources came as an array, and so go the answers
	precision int
	token     capability.Token
	id        string // random, of this request alone
	key       string // the idempotency key: the client's, or the id
	keyed     bool   // the key is the client's
	hash      string // of everything that the key belongs to
	plus      bool   // the query holds a bare `+`, which means a space
	deadline  time.Time
}

const (
	maxSources   = 100 // in one array
	maxPrecision = 17  // digits that tell every float64 from its neighbours
	maxNesting   = 32  // of JSON; gjson recurses and a guest's stack is 64 KiB
)

// decode reads POST /eval: the body is the expression itself, whatever its type
// says, unless that is JSON.
func decode(r *http.Request) (*asked, *wire.Problem) {
	a := &asked{Request: r, precision: calc.Digits}
	var problem *wire.Problem
	if a.token, problem = capability.Of(r); problem != nil {
		return nil, problem
	}
	if a.key, problem = wire.Key(r); problem != nil {
		return nil, problem
	}
	id, err := capability.New()
	if err != nil {
		return nil, wire.NewProblem(wire.Internal, "the system gives no random numbers")
	}
	a.id = string(id)
	if a.keyed = a.key != ""; !a.keyed {
		a.key = a.id
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, wire.MaxBody+1))
	if err != nil {
		return nil, wire.NewProblem(wire.BadRequest, "the body breaks off")
	}
	if len(body) > wire.MaxBody {
		return nil, wire.NewProblem(wire.TooLarge, "the body is larger than 64 KiB").WithHint("send the statements in several requests")
	}
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	json := strings.EqualFold(strings.TrimSpace(media), wire.JSON)
	if json {
		problem = a.decodeJSON(string(body))
	} else {
		a.sources = []string{string(body)}
	}
	if problem != nil {
		return nil, problem
	}
	sum := sha256.Sum256([]byte(strconv.FormatBool(json) + "\n" + string(body)))
	a.hash = hex.EncodeToString(sum[:])
	return a, a.check()
}

// decodeJSON reads {"expr": "..." or ["...", ...], "precision": 1..17}.
func (a *asked) decodeJSON(body string) *wire.Problem {
	bad := func(detail string) *wire.Problem {
		return wire.NewProblem(wire.BadJSON, detail).WithHint(`send {"expr": "2+3"} or {"expr": ["a = 2", "a + 3"], "precision": 15}`)
	}
	if !utf8.ValidString(body) {
		return wire.NewProblem(wire.BadEncoding, "the body is not valid UTF-8")
	}
	if nesting(body) > maxNesting {
		return bad("the JSON is nested deeper than 32 levels")
	}
	if !gjson.Valid(body) {
		return bad("the body is not valid JSON, though its content type says so")
	}
	object := gjson.Parse(body)
	if !object.IsObject() {
		return bad("the body must be a JSON object")
	}
	var problem *wire.Problem
	object.ForEach(func(name, value gjson.Result) bool {
		switch name.String() {
		case "expr":
			if a.sources != nil {
				problem = bad(`the member "expr" is given twice`)
				break
			}
			problem = a.decodeSources(value, bad)
		case "precision":
			a.precision, problem = precision(value.Raw)
		default:
			problem = bad("there is no member " + strconv.Quote(name.String()))
		}
		return problem == nil
	})
	if problem == nil && a.sources == nil {
		problem = bad(`the member "expr" is missing`)
	}
	return problem
}

func (a *asked) decodeSources(value gjson.Result, bad func(string) *wire.Problem) *wire.Problem {
	if value.Type == gjson.String {
		a.sources = []string{value.String()}
		return nil
	}
	if !value.IsArray() {
		return bad(`"expr" must be a string or an array of strings`)
	}
	a.many = true
	for _, item := range value.Array() {
		if item.Type != gjson.String {
			return bad(`"expr" must hold strings only`)
		}
		a.sources = append(a.sources, item.String())
	}
	if len(a.sources) == 0 || len(a.sources) > maxSources {
		return bad(`"expr" must hold from 1 to 100 expressions, not ` + strconv.Itoa(len(a.sources)))
	}
	return nil
}

// decodeQuery reads GET /eval?expr=...&precision=...
func decodeQuery(r *http.Request) (*asked, *wire.Problem) {
	a := &asked{Request: r, precision: calc.Digits}
	_, raw, _ := strings.Cut(r.RequestURI, "?")
	a.plus = strings.Contains(raw, "+")
	query := capability.Query(r)
	if !query.Has("expr") {
		return nil, wire.NewProblem(wire.BadParameter, "the parameter expr is missing, or not percent-encoded right").
			WithHint("for example /eval?expr=2%2B3; a percent sign is %25")
	}
	a.sources = []string{query.Get("expr")}
	if query.Has("precision") {
		var problem *wire.Problem
		if a.precision, problem = precision(query.Get("precision")); problem != nil {
			return nil, problem
		}
	}
	return a, a.check()
}

func precision(s string) (int, *wire.Problem) {
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > maxPrecision {
		return 0, wire.NewProblem(wire.BadParameter, "the precision must be a whole number from 1 to 17").
			WithHint("it is the number of significant digits of display; 15 where it is left out")
	}
	return n, nil
}

// check holds the sources to their length.
func (a *asked) check() *wire.Problem {
	for _, source := range a.sources {
		if len(source) > calc.MaxSource {
			return wire.NewProblem(wire.TooLarge, "an expression is longer than 16 KiB").WithHint("split it with variables")
		}
	}
	return nil
}

// nesting returns how deep the brackets of a JSON text go, strings left out.
func nesting(text string) int {
	depth, deepest, quoted := 0, 0, false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			if depth++; depth > deepest {
				deepest = depth
			}
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}
