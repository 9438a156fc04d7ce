package calc

import (
	"math"
	"math/rand"
	"strconv"
	"strings"
	"testing"
)

// checkDecimal compares both conversions with those of strconv.
func checkDecimal(t *testing.T, text string) {
	var c Calculator
	want, err := strconv.ParseFloat(text, 64)
	p, failure := c.Parse(text)
	if (err != nil) != (failure != nil) {
		t.Fatalf("%s: %v, strconv: %v", text, failure, err)
	}
	if failure != nil {
		return
	}
	if result, failure := c.Evaluate(p, nil); failure != nil || result.Value != want {
		t.Errorf("%s = %v, want %v", text, result.Value, want)
	}
	got, err := strconv.ParseFloat(Format(want, 0), 64)
	shortest := strconv.FormatFloat(want, 'e', -1, 64)
	if digits := strings.Trim(strings.Replace(shortest[:strings.IndexByte(shortest, 'e')], ".", "", 1), "0"); err != nil || got != want ||
		!strings.Contains(strings.Replace(Format(want, 0), ".", "", 1), digits) {
		t.Errorf("Format(%v, 0) = %s", want, Format(want, 0))
	}
	if back, ok := ParseNumber(Format(-want, 0)); !ok || back != -want {
		t.Errorf("ParseNumber(%s) = %v, %t", Format(-want, 0), back, ok)
	}
}

func TestParseNumberRefuses(t *testing.T) {
	for _, text := range []string{"", "-", "--1", "+1", "a", "e5", ".5", "1x", "1 ", " 1", "1e", "1e999", "NaN", "Inf"} {
		if value, ok := ParseNumber(text); ok {
			t.Errorf("ParseNumber(%q) = %v", text, value)
		}
	}
}

// halfway returns the exact decimal form of the number halfway between value and the next float64,
// and the same with one more digit.
func halfway(value float64) []string {
	var c converter
	m, e := mantissa(value)
	c.between(m, e)
	text := "0." + string(c.above.digits) + "e" + strconv.Itoa(c.above.point)
	return []string{text, strings.Replace(text, "e", "0000000000000000000000000001e", 1)}
}

func TestDecimal(t *testing.T) {
	for _, text := range []string{
		"1e23", "9007199254740993", "9007199254740992.5", "2.2250738585072014e-308", "2.2250738585072011e-308",
		"1.7976931348623158e308", "1.7976931348623159e308", "17976931348623158079e289", "1e309", "1e400", "1e-400", "4.9e-324", "2.4703282292062327e-324",
		"2.4703282292062328e-324", "5.684341886080802e-14", "0.000000000000000000000000000001234567890123456789e-290",
		"123456789012345678901234567890123456789e270", "6929495644600919.5", "3.7455744005952583e15", "0.0", "0e999", "100000000000000000000000e-23",
		strings.Repeat("9", 400), strings.Repeat("9", 300), "0." + strings.Repeat("0", 400) + "1e400", strings.Repeat("1", 800) + "e-600",
	} {
		checkDecimal(t, text)
	}
	r := rand.New(rand.NewSource(1))
	for i := 0; i < 3000; i++ {
		value := math.Abs(math.Float64frombits(r.Uint64()))
		if i%10 == 0 {
			value = math.Ldexp(1, r.Intn(2098)-1074) // powers of two, whose neighbours are not as far on both sides
		}
		if value-value != 0 {
			continue
		}
		checkDecimal(t, strconv.FormatFloat(value, 'e', r.Intn(25), 64))
		for _, text := range halfway(value) {
			checkDecimal(t, text)
		}
	}
}
