package libm_test

import (
	"math"
	"math/big"
	"math/rand"
	"sort"
	"strings"
	"testing"

	"abacus/shared/calc"
	. "abacus/shared/calc/libm"
)

// several is a function of several numbers of the language, with its exact value, its arguments,
// and the largest error that it may have, in units in the last place.
type several struct {
	name      string
	most      float64
	exact     func(x []*big.Float) *big.Float
	arguments func(r *rand.Rand) []float64
}

// power returns (1+rate)^n.
func power(rate, n *big.Float) *big.Float {
	return BigExp(Multiply(n, BigLog(Add(One(rate), rate))))
}

// annuity returns the present value of n payments of 1.
func annuity(rate, n *big.Float) *big.Float {
	return Divide(Subtract(One(rate), Divide(One(rate), power(rate, n))), rate)
}

var rates = Mixed(Positive(-5, 0), Magnitude(-9, -0.5), Between(-0.3, 0.3))

// loan samples a rate, a number of periods, usually whole, and an amount.
func loan(r *rand.Rand) []float64 {
	rate, _ := rates(r)
	periods, _ := Between(0, 600)(r)
	if r.Intn(4) > 0 {
		periods = math.Ceil(periods)
	}
	amount, _ := Positive(-2, 9)(r)
	return []float64{rate, periods, amount}
}

// list returns a sample of n numbers, each from the given sample.
func list(n int, sample func(*rand.Rand) (float64, float64)) func(*rand.Rand) []float64 {
	return func(r *rand.Rand) []float64 {
		numbers := make([]float64, n)
		for i := range numbers {
			numbers[i], _ = sample(r)
		}
		return numbers
	}
}

// scattered samples numbers around a center that may be far from 0.
func scattered(r *rand.Rand) []float64 {
	center, _ := Magnitude(-3, 9)(r)
	width, _ := Positive(-3, 3)(r)
	return list(6, Between(center-width, center+width))(r)
}

func sum(x []*big.Float) *big.Float {
	all := Number(0)
	for _, v := range x {
		all = Add(all, v)
	}
	return all
}

func mean(x []*big.Float) *big.Float { return Over(sum(x), int64(len(x))) }

// squares returns the sum of the squared distances from the mean, divided by n.
func squares(x []*big.Float, n int) *big.Float {
	center, all := mean(x), Number(0)
	for _, v := range x {
		d := Subtract(v, center)
		all = Add(all, Multiply(d, d))
	}
	return Over(all, int64(n))
}

// chosen samples whole numbers n and k.
func chosen(r *rand.Rand) []float64 {
	n := r.Intn(170) + 1
	if r.Intn(3) == 0 {
		n = r.Intn(5000) + 1
	}
	return []float64{float64(n), float64(r.Intn(min(n, 80) + 1))}
}

// falling returns n(n-1)...(n-k+1).
func falling(n, k *big.Float) *big.Float {
	count, _ := k.Int64()
	product := Number(1)
	for ; count > 0; count-- {
		product = Multiply(product, n)
		n = Subtract(n, One(n))
	}
	return product
}

