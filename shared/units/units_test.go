package units_test

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/units"
)

// quantity parses a quantity such as "5 km".
func quantity(t testing.TB, text string) units.Quantity {
	t.Helper()
	number, name, _ := strings.Cut(text, " ")
	value, err := strconv.ParseFloat(number, 64)
	if err != nil {
		t.Fatal(err)
	}
	u, ok := units.Parse(name)
	if !ok {
		t.Fatalf("%q is no unit", name)
	}
	return units.Quantity{Value: value, Unit: u}
}

// shown returns a quantity with 15 digits, or the problem.
func shown(q units.Quantity, problem units.Problem) string {
	if problem != units.OK {
		return problem.String()
	}
	text := strconv.FormatFloat(q.Value, 'g', 15, 64)
	if unit := q.Unit.String(); unit != "" {
		text += " " + unit
	}
	return text
}

// rates returns how much of a currency one euro is worth.
func rates(code string) float64 {
	switch code {
	case "EUR":
		return 1
	case "USD":
		return 1.25
	case "JPY":
		return 160
	}
	return 0
}

func TestConvert(t *testing.T) {
	for _, test := range []struct{ from, to, want string }{
		{"5 km", "miles", "3.10685596118667 mi"},
		{"1 mi", "m", "1609.344 m"},
		{"72 °F", "°C", "22.2222222222222 °C"},
		{"-40 °F", "°C", "-40 °C"},
		{"20 °C", "K", "293.15 K"},
		{"0 K", "°C", "-273.15 °C"},
		{"273.15 K", "°C", "0 °C"},
		{"459.67 °R", "°F", "0 °F"},
		{"273.150000001 K", "°C", "1.00002353065065e-09 °C"},
		{"20 °K", "K", "20 K"},
		{"100 °C", "°F", "212 °F"},
		{"0 °R", "°F", "-459.67 °F"},
		{"10 Δ°C", "Δ°F", "18 Δ°F"},
		{"10 Δ°C", "°F", units.Difference.String()},
		{"1.5e6 B", "MiB", "1.430511474609375 MiB"},
		{"1 MiB", "KB", "1048.576 kB"},
		{"100 km/h", "m/s", "27.7777777777778 m/s"},
		{"100 Mbps", "MB/s", "12.5 MB/s"},
		{"1 kWh", "MJ", "3.6 MJ"},
		{"1 ly", "km", "9460730472580.8 km"},
		{"32 psi", "bar", "2.20632233381388 bar"},
		{"30 °", "rad", "0.523598775598299 rad"},
		{"1 turn", "deg", "360 °"},
		{"300 rpm", "Hz", "5 Hz"},
		{"5 Hz", "rpm", "300 rpm"},
		{"2 rad/s", "1/s", "2 s⁻¹"},
		{"1 rpm", "rad/s", "0.10471975511966 rad/s"},
		{"5 km", "kg", units.Mismatch.String()},
		{"5 km", "", units.Mismatch.String()},
		{"18 %", "", "0.18"},
		{"0.18 ", "%", "18 %"},
		{"36 ", "dozen", "3 dozen"},
		{"10 EUR", "USD", "12.5 USD"},
		{"10 USD", "JPY", "1280 JPY"},
		{"10 USD", "CHF", units.NoRate.String()},
		{"0.36 EUR/kWh", "USD/MJ", "0.125 USD/MJ"},
		{"3 USD/EUR", "", "2.4"},
		{"5 L/km", "mm^2", "5 mm²"},
		{"0.07 l/km", "l/100km", "7 l/100km"},
		{"7 L/100 km", "l/km", "0.07 l/km"},
		{"18 kWh per 100 kilometers", "J/m", "648 J/m"},
		{"49 l²/(100km)²", "l²/km²", "0.0049 l²/km²"},
		{"3 (100km)/l", "km/l", "300 km/l"},
		{"36 l/(100km·h)", "l/(km·s)", "0.0001 l/(km·s)"},

		{"1e300 km", "m", "1e+303 m"},
		{"1e-300 m", "km", "1e-303 km"},
		{"1e308 km", "mm", "+Inf mm"},
	} {
		to, ok := units.Parse(test.to)
		if !ok {
			t.Errorf("%s is no unit", test.to)
			continue
		}
		if got := shown(units.Convert(quantity(t, test.from), to, rates)); !same(got, test.want) {
			t.Errorf("%s in %s is %s, want %s", test.from, test.to, got, test.want)
		}
	}
}

// same compares two quantities as texts, by 15 digits.
func same(got, want string) bool {
	if got == want {
		return true
	}
	a, au, _ := strings.Cut(got, " ")
	b, bu, _ := strings.Cut(want, " ")
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && au == bu && math.Abs(x-y) <= 1e-14*math.Abs(y)
}

