// Package units knows the units of measurement: their names, dimensions and factors, and how
// quantities are added, multiplied, converted and written. It is a table and whole-number
// bookkeeping: nothing but texts is allocated, and nothing runs when a program starts.
//
// # How an evaluator uses it
//
// A Unit is a small comparable value, and its zero value is that of a plain number. An evaluator
// keeps a float64 and a Unit for each value; while both units of an operation are zero it needs
// nothing of this package.
//
//	u, ok := Lookup("km")             a name in the source
//	q, problem := Attach(q, u)        a unit after a number or parenthesis: 5 km, 20 °C, 3 dozen
//	q, problem := Multiply(a, b)      and Divide: brings together, cancels, simplifies
//	q, problem := Add(a, b)           and Subtract, Compare; the result has the unit of a
//	u, problem := Power(u, 2)         the evaluator raises the number
//	from, to, problem := Root(u, 2)   convert to from; the root of the number has the unit to
//	q, problem := Convert(q, u, nil)  or with the Rates of currencies
//	x, problem := Number(q)           what has no dimension as a plain number; angles in radians
//	u, ok := Parse("kg·m/s²")         what Unit.String returned, or what somebody typed
//
// A bare name (`km`, as in `10/km`) is Attach of the number 1, but a bare °C there is the size of
// a degree, DeltaCelsius. A Problem has a text for the message of an error and one for its hint;
// an error names dimensions by Unit.Dimension().String(). The evaluator checks that numbers are
// finite and that divisors are not zero.
//
// # Rules
//
// A percentage is a unit without dimension that stays in a sum of percentages; a product takes it
// as the plain number. Its other rules (100 + 10% is 110) are the evaluator's. Number words (dozen,
// million) become plain numbers when they are attached; they stay only as targets of a conversion.
//
// An angle has a dimension of its own by name. When dimensions are compared it counts as nothing
// and a radian as the number 1, as in the SI: 30° + 1 is 87.3°, asin(0.5)/(1°) is 30, and
// 2 rad/s * 3 m is 6 m/s. One rule keeps angular speeds and frequencies apart: between rad/s (or
// rpm) and Hz a turn is a cycle, so 300 rpm is 5 Hz.
//
// °C and °F alone are points on a scale. Two points have a difference (Δ°C); a point and a
// difference (Δ°C, Δ°F, K) give a point. Products refuse points: they take kelvins or differences.
//
// Currencies share the dimension money and have no factor: sums and comparisons need one currency,
// and only Convert converts, by its Rates. USD/EUR is a unit like any other.
//
// A product of SI units alone is shown in the SI unit of its dimension: 2 kg * 3 m/s² is 6 N, and
// 10 V * 200 mA is 2 W. What has no such unit (m²/s²) stays as it is, and so does s⁻¹.
package units

// part is a power of a unit in 20 bits: the number of a unit of the table or of a currency, the
// number of a prefix, and the power. 0 is no part.
type part uint32

const (
	partBits    = 20
	powerBits   = 5
	prefixBits  = 6
	maxExponent = 15 // of a unit in a product
	maxParts    = 6  // units in a product
)

func newPart(id int, index uint8, power int) part {
	return part(id)<<(prefixBits+powerBits) | part(index)<<powerBits | part(power)&(1<<powerBits-1)
}

func (p part) id() int       { return int(p >> (prefixBits + powerBits)) }
func (p part) prefix() uint8 { return uint8(p>>powerBits) & (1<<prefixBits - 1) }
func (p part) power() int    { return int(int32(p<<(32-powerBits)) >> (32 - powerBits)) }

// raised returns the part with another power.
func (p part) raised(power int) part {
	return p&^(1<<powerBits-1) | part(power)&(1<<powerBits-1)
}

// same reports whether two parts are powers of the same unit.
func (p part) same(q part) bool { return (p^q)>>powerBits == 0 }

// Unit is a product of powers of units: three parts in each word, without gaps. It is cheap to pass
// and to compare. The zero value is the unit of a plain number.
type Unit struct{ low, high uint64 }

// parts are the parts of a Unit, unpacked.
type parts [maxParts]part

func (u Unit) parts() (p parts) {
	word := u.low
	for i := range p {
		if i == maxParts/2 {
			word = u.high
		}
		p[i] = part(word & (1<<partBits - 1))
		word >>= partBits
	}
	return p
}

// unit packs the parts, which have no gaps.
func (p *parts) unit() (u Unit) {
	for i := maxParts/2 - 1; i >= 0; i-- {
		u.low = u.low<<partBits | uint64(p[i])
		u.high = u.high<<partBits | uint64(p[i+maxParts/2])
	}
	return u
}

// first returns the first part.
func (u Unit) first() part { return part(u.low & (1<<partBits - 1)) }

// Quantity is a number with its unit.
type Quantity struct {
	Value float64
	Unit  Unit
}

