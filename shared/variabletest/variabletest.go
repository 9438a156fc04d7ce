// Package variabletest gives services in tests their variables.
package variabletest

import "strings"

// Reader returns the variables: pairs of a name and a value and, for all others, what the manifest
// gives them, but without limits.
func Reader(pairs ...string) func(name string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		if service, ok := strings.CutSuffix(name, "_url"); ok {
			return "http://" + service + ".spin.internal"
		}
		if strings.HasPrefix(name, "limit_") {
			return "none"
		}
		return ""
	}
}
