package calc_test

import (
	"math/big"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
	"abacus/shared/units"
)

// TestFunctions checks that every documented function and constant is known, under the name and
// with the arguments of its signature, and that every row can be shown.
func TestFunctions(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range calc.Functions() {
		if seen[f.Name] || f.Help == "" || f.Signature == "" || strings.Contains(f.Help, "\n") || strings.HasSuffix(f.Help, ".") {
			t.Errorf("%+v", f)
		}
		seen[f.Name] = true
		if !strings.Contains(f.Signature, strings.TrimSpace(f.Name[:1])) {
			t.Errorf("%s is written %s", f.Name, f.Signature)
		}
		var c calc.Calculator
		switch f.Kind {
		case "constant":
			for _, name := range strings.Split(f.Signature, " or ") {
				if p, err := c.Parse(name); err != nil || p.Parsed() != f.Name {
					t.Errorf("%s: %v", name, err)
				}
			}
		case "function":
			for _, call := range strings.Split(f.Signature, " or ") {
				call = strings.ReplaceAll(call, "...", "x")
				if _, err := c.Parse(call); err != nil {
					t.Errorf("%s: %v", call, err)
				}
			}
			if _, isUnit := units.Lookup(f.Name); isUnit {
				continue // min is the minute, too
			}
			if _, _, err := c.Eval(f.Name+" + 1", nil); err == nil || err.Code != calc.CodeSyntax {
				t.Errorf("%s needs no parentheses", f.Name)
			}
		case "operator":
		default:
			t.Errorf("%s is a %s", f.Name, f.Kind)
		}
	}
	for _, name := range []string{"sqrt", "sum", "pi", "deg", "==", "mod", "ans", "%"} {
		if !seen[name] {
			t.Errorf("%s is not documented", name)
		}
	}
}

// TestHelpOfEqual checks the claim in the help of == that sqrt(2)^2 == 2 is 0.
func TestHelpOfEqual(t *testing.T) {
	for _, f := range calc.Functions() {
		if f.Name == "==" && !strings.Contains(f.Help, "sqrt(2)^2 == 2 is 0") {
			t.Error(f.Help)
		}
	}
}

// TestFactorials checks that n! is the nearest float64.
func TestFactorials(t *testing.T) {
	var c calc.Calculator
	exact := big.NewInt(1)
	for n := int64(0); n <= 170; n++ {
		if n > 0 {
			exact.Mul(exact, big.NewInt(n))
		}
		want, _ := new(big.Float).SetInt(exact).Float64()
		if _, got, err := c.Eval(strconv.FormatInt(n, 10)+"!", nil); err != nil || got.Value != want {
			t.Errorf("%d! = %v, %v, want %v", n, got.Value, err, want)
		}
	}
}