// Units that the language writes in ways of their own: 18%, 30° 15′ 20″, 5′ 3″, 12:30:15.
var (
	Percent         = unit(idPercent)
	Degree          = unit(idDegree)
	ArcMinute       = unit(idArcMinute)
	ArcSecond       = unit(idArcSecond)
	Radian          = unit(idRadian)
	Foot            = unit(idFoot)
	Inch            = unit(idInch)
	Hour            = unit(idHour)
	Minute          = unit(idMinute)
	Second          = unit(idSecond)
	Metre           = unit(idMetre)
	kilometre       = Unit{low: uint64(newPart(idMetre, prefixKilo, 1))}
	Clock           = unit(idClock)
	Kelvin          = unit(idKelvin)
	DegreeCelsius   = unit(idCelsius)
	DeltaCelsius    = unit(idDeltaCelsius)
	DeltaFahrenheit = unit(idDeltaFahrenheit)
)

// unit returns a unit of the table.
func unit(id int) Unit { return Unit{low: uint64(newPart(id, 0, 1))} }

// is reports whether u is the given unit of the table.
func (u Unit) is(id int) bool { return u == unit(id) }

// None reports whether u is the unit of a plain number.
func (u Unit) None() bool { return u.low == 0 }

// single reports whether u is a single unit to the first power.
func (u Unit) single() bool { return u.low>>partBits == 0 && u.first().power() == 1 }

// Dimension returns the dimension of the unit.
func (u Unit) Dimension() Dimension {
	d := Dimension(0)
	for _, p := range u.parts() {
		if p == 0 {
			break
		}
		d += p.dimension() * Dimension(p.power())
	}
	return d
}

// IsPoint reports whether the unit is °C or °F, whose quantities are points on a scale with a zero
// of its own.
func (u Unit) IsPoint() bool { return u.single() && isPoint(u.first().id()) }

// IsTime reports whether the unit is a unit of time.
func (u Unit) IsTime() bool { return u.Dimension() == Time }

// IsCurrency reports whether the unit is a currency.
func (u Unit) IsCurrency() bool { return u.single() && isCurrency(u.first().id()) }

// HasCurrency reports whether a currency is part of the unit.
func (u Unit) HasCurrency() bool {
	for _, p := range u.parts() {
		if isCurrency(p.id()) {
			return true
		}
	}
	return false
}

// AsTemperature returns °F for the farad and °C for the coulomb, for 72 F in C.
func (u Unit) AsTemperature() (Unit, bool) {
	switch {
	case u.is(idFarad):
		return unit(idFahrenheit), true
	case u.is(idCoulomb):
		return unit(idCelsius), true
	}
	return u, false
}

func isPoint(id int) bool { return id == idCelsius || id == idFahrenheit }

func isCurrency(id int) bool { return id >= firstCurrency }

// dimension returns the dimension of the part's unit to the first power.
func (p part) dimension() Dimension {
	if isCurrency(p.id()) {
		return Money
	}
	return table[p.id()].dimension
}

// fits reports whether the dimension of the unit fits a Dimension.
func (u Unit) fits() bool {
	var sums [bases]int
	for _, p := range u.parts() {
		if p == 0 {
			break
		}
		for i, exponent := range p.dimension().powers() {
			sums[i] += exponent * p.power()
		}
	}
	for _, total := range sums {
		if total < -maxPower || total > maxPower {
			return false
		}
	}
	return true
}

// Compatible reports whether quantities in the two units can be added and converted, if there are
// rates for their currencies.
func Compatible(u, v Unit) bool {
	return u.Dimension().physical() == v.Dimension().physical()
}

// Inverse reports whether a unit such as mi/gal has the inverse dimension of another, such as
// l/100km. A unit without a numerator, such as cup⁻¹, does not: 1/2 cup is more likely a mistake.
func Inverse(u, v Unit) bool {
	numerator := false
	for _, p := range u.parts() {
		numerator = numerator || p.power() > 0
	}
	return numerator && !u.IsPoint() && u.Dimension() == -v.Dimension() && !Compatible(u, v)
}

// Problem is the reason why an operation has no result.
type Problem uint8

const (
	OK         Problem = iota
	Mismatch           // the dimensions differ
	Points             // a sum of temperature points
	Product            // a temperature point in a product
	Difference         // a temperature difference and a point
	NoRates            // currencies differ, and there are no rates
	NoRate             // there are rates, but not for one of the currencies
	NoRoot             // the dimension has no such root
	TooMany            // more than maxParts units in a product, or powers that are too high
)

// String returns what is wrong.
func (p Problem) String() string {
	switch p {
	case Mismatch:
		return "the dimensions differ"
	case Points:
		return "two temperatures cannot be added: each is a point on a scale"
	case Product:
		return "a temperature in °C or °F is a point on a scale and cannot be part of a product"
	case Difference:
		return "a difference of temperatures is not a temperature"
	case NoRates:
		return "there are no exchange rates here"
	case NoRate:
		return "there is no exchange rate for this currency"
	case NoRoot:
		return "the unit has no such root"
	case TooMany:
		return "the unit has too many parts"
	}
	return ""
}

// Hint returns what to write instead.
func (p Problem) Hint() string {
	switch p {
	case Points:
		return "write the second one as a difference: 20 °C + 5 K"
	case Product:
		return "convert it to kelvins (20 °C in K), or write a difference (20 K)"
	case Difference:
		return "write Δ°C or Δ°F for the difference"
	}
	return ""
}
