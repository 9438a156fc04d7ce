//go:build faults

package spinhost

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"abacus/spinhost/variable"
	"abacus/spinhost/wasm"
	"abacus/shared/sqlite"
)

// faults make the host fail where a test wants it to. A host built with the tag
// `faults` takes them by a flag, and a request of a client for itself and all its
// hops by a header:
//
//	--fault POINT:WHEN:N[:HOW]
//	Abacus-Fault: POINT:WHEN:N[:HOW]
//
// POINT is an import (`sqlite.execute`), any import (`*`), a hop to a component
// (`hop.history`), or what leaves the app (`hop.network`). WHEN is `before` or
// `after` its effect. N is the call that fails, from 1 in the life of the host or
// of the request; `N+` is that one and all later ones. HOW is one of
//
//	error  what the interface gives for a failure (the default)
//	trap   the component ends, which its caller sees as an empty 500
//	kill   the host ends
//
// Every fault is told on stderr when it happens: `fault POINT:WHEN:N:HOW`.
type faults struct {
	Fault []fault `sep:"none" placeholder:"POINT:WHEN:N[:HOW]" help:"Fail there, for tests. Repeatable."`
}

type fault struct {
	point   string
	when    string
	nth     int64
	forGood bool // every later call fails too
	how     string
	seen    atomic.Int64
}

const (
	before = "before"
	after  = "after"
)

// UnmarshalText reads a fault as the flag has it.
func (f *fault) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), ":")
	if len(parts) == 3 {
		parts = append(parts, "error")
	}
	if len(parts) != 4 {
		return fmt.Errorf("must be POINT:WHEN:N[:HOW], such as sqlite.execute:after:3")
	}
	f.point, f.when, f.how = parts[0], parts[1], parts[3]
	if !strings.HasPrefix(f.point, "hop.") && !slices.Contains(points(), f.point) {
		return fmt.Errorf("there is no point %q; there are hop.COMPONENT, hop.network and %s", f.point, strings.Join(points(), ", "))
	}
	if f.when != before && f.when != after {
		return fmt.Errorf("a point fails before or after its effect, not %q", f.when)
	}
	number, forGood := strings.CutSuffix(parts[2], "+")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 1 {
		return fmt.Errorf("the number of the call must be 1 or more, not %q", parts[2])
	}
	f.nth, f.forGood = n, forGood
	if !slices.Contains([]string{"error", "trap", "kill"}, f.how) {
		return fmt.Errorf("a point fails by error, trap or kill, not %q", f.how)
	}
	return nil
}

// faultKey is where a request has its own faults.
type faultKey struct{}

// begin takes over what a client's request asks for. A request that cannot be
// understood must not seem to pass.
func (f faults) begin(ctx context.Context, r *http.Request) context.Context {
	own := faults{make([]fault, len(r.Header.Values(faultHeader)))}
	for i, text := range r.Header.Values(faultHeader) {
		if err := own.Fault[i].UnmarshalText([]byte(text)); err != nil {
			panic(err)
		}
	}
	return context.WithValue(ctx, faultKey{}, own)
}

const faultHeader = "Abacus-Fault"

// points lists the imports, as specifications name them.
func points() []string {
	all := []string{"*"}
	for _, family := range families {
		for _, f := range family.functions {
			all = append(all, family.name+"."+f.name)
		}
	}
	return all
}

// strike tells how a point is to fail now; "" is not at all.
func (f faults) strike(c *call, point, when string) (how string) {
	own := c.ctx.Value(faultKey{}).(faults)
	for i := range len(f.Fault) + len(own.Fault) {
		var fault *fault
		if i < len(f.Fault) {
			fault = &f.Fault[i]
		} else {
			fault = &own.Fault[i-len(f.Fault)]
		}
		matches := fault.point == point || fault.point == "*" && !strings.HasPrefix(point, "hop.")
		if !matches || fault.when != when {
			continue
		}
		n := fault.seen.Add(1)
		if n != fault.nth && !(fault.forGood && n > fault.nth) {
			continue
		}
		c.app.log.Printf("fault %s:%s:%d:%s in component %s", point, when, n, fault.how, c.component.manifest.ID)
		if fault.how == "kill" {
			os.Exit(1)
		}
		how = fault.how
	}
	return how
}

// around lets an import fail before or after its effect.
func (f faults) around(family string, imported function) run {
	point := family + "." + imported.name
	return func(c *call, in *wasm.Instance, p []uint32) error {
		if how := f.strike(c, point, before); how != "" {
			return failImport(how, family, in, p)
		}
		if err := imported.run(c, in, p); err != nil {
			return err
		}
		if how := f.strike(c, point, after); how != "" {
			return failImport(how, family, in, p)
		}
		return nil
	}
}

// failImport writes the result of a failure. What has no result can but trap.
func failImport(how, family string, in *wasm.Instance, p []uint32) error {
	if how == "trap" || len(p) == 1 {
		return fmt.Errorf("a fault was asked for")
	}
	const words = "disk I/O error"
	switch result := p[len(p)-1]; family {
	case outboundHTTP.name:
		return writeError(in, result, uint8(runtimeError))
	case database.name:
		return writeErrorText(in, result, uint8(sqlite.IO), words)
	case keyValue.name:
		return writeErrorText(in, result, storeIO, words)
	default:
		return writeErrorText(in, result, uint8(variable.Other), words)
	}
}

// hop lets a request fail on its way there or its answer on the way back.
func (f faults) hop(c *call, to string, send func() (response, error)) (response, error) {
	lost := func(how string) (response, error) {
		if how == "trap" {
			return response{status: 500}, nil
		}
		return response{}, runtimeError
	}
	if how := f.strike(c, "hop."+to, before); how != "" {
		return lost(how)
	}
	answer, err := send()
	if how := f.strike(c, "hop."+to, after); how != "" {
		return lost(how)
	}
	return answer, err
}
