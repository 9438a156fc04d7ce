package libm

import "math"

// The approximations are those of FreeBSD's msun (s_erf.c): Copyright (C) 1993 by Sun Microsystems,
// Inc. All rights reserved. Permission to use, copy, modify, and distribute this software is freely
// granted, provided that this notice is preserved. The exponential is taken of a Double as a whole.

// erfOne is erf 1, rounded to 24 bits.
const erfOne = 8.45062911510467529297e-01

// fraction is the quotient of two polynomials, the constant terms first.
type fraction struct{ above, below []float64 }

func (f fraction) at(x float64) float64 { return polynomial(f.above, x) / polynomial(f.below, x) }

func polynomial(coefficients []float64, x float64) float64 {
	y := 0.0
	for i := len(coefficients) - 1; i >= 0; i-- {
		y = coefficients[i] + float64(x*y)
	}
	return y
}

// erfSmall is (erf x - x)/x for x² below 0.84375².
var erfSmall = fraction{
	[]float64{
		1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
		-5.77027029648944159157e-03, -2.37630166566501626084e-05,
	},
	[]float64{
		1, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
		1.32494738004321644526e-04, -3.96022827877536812320e-06,
	},
}

// erfMiddle is erf(1+s) - erfOne for 1+s up to 1.25.
var erfMiddle = fraction{
	[]float64{
		-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
		3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
		-2.16637559486879084300e-03,
	},
	[]float64{
		1, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
		1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02,
	},
}

// erfLarge is ln(x e^(x²) erfc x) + 0.5625 from 1/x², for x up to 1/0.35.
var erfLarge = fraction{
	[]float64{
		-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
		-6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02,
		-8.12874355063065934246e+01, -9.81432934416914548592e+00,
	},
	[]float64{
		1, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
		6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02,
		6.57024977031928170135e+00, -6.04244152148580987438e-02,
	},
}

// erfLargest is the same beyond.
var erfLargest = fraction{
	[]float64{
		-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
		-1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03,
		-4.83519191608651397019e+02,
	},
	[]float64{
		1, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
		3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02,
		-2.24409524465858183362e+01,
	},
}

// Erf returns the error function.
func Erf(x float64) float64 {
	a := math.Abs(x)
	var y float64
	switch {
	case a < 0.84375:
		return x + float64(x*erfSmall.at(float64(x*x)))
	case a < 1.25:
		y = erfOne + erfMiddle.at(a-1)
	case a < 6:
		y = 1 - erfcLarge(a)
	default:
		y = 1
	}
	return math.Copysign(y, x)
}

// Erfc returns 1 - erf x.
func Erfc(x float64) float64 {
	switch {
	case x < -6:
		return 2
	case x < -1.25:
		return 2 - erfcLarge(-x)
	case x < -0.84375:
		return (1 + erfOne) + erfMiddle.at(-x-1)
	case x < 0.25:
		return 1 - (x + float64(x*erfSmall.at(float64(x*x))))
	case x < 0.84375:
		return 0.5 - (float64(x*erfSmall.at(float64(x*x))) + (x - 0.5))
	case x < 1.25:
		return (1 - erfOne) - erfMiddle.at(x-1)
	case x < 28:
		return erfcLarge(x)
	}
	return 0
}

// erfcLarge returns erfc x for x from 1.25 to 28.
func erfcLarge(x float64) float64 {
	f := erfLarge
	if x >= 1/0.35 {
		f = erfLargest
	}
	exponent := product(x, -x).plus(Double{f.at(1/float64(x*x)) - 0.5625, 0})
	p, k := expKernel(exponent)
	return Double{1, 0}.plus(p).Over(x).Scale(k)
}