// TestInverse checks for pairs of units whether one converts to the inverse of the other.
func TestInverse(t *testing.T) {
	for _, test := range []struct {
		from, to string
		want     bool
	}{
		{"mpg", "l/100km", true},
		{"l/km", "mi/gal", true},
		{"ms", "Hz", true},
		{"EUR/h", "h/USD", true},
		{"1/cup", "ml", false},
		{"°C", "1/K", false},
		{"km", "m", false},
		{"%", "ppm", false},
		{"", "Hz", false},
	} {
		from, _ := units.Parse(test.from)
		to, _ := units.Parse(test.to)
		if got := units.Inverse(from, to); got != test.want {
			t.Errorf("Inverse(%q, %q) is %t", test.from, test.to, got)
		}
	}
}

func TestArithmetic(t *testing.T) {
	for _, test := range []struct{ a, operator, b, want string }{
		{"1 km", "+", "300 m", "1.3 km"},
		{"5 ft", "+", "3 in", "5.25 ft"},
		{"1 km", "-", "999.5 m", "0.0005 km"},
		{"5 kg", "+", "3 m", units.Mismatch.String()},
		{"5 ", "+", "3 m", units.Mismatch.String()},
		{"30 °", "+", "1 ", "87.2957795130823 °"},
		{"20 °C", "+", "30 °C", units.Points.String()},
		{"20 °C", "+", "5 K", "25 °C"},
		{"5 Δ°F", "+", "20 °C", "22.7777777777778 °C"},
		{"5 K", "+", "20 °C", "25 °C"},
		{"20 °C", "-", "5 K", "15 °C"},
		{"20 °C", "-", "50 °F", "10 Δ°C"},
		{"68 °F", "-", "10 °C", "18 Δ°F"},
		{"300 K", "-", "20 °C", "6.85 K"},
		{"10 USD", "+", "5 USD", "15 USD"},
		{"10 USD", "+", "5 EUR", units.NoRates.String()},
		{"3 m", "*", "2 km", "6000 m²"},
		{"60 km/h", "*", "30 min", "30 km"},
		{"60 mph", "*", "2 h", "120 mi"},
		{"10 kn", "*", "30 min", "5 nmi"},
		{"1 kWh", "/", "100 W", "10 h"},
		{"0.30 EUR/kWh", "*", "5 kWh", "1.5 EUR"},
		{"0.30 EUR/kWh", "*", "2 kW", "0.6 EUR/h"},
		{"10 km", "/", "2 h", "5 km/h"},
		{"100 km", "/", "50 mi", "1.24274238447467"},
		{"2 kg", "*", "3 m/s²", "6 N"},
		{"500 g", "*", "2 m/s^2", "1 N"},
		{"10 V", "*", "200 mA", "2 W"},
		{"10 V", "/", "5 A", "2 Ω"},
		{"12 J", "/", "3 N", "4 m"},
		{"5 J", "/", "2 kg", "2.5 J/kg"},
		{"6 N", "/", "2 m²", "3 Pa"},
		{"3 m/s", "*", "3 m/s", "9 m²/s²"},
		{"5 kW", "*", "3 h", "15 kW·h"},
		{"1 L", "/", "1 m²", "1 l/m²"},
		{"5 ", "*", "3 km", "15 km"},
		{"5 ", "/", "2 s", "2.5 s⁻¹"},
		{"5 Hz", "*", "2 s", "10"},
		{"200 ", "*", "10 %", "20"},
		{"200 kg", "*", "10 %", "20 kg"},
		{"10 %", "*", "3 ", "0.3"},
		{"2 rad/s", "*", "3 m", "6 m/s"},
		{"30 °", "*", "2 ", "60 °"},
		{"30 °", "/", "10 °", "3"},
		{"1 ", "/", "1 °", "57.2957795130823"},
		{"90 °/s", "*", "2 s", "180 °"},
		{"3000 rpm", "*", "2 min", "6000 turn"},
		{"20 °C", "*", "2 ", units.Product.String()},
		{"2 ", "*", "20 °C", units.Product.String()},
		{"100 USD", "/", "50 EUR", "2 USD/EUR"},
		{"1.1 USD/EUR", "*", "5 EUR", "5.5 USD"},
		{"4186 J/(kg·°C)", "*", "2 kg", "8372 J/Δ°C"},
		{"4186 J/(kg·K)", "*", "10 Δ°C", "41860 J/kg"},
		{"1 GB", "/", "100 Mbps", "80 s"},
		{"5 l", "/", "100 km", "0.05 l/km"},
		{"1 acre", "*", "1 ft", "1 acre·ft"},
		{"1e200 kg", "*", "1e-200 m/s²", "1 N"},
		{"1 V", "/", "1 ohm", "1 A"},
	} {
		operate := map[string]func(a, b units.Quantity) (units.Quantity, units.Problem){
			"+": units.Add, "-": units.Subtract, "*": units.Multiply, "/": units.Divide}[test.operator]
		if got := shown(operate(quantity(t, test.a), quantity(t, test.b))); !same(got, test.want) {
			t.Errorf("%s %s %s is %s, want %s", test.a, test.operator, test.b, got, test.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"kilometres", "km"}, {"Miles", "mi"}, {"KM", "km"}, {"Kg", "kg"}, {"KB", "kB"}, {"µs", "µs"}, {"us", "µs"}, {"μm", "µm"},
		{"kg m / s^2", "kg·m/s²"}, {"kg·m·s⁻²", "kg·m/s²"}, {"m/s/s", "m/s²"}, {"W/(m²·K)", "W/(m²·K)"}, {"1/s", "s⁻¹"},
		{"miles per hour", "mph"}, {"square metres", "m²"}, {"sq ft", "ft²"}, {"cubic feet", "ft³"}, {"nautical miles", "nmi"},
		{"J/(kg °C)", "J/(kg·Δ°C)"}, {"km/h", "km/h"}, {"kph", "km/h"}, {"mebibytes", "MiB"}, {"usd", "USD"}, {"€", "EUR"}, {"dollars", "USD"},
		{"", ""}, {"1", ""}, {"N·m", "N·m"}, {"fluid ounces", "fl_oz"}, {"min", "min"}, {"degC", "°C"},
		{"millibar", "mbar"}, {"mebibits", "Mibit"}, {"kilowatthours", "kWh"}, {"˚C", "°C"}, {"bar", "bar"},
	} {
		u, ok := units.Parse(test.text)
		if !ok || u.String() != test.want {
			t.Errorf("%q is %q (%v), want %q", test.text, u, ok, test.want)
		}
	}
	for _, text := range []string{"foobar", "MM", "m^", "m/(s", "m)", "m^99", "((m))", "1 1", "dB", "mbit", "kmin", "m s A K mol cd bit", "kelvins kelvinss"} {
		if u, ok := units.Parse(text); ok {
			t.Errorf("%q is %q, want no unit", text, u)
		}
	}
}

func TestDimensions(t *testing.T) {
	for unit, want := range map[string]string{
		"": "number", "kg": "mass", "mph": "speed", "kW·h": "energy", "m/s²": "acceleration", "EUR": "money", "B": "information", "°": "angle",
		"m^4": "length⁴", "kg·m": "length·mass", "1/m": "length⁻¹", "EUR/kg": "money/mass", "Mbit/s": "data rate", "K": "temperature",
		"m^-1 kg s^-3": "mass/(length·time³)",
	} {
		u, _ := units.Parse(unit)
		if got := u.Dimension().String(); got != want {
			t.Errorf("%s is %s, want %s", unit, got, want)
		}
	}
}

func TestRoot(t *testing.T) {
	for _, test := range []struct {
		unit           string
		degree         int
		radicand, root string
		problem        units.Problem
	}{
		{"m²", 2, "m²", "m", units.OK},
		{"J/kg", 2, "m²/s²", "m/s", units.OK},
		{"acre", 2, "m²", "m", units.OK},
		{"l", 3, "m³", "m", units.OK},
		{"s⁻²", 2, "s⁻²", "s⁻¹", units.OK},
		{"m", 2, "", "", units.NoRoot},
		{"EUR", 2, "", "", units.NoRoot},
		{"°C", 2, "", "", units.Product},
	} {
		u, _ := units.Parse(test.unit)
		radicand, root, problem := units.Root(u, test.degree)
		if problem != test.problem || problem == units.OK && (radicand.String() != test.radicand || root.String() != test.root) {
			t.Errorf("root of %s: %s, %s, %v", test.unit, radicand, root, problem)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, test := range []struct {
		from string
		into []string
		want []float64
	}{
		{"90 min", []string{"h", "min"}, []float64{1, 30}},
		{"170 cm", []string{"ft", "in"}, []float64{5, 6.929133858267716}},
		{"3661 s", []string{"h", "min", "s"}, []float64{1, 1, 1}},
		{"-90 min", []string{"h", "min"}, []float64{-1, -30}},
		{"1.1 h", []string{"h", "min"}, []float64{1, 6}},
		{"5.9999999999999996 ft", []string{"ft", "in"}, []float64{6, 0}},
		{"72 in", []string{"ft", "in"}, []float64{6, 0}},
		{"1 mi", []string{"yd", "ft", "in"}, []float64{1760, 0, 0}},
	} {
		var into []units.Unit
		for _, name := range test.into {
			u, _ := units.Lookup(name)
			into = append(into, u)
		}
		parts := make([]float64, len(into))
		if problem := units.Split(quantity(t, test.from), into, parts); problem != units.OK {
			t.Errorf("%s: %v", test.from, problem)
		}
		for i := range parts {
			if math.Abs(parts[i]-test.want[i]) > 1e-11 || i < len(parts)-1 && parts[i] != test.want[i] {
				t.Errorf("%s in %v is %v, want %v", test.from, test.into, parts, test.want)
				break
			}
		}
	}
}

func TestConstants(t *testing.T) {
	for i := range units.Constants {
		c := &units.Constants[i]
		if c.Unit().None() {
			t.Errorf("%s has no unit", c.Name)
		}
	}
}
