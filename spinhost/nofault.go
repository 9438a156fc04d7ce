//go:build !faults

package spinhost

import (
	"context"
	"net/http"
)

// faults are for tests of what happens when the host fails (fault.go). A host for
// use has none, and no flag for them.
type faults struct{}

func (faults) begin(ctx context.Context, _ *http.Request) context.Context { return ctx }

func (faults) around(_ string, imported function) run { return imported.run }

func (faults) hop(_ *call, _ string, send func() (response, error)) (response, error) { return send() }
