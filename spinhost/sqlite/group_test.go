package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"modernc.org/libc"
)

// together executes statements in one group, each on a connection of its own, and returns the
// results in the form of the transcript.
func together(t *testing.T, d *Database, statements ...string) []string {
	t.Helper()
	results := make([]string, len(statements))
	var group sync.WaitGroup
	d.writeToken() <- struct{}{} // so that they wait
	for i, statement := range statements {
		group.Go(func() {
			conn := d.Connect()
			defer conn.Close()
			result, err := conn.Execute(context.Background(), statement)
			var b strings.Builder
			show(&b, result, err)
			results[i] = b.String()
		})
		for waits := false; !waits; time.Sleep(time.Millisecond) { // so that their order is this one
			d.mu.Lock()
			waits = len(d.queue) > i
			d.mu.Unlock()
		}
	}
	<-d.writeToken()
	group.Wait()
	return results
}

// TestGroups runs groups in which a statement fails: only that one may fail, whatever it does to
// the transaction.
func TestGroups(t *testing.T) {
	const setup = `
		PRAGMA journal_mode = WAL;
		CREATE TABLE t(v UNIQUE);
		CREATE TABLE p(id INTEGER PRIMARY KEY);
		CREATE TABLE c(p REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED);
		CREATE TRIGGER refuse BEFORE DELETE ON t BEGIN SELECT RAISE(ROLLBACK, 'refused'); END;
		INSERT INTO t VALUES ('here');`
	tests := []struct{ name, statement, want string }{
		{"nothing fails", "insert into t values('x') returning v", "    v\n    'x'\n"},
		{"a row is there twice", "insert into t values('y'), ('here')", "    ! UNIQUE constraint failed: t.v\n"},
		{"roll back", "insert or rollback into t values('y'), ('here')", "    ! UNIQUE constraint failed: t.v\n"},
		{"roll back in a trigger", "delete from t", "    ! refused\n"},
		{"a constraint is checked at the end", "insert into c values(1)", "    ! FOREIGN KEY constraint failed\n"},
		{"a parameter is missing", "insert into t values(?)", "    ! Wrong number of parameters passed to query. Got 0, needed 1\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := inFile(t)
			if err := d.Batch(context.Background(), setup); err != nil {
				t.Fatal(err)
			}
			var groups []Group
			d.Observe = func(g Group) { groups = append(groups, g) }
			got := together(t, d, "insert into t values('before')", test.statement, "WITH w AS (SELECT 1) insert into t values('after')")
			if want := []string{"", test.want, ""}; fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%q, want %q", got, want)
			}
			conn := d.Connect()
			defer conn.Close()
			if got := run(t, conn, "select group_concat(v, ' ') as v from (select v from t where v in ('before', 'after', 'y') order by rowid)"); got != "    v\n    'before after'\n" {
				t.Errorf("written: %s", got)
			}
			d.writeToken() <- struct{}{} // after the last call of Observe
			if len(groups) != 1 || groups[0].Statements != 3 {
				t.Errorf("groups: %+v", groups)
			}
			<-d.writeToken()
		})
	}
}

// TestGroupInterrupted checks that the other statements of a group still run if the time of one is
// over.
func TestGroupInterrupted(t *testing.T) {
	d := inFile(t)
	if err := d.Batch(context.Background(), "create table t(v)"); err != nil {
		t.Fatal(err)
	}
	slow, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	const endless = "with recursive c(x) as (select 1 union all select x from c) insert into t select x from c"
	group := []*write{
		{ctx: context.Background(), text: "insert into t values('a')", done: make(chan struct{})},
		{ctx: slow, text: endless, done: make(chan struct{})},
		{ctx: slow, text: "insert into t values('late')", done: make(chan struct{})},
		{ctx: context.Background(), text: "insert into t values('b')", done: make(chan struct{})},
	}
	d.runGroup(group)
	for i, want := range []string{"", "interrupted", "interrupted", ""} {
		<-group[i].done
		if err := group[i].err; err != nil || want != "" {
			wantError(t, err, want)
		}
	}
	conn := d.Connect()
	defer conn.Close()
	if got := run(t, conn, "select v from t order by rowid"); got != "    v\n    'a'\n    'b'\n" {
		t.Errorf("written: %s", got)
	}
}

// TestGroupCounters checks that a component sees the counters of its own statements alone.
func TestGroupCounters(t *testing.T) {
	d := inFile(t)
	one, other := d.Connect(), d.Connect()
	defer one.Close()
	defer other.Close()
	run(t, one, "create table t(v)", "insert into t values(1), (2)")
	run(t, other, "insert into t values(3), (4), (5)", "delete from t where v = 3")
	const query = "select changes() as c, total_changes() as t, last_insert_rowid() as r"
	if got := run(t, one, query); got != "    c | t | r\n    2 | 2 | 2\n" {
		t.Errorf("the first connection: %s", got)
	}
	if got := run(t, other, query); got != "    c | t | r\n    1 | 4 | 5\n" {
		t.Errorf("the second connection: %s", got)
	}
}

// TestGroupErases checks that nothing of a deleted row remains in the file.
func TestGroupErases(t *testing.T) {
	d := inFile(t)
	conn := d.Connect()
	run(t, conn, "create table t(v)", "pragma secure_delete = on", "insert into t values('a secret')", "delete from t")
	conn.Close()
	content, err := os.ReadFile(d.Path)
	if err != nil || bytes.Contains(content, []byte("a secret")) {
		t.Errorf("the file still has the row (%v)", err)
	}
}

// TestLongLog writes more than the write-ahead log may hold: the log must be copied into the
// database and start anew.
func TestLongLog(t *testing.T) {
	d := inFile(t)
	if err := d.Batch(context.Background(), "pragma journal_mode = wal; create table t(v)"); err != nil {
		t.Fatal(err)
	}
	const writers, each, blob = 4, 60, 40 // blobs of pages
	var group sync.WaitGroup
	for i := 0; i < writers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			conn := d.Connect()
			defer conn.Close()
			for j := 0; j < each; j++ {
				if _, err := conn.Execute(context.Background(), "insert into t values(zeroblob(?))", int64(blob*4096)); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	group.Wait()
	conn := d.Connect()
	defer conn.Close()
	if got := run(t, conn, "select count(*) as n, sum(length(v)) as b from t"); got != fmt.Sprintf("    n | b\n    %d | %d\n", writers*each, writers*each*blob*4096) {
		t.Errorf("written: %s", got)
	}
	deadline := time.Now().Add(30 * time.Second)
	for pages := int32(checkpointPages); pages >= checkpointPages; time.Sleep(time.Millisecond) {
		run(t, conn, "insert into t values('more')")
		d.writeToken() <- struct{}{} // after the group
		pages = libc.AtomicLoadNInt32(d.writers[0].logPages, 0)
		<-d.writeToken()
		if time.Now().After(deadline) {
			t.Fatalf("the log has %d pages", pages)
		}
	}
}
