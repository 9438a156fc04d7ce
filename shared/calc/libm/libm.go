// Package libm has the elementary functions of the calculator, in plain Go without assembly and without fused
// operations, so they give the same bits natively and in WebAssembly, on every machine. Most are computed in
// double-double arithmetic and rounded once, so they are within 0.52 units in the last place; accuracy_test.go
// measures every one against math/big.
//
// Arguments are finite. The result is not a number where a function has no value, poles included, and infinite
// only where its value is too large for a float64.
package libm
