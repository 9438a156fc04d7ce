package calc

import (
	"math"
	"math/big"
	"math/rand"
	"testing"
)

// TestTotal compares sums of numbers of all sizes, most of which cancel, with exact sums.
func TestTotal(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	for n := 0; n < 20000; n++ {
		var sum total
		exact := new(big.Float).SetPrec(4000)
		var numbers []float64
		for i := r.Intn(12); i >= 0; i-- {
			v := math.Float64frombits(r.Uint64())
			if r.Intn(2) == 0 {
				v = math.Ldexp(r.Float64()-0.5, r.Intn(120)-60)
			}
			if v-v != 0 {
				continue
			}
			numbers = append(numbers, v)
			if r.Intn(3) > 0 {
				numbers = append(numbers, -v)
			}
		}
		r.Shuffle(len(numbers), func(i, j int) { numbers[i], numbers[j] = numbers[j], numbers[i] })
		for _, v := range numbers {
			sum.add(v)
			exact.Add(exact, new(big.Float).SetFloat64(v))
		}
		want, _ := exact.Float64()
		if got := sum.value(); got != want {
			t.Fatalf("the sum of %v is %v, want %v", numbers, got, want)
		}
	}
}

// TestTotalRounds checks that a tie is rounded to even unless something below it decides.
func TestTotalRounds(t *testing.T) {
	for _, test := range []struct {
		numbers []float64
		want    float64
	}{
		{nil, 0},
		{[]float64{1, 0x1p-53}, 1},
		{[]float64{1, 0x1p-53, 0x1p-1074}, 1 + 0x1p-52},
		{[]float64{1, 0x1p-53, -0x1p-1074}, 1},
		{[]float64{-1, -0x1p-53, -0x1p-1074}, -1 - 0x1p-52},
		{[]float64{0x1p-1074, 0x1p-1074}, 0x1p-1073},
		{[]float64{math.MaxFloat64, math.MaxFloat64, -math.MaxFloat64}, math.MaxFloat64},
		{[]float64{math.MaxFloat64, math.MaxFloat64}, math.Inf(1)},
		{[]float64{1e16, 1, 0.1, -1, -1e16}, 0.1},
	} {
		var sum total
		for _, v := range test.numbers {
			sum.add(v)
		}
		if got := sum.value(); got != test.want {
			t.Errorf("the sum of %v is %v, want %v", test.numbers, got, test.want)
		}
	}
}
