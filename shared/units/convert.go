package units

import (
	"math"

	"abacus/shared/calc/libm"
)

// scale is a factor under construction: number * 10^ten * 2^two * π^pi. The number is a
// double-double, so that a conversion is rounded once.
type scale struct {
	number       libm.Double
	ten, two, pi int
}

// newScale returns the scale x.
func newScale(x float64) scale {
	fraction, exponent := math.Frexp(x)
	return scale{number: libm.Exact(fraction), two: exponent}
}

// multiply multiplies by a number.
func (s *scale) multiply(x float64) {
	fraction, exponent := math.Frexp(x)
	s.number = s.number.Times(fraction)
	s.two += exponent
}

// divide divides by a number.
func (s *scale) divide(x float64) {
	fraction, exponent := math.Frexp(x)
	s.number = s.number.Over(fraction)
	s.two -= exponent
}

// unit multiplies by the factor of a unit, in coherent SI units, raised to a power. The factor of a
// currency is 1.
func (s *scale) unit(p part, power int) {
	if isCurrency(p.id()) {
		return
	}
	e := &table[p.id()]
	if p.prefix() >= firstBinary {
		s.two += int(prefixes[p.prefix()].exponent) * power
	} else {
		s.ten += int(prefixes[p.prefix()].exponent) * power
	}
	s.ten += int(e.ten) * power
	s.pi += int(e.pi) * power
	above, below := e.number, float64(max(e.over, 1))
	for ; power > 0; power-- {
		s.multiply(above)
		s.multiply(float64(max(e.by, 1)))
		s.divide(below)
	}
	for ; power < 0; power++ {
		s.divide(above)
		s.divide(float64(max(e.by, 1)))
		s.multiply(below)
	}
}

// units multiplies by the factor of a product for power 1, and divides by it for -1.
func (s *scale) units(u Unit, power int) {
	for _, p := range u.parts() {
		if p == 0 {
			return
		}
		s.unit(p, p.power()*power)
	}
}

// piRest is π - math.Pi.
const piRest = 1.2246467991473532e-16

// settle multiplies the powers of 10 and π into the number. It returns false if one is beyond all
// float64.
func (s *scale) settle() bool {
	for ; s.pi > 0; s.pi-- {
		x := s.number.Round()
		s.number = s.number.Times(math.Pi).Plus(x * piRest)
	}
	for ; s.pi < 0; s.pi++ {
		s.number = s.number.Over(math.Pi)
		s.number = s.number.Plus(-s.number.Round() * (piRest / math.Pi))
	}
	if s.ten < -660 || s.ten > 660 {
		return false
	}
	for s.ten != 0 {
		step := min(max(s.ten, -22), 22) // powers that a float64 holds exactly
		x := 1.0
		for i := max(step, -step); i > 0; i-- {
			x *= 10
		}
		if s.ten -= step; step > 0 {
			s.multiply(x)
		} else {
			s.divide(x)
		}
	}
	return true
}

// round returns the value of the scale, rounded once. It is infinite if it is too large.
func (s *scale) round() float64 {
	if !s.settle() {
		if s.ten < 0 || s.number.Round() == 0 {
			return 0
		}
		return math.Inf(1)
	}
	return s.number.Scale(s.two)
}

// double returns the value as a double-double, if it is far from the ends of the range.
func (s *scale) double() (value libm.Double, ok bool) {
	if !s.settle() || s.two < -500 || s.two > 500 {
		return value, false
	}
	return s.number.Times(math.Ldexp(1, s.two)), true
}

// Convert returns the quantity in another unit of its dimension, rounded once.
func Convert(q Quantity, to Unit, rates Rates) (Quantity, Problem) {
	if q.Unit == to {
		return q, OK
	}
	s, problem := converted(q, to, rates)
	if problem != OK {
		return q, problem
	}
	return Quantity{s.round(), to}, OK
}

// converted returns the number of the quantity in another unit.
func converted(q Quantity, to Unit, rates Rates) (scale, Problem) {
	if !Compatible(q.Unit, to) {
		return scale{}, Mismatch
	}
	if q.Unit.IsPoint() || to.IsPoint() {
		return temperature(q, to)
	}
	s := newScale(q.Value)
	s.units(q.Unit, 1)
	s.units(to, -1)
	if cycle := cycles(q.Unit, to); cycle != 0 { // a turn is 2π radians
		s.two, s.pi = s.two+cycle, s.pi+cycle
	}
	if q.Unit.HasCurrency() || to.HasCurrency() {
		if problem := s.exchange(q.Unit, to, rates); problem != OK {
			return s, problem
		}
	}
	return s, OK
}

