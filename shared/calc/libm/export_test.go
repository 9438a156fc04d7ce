package libm

// These are for the tests of package calc's functions, which are in package libm_test.
var (
	Add       = add
	BigExp    = bigExp
	BigLog    = bigLog
	Between   = between
	Divide    = divide
	Magnitude = magnitudes
	Mixed     = mixed
	Multiply  = multiply
	Number    = number
	One       = one
	Over      = over
	Places    = places
	Positive  = positive
	Root      = root
	Subtract  = subtract
	Ulps      = ulps
)
