package calc

import "math"

func (s *Scope) floor(x []float64) (float64, *Error) { return s.noted(x[0], math.Floor) }

func (s *Scope) ceil(x []float64) (float64, *Error) { return s.noted(x[0], math.Ceil) }

func (s *Scope) trunc(x []float64) (float64, *Error) { return s.noted(x[0], math.Trunc) }

// conversionCost returns the steps that a conversion to decimal digits takes. They grow with the
// square of the exponent.
func conversionCost(x float64) int {
	_, exponent := math.Frexp(x)
	return 150 + exponent*exponent/300
}

// noted rounds x, and keeps x for a notice if the number as it is shown would be rounded
// differently: 0.145*100 is shown as 14.5 and is 14.499999999999998.
func (s *Scope) noted(x float64, round func(float64) float64) (float64, *Error) {
	rounded, size := round(x), math.Abs(x)
	if half := math.Round(2*size) / 2; half == size || math.Abs(half-size) > 1e-14*size {
		return rounded, nil
	}
	c := &s.parser.decimals
	digits, exponent := c.format(size, Digits)
	if shown := math.Copysign(c.parse(digits, exponent+1), x); round(shown) != rounded {
		s.rounded = x
	}
	return rounded, s.charge(conversionCost(x))
}

// round rounds the shortest decimal form of the number, which is what people see: round(2.675, 2)
// is 2.68, although the float64 is a little below 2.675.
func (s *Scope) round(x []float64) (float64, *Error) {
	value, digits := x[0], int64(0)
	if len(x) == 2 {
		var ok bool
		if digits, ok = whole(x[1]); !ok {
			return 0, fault(CodeDomain, "the number of digits must be whole", "")
		}
	}
	if digits > 400 || value == 0 {
		return value, nil
	}
	if digits == 0 {
		rounded, err := s.noted(value, math.Round)
		return rounded + 0, err // 0 without a sign
	}
	if err := s.charge(conversionCost(value)); err != nil {
		return 0, err
	}
	c := &s.parser.decimals
	all, exponent := c.format(math.Abs(value), 0)
	stay := int64(exponent) + 1 + digits // the number of digits that stay
	switch {
	case stay < 0:
		return 0, nil
	case stay >= int64(len(all)):
		return value, nil
	}
	up := all[stay] >= '5'
	c.value.digits = append(c.value.digits[:0], all...)
	c.value.point = exponent + 1
	if stay == 0 {
		if !up {
			return 0, nil
		}
		all, exponent = append(all[:0], '1'), exponent+1
	} else {
		var point int
		all, point = c.rounded(int(stay), up)
		exponent = point - 1
	}
	rounded := c.parse(all, exponent+1)
	if math.IsInf(rounded, 0) {
		return 0, overflow()
	}
	return math.Copysign(rounded, value), nil
}
