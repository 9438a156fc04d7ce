package sqlite

import (
	"context"
	"sync"
	"testing"
	"time"
)

// TestContention checks that a second writer waits for the first, with two databases on one file.
func TestContention(t *testing.T) {
	d := inFile(t)
	other := &Database{Path: d.Path}
	defer other.Close()
	first, second := d.Connect(), other.Connect()
	defer first.Close()
	defer second.Close()
	run(t, first, "create table t(a)", "begin immediate", "insert into t values(1)")
	const held = 200 * time.Millisecond
	start := time.Now()
	committed := make(chan error)
	go func() {
		time.Sleep(held)
		_, err := first.Execute(context.Background(), "commit")
		committed <- err
	}()
	if got := run(t, second, "insert into t values(2)", "select count(*) from t"); got != "    count(*)\n    2\n" {
		t.Errorf("both writes: %s", got)
	}
	if err := <-committed; err != nil {
		t.Error(err)
	}
	if waited := time.Since(start); waited < held {
		t.Errorf("waited %v for a lock held for %v", waited, held)
	}
}

func TestLocked(t *testing.T) {
	d := inFile(t)
	first, second := d.Connect(), d.Connect()
	defer first.Close()
	defer second.Close()
	run(t, first, "create table t(a)", "begin immediate")
	run(t, second, "pragma busy_timeout = 30", "begin", "select * from t")
	_, err := second.Execute(context.Background(), "insert into t values(1)")
	wantError(t, err, "database is locked")
	run(t, second, "commit")
	run(t, first, "commit")
}

// TestWriters checks that concurrent updates are not lost.
func TestWriters(t *testing.T) {
	d := inFile(t)
	if err := d.Batch(context.Background(), "pragma journal_mode = wal; create table t(n); insert into t values(0)"); err != nil {
		t.Fatal(err)
	}
	const writers, each = 8, 25
	var group sync.WaitGroup
	for i := 0; i < writers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for j := 0; j < each; j++ {
				conn := d.Connect()
				if _, err := conn.Execute(context.Background(), "update t set n = n + 1"); err != nil {
					t.Error(err)
				}
				conn.Close()
			}
		}()
	}
	group.Wait()
	conn := d.Connect()
	defer conn.Close()
	if got := run(t, conn, "select n from t"); got != "    n\n    200\n" {
		t.Errorf("after %d updates: %s", writers*each, got)
	}
	if len(d.idle) > writers {
		t.Errorf("%d idle connections after %d writers", len(d.idle), writers)
	}
}

// TestCancel checks that a context ends a statement and leaves the connection usable.
func TestCancel(t *testing.T) {
	const endless = "with recursive c(x) as (select 1 union all select x from c) select count(*) from c"
	d := inFile(t)
	holder := d.Connect()
	defer holder.Close()
	run(t, holder, "create table t(a)", "begin immediate")
	tests := []struct{ name, statement, want string }{
		{"computing", endless, "interrupted"},
		{"waiting for a lock", "insert into t values(1)", "database is locked"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := d.Connect()
			defer conn.Close()
			ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
			defer cancel()
			start := time.Now()
			_, err := conn.Execute(ctx, test.statement)
			wantError(t, err, test.want)
			if took := time.Since(start); took > 4*time.Second { // a lock is waited for 5 s
				t.Errorf("took %v", took)
			}
			_, err = conn.Execute(ctx, "select 1")
			wantError(t, err, "interrupted")
			if got := run(t, conn, "pragma busy_timeout"); got != "    timeout\n    5000\n" {
				t.Errorf("busy timeout afterwards: %s", got)
			}
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	wantError(t, new(Database).Batch(ctx, "select 1;\n"+endless), "line 2: interrupted")
}

// BenchmarkInsert compares an INSERT on a pooled connection and on a new one, as Spin opens it.
func BenchmarkInsert(b *testing.B) {
	for _, journal := range []string{"delete", "wal"} {
		b.Run(journal, func(b *testing.B) {
			pool, single := inFile(b), inFile(b)
			for _, d := range []*Database{pool, single} {
				setup := d.Connect()
				run(b, setup, "pragma journal_mode = "+journal, "create table t(a integer primary key, b)")
				setup.Close()
				d.closeIdle()
			}
			insert := func(d *Database) time.Duration {
				start := time.Now()
				conn := d.Connect()
				if _, err := conn.Execute(context.Background(), "insert into t(b) values(?)", int64(1)); err != nil {
					b.Fatal(err)
				}
				conn.Close()
				if d == single {
					d.closeIdle()
				}
				return time.Since(start)
			}
			var pooled, opened time.Duration
			b.ResetTimer()
			for i := 0; i < b.N; i++ {
				pooled += insert(pool)
				opened += insert(single)
			}
			b.ReportMetric(float64(pooled.Microseconds())/float64(b.N), "us/pooled")
			b.ReportMetric(float64(opened.Microseconds())/float64(b.N), "us/opened")
			b.ReportMetric(float64(opened)/float64(pooled), "opened/pooled")
		})
	}
}
