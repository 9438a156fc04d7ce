package plot

import (
	"math"
	"strconv"

	"abacus/shared/calc"
)

// Tick is a round number on an axis.
type Tick struct {
	At   float64
	Text string
}

// Ticks returns the multiples of 1, 2 or 5 times a power of ten from low to high, at most most + 1
// of them (P. S. Heckbert, Nice numbers for graph labels, Graphics Gems, 1990). It returns nil
// where neighbouring float64 are further apart than the ticks.
func Ticks(low, high float64, most int) []Tick {
	factor, exponent := niceStep((high - low) / float64(max(most, 1)))
	step := scale(float64(factor), exponent)
	first, last := math.Ceil(low/step-1e-9), math.Floor(high/step+1e-9)
	if !(step > 1e-300) || !(max(math.Abs(first), math.Abs(last)) < 1<<53/10) {
		return nil
	}
	var ticks []Tick
	for n := first; n <= last; n++ {
		whole := int64(n) * int64(factor)
		ticks = append(ticks,
			Tick{scale(float64(whole), exponent), string(appendTick(nil, whole, exponent))})
	}
	return ticks
}

// niceStep returns the smallest step of 1, 2 or 5 times a power of ten that is not below step.
func niceStep(step float64) (factor, exponent int) {
	for exponent > -320 && scale(1, exponent) >= step {
		exponent--
	}
	for {
		for _, factor = range [...]int{1, 2, 5} {
			if exponent > 307 || scale(float64(factor), exponent) >= step*(1-1e-9) {
				return factor, exponent
			}
		}
		exponent++
	}
}

// scale returns x times ten to the power of exponent, rounded once if that is at most 10^22.
func scale(x float64, exponent int) float64 {
	power := 1.0
	for n := max(exponent, -exponent); n > 0; n-- {
		power *= 10
	}
	if exponent < 0 {
		return x / power
	}
	return x * power
}

// appendTick appends a whole number times a power of ten, such as 0.0012 or 1.2e-4.
func appendTick(text []byte, whole int64, exponent int) []byte {
	if whole == 0 {
		return append(text, '0')
	}
	if whole < 0 {
		text, whole = append(text, '-'), -whole
	}
	for whole%10 == 0 {
		whole, exponent = whole/10, exponent+1
	}
	digits := strconv.AppendInt(nil, whole, 10)
	point := len(digits) + exponent // digits before the point
	scientific := point < -2 || point > len(digits) && point > 6
	return calc.AppendDigits(text, digits, point-1, scientific)
}
