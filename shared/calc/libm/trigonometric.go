package libm

import (
	"math"
	"math/bits"
)

// The kernels and the arc functions are those of FreeBSD's msun (k_sin.c, k_cos.c, k_tan.c,
// e_asin.c, s_atan.c): Copyright (C) 1993 by Sun Microsystems, Inc. All rights reserved. Permission
// to use, copy, modify, and distribute this software is freely granted, provided that this notice
// is preserved.

var (
	quarterPi = Double{0.7853981633974483, 3.061616997868383e-17}
	halfPi    = Double{1.5707963267948966, 6.123233995736766e-17}
	fullPi    = Double{3.141592653589793, 1.2246467991473532e-16}
)

// fourPerPi is 4/pi in binary; the point is after the first word.
var fourPerPi = [...]uint64{
	0x0000000000000001, 0x45f306dc9c882a53, 0xf84eafa3ea69bb81, 0xb6c52b3278872083,
	0xfca2c757bd778ac3, 0x6e48dc74849ba5c0, 0x0c925dd413a32439, 0xfc3bd63962534e7d,
	0xd1046bea5d768909, 0xd338e04d68befc82, 0x7323ac7306a673e9, 0x3908bf177bf25076,
	0x3ff12fffbc0b301f, 0xde5e2316b414da3e, 0xda6cfd9e4f96136e, 0x9e8c7ecd3cbfd45a,
	0xea4f758fd7cbe2f6, 0x7a0e73ef14a525d4, 0xd7f6bf623f1aba10, 0xac06608df8f6d757,
	0xe19f784135e86c3b,
}

// reduce returns x as a multiple of pi/2 (mod 4) and a rest between -pi/4 and pi/4.
func reduce(x float64) (quadrant int, rest Double) {
	a := math.Abs(x)
	switch {
	case a <= math.Pi/4:
		return 0, Double{x, 0}
	case a < 1<<20:
		quadrant, rest = reduceSmall(a)
	default:
		quadrant, rest = reduceLarge(a)
	}
	if x < 0 {
		return -quadrant & 3, rest.negative()
	}
	return quadrant & 3, rest
}

// reduceSmall subtracts a multiple of pi/2 (Cody and Waite 1980). Three parts of pi/2 have 33 bits,
// so their products with a quadrant below 2^20 are exact; the fourth is the rest.
func reduceSmall(a float64) (quadrant int, rest Double) {
	n := math.Floor(a*(2/math.Pi) + 0.5)
	rest = sum(a-float64(n*1.57079632673412561417e+00), -float64(n*6.07710050630396597660e-11))
	rest = rest.plus(Double{-float64(n * 2.02226624871116645580e-21), 0})
	return int(n), rest.plus(Double{-float64(n * 8.47842766036889956997e-32), 0})
}

// reduceLarge multiplies by the bits of 4/pi that matter (Payne and Hanek 1983).
func reduceLarge(a float64) (quadrant int, rest Double) {
	b := math.Float64bits(a)
	mantissa := b&(1<<52-1) | 1<<52
	exponent := int(b>>52) - 1023 - 52
	// The bits of weight 4 and more, times the mantissa's last bit, are multiples of 8 octants.
	word, shift := uint(exponent+61)/64, uint(exponent+61)%64
	var d [4]uint64
	for i := range d {
		d[i] = fourPerPi[word+uint(i)] << shift
		if shift > 0 {
			d[i] |= fourPerPi[word+uint(i)+1] >> (64 - shift)
		}
	}
	carry3, _ := bits.Mul64(d[3], mantissa)
	high2, low2 := bits.Mul64(d[2], mantissa)
	high1, low1 := bits.Mul64(d[1], mantissa)
	low0 := d[0] * mantissa
	low2, c := bits.Add64(low2, carry3, 0)
	low1, c = bits.Add64(low1, high2, c)
	low0, _ = bits.Add64(low0, high1, c)
	octant := low0 >> 61
	f2 := low0<<3 | low1>>61
	f1 := low1<<3 | low2>>61
	f0 := low2 << 3
	negative := octant&1 == 1
	if negative { // to the nearer multiple of pi/2
		octant++
		f0, c = bits.Sub64(0, f0, 0)
		f1, c = bits.Sub64(0, f1, c)
		f2, _ = bits.Sub64(0, f2, c)
	}
	zeros := uint(bits.LeadingZeros64(f2))
	f2 = f2<<zeros | f1>>(64-zeros)
	f1 = f1<<zeros | f0>>(64-zeros)
	rest = Double{float64(f2>>11) * 0x1p-53, float64((f2&0x7FF)<<42|f1>>22) * 0x1p-106}
	rest = quickSum(rest.hi, rest.lo).multiplied(quarterPi).scaled(-int(zeros))
	if negative {
		rest = rest.negative()
	}
	return int(octant / 2), rest
}

