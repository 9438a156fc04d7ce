package sqlite

import "testing"

// TestWaiting checks which statements tell their component that they wait or take long.
func TestWaiting(t *testing.T) {
	conn := inFile(t).Connect()
	defer conn.Close()
	calls := 0
	conn.Waiting = func() { calls++ }
	for _, c := range []struct {
		statement string
		waits     bool
	}{
		{"create table t(a)", true},
		{"insert into t values(1)", true},
		{"select a from t", false},
		{"begin immediate", true},
		{"insert into t values(2)", false}, // it has the lock
		{"commit", false},
		{"with recursive n(i) as (select 1 union all select i + 1 from n where i < 100) " +
			"select count(*) from n", false},
		{"with recursive n(i) as (select 1 union all select i + 1 from n where i < 10000) " +
			"select count(*) from n", true},
	} {
		calls = 0
		run(t, conn, c.statement)
		if waits := calls > 0; waits != c.waits {
			t.Errorf("%s: waits %v, want %v", c.statement, waits, c.waits)
		}
	}
	other := conn.database.Connect()
	defer other.Close()
	calls = 0
	run(t, other, "insert into t values(3)")
	if calls > 0 {
		t.Error("a statement of another component is reported")
	}
}
