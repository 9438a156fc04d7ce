package calc_test

import (
	"flag"
	"math"
	"math/big"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
)

var reckonings = flag.Int("reckonings", 50_000, "expressions with units that are compared with exact ones")

// known are units with their factors and exponents of m, kg, s, A, K and bit, written down
// independently of the table of package units.
var known = []struct {
	name, factor string
	exponents    [6]int
}{
	{"m", "1", [6]int{1}}, {"km", "1000", [6]int{1}}, {"mm", "1/1000", [6]int{1}}, {"in", "254/10000", [6]int{1}}, {"ft", "3048/10000", [6]int{1}},
	{"miles", "1609344/1000", [6]int{1}}, {"nmi", "1852", [6]int{1}}, {"acre", "40468564224/10000000", [6]int{2}}, {"ha", "10000", [6]int{2}},
	{"l", "1/1000", [6]int{3}}, {"gallons", "3785411784/1000000000000", [6]int{3}}, {"kg", "1", [6]int{0, 1}}, {"g", "1/1000", [6]int{0, 1}},
	{"lb", "45359237/100000000", [6]int{0, 1}}, {"oz", "45359237/1600000000", [6]int{0, 1}}, {"t", "1000", [6]int{0, 1}},
	{"s", "1", [6]int{0, 0, 1}}, {"ms", "1/1000", [6]int{0, 0, 1}}, {"min", "60", [6]int{0, 0, 1}}, {"h", "3600", [6]int{0, 0, 1}},
	{"days", "86400", [6]int{0, 0, 1}}, {"A", "1", [6]int{0, 0, 0, 1}}, {"mA", "1/1000", [6]int{0, 0, 0, 1}}, {"K", "1", [6]int{0, 0, 0, 0, 1}},
	{"N", "1", [6]int{1, 1, -2}}, {"kN", "1000", [6]int{1, 1, -2}}, {"J", "1", [6]int{2, 1, -2}}, {"kWh", "3600000", [6]int{2, 1, -2}},
	{"cal", "4184/1000", [6]int{2, 1, -2}}, {"W", "1", [6]int{2, 1, -3}}, {"kW", "1000", [6]int{2, 1, -3}}, {"Pa", "1", [6]int{-1, 1, -2}},
	{"bar", "100000", [6]int{-1, 1, -2}}, {"psi", "44482216152605/6451600000", [6]int{-1, 1, -2}}, {"V", "1", [6]int{2, 1, -3, -1}},
	{"ohm", "1", [6]int{2, 1, -3, -2}}, {"C", "1", [6]int{0, 0, 1, 1}}, {"mph", "1609344/3600000", [6]int{1, 0, -1}}, {"kn", "1852/3600", [6]int{1, 0, -1}},
	{"bit", "1", [6]int{0, 0, 0, 0, 0, 1}}, {"MB", "8000000", [6]int{0, 0, 0, 0, 0, 1}}, {"KiB", "8192", [6]int{0, 0, 0, 0, 0, 1}},
}

// reckoned is an expression with its exact value in coherent units.
type reckoned struct {
	text      string
	value     *big.Rat
	exponents [6]int
	off       float64 // what rounding may add to the value, relative to it
	refused   bool
	unsure    bool // rounding decides whether there is a value
}

// reckon returns a random expression.
func reckon(r *rand.Rand, depth int) reckoned {
	if depth == 0 || r.Intn(4) == 0 {
		value := float64(1+r.Intn(5000)) / float64([]int{1, 1, 2, 8, 10, 100}[r.Intn(6)])
		e := reckoned{text: strconv.FormatFloat(value, 'g', -1, 64), value: new(big.Rat).SetFloat64(value)}
		if r.Intn(6) > 0 {
			u := known[r.Intn(len(known))]
			factor, _ := new(big.Rat).SetString(u.factor)
			e.text += " " + u.name
			e.value.Mul(e.value, factor)
			e.exponents = u.exponents
			e.off = 0x1p-52
		}
		return e
	}
	a := reckon(r, depth-1)
	if r.Intn(6) == 0 {
		return a.power([]int{2, 3, -1, -2}[r.Intn(4)])
	}
	b := reckon(r, depth-1)
	if r.Intn(3) > 0 { // most sums and conversions fit
		for i := 0; i < 20 && a.exponents != b.exponents; i++ {
			b = reckon(r, depth-1)
		}
	}
	return a.combine(b, "+-*/"[r.Intn(4)])
}

