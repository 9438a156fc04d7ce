package calc

import "abacus/shared/calc/libm"

// These functions value regular payments at the end of each period, at a rate of interest per
// period. All amounts are positive: pmt(0.4%, 360, 200000) is the monthly payment for a loan of
// 200000.

// annuity returns the present value of n payments of 1.
func annuity(rate, n float64) libm.Double {
	if rate == 0 {
		return libm.Exact(n)
	}
	return libm.Growth(rate, -n).Over(-rate)
}

const needsRate = "the rate must be above -1, for one period: 5%/12 a month"

func payment(x []float64) (float64, string) {
	switch {
	case x[0] <= -1:
		return 0, needsRate
	case x[1] == 0:
		return 0, "there must be at least one payment"
	}
	if value := annuity(x[0], x[1]).Quotient(x[2]); value-value == 0 {
		return value, ""
	}
	return 0, "" // the present value of a payment of 1 is beyond all numbers
}

func presentValue(x []float64) (float64, string) {
	if x[0] <= -1 {
		return 0, needsRate
	}
	return annuity(x[0], x[1]).Product(x[2]), ""
}

func futureValue(x []float64) (float64, string) {
	switch {
	case x[0] <= -1:
		return 0, needsRate
	case x[0] == 0:
		return x[2] * x[1], ""
	}
	return libm.Growth(x[0], x[1]).Over(x[0]).Product(x[2]), ""
}

func periods(x []float64) (float64, string) {
	rate, share := x[0], libm.Exact(x[2]).Over(x[1])
	switch {
	case rate <= -1:
		return 0, needsRate
	case x[1] == 0 || share.Times(rate).Plus(-1).Round() >= 0:
		return 0, "the payments do not cover the interest"
	case rate == 0:
		return share.Round(), ""
	}
	return libm.Periods(rate, share), ""
}

// quantile interpolates between the two numbers next to the place (Hyndman and Fan 1996, type 7).
func quantile(x []float64) (float64, string) {
	p, sorted := x[0], x[1:]
	if p < 0 || p > 1 {
		return 0, "the share p must be from 0 to 1, or 0% to 100%"
	}
	sortNumbers(sorted)
	place := libm.Exact(p).Times(float64(len(sorted) - 1))
	below := int(place.Round())
	if below == len(sorted)-1 {
		return sorted[below], ""
	}
	share := place.Plus(-float64(below))
	return sorted[below] + share.Product(sorted[below+1]-sorted[below]), ""
}

func geometricMean(x []float64) (float64, string) {
	for _, v := range x {
		if v <= 0 {
			return 0, "the geometric mean needs numbers above 0"
		}
	}
	mantissa, exponent := multiplied(x)
	return mantissa.NthRoot(len(x), exponent), ""
}