// cycles returns the power of 2π in a conversion: 1 from a frequency in hertz to an angular speed,
// -1 back, 0 otherwise.
func cycles(from, to Unit) int {
	turns := to.Dimension().angles() - from.Dimension().angles()
	switch {
	case turns == 1 && from.Dimension() == frequency && from.has(idHertz),
		turns == -1 && to.Dimension() == frequency && to.has(idHertz):
		return turns
	}
	return 0
}

// has reports whether a unit is part of the product.
func (u Unit) has(id int) bool {
	for _, p := range u.parts() {
		if p.id() == id {
			return true
		}
	}
	return false
}

// exchange multiplies by the rates of the currencies that only one of the units has.
func (s *scale) exchange(from, to Unit, rates Rates) Problem {
	for sign, u := range [2]Unit{from, to} {
		for _, p := range u.parts() {
			if !isCurrency(p.id()) {
				continue
			}
			power := p.power()
			for _, other := range [2]Unit{to, from}[sign].parts() {
				if other.id() == p.id() {
					power -= other.power()
				}
			}
			if sign == 1 { // a currency in both is handled with the first unit
				if power = -power; from.has(p.id()) {
					power = 0
				}
			}
			if power == 0 {
				continue
			}
			if rates == nil {
				return NoRates
			}
			rate := rates(codeOf(p.id()))
			if rate <= 0 {
				return NoRate
			}
			for ; power > 0; power-- {
				s.divide(rate)
			}
			for ; power < 0; power++ {
				s.multiply(rate)
			}
		}
	}
	return OK
}

// isDifference reports whether the unit is a difference of temperatures.
func (u Unit) isDifference() bool { return u.has(idDeltaCelsius) || u.has(idDeltaFahrenheit) }

// zero returns the zero of a scale in hundredths of its degrees above absolute zero.
func zero(u Unit) float64 {
	switch u.first().id() {
	case idCelsius:
		return 27315
	case idFahrenheit:
		return 45967
	}
	return 0
}

// temperature converts to or from a point on a scale.
func temperature(q Quantity, to Unit) (scale, Problem) {
	if q.Unit.isDifference() || to.isDifference() {
		return scale{}, Difference
	}
	s := scale{number: libm.Exact(q.Value).Times(100).Plus(zero(q.Unit))}
	if math.Abs(q.Value) > 1e200 {
		s = newScale(q.Value)
		s.multiply(100)
	}
	s.units(q.Unit, 1)
	s.units(to, -1)
	if offset := zero(to); offset != 0 {
		if value, ok := s.double(); ok {
			// 273.15 is not a float64, but 273.15 K is 0 °C: the rest is the rounding of 273.15.
			rest := value.Plus(-offset)
			if math.Abs(rest.Round()) <= math.Abs(value.Round())*0x1p-53 {
				rest = libm.Exact(0)
			}
			s = scale{number: rest}
		}
	}
	s.ten -= 2
	return s, OK
}

// Number returns a quantity without dimension as a plain number, and an angle in radians.
func Number(q Quantity) (float64, Problem) {
	if q.Unit.None() {
		return q.Value, OK
	}
	q, problem := Convert(q, Unit{}, nil)
	return q.Value, problem
}

// Split splits a quantity into parts: 90 min in h and min is 1 and 30. The units have one
// dimension, and each is smaller than the one before. All parts but the last are whole, and all
// have the sign of the quantity. A last part that makes a whole larger unit when rounded to 14
// digits is carried over: there is no 5 ft 12 in.
func Split(q Quantity, into []Unit, values []float64) Problem {
	last := len(into) - 1
	total, problem := Convert(q, into[last], nil)
	if problem != OK {
		return problem
	}
	rest := math.Abs(total.Value)
	for i, u := range into[:last] {
		size, problem := Convert(Quantity{1, u}, into[last], nil)
		if problem != OK {
			return problem
		}
		whole := math.Floor(rest / size.Value)
		left := rest - whole*size.Value
		if left < 0 || size.Value-left <= 1e-14*math.Max(rest, size.Value) {
			whole = math.Floor(rest/size.Value + 0.5)
		}
		rest = math.Max(0, rest-whole*size.Value)
		values[i] = math.Copysign(whole, q.Value)
	}
	values[last] = math.Copysign(rest, q.Value)
	return OK
}

// Descending reports whether v may follow u in a quantity of several parts: 5 ft 3 in, 3 h 20 min.
func Descending(u, v Unit) bool {
	if !u.single() || !v.single() || u.Dimension() != v.Dimension() || u.IsPoint() || v.IsPoint() ||
		u.HasCurrency() || v.HasCurrency() {
		return false
	}
	order, _ := Compare(Quantity{1, u}, Quantity{1, v})
	return order > 0
}
