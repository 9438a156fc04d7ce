package calc_test

import (
	"math"
	"math/big"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
)

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		value     float64
		precision int
		want      string
	}{
		{0, 15, "0"},
		{math.Copysign(0, -1), 15, "0"},
		{0.30000000000000004, 15, "0.3"},
		{0.30000000000000004, 17, "0.30000000000000004"},
		{0.1, 0, "0.1"},
		{0.1, -3, "0.1"},
		{0.1, 17, "0.10000000000000001"},
		{0.1, 99, "0.10000000000000001"},
		{-2.5, 1, "-2"},
		{-3.5, 1, "-4"},
		{1234.5, 2, "1200"},
		{99.96, 3, "100"},
		{1e-7, 15, "0.0000001"},
		{9.9e-8, 15, "9.9e-8"},
		{9.9999999999999995e-8, 15, "0.0000001"},
		{9007199254740991, 15, "9007199254740991"},
		{1 << 53, 15, "9007199254740992"},
		{-(1 << 53), 0, "-9007199254740992"},
		{1<<53 + 2, 15, "9.00719925474099e15"},
		{1e15 + 1, 15, "1000000000000001"},
		{1234567890123456.5, 15, "1.23456789012346e15"},
		{1234567890123456.5, 17, "1234567890123456.5"},
		{123456789012345.67, 15, "123456789012346"},
		{999999999999999.9, 15, "1e15"},
		{123456, 3, "123000"},
		{1e16, 3, "1e16"},
		{1 << 64, 15, "1.84467440737096e19"},
		{18446744073709552000, 0, "1.8446744073709552e19"},
		{1e20, 15, "1e20"},
		{999999999999999900000, 15, "1e21"},
		{1e21, 15, "1e21"},
		{-1.5e300, 15, "-1.5e300"},
		{5e-324, 17, "4.9406564584124654e-324"},
		{math.MaxFloat64, 17, "1.7976931348623157e308"},
		{7.257415615307999e306, 0, "7.257415615307999e306"},
		{123456.789, 15, "123456.789"},
		{100, 1, "100"},
	} {
		if got := calc.Format(c.value, c.precision); got != c.want {
			t.Errorf("Format(%v, %d) = %s, want %s", c.value, c.precision, got, c.want)
		}
	}
}

// checkFormat compares the digits with those of math/big, and reads 17 digits back.
func checkFormat(t *testing.T, value float64, precision int) {
	text := calc.Format(value, precision)
	got, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("Format(%v, %d) = %q", value, precision, text)
	}
	digits := precision
	if value == math.Trunc(value) && math.Abs(value) <= 1<<53 && precision >= calc.Digits {
		digits = 17 // all
	}
	want, _ := new(big.Rat).SetString(new(big.Float).SetFloat64(value).Text('e', digits-1))
	if got.Cmp(want) != 0 {
		t.Errorf("Format(%v, %d) = %s, want %v", value, precision, text, want)
	}
	if back, err := strconv.ParseFloat(text, 64); precision == 17 && (err != nil || back != value) {
		t.Errorf("%s reads back as %v, not %v", text, back, value)
	}
	if shortest, err := strconv.ParseFloat(calc.Format(value, 0), 64); err != nil || shortest != value {
		t.Errorf("Format(%v, 0) = %s", value, calc.Format(value, 0))
	}
	rounded, _ := got.Float64()
	size := math.Abs(rounded)
	scientific := size < 1e-7 || math.Abs(value) > 1<<53 ||
		precision >= calc.Digits && value != math.Trunc(value) && size >= math.Pow10(precision)
	if exponent := strings.Contains(text, "e"); value != 0 && exponent != scientific {
		t.Errorf("Format(%v, %d) = %s", value, precision, text)
	}
}

// TestFormatRounds formats random numbers of all magnitudes.
func TestFormatRounds(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for i := 0; i < 20000; i++ {
		value := math.Float64frombits(r.Uint64())
		if i%2 == 0 {
			value = r.NormFloat64() * math.Pow(10, float64(r.Intn(30)-10))
		}
		if value-value == 0 {
			checkFormat(t, value, 1+r.Intn(17))
		}
	}
}
