package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

// sum returns the exact sum, rounded once. Its memory is the scope's: TinyGo allocates large
// variables on the heap, where nothing is freed.
func (s *Scope) sum(x []float64) (float64, *Error) {
	s.add(x)
	return finite(s.total.value())
}

// add sets the total of the scope to the sum of the numbers.
func (s *Scope) add(x []float64) {
	s.total.reset()
	for _, v := range x {
		s.total.add(v)
	}
}

func product(x []float64) (float64, string) {
	mantissa, exponent := multiplied(x)
	return mantissa.Scale(exponent), ""
}

// multiplied returns the product of numbers as mantissa * 2^exponent, so that it overflows only if
// the result does. The mantissa of numbers above 0 is from 1 up to 2.
func multiplied(x []float64) (mantissa libm.Double, exponent int) {
	mantissa = libm.Exact(1)
	for _, v := range x {
		fraction, power := math.Frexp(v)
		mantissa = mantissa.Times(2 * fraction)
		exponent += power - 1
		if math.Abs(mantissa.Round()) >= 2 {
			mantissa = mantissa.Times(0.5)
			exponent++
		}
	}
	return mantissa, exponent
}

func (s *Scope) mean(x []float64) (float64, *Error) {
	s.add(x)
	return finite(s.total.over(float64(len(x))))
}

// squares returns the sum of the squared distances from the mean, divided by n. A second sum
// removes the error of the rounded mean (Chan, Golub and LeVeque 1983).
func (s *Scope) squares(x []float64, n int) (libm.Double, *Error) {
	center, err := s.mean(x)
	square, distance := libm.Exact(0), libm.Exact(0)
	for _, v := range x {
		d := libm.Exact(v).Plus(-center)
		square = square.Add(d.Squared())
		distance = distance.Add(d)
	}
	rest := distance.Squared().Over(-float64(len(x)))
	return square.Add(rest).Over(float64(n)), err
}

// variance, deviation and those of a sample are rounded once.

func (s *Scope) variance(x []float64) (float64, *Error) { return rounded(s.squares(x, len(x))) }

func (s *Scope) deviation(x []float64) (float64, *Error) {
	v, err := s.squares(x, len(x))
	return rounded(v.Root(), err)
}

func (s *Scope) sampleVariance(x []float64) (float64, *Error) {
	return rounded(s.squares(x, len(x)-1))
}

func (s *Scope) sampleDeviation(x []float64) (float64, *Error) {
	v, err := s.squares(x, len(x)-1)
	return rounded(v.Root(), err)
}

// rounded returns a finite value, or the error.
func rounded(value libm.Double, err *Error) (float64, *Error) {
	if err != nil {
		return 0, err
	}
	return finite(value.Round())
}

func median(x []float64) (float64, string) {
	sortNumbers(x)
	middle := len(x) / 2
	if len(x)%2 == 1 {
		return x[middle], ""
	}
	return x[middle-1]/2 + x[middle]/2, ""
}

// sortNumbers is a heap sort: it neither allocates nor recurses, and takes n log n steps at worst.
func sortNumbers(x []float64) {
	sink := func(root, end int) {
		for child := 2*root + 1; child < end; child = 2*root + 1 {
			if child+1 < end && x[child+1] > x[child] {
				child++
			}
			if x[root] >= x[child] {
				return
			}
			x[root], x[child] = x[child], x[root]
			root = child
		}
	}
	for root := len(x)/2 - 1; root >= 0; root-- {
		sink(root, len(x))
	}
	for end := len(x) - 1; end > 0; end-- {
		x[0], x[end] = x[end], x[0]
		sink(0, end)
	}
}