func (a reckoned) power(n int) reckoned {
	e := reckoned{text: "(" + a.text + ")^" + strconv.Itoa(n), value: big.NewRat(1, 1), refused: a.refused, unsure: a.unsure}
	for i := 0; i < max(n, -n); i++ {
		e.value.Mul(e.value, a.value)
	}
	for i := range a.exponents {
		e.exponents[i] = a.exponents[i] * n
	}
	e.off = a.off*math.Abs(float64(n)) + 0x1p-50
	if n < 0 {
		e.divide(a)
		if !e.refused {
			e.value.Inv(e.value)
		}
	}
	return e
}

// divide records what a division by b means if b is 0.
func (e *reckoned) divide(b reckoned) {
	if b.value.Sign() == 0 {
		e.refused = e.refused || b.off == 0
		e.unsure = true
		e.value = big.NewRat(1, 1)
	}
}

func (a reckoned) combine(b reckoned, operator byte) reckoned {
	e := reckoned{text: "(" + a.text + ") " + string(operator) + " (" + b.text + ")", value: new(big.Rat), exponents: a.exponents,
		refused: a.refused || b.refused, unsure: a.unsure || b.unsure}
	switch operator {
	case '*':
		e.value.Mul(a.value, b.value)
	case '/':
		if b.value.Sign() != 0 {
			e.value.Quo(a.value, b.value)
		}
		e.divide(b)
	default:
		e.refused = e.refused || a.exponents != b.exponents
		if e.value.Add(a.value, b.value); operator == '-' {
			e.value.Sub(a.value, b.value)
		}
		x, _ := a.value.Float64()
		y, _ := b.value.Float64()
		z, _ := e.value.Float64()
		lost := math.Abs(x)*a.off + math.Abs(y)*b.off
		e.off = lost/math.Abs(z) + 0x1p-51
		if z == 0 {
			e.off, e.unsure = 1, true
		}
		return e
	}
	for i := range a.exponents {
		if operator == '*' {
			e.exponents[i] += b.exponents[i]
		} else {
			e.exponents[i] -= b.exponents[i]
		}
	}
	e.off = a.off + b.off + 0x1p-51
	return e
}

// high reports whether the exponents exceed those that a unit may have.
func (e reckoned) high() bool {
	for _, exponent := range e.exponents {
		if exponent < -15 || exponent > 15 {
			return true
		}
	}
	return false
}

// coherent returns the unit of the exact value.
func (e reckoned) coherent() string {
	text := ""
	for i, name := range []string{"m", "kg", "s", "A", "K", "bit"} {
		if e.exponents[i] != 0 {
			text += "·" + name + "^" + strconv.Itoa(e.exponents[i])
		}
	}
	return strings.TrimPrefix(text, "·")
}

// TestReckoning compares random expressions with units with their exact values: the dimension is
// the same and the value within 4 ulp of what rounding leaves, or both are refused.
func TestReckoning(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	n := *reckonings
	if testing.Short() {
		n /= 10
	}
	values, refused, skipped, failures := 0, 0, 0, 0
	var c calc.Calculator
	var scope calc.Scope
	for i := 0; i < n && failures < 10; i++ {
		e := reckon(r, 1+r.Intn(3))
		source := e.text
		if unit := e.coherent(); unit != "" {
			source = "(" + e.text + ") in " + unit
		}
		_, result, err := c.Eval(source, &scope)
		want, _ := e.value.Float64()
		switch {
		case e.unsure || e.high() || math.Abs(want) > 1e290 || math.Abs(want) < 1e-290 && want != 0:
			skipped++
		case err != nil && strings.Contains(err.Message, "too many parts"):
			skipped++
		case e.refused != (err != nil):
			failures++
			t.Errorf("%s: refused %v, but %v", source, e.refused, err)
		case e.refused:
			refused++
		default:
			values++
			off := math.Abs(result.Value-want) / math.Abs(want)
			if !(off <= 4*0x1p-52+e.off) && want != 0 {
				failures++
				t.Errorf("%s = %v, want %v, which is %.3g off, at most %.3g", source, result.Value, want, off, e.off)
			}
		}
	}
	t.Logf("%d values, %d refused, %d skipped", values, refused, skipped)
	if values < n/3 {
		t.Error("too few expressions have a value")
	}
}
