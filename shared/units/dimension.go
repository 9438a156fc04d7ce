package units

// Dimension is a product of powers of the base dimensions: their exponents, six bits each, as one
// number. So dimensions multiply with +, divide with - and compare with ==.
type Dimension int64

// The base dimensions, those of the SI first.
const (
	Length Dimension = 1 << (6 * iota)
	Mass
	Time
	Current
	Temperature
	Amount
	Luminosity
	Information
	Money
	Angle // must be the last: see angles
)

// Derived dimensions that the table names.
const (
	area         = 2 * Length
	volume       = 3 * Length
	speed        = Length - Time
	acceleration = speed - Time
	force        = Mass + acceleration
	pressure     = force - area
	energy       = force + Length
	power        = energy - Time
	frequency    = -Time
	rotation     = Angle - Time
	charge       = Current + Time
	voltage      = power - Current
	resistance   = voltage - Current
	capacitance  = charge - voltage
	flux         = voltage + Time
	inductance   = flux - Current
	dose         = energy - Mass
)

const (
	bits     = 6
	bases    = 10
	maxPower = 31 // of a base dimension: the most that six bits hold
)

// baseNames are the names of the base dimensions, in the order of the constants.
var baseNames = [bases]string{
	"length", "mass", "time", "current", "temperature", "amount of substance",
	"luminous intensity", "information", "money", "angle",
}

// derivedNames are the names of other dimensions.
var derivedNames = [...]struct {
	dimension Dimension
	name      string
}{
	{area, "area"}, {volume, "volume"}, {speed, "speed"}, {acceleration, "acceleration"},
	{force, "force"}, {pressure, "pressure"}, {energy, "energy"}, {power, "power"},
	{frequency, "frequency"},
	{rotation, "angular speed"}, {charge, "charge"}, {voltage, "voltage"},
	{resistance, "resistance"},
	{-resistance, "conductance"}, {capacitance, "capacitance"}, {flux, "magnetic flux"},
	{flux - area, "magnetic flux density"}, {inductance, "inductance"},
	{dose, "specific energy"},
	{Mass - volume, "density"}, {Amount - Time, "catalytic activity"},
	{Luminosity + 2*Angle, "luminous flux"},
	{Luminosity + 2*Angle - area, "illuminance"}, {2 * Angle, "solid angle"},
	{Information - Time, "data rate"},
	{Mass + speed, "momentum"}, {volume - Time, "flow"},
}

// powers returns the exponents of the base dimensions.
func (d Dimension) powers() (exponents [bases]int) {
	for i := range exponents {
		exponents[i] = int((d+maxPower+1)&(1<<bits-1)) - maxPower - 1
		d = (d - Dimension(exponents[i])) >> bits
	}
	return exponents
}

// angles returns the exponent of Angle.
func (d Dimension) angles() int { return int((d + Angle/2) >> (bits * (bases - 1))) }

// physical returns the dimension without angles: a radian is the number 1 (SI brochure, 9th
// edition, 5.4.8).
func (d Dimension) physical() Dimension { return d - Angle*Dimension(d.angles()) }

// String returns the name of the dimension: "number", "mass", "speed", "length⁴/time".
func (d Dimension) String() string {
	if d == 0 {
		return "number"
	}
	for i, name := range baseNames {
		if d == 1<<(bits*i) {
			return name
		}
	}
	for i := range derivedNames {
		if derivedNames[i].dimension == d {
			return derivedNames[i].name
		}
	}
	exponents := d.powers()
	power := func(i int) int { return exponents[i] }
	name := func(text []byte, i int) []byte { return append(text, baseNames[i]...) }
	return string(appendProduct(nil, bases, power, name))
}
