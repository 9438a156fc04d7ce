//go:build !faults

package spinhost

import (
	"context"
	"errors"
	"net/http"
)

// faults is empty in a build without the tag `faults` (fault.go).
type faults struct{}

func parseFaults(specs []string) (faults, error) {
	if len(specs) > 0 {
		return faults{}, errors.New("Options.Faults needs a build with the tag faults")
	}
	return faults{}, nil
}

func (faults) forRequest(ctx context.Context, _ *http.Request) context.Context { return ctx }

func (faults) wrapImport(_ string, f hostFunction) hostCall { return f.call }

func (faults) hop(_ *execution, _ string, send func() (response, error)) (response, error) {
	return send()
}