// sinKernel returns sin x for |x| ≤ pi/4.
func sinKernel(x Double) float64 {
	z := float64(x.hi * x.hi)
	v := float64(z * x.hi)
	r := -2.50507602534068634195e-08 + float64(z*1.58969099521155010221e-10)
	r = 2.75573137070700676789e-06 + float64(z*r)
	r = -1.98412698298579493134e-04 + float64(z*r)
	r = 8.33333333332248946124e-03 + float64(z*r)
	low := float64(z*(float64(0.5*x.lo)-float64(v*r))) - x.lo
	return x.hi - (low - float64(v*-1.66666666666666324348e-01))
}

// cosKernel returns cos x for |x| ≤ pi/4.
func cosKernel(x Double) float64 {
	z := float64(x.hi * x.hi)
	r := 2.08757232129817482790e-09 + float64(z*-1.13596475577881948265e-11)
	r = -2.75573143513906633035e-07 + float64(z*r)
	r = 2.48015872894767294178e-05 + float64(z*r)
	r = -1.38888888888741095749e-03 + float64(z*r)
	r = 4.16666666666666019037e-02 + float64(z*r)
	half := float64(0.5 * z)
	w := 1 - half
	return w + (((1 - w) - half) + (float64(float64(z*z)*r) - float64(x.hi*x.lo)))
}

// Sin returns the sine of x radians.
func Sin(x float64) float64 {
	quadrant, rest := reduce(x)
	var y float64
	if quadrant&1 == 0 {
		y = sinKernel(rest)
	} else {
		y = cosKernel(rest)
	}
	if quadrant >= 2 {
		return -y
	}
	return y
}

// Cos returns the cosine of x radians.
func Cos(x float64) float64 {
	quadrant, rest := reduce(x)
	var y float64
	if quadrant&1 == 0 {
		y = cosKernel(rest)
	} else {
		y = sinKernel(rest)
	}
	if quadrant == 1 || quadrant == 2 {
		return -y
	}
	return y
}

var tangent = [...]float64{
	3.33333333333334091986e-01, 1.33333333333201242699e-01, 5.39682539762260521377e-02,
	2.18694882948595424599e-02, 8.86323982359930005737e-03, 3.59207910759131235356e-03,
	1.45620945432529025516e-03, 5.88041240820264096874e-04, 2.46463134818469906812e-04,
	7.81794442939557092300e-05, 7.14072491382608190305e-05, -1.85586374855275456654e-05,
	2.59073051863633712884e-05,
}

// Tan returns the tangent of x radians.
func Tan(x float64) float64 {
	quadrant, rest := reduce(x)
	odd := quadrant&1 == 1
	if math.Abs(rest.hi) >= 0.6744 {
		return tanNearQuarter(rest, odd)
	}
	t := tanKernel(rest)
	if odd {
		return Double{-1, 0}.divided(t).Round()
	}
	return t.Round()
}

// tanKernel returns tan x for |x| < 0.6744.
func tanKernel(x Double) Double {
	z := float64(x.hi * x.hi)
	r := 0.0
	for i := len(tangent) - 1; i > 0; i-- {
		r = tangent[i] + float64(z*r)
	}
	s := float64(z * x.hi)
	r = x.lo + float64(z*(float64(s*r)+x.lo))
	return quickSum(x.hi, r+float64(tangent[0]*s))
}

// tanNearQuarter returns tan x, or -1/tan x, for x near pi/4 or -pi/4, by tan x = (1-t)/(1+t) with
// t = tan(pi/4 - x).
func tanNearQuarter(x Double, inverse bool) float64 {
	negative := x.hi < 0
	if negative {
		x = x.negative()
	}
	t := tanKernel(quarterPi.plus(x.negative()))
	above, below := Double{1, 0}.plus(t.negative()), Double{1, 0}.plus(t)
	if inverse {
		above, below = below.negative(), above
	}
	y := above.divided(below).Round()
	if negative {
		return -y
	}
	return y
}

