// Package libm implements the elementary functions of the calculator in plain Go, without assembly
// and without fused operations, so they give the same bits on every machine, natively and in
// WebAssembly. Most work in double-double arithmetic and round once, so they are within 0.52 units
// in the last place; accuracy_test.go measures each against math/big.
//
// Arguments are finite. The result is not a number where a function has no value, also at poles,
// and infinite only where the value is too large for a float64.
package libm
