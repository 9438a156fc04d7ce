package units_test

import (
	"math"
	"math/big"
	"testing"

	"abacus/shared/units"

	"pgregory.net/rapid"
)

// linear are the names of units with a factor, so without points on a scale.
var linear = func() (names []string) {
	units.Names(func(name string) {
		if u, _ := units.Lookup(name); !u.IsCurrency() && !u.IsPoint() {
			names = append(names, name)
		}
	})
	return append(names, "km", "mg", "µs", "kPa", "MHz", "GiB", "kbit", "mV", "kWh", "hectolitres")
}()

// product draws a product of up to three powers.
func product(t *rapid.T) units.Unit {
	text := ""
	for i, n := 0, rapid.IntRange(1, 3).Draw(t, "count"); i < n; i++ {
		text += " " + rapid.SampledFrom(linear).Draw(t, "name")
		text += rapid.SampledFrom([]string{"", "^2", "^-1", "^-2"}).Draw(t, "power")
	}
	u, ok := units.Parse(text)
	if !ok {
		t.Fatalf("%q is no unit", text)
	}
	if d := u.Dimension(); d != 0 && units.Coherent(d).None() {
		t.Skip("more base units than a Unit has room for")
	}
	return u
}

// TestTextReadsBack checks that Parse reads what String writes as the same unit.
func TestTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := product(t)
		text := u.String()
		back, ok := units.Parse(text)
		if !ok || back.String() != text || back.Dimension() != u.Dimension() {
			t.Fatalf("%q reads back as %q", text, back)
		}
	})
}

// TestProductsKeepTheirValue checks that a product has the dimension of its factors and, in SI
// units and up to rounding, the product of their values.
func TestProductsKeepTheirValue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := units.Quantity{Value: rapid.Float64Range(1, 1e6).Draw(t, "a"), Unit: product(t)}
		b := units.Quantity{Value: rapid.Float64Range(1, 1e6).Draw(t, "b"), Unit: product(t)}
		want, operate := new(big.Float).Mul(coherent(t, a), coherent(t, b)), units.Multiply
		if rapid.Bool().Draw(t, "divide") {
			want, operate = new(big.Float).Quo(coherent(t, a), coherent(t, b)), units.Divide
		}
		q, problem := operate(a, b)
		if problem != units.OK {
			return
		}
		if d := q.Unit.Dimension(); d != 0 && units.Coherent(d).None() {
			return
		}
		got := coherent(t, q)
		off, _ := new(big.Float).Quo(new(big.Float).Sub(got, want), want).Float64()
		if math.Abs(off) > 1e-15 {
			t.Fatalf("%v %s and %v %s: %v %s is %g off", a.Value, a.Unit, b.Value, b.Unit, q.Value, q.Unit, off)
		}
	})
}

// coherent returns the value of a quantity in SI units.
func coherent(t *rapid.T, q units.Quantity) *big.Float {
	x := new(big.Float).SetPrec(200).SetFloat64(q.Value)
	return x.Mul(x, new(big.Float).SetPrec(200).SetFloat64(one(t, q.Unit)))
}

// one returns 1 of the unit in SI units.
func one(t *rapid.T, u units.Unit) float64 {
	q, problem := units.Convert(units.Quantity{Value: 1, Unit: u}, units.Coherent(u.Dimension()), nil)
	if problem != units.OK {
		t.Fatalf("1 %s: %v", u, problem)
	}
	return q.Value
}

// TestConversionsComeBack checks that a conversion to another unit of the dimension and back is
// within two units in the last place.
func TestConversionsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		u := product(t)
		q := units.Quantity{Value: rapid.Float64Range(1, 1e9).Draw(t, "value"), Unit: u}
		there, problem := units.Convert(q, units.Coherent(u.Dimension()), nil)
		if problem != units.OK {
			t.Fatal(problem)
		}
		back, problem := units.Convert(there, u, nil)
		if off := math.Abs(back.Value - q.Value); problem != units.OK || off > 2*ulp(q.Value) {
			t.Fatalf("%v %s comes back as %v (%v)", q.Value, u, back.Value, problem)
		}
	})
}

func ulp(x float64) float64 { return math.Nextafter(math.Abs(x), math.Inf(1)) - math.Abs(x) }

// FuzzParse checks that no text of a unit panics, and that a unit is read back as it is written.
func FuzzParse(f *testing.F) {
	for _, text := range []string{"kg·m/s²", "W/(m²·K)", "1/s", "square metres per second", "m^-2", "°C", "€/kWh", "((", "m⁻", "µ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, ok := units.Parse(text)
		if !ok {
			return
		}
		if back, ok := units.Parse(u.String()); !ok || back.String() != u.String() {
			t.Errorf("%q is %q and reads back as %q", text, u, back)
		}
	})
}

// BenchmarkLookup, BenchmarkConvert and BenchmarkMultiply measure the three ways in which an
// evaluation enters the package.
func BenchmarkLookup(b *testing.B) {
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		units.Lookup("km")
	}
}

func BenchmarkConvert(b *testing.B) {
	km, _ := units.Lookup("km")
	miles, _ := units.Lookup("miles")
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		units.Convert(units.Quantity{Value: 5, Unit: km}, miles, nil)
	}
}

func BenchmarkMultiply(b *testing.B) {
	speed, _ := units.Parse("km/h")
	minutes, _ := units.Lookup("min")
	b.ReportAllocs()
	for i := 0; i < b.N; i++ {
		units.Multiply(units.Quantity{Value: 60, Unit: speed}, units.Quantity{Value: 30, Unit: minutes})
	}
}
