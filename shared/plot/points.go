package plot

import (
	"math"

	"abacus/shared/calc"
)

// Kind is a kind of points of interest.
type Kind uint8

// The kinds: of one curve, except for Intersection.
const (
	Root Kind = iota
	Intersection
	Minimum
	Maximum
)

var kinds = [...]string{"root", "intersection", "minimum", "maximum"}

// String returns the name of the kind.
func (k Kind) String() string { return kinds[k] }

// mostPoints is how many points of a kind a curve may have: more are not of interest.
const mostPoints = 8

// PointOfInterest is a root or an extremum of a curve, or an intersection of two.
type PointOfInterest struct {
	Point
	Kind Kind
	Text string // the coordinates with four significant digits, such as (1.571, -1)
}

// String describes the point, such as "root at (0, 0)".
func (p *PointOfInterest) String() string { return p.Kind.String() + " at " + p.Text }

// findPoints finds the points of interest of all curves.
func (p *Picture) findPoints(samplers []sampler) {
	s := search{picture: p, near: (p.To - p.From) * 1e-6}
	for i := range samplers {
		s.curve, s.kind = &samplers[i], Root
		s.lines(p.Curves[i])
		s.kind = Maximum
		s.lines(p.Curves[i])
		s.kind = Intersection
		for s.other = i + 1; s.other < len(samplers); s.other++ {
			s.with = &samplers[s.other]
			s.lines(p.Curves[i])
		}
	}
}

// search looks for the points of one kind, or of both kinds of extrema for Maximum.
type search struct {
	picture *Picture
	near    float64 // over which distance the slope of a curve is measured
	kind    Kind
	curve   *sampler
	with    *sampler // the other curve of an intersection
	other   int      // its number
}

// lines adds the points of interest of the lines of a curve.
func (s *search) lines(lines [][]Point) {
	p := s.picture
	before, back, slack := 0.0, 1, 0.0
	if s.kind == Maximum {
		back, slack = 2, (p.High-p.Low)*1e-9 // for rounding errors
	}
	first := len(p.Points)
	for _, line := range lines {
		for i := range line {
			after := s.drawn(line, i)
			// A curve may end on the axis or touch it, but not stay there.
			stays := after == 0 && i+1 < len(line) && s.drawn(line, i+1) == 0
			changes := before < 0 && after >= 0 || before > 0 && after <= 0
			if i >= back && changes && !stays && math.Abs(before)+math.Abs(after) > slack {
				kind := s.kind
				if kind == Maximum && before < 0 {
					kind = Minimum
				}
				s.add(kind, s.root(line[i-back].X, line[i].X))
				if len(p.Points) > first+mostPoints {
					p.Points = p.Points[:first]
					return
				}
			}
			before = after
		}
	}
}

// drawn returns what is 0 at a point of the kind, at point i of a line: the value, the difference
// of two curves, or the rise of a curve to the point.
func (s *search) drawn(line []Point, i int) float64 {
	switch y := line[i].Y; s.kind {
	case Root:
		return y
	case Intersection:
		return y - s.picture.height(s.other, line[i].X)
	default:
		return y - line[max(i-1, 0)].Y
	}
}

// at returns the same at any x, or NaN once the evaluations are used up.
func (s *search) at(x float64) float64 {
	switch s.kind {
	case Root:
		return s.curve.value(x)
	case Intersection:
		return s.curve.value(x) - s.with.value(x)
	default:
		return s.curve.value(x+s.near) - s.curve.value(x-s.near)
	}
}

// value returns the value at x, or NaN once the evaluations are used up.
func (s *sampler) value(x float64) float64 {
	if s.left <= 0 {
		return math.NaN()
	}
	return s.at(x).Y
}

// root returns where at is 0 between a and b, or NaN if it has the same sign at both or jumps.
func (s *search) root(a, b float64) float64 {
	if s.kind == Maximum { // the curve may have no values further out
		a, b = a+s.near, b-s.near
	}
	width, fa, fb := b-a, s.at(a), s.at(b)
	height := math.Abs(fa) + math.Abs(fb)
	if (fa > 0) == (fb > 0) && fb != 0 {
		return math.NaN()
	}
	x, y := b, fb
	for i := 0; i < 60 && math.Abs(y) > height*1e-13 && b-a > width*1e-9; i++ {
		x = a + (b-a)/2
		if i%2 == 0 {
			x = b - fb*((b-a)/(fb-fa))
		}
		y = s.at(x)
		if (y > 0) == (fb > 0) {
			b, fb = x, y
		} else {
			a, fa = x, y
		}
	}
	// A root of three is only found approximately, but is often a round number.
	unit := s.near * 10
	if round := math.Floor(x/unit+0.5) * unit; math.Abs(s.at(round)) <= height*1e-9 {
		return round
	}
	if math.Abs(y) < height/4 {
		return x
	}
	return math.NaN()
}

// add adds the point of the curve at x, unless x is NaN or the point is outside the picture.
func (s *search) add(kind Kind, x float64) {
	p := s.picture
	if x != x {
		return
	}
	x, _ = calc.ParseNumber(calc.Format(x, 9)) // 2 rather than 1.9999999999
	y := s.curve.value(x)
	if kind == Root || math.Abs(y) < (p.High-p.Low)*1e-9 {
		y = 0
	}
	if x >= p.From && x <= p.To && y >= p.Low && y <= p.High { // and not NaN
		text := "(" + calc.Format(x, 4) + ", " + calc.Format(y, 4) + ")"
		p.Points = append(p.Points, PointOfInterest{Point{x, y}, kind, text})
	}
}

// height returns the height of the lines of a curve at x, or NaN where there is none.
func (p *Picture) height(curve int, x float64) float64 {
	for _, line := range p.Curves[curve] {
		left, right := 0, len(line)-1
		if x < line[left].X || x > line[right].X {
			continue
		}
		for right-left > 1 {
			if middle := (left + right) / 2; line[middle].X < x {
				left = middle
			} else {
				right = middle
			}
		}
		a, b := line[left], line[right]
		return a.Y + (x-a.X)/(b.X-a.X)*(b.Y-a.Y)
	}
	return math.NaN()
}
