package plot

import "math"

// maxHeight keeps three times the height of a picture within float64.
const maxHeight = 5e307

// autoscale sets the y range, if it is Auto, so that all curves can be seen. For a curve with a
// pole it uses the middle nine tenths of the values, and adds half of their range.
func (v *View) autoscale(samplers []sampler) {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range samplers {
		if least, most, ok := samplers[i].visibleRange(); ok {
			low, high = min(low, least), max(high, most)
		}
	}
	if low > high {
		low, high = 0, 0
	}
	if size := max(math.Abs(low), math.Abs(high)); high/2-low/2 <= size*1e-12 {
		if size == 0 { // constant, except for rounding errors
			size = 10
		}
		low, high = low-size/10, high+size/10
	} else {
		margin := (high/2 - low/2) / 10
		low, high = low-margin, high+margin
	}
	if v.Low-v.Low == 0 && v.High-v.High == 0 && v.Low < v.High {
		low, high = v.Low, v.High
	}
	v.Low, v.High = max(low, -maxHeight), min(high, maxHeight)
	if v.Low >= v.High {
		v.Low, v.High = -maxHeight, maxHeight
	}
}

// visibleRange returns the least and the greatest value worth showing, and reports whether there
// are any values.
func (s *sampler) visibleRange() (least, most float64, ok bool) {
	var values []float64
	bottom, top := 0, 0 // the indices of the extremes
	for i, p := range s.points {
		if !p.defined() {
			continue
		}
		if len(values) == 0 || p.Y < s.points[bottom].Y {
			bottom = i
		}
		if len(values) == 0 || p.Y > s.points[top].Y {
			top = i
		}
		values = append(values, p.Y)
	}
	if len(values) == 0 {
		return 0, 0, false
	}
	sort(values)
	low, high := values[len(values)/20], values[len(values)-1-len(values)/20]
	spread := high/2 - low/2
	return s.end(bottom, -1, low, spread), s.end(top, 1, high, spread), true
}

// end returns an end of the visible range, the upper one for sign 1 and the lower one for -1, from
// an extreme point and the usual range of the values: a pole is cut off.
func (s *sampler) end(i int, sign, usual, spread float64) float64 {
	value := s.points[i].Y
	if sign*(value/2-usual/2) <= 1.5*spread {
		return value
	}
	if extreme, bounded := s.extremum(i, sign, usual); bounded {
		return extreme
	}
	return usual + sign*spread
}

// extremum climbs from a point to the nearest extremum, a maximum for sign 1 and a minimum for -1,
// and reports whether it is bounded. It is not at a pole, where a point is always much higher than
// both points beside it, or where the values end.
func (s *sampler) extremum(i int, sign, usual float64) (value float64, bounded bool) {
	left, m, right := s.points[max(i-1, 0)], s.points[i], s.points[min(i+1, len(s.points)-1)]
	if !left.defined() || !right.defined() {
		return m.Y, false
	}
	a, b := left.X, right.X
	for n := 0; ; n++ {
		left, right = s.at(a+(m.X-a)/2), s.at(m.X+(b-m.X)/2)
		switch {
		case n == 24 || s.left <= 0:
			slack := 0.05 * math.Abs(m.Y/2-usual/2)
			level := math.Abs(m.Y/2-left.Y/2) <= slack || math.Abs(m.Y/2-right.Y/2) <= slack
			return m.Y, level
		case sign*left.Y > sign*m.Y && !(sign*right.Y > sign*left.Y):
			m, b = left, m.X
		case sign*right.Y > sign*m.Y:
			a, m = m.X, right
		default:
			a, b = left.X, right.X
		}
	}
}

// sort is a Shell sort: package sort would be larger than the rest of this package.
func sort(values []float64) {
	for gap := len(values) / 2; gap > 0; gap /= 2 {
		for i := gap; i < len(values); i++ {
			for j := i; j >= gap && values[j] < values[j-gap]; j -= gap {
				values[j], values[j-gap] = values[j-gap], values[j]
			}
		}
	}
}