// arcSeries returns (asin x - x)/x for |x| < 0.5, from x².
func arcSeries(t float64) float64 {
	p := 7.91534994289814532176e-04 + float64(t*3.47933107596021167570e-05)
	p = -4.00555345006794114027e-02 + float64(t*p)
	p = 2.01212532134862925881e-01 + float64(t*p)
	p = -3.25565818622400915405e-01 + float64(t*p)
	p = 1.66666666666666657415e-01 + float64(t*p)
	q := -6.88283971605453293030e-01 + float64(t*7.70381505559019352791e-02)
	q = 2.02094576023350569471e+00 + float64(t*q)
	q = -2.40339491173441421878e+00 + float64(t*q)
	return float64(t*p) / (1 + float64(t*q))
}

// Asin returns the arc sine of x, from -1 to 1.
func Asin(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a > 1:
		return math.NaN()
	case a < 0.5:
		return x + float64(x*arcSeries(float64(x*x)))
	}
	h := halfArc(a)
	y := sum(halfPi.hi, -2*h.hi)
	return math.Copysign(y.hi+(y.lo+(halfPi.lo-2*h.lo)), x)
}

// Acos returns the arc cosine of x, from -1 to 1.
func Acos(x float64) float64 {
	a := math.Abs(x)
	switch {
	case a > 1:
		return math.NaN()
	case a < 0.5:
		y := sum(halfPi.hi, -x)
		return y.hi + (y.lo + (halfPi.lo - float64(x*arcSeries(float64(x*x)))))
	}
	h := halfArc(a)
	if x > 0 {
		return 2 * (h.hi + h.lo)
	}
	y := sum(fullPi.hi, -2*h.hi)
	return y.hi + (y.lo + (fullPi.lo - 2*h.lo))
}

// halfArc returns acos(a)/2 = asin(sqrt((1-a)/2)) for a from 0.5 to 1.
func halfArc(a float64) Double {
	t := (1 - a) / 2
	s := Double{t, 0}.root()
	return Double{s.hi, s.lo + float64(s.hi*arcSeries(t))}
}

// arcs holds the arc tangents of 1/2, 1, 3/2 and infinity.
var arcs = [...]Double{
	{4.63647609000806093515e-01, 2.26987774529616870924e-17},
	{7.85398163397448278999e-01, 3.06161699786838301793e-17},
	{9.82793723247329054082e-01, 1.39033110312309984516e-17},
	{1.57079632679489655800e+00, 6.12323399573676603587e-17},
}

var arcTangent = [...]float64{
	3.33333333333329318027e-01, -1.99999999998764832476e-01, 1.42857142725034663711e-01,
	-1.11111104054623557880e-01, 9.09088713343650656196e-02, -7.69187620504482999495e-02,
	6.66107313738753120669e-02, -5.83357013379057348645e-02, 4.97687799461593236017e-02,
	-3.65315727442169155270e-02, 1.62858201153657823623e-02,
}

// Atan returns the arc tangent.
func Atan(x float64) float64 {
	return math.Copysign(atan(Double{math.Abs(x), 0}).Round(), x)
}

// atan returns the arc tangent of x ≥ 0.
func atan(x Double) Double {
	var base Double
	switch {
	case x.hi < 0.4375:
	case x.hi < 0.6875:
		twice := Double{2 * x.hi, 2 * x.lo}
		base, x = arcs[0], twice.plus(Double{-1, 0}).divided(x.plus(Double{2, 0}))
	case x.hi < 1.1875:
		base, x = arcs[1], x.plus(Double{-1, 0}).divided(x.plus(Double{1, 0}))
	case x.hi < 2.4375:
		base, x = arcs[2], x.plus(Double{-1.5, 0}).divided(x.Times(1.5).plus(Double{1, 0}))
	case x.hi < 0x1p66:
		base, x = arcs[3], Double{-1, 0}.divided(x)
	default:
		return arcs[3]
	}
	z := float64(x.hi * x.hi)
	r := 0.0
	for i := len(arcTangent) - 1; i >= 0; i-- {
		r = arcTangent[i] + float64(z*r)
	}
	return base.plus(Double{x.hi, x.lo - float64(x.hi*float64(z*r))})
}

// Atan2 returns the angle of the point (x, y); 0 for the origin.
func Atan2(y, x float64) float64 {
	a, b := math.Abs(y), math.Abs(x)
	var angle Double
	switch {
	case a == 0 && x >= 0:
		return 0
	case b == 0 || a/b > 0x1p66:
		angle = halfPi
	case a/b < 0x1p-500:
		angle = Double{a / b, 0}
	default:
		_, n := math.Frexp(b)
		a, b = math.Ldexp(a, -n), math.Ldexp(b, -n)
		angle = atan(Double{a, 0}.divided(Double{b, 0}))
	}
	if x < 0 {
		angle = fullPi.plus(angle.negative())
	}
	return math.Copysign(angle.Round(), y)
}
