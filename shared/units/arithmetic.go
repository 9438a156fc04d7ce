package units

// Attach returns a quantity with the unit that is written after it. A number gets the unit; 3 dozen
// becomes a number.
func Attach(q Quantity, u Unit) (Quantity, Problem) {
	if q.Unit.None() && (!u.single() || !isCount(u.first().id())) {
		return Quantity{q.Value, u}, OK
	}
	return Multiply(q, Quantity{1, u})
}

func isCount(id int) bool { return !isCurrency(id) && table[id].flags&count != 0 }

// Add returns a + b in the unit of a or, for a difference and a temperature, in that of the
// temperature.
func Add(a, b Quantity) (Quantity, Problem) {
	switch from, to := a.Unit.IsPoint(), b.Unit.IsPoint(); {
	case from && to:
		return a, Points
	case from:
		b.Unit = b.Unit.Difference()
		return shift(a, b)
	case to && Compatible(a.Unit, b.Unit):
		a.Unit = a.Unit.Difference()
		return shift(b, a)
	}
	return sum(a, b)
}

// Subtract returns a - b in the unit of a. The difference of two temperatures is in Δ°C or Δ°F.
func Subtract(a, b Quantity) (Quantity, Problem) {
	from, to := a.Unit.IsPoint(), b.Unit.IsPoint()
	if from && !to && !b.Unit.is(idKelvin) {
		b.Value = -b.Value
		return shift(a, b)
	}
	if to || from && b.Unit.is(idKelvin) {
		if !to { // a point less kelvins is a point
			b.Value = -b.Value
			return shift(a, b)
		}
		s, problem := converted(b, a.Unit, nil)
		if problem != OK {
			return a, problem
		}
		if value, ok := s.double(); ok {
			return Quantity{-value.Plus(-a.Value).Round(), a.Unit.Difference()}, OK
		}
		return Quantity{a.Value - s.round(), a.Unit.Difference()}, OK
	}
	b.Value = -b.Value
	return sum(a, b)
}

// Difference returns the unit of differences on a scale: Δ°C for °C, and any other unit itself.
func (u Unit) Difference() Unit {
	switch {
	case u.is(idCelsius):
		return unit(idDeltaCelsius)
	case u.is(idFahrenheit):
		return unit(idDeltaFahrenheit)
	}
	return u
}

// shift returns the temperature a moved by the difference b.
func shift(a, b Quantity) (Quantity, Problem) {
	point := a.Unit
	a.Unit = point.Difference()
	a, problem := sum(a, b)
	return Quantity{a.Value, point}, problem
}

// sum returns a + b, neither of them a point on a scale, rounded once.
func sum(a, b Quantity) (Quantity, Problem) {
	if a.Unit == b.Unit {
		return Quantity{a.Value + b.Value, a.Unit}, OK
	}
	s, problem := converted(b, a.Unit, nil)
	if problem != OK {
		return a, problem
	}
	if value, ok := s.double(); ok && a.Value < 1e200 && a.Value > -1e200 {
		return Quantity{value.Plus(a.Value).Round(), a.Unit}, OK
	}
	return Quantity{a.Value + s.round(), a.Unit}, OK
}

// Compare returns a negative number, 0 or a positive number if a is less than, equal to or greater
// than b.
func Compare(a, b Quantity) (float64, Problem) {
	d, problem := Subtract(a, b)
	return d.Value, problem
}

// Multiply returns a * b. Units of one dimension are converted to that of a, units that cancel
// vanish, a product of SI units is simplified, and a result without dimension is a plain number.
func Multiply(a, b Quantity) (Quantity, Problem) { return combine(a, b, 1) }

// Divide returns a / b, in the same way. b is not zero.
func Divide(a, b Quantity) (Quantity, Problem) { return combine(a, b, -1) }

// PerHundredKm returns a/b in a unit per 100 km, as in 7 l/100km, if b is 100 km and a has one unit
// that is no length.
func PerHundredKm(a, b Quantity) (Quantity, bool) {
	u := a.Unit.first()
	if b != (Quantity{100, kilometre}) || !a.Unit.single() || a.Unit.IsPoint() ||
		u.dimension() == 0 || u.dimension() == Length {
		return a, false
	}
	return Quantity{a.Value, pair(u, newPart(idHundredKm, 0, -1))}, true
}

