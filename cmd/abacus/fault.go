//go:build faults

package main

// faultFlags is the flag --fault of a build with the tag `faults` (spinhost/fault.go).
type faultFlags struct {
	Fault []string `sep:"none" placeholder:"POINT:WHEN:N[:HOW]" help:"Fail at this point, for tests. Repeatable."`
}

func (f faultFlags) faults() []string { return f.Fault }
