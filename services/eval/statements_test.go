package eval_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"abacus/shared/sqlite"
	"abacus/shared/storage"
)

// counter is a database that records the statements that it runs, and checks their plans.
type counter struct {
	storage.Database
	t          *testing.T
	statements *[]string
}

func (c counter) Execute(statement string, parameters ...sqlite.Value) (sqlite.Result, error) {
	*c.statements = append(*c.statements, statement)
	if !strings.HasPrefix(statement, "PRAGMA") {
		plan, err := c.Database.Execute("EXPLAIN QUERY PLAN "+statement, parameters...)
		if err != nil {
			c.t.Errorf("%s: %v", statement, err)
		}
		for _, row := range plan.Rows {
			if step := row[3].Text(); scan.MatchString(step) {
				c.t.Errorf("%s\nhas the step %s", statement, step)
			}
		}
	}
	return c.Database.Execute(statement, parameters...)
}

// scan matches a step that reads a whole table or a whole index.
var scan = regexp.MustCompile(
	`^SCAN (sessions|variables|definitions|commits|clients|owners|entries|appends|shares)\b` +
		`( USING (COVERING )?INDEX (sessions|variables|owners_used|entries|shares_owner).*)?$`)

// TestStatements counts the statements of all services together, since on a remote database each is
// a request. No statement begins a transaction, which would keep all others from writing while a
// component runs, and none reads a whole table.
func TestStatements(t *testing.T) {
	a := newApp(t)
	token, other := a.session(), a.session()
	a.eval(token, "1")
	a.eval(other, "a = 1")
	var statements []string
	open := a.open
	a.open = func() (storage.Database, error) {
		db, err := open()
		return counter{db, t, &statements}, err
	}
	owner := []string{"Authorization", "Bearer " + token}
	for _, c := range []struct {
		name string
		most int
		send func(n int) reply
	}{
		{"a value", 3, func(int) reply { return a.eval(token, "1 + 1") }},
		{"a value of ans", 4, func(int) reply { return a.eval(token, "ans + 1") }},
		{"an assignment", 6, func(int) reply { return a.eval(token, "a = 1 + 1") }},
		{"a definition", 6, func(int) reply { return a.eval(token, "f(x) = a*x") }},
		{"a value with a key", 6, func(n int) reply { return a.eval(token, "f(2)", "Idempotency-Key", fmt.Sprint("key", n)) }},
		{"an array", 6, func(int) reply {
			return a.eval(token, `{"expr": ["b = 2", "c = b", "d(x) = c*x", "d(4)"]}`, "Content-Type", "application/json")
		}},
		{"a share", 6, func(n int) reply {
			body := fmt.Sprintf(`{"entries": [1, 2, 3], "title": "%d"}`, n)
			return a.send("history", "POST", "/shares", body, append(owner, "Content-Type", "application/json")...)
		}},
		{"a page", 2, func(int) reply { return a.send("history", "GET", "/history", "", owner...) }},
		{"a variable", 3, func(int) reply { return a.send("sessions", "PUT", "/session/variables/x", "1", owner...) }},
		{"a session", 4, func(int) reply { return a.send("sessions", "POST", "/sessions", "") }},
		{"a share with a key", 6, func(n int) reply {
			header := append(owner, "Content-Type", "application/json", "Idempotency-Key", fmt.Sprint("share", n))
			return a.send("history", "POST", "/shares", `{"entries": "all"}`, header...)
		}},
		{"erasing", 6, func(int) reply {
			return a.send("sessions", "DELETE", "/session", "", "Authorization", "Bearer "+other)
		}},
	} {
		for n := 0; n < 20; n++ {
			statements = nil
			if r := c.send(n); r.Status/100 != 2 {
				t.Fatalf("%s: %d %s", c.name, r.Status, r.Body)
			}
			if len(statements) > c.most {
				t.Errorf("%s, time %d: %d statements, want at most %d:\n%s", c.name, n+1, len(statements), c.most,
					strings.Join(statements, "\n"))
				break
			}
			if strings.Contains(strings.Join(statements, ""), "BEGIN") {
				t.Errorf("%s begins a transaction", c.name)
			}
		}
	}
}