func combine(a, b Quantity, power int) (Quantity, Problem) {
	if b.Unit.None() || a.Unit.None() && power > 0 { // a number only scales, except for points
		u := a.Unit
		if u.None() {
			u = b.Unit
		}
		if !u.IsPoint() && !u.is(idPercent) && !(u.single() && isCount(u.first().id())) {
			if power > 0 {
				return Quantity{a.Value * b.Value, u}, OK
			}
			return Quantity{a.Value / b.Value, u}, OK
		}
	}
	if a.Unit.IsPoint() || b.Unit.IsPoint() {
		return a, Product
	}
	p := product{scale: newScale(a.Value), exact: true}
	if power > 0 {
		p.scale.multiply(b.Value)
	} else {
		p.scale.divide(b.Value)
	}
	p.take(a.Unit, 1)
	p.take(b.Unit, power)
	p.expand()
	if p.tooMany() {
		return a, TooMany
	}
	p.reduce()
	u, ok := p.unit()
	if !ok {
		return a, TooMany
	}
	if p.exact {
		if power > 0 {
			return Quantity{a.Value * b.Value, u}, OK
		}
		return Quantity{a.Value / b.Value, u}, OK
	}
	return Quantity{p.scale.round(), u}, OK
}

// Power returns the unit raised to a whole power. A unit without dimension has none: the evaluator
// applies Number first.
func Power(u Unit, power int) (Unit, Problem) {
	switch {
	case u.None() || power == 0:
		return Unit{}, OK
	case u.IsPoint():
		return u, Product
	case power < -maxExponent || power > maxExponent:
		return u, TooMany
	}
	all := u.parts()
	for i, p := range all {
		if p.id() == idClock {
			p = newPart(idHour, 0, 1)
		}
		raised := p.power() * power
		if raised < -maxExponent || raised > maxExponent {
			return u, TooMany
		}
		all[i] = p.raised(raised)
	}
	raised := all.unit()
	if !raised.fits() {
		return u, TooMany
	}
	return raised, OK
}

// Root returns the unit of a root: the root of quantities in the unit radicand, which has the
// dimension of u, is in the unit root.
func Root(u Unit, degree int) (radicand, root Unit, problem Problem) {
	if u.IsPoint() {
		return u, root, Product
	}
	if root, ok := divided(u, degree); ok {
		return u, root, OK
	}
	if u.HasCurrency() {
		return u, root, NoRoot
	}
	radicand = Coherent(u.Dimension().physical())
	root, ok := divided(radicand, degree)
	if !ok || root.None() {
		return u, root, NoRoot
	}
	return radicand, root, OK
}

// divided returns the unit with its powers divided.
func divided(u Unit, by int) (Unit, bool) {
	all := u.parts()
	for i, p := range all {
		if p.power()%by != 0 {
			return u, false
		}
		all[i] = p.raised(p.power() / by)
	}
	return all.unit(), true
}

// Coherent returns the product of base units that has the dimension, or the zero Unit if a Unit has
// no room for that many or such high powers.
func Coherent(d Dimension) Unit {
	var u parts
	exponents, n := d.powers(), 0
	for _, base := range baseUnits {
		power := exponents[base.index]
		if power == 0 {
			continue
		}
		if n == maxParts || power < -maxExponent || power > maxExponent {
			return Unit{}
		}
		u[n] = base.unit.raised(power)
		n++
	}
	return u.unit()
}

// baseUnits are the coherent units of the base dimensions, with kg before m by custom.
var baseUnits = [bases]struct {
	index int // in the order of the dimensions
	unit  part
}{
	{1, idGram<<11 | prefixKilo<<5}, {0, idMetre << 11}, {2, idSecond << 11}, {3, idAmpere << 11},
	{4, idKelvin << 11}, {5, idMole << 11}, {6, idCandela << 11}, {7, idBit << 11},
	{8, idEuro << 11}, {9, idRadian << 11},
}
