//go:build tinygo

// Command storage is a component that uses databases, stores and variables through the SDK and
// package sqlite. A request body has an operation in each line, the response a result.
package main

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	_ "abacus/shared/reactor"
	"abacus/shared/sqlite"

	"github.com/fermyon/spin-go-sdk/variables"
	spinhttp "github.com/fermyon/spin/sdk/go/v2/http"
	"github.com/fermyon/spin/sdk/go/v2/kv"
)

func init() {
	spinhttp.Handle(func(w http.ResponseWriter, r *http.Request) {
		source, _ := io.ReadAll(r.Body)
		state := &state{}
		for _, line := range strings.Split(strings.TrimSpace(string(source)), "\n") {
			verb, rest, _ := strings.Cut(line, " ")
			result, err := state.do(verb, rest)
			if err != nil {
				result = "error: " + err.Error()
			}
			io.WriteString(w, result+"\n")
		}
	})
}

func main() {}

// state is what a request has opened last.
type state struct {
	database *sqlite.Conn
	store    *kv.Store
}

func (s *state) do(verb, rest string) (result string, err error) {
	key, value, _ := strings.Cut(rest, " ")
	switch verb {
	case "variable":
		value, err := variables.Get(rest)
		return strconv.Quote(value), err
	case "database":
		s.database, err = sqlite.Open(rest)
	case "sql":
		return s.query(rest)
	case "bind": // all five types
		rows, err := s.database.Execute("SELECT ?1, ?2, ?3, ?4, ?5, typeof(?1), typeof(?2), typeof(?3), typeof(?4), typeof(?5)",
			sqlite.Int(-1<<63), sqlite.Float(0.1), sqlite.String("a\x00\u00e9"), sqlite.Bytes("\x00\xff"), sqlite.Nil())
		return show(rows), err
	case "store":
		s.store, err = kv.OpenStore(rest)
	case "set":
		err = s.store.Set(key, []byte(value))
	case "get":
		data, err := s.store.Get(key)
		return strconv.Quote(string(data)), err
	case "delete":
		err = s.store.Delete(key)
	case "exists":
		exists, err := s.store.Exists(key)
		return strconv.FormatBool(exists), err
	case "keys":
		keys, err := s.store.GetKeys()
		return strconv.Quote(strings.Join(keys, " ")), err
	case "panic":
		panic("as told")
	}
	return "ok", err
}

func (s *state) query(statement string) (string, error) {
	rows, err := s.database.Execute(statement)
	return show(rows), err
}

// show formats a result as "column,column: value,value; value,value".
func show(result sqlite.Result) string {
	text := strings.Join(result.Columns, ",") + ":"
	for i, row := range result.Rows {
		if i > 0 {
			text += ";"
		}
		for j, value := range row {
			if text += " "; j > 0 {
				text = text[:len(text)-1] + ","
			}
			switch value.Kind() {
			case sqlite.Integer:
				text += strconv.FormatInt(value.Int(), 10)
			case sqlite.Real:
				text += strconv.FormatFloat(value.Float(), 'g', -1, 64)
			case sqlite.Null:
				text += "NULL"
			default:
				text += strconv.Quote(value.Text())
			}
		}
	}
	return text
}