var functionsOfSeveral = []several{
	{"pmt", 0.51, func(x []*big.Float) *big.Float { return Divide(x[2], annuity(x[0], x[1])) }, loan},
	{"pv", 0.51, func(x []*big.Float) *big.Float { return Multiply(x[2], annuity(x[0], x[1])) }, loan},
	{"fv", 0.51, func(x []*big.Float) *big.Float {
		return Multiply(x[2], Divide(Subtract(power(x[0], x[1]), One(x[0])), x[0]))
	}, loan},
	{"nper", 0.51, func(x []*big.Float) *big.Float {
		covered := Subtract(One(x[0]), Divide(Multiply(x[0], x[2]), x[1]))
		return Divide(BigLog(Divide(One(x[0]), covered)), BigLog(Add(One(x[0]), x[0])))
	}, func(r *rand.Rand) []float64 {
		rate, _ := rates(r)
		payment, _ := Positive(-2, 4)(r)
		covered, _ := Between(0.001, 1)(r)
		return []float64{rate, payment, covered * min(payment/math.Abs(rate), 1e6*payment)}
	}},
	{"geomean", 0.51, func(x []*big.Float) *big.Float {
		all := Number(0)
		for _, v := range x {
			all = Add(all, BigLog(v))
		}
		return BigExp(Over(all, int64(len(x))))
	}, list(5, Mixed(Positive(-3, 6), Positive(-300, 300)))},
	{"sum", 0.5, sum, list(6, Mixed(Magnitude(-3, 3), Magnitude(15, 17)))},
	{"mean", 0.51, mean, list(6, Mixed(Magnitude(-3, 3), Magnitude(15, 17)))},
	{"var", 0.51, func(x []*big.Float) *big.Float { return squares(x, len(x)-1) }, scattered},
	{"varp", 0.51, func(x []*big.Float) *big.Float { return squares(x, len(x)) }, scattered},
	{"std", 0.51, func(x []*big.Float) *big.Float { return Root(squares(x, len(x)-1)) }, scattered},
	{"stdp", 0.51, func(x []*big.Float) *big.Float { return Root(squares(x, len(x))) }, scattered},
	{"median", 0.51, func(x []*big.Float) *big.Float {
		sort.Slice(x, func(i, j int) bool { return x[i].Cmp(x[j]) < 0 })
		return mean(x[len(x)/2-1 : len(x)/2+1])
	}, list(6, Positive(-3, 6))},
	{"quantile", 1.6, func(x []*big.Float) *big.Float {
		sorted := x[1:]
		sort.Slice(sorted, func(i, j int) bool { return sorted[i].Cmp(sorted[j]) < 0 })
		place := Multiply(x[0], Number(float64(len(sorted)-1)))
		below, _ := place.Int64()
		gap := Subtract(sorted[below+1], sorted[below])
		return Add(sorted[below], Multiply(gap, Subtract(place, Number(float64(below)))))
	}, func(r *rand.Rand) []float64 {
		return append([]float64{r.Float64()}, list(6, Positive(-1, 1))(r)...)
	}},
	{"prod", 0.51, func(x []*big.Float) *big.Float {
		all := Number(1)
		for _, v := range x {
			all = Multiply(all, v)
		}
		return all
	}, list(5, Magnitude(-30, 30))},
	{"ncr", 0.51, func(x []*big.Float) *big.Float { return Divide(falling(x[0], x[1]), falling(x[1], x[1])) }, chosen},
	{"npr", 0.51, func(x []*big.Float) *big.Float { return falling(x[0], x[1]) }, chosen},
}

// TestSeveral measures the functions of several numbers through the language, as TestAccuracy
// measures the others.
func TestSeveral(t *testing.T) {
	points := *Places
	if testing.Short() {
		points /= 10
	}
	for _, m := range functionsOfSeveral {
		m := m
		t.Run(m.name, func(t *testing.T) {
			r := rand.New(rand.NewSource(1))
			var c calc.Calculator
			worst := 0.0
			for i := 0; i < points; i++ {
				arguments := m.arguments(r)
				var texts []string
				var numbers []*big.Float
				for _, x := range arguments {
					texts = append(texts, calc.Format(x, 0))
					numbers = append(numbers, Number(x))
				}
				source := m.name + "(" + strings.Join(texts, ", ") + ")"
				exact := m.exact(numbers)
				if f, _ := exact.Float64(); math.IsInf(f, 0) || math.Abs(f) < 0x1p-1022 {
					continue
				}
				_, got, err := c.Eval(source, nil)
				if err != nil {
					t.Fatalf("%s: %v", source, err)
				}
				if e := Ulps(got.Value, exact); e > worst || e != e {
					worst = e
					if !(e <= m.most) {
						t.Fatalf("%s = %v is %.3g ulp off, at most %v", source, got.Value, e, m.most)
					}
				}
			}
			t.Logf("%.2f ulp", worst)
		})
	}
}
