//go:build faults

package spinhost

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"abacus/spinhost/sqlite"
	"abacus/spinhost/sqlite/vfs"
	"abacus/spinhost/variable"
	"abacus/spinhost/wasm"
)

// faults injects failures, for tests of what an app does when its host fails. Options.Faults
// sets them for the life of the host; the header Spinhost-Fault sets them for one request and
// everything it calls. Both have the form
//
//	POINT:WHEN:N[:HOW]
//
// POINT is an import (sqlite.execute), * for any import, hop.COMPONENT for a call to that
// component, or hop.network for a request that leaves the app. WHEN is before or after the
// call takes effect. N counts the calls from 1; N+ means this call and every later one. HOW is
//
//	error  the error of the interface (the default)
//	trap   the instance traps, or the callee's does
//	kill   the host exits
//
// Each injected fault is logged as "fault POINT:WHEN:N:HOW in component ID".
//
// In Options.Faults, sqlite.sync:DURATION makes every sync of a database's files take longer, as on
// a slow disk. The first host of a process sets it for all hosts.
type faults []*fault

type fault struct {
	point  string
	when   string
	nth    int64
	onward bool // every later call fails too
	how    string
	calls  atomic.Int64
}

const (
	before = "before"
	after  = "after"
)

const faultHeader = "Spinhost-Fault"

func parseFaults(specs []string) (faults, error) {
	var parsed faults
	for _, spec := range specs {
		if duration, ok := strings.CutPrefix(spec, "sqlite.sync:"); ok {
			if err := slowSyncs(duration); err != nil {
				return nil, fmt.Errorf("fault %q: %w", spec, err)
			}
			continue
		}
		f, err := parseFault(spec)
		if err != nil {
			return nil, fmt.Errorf("fault %q: %w", spec, err)
		}
		parsed = append(parsed, f)
	}
	return parsed, nil
}

// slowSyncs makes every sync of SQLite take longer.
func slowSyncs(duration string) error {
	delay, err := time.ParseDuration(duration)
	if err == nil {
		vfs.Install(vfs.Hooks{Sync: func(_ string, sync func()) {
			sync()
			time.Sleep(delay)
		}})
	}
	return err
}

func parseFault(spec string) (*fault, error) {
	parts := strings.Split(spec, ":")
	if len(parts) == 3 {
		parts = append(parts, "error")
	}
	if len(parts) != 4 {
		return nil, errors.New("must be POINT:WHEN:N[:HOW], such as sqlite.execute:after:3")
	}
	number, onward := strings.CutSuffix(parts[2], "+")
	f := &fault{point: parts[0], when: parts[1], onward: onward, how: parts[3]}
	points := faultPoints()
	if !strings.HasPrefix(f.point, "hop.") && !slices.Contains(points, f.point) {
		return nil, fmt.Errorf("unknown point %q; known are hop.COMPONENT, hop.network and %s",
			f.point, strings.Join(points, ", "))
	}
	if f.when != before && f.when != after {
		return nil, fmt.Errorf("a call fails before or after its effect, not %q", f.when)
	}
	var err error
	if f.nth, err = strconv.ParseInt(number, 10, 64); err != nil || f.nth < 1 {
		return nil, fmt.Errorf("the number of the call must be 1 or more, not %q", parts[2])
	}
	if !slices.Contains([]string{"error", "trap", "kill"}, f.how) {
		return nil, fmt.Errorf("a call fails with error, trap or kill, not %q", f.how)
	}
	return f, nil
}

// faultPoints lists the imports by their names in Options.Faults.
func faultPoints() []string {
	points := []string{"*"}
	for _, module := range hostModules {
		for _, f := range module.functions {
			points = append(points, module.name+"."+f.name)
		}
	}
	return points
}

// faultKey is the context key of a request's own faults.
type faultKey struct{}

// forRequest adds the faults of a client's request to its context. It panics if the header is
// invalid, since a test whose fault is ignored must not pass.
func (faults) forRequest(ctx context.Context, r *http.Request) context.Context {
	own, err := parseFaults(r.Header.Values(faultHeader))
	if err != nil {
		panic(err)
	}
	return context.WithValue(ctx, faultKey{}, own)
}

// check counts a call of a point and returns how the call must fail, or "".
func (f faults) check(e *execution, point, when string) (how string) {
	own := e.ctx.Value(faultKey{}).(faults)
	for _, injected := range slices.Concat(f, own) {
		matches := injected.point == point ||
			injected.point == "*" && !strings.HasPrefix(point, "hop.")
		if !matches || injected.when != when {
			continue
		}
		n := injected.calls.Add(1)
		if n != injected.nth && !(injected.onward && n > injected.nth) {
			continue
		}
		e.app.log.warn(e.ctx, "", "", fmt.Sprintf("fault %s:%s:%d:%s in component %s",
			point, when, n, injected.how, e.component.manifest.ID))
		if injected.how == "kill" {
			os.Exit(1)
		}
		how = injected.how
	}
	return how
}

// wrapImport returns an import that fails where the faults say so.
func (f faults) wrapImport(family string, imported hostFunction) hostCall {
	point := family + "." + imported.name
	return func(e *execution, in *wasm.Instance, p []uint32) error {
		if how := f.check(e, point, before); how != "" {
			return failImport(how, family, in, p)
		}
		if err := imported.call(e, in, p); err != nil {
			return err
		}
		if how := f.check(e, point, after); how != "" {
			return failImport(how, family, in, p)
		}
		return nil
	}
}

// failImport writes an error result. An import without a result can only trap.
func failImport(how, family string, in *wasm.Instance, p []uint32) error {
	if how == "trap" || len(p) == 1 {
		return errors.New("an injected fault")
	}
	const detail = "disk I/O error"
	switch result := p[len(p)-1]; family {
	case outboundModule.name:
		return writeError(in, result, uint8(runtimeError))
	case sqliteModule.name:
		return writeErrorText(in, result, uint8(sqlite.IO), detail)
	case keyValueModule.name:
		return writeErrorText(in, result, storeIO, detail)
	default:
		return writeErrorText(in, result, uint8(variable.Other), detail)
	}
}

// hop sends a request, and loses the request on its way or the response on its way back.
func (f faults) hop(e *execution, to string, send func() (response, error)) (response, error) {
	lost := func(how string) (response, error) {
		if how == "trap" {
			return response{status: http.StatusInternalServerError}, nil
		}
		return response{}, runtimeError
	}
	if how := f.check(e, "hop."+to, before); how != "" {
		return lost(how)
	}
	answer, err := send()
	if how := f.check(e, "hop."+to, after); how != "" {
		return lost(how)
	}
	return answer, err
}
