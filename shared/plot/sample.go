package plot

import "math"

// sampler holds the points of one function from left to right. Y is NaN where there is no value.
type sampler struct {
	function Function
	view     *View
	left     int // evaluations
	points   []Point
}

// at evaluates the function.
func (s *sampler) at(x float64) Point {
	s.left--
	return Point{x, s.function(x)}
}

// defined reports whether there is a value.
func (p Point) defined() bool { return p.Y == p.Y }

// sampleGrid evaluates the grid of n intervals.
func (s *sampler) sampleGrid(n int) {
	step := (s.view.To - s.view.From) / float64(n)
	shift := 0.0 // in intervals: multiples of the golden ratio are spread evenly between 0 and 1
	for i := 0; i <= n; i++ {
		x := s.view.From + float64(i)*step
		switch i {
		case 0:
		case n:
			x = s.view.To
		default:
			if shift += math.Phi - 1; shift >= 1 {
				shift--
			}
			x += (shift - 0.5) * 0.5 * step
		}
		s.add(s.at(x))
	}
}

// add appends a point. If only one of two neighbours has a value, it appends the end of the curve
// first.
func (s *sampler) add(p Point) {
	if n := len(s.points); n > 0 && s.points[n-1].defined() != p.defined() {
		first, second := s.edge(s.points[n-1], p)
		s.points = extend(extend(s.points, first), second)
	}
	s.points = extend(s.points, p)
}

// extend appends a point that is to the right of the last one.
func extend(line []Point, p Point) []Point {
	if n := len(line); n > 0 && line[n-1].X >= p.X {
		return line
	}
	return append(line, p)
}

// edge returns two neighbouring points between a and b, only one of which is defined. It keeps one
// end and a step rather than both ends: TinyGo 0.30 miscompiles a loop that replaces either of two
// points at -opt=z (package preview compares the pictures of its module with those of this build).
func (s *sampler) edge(a, b Point) (Point, Point) {
	defined, step := a.defined(), b.X-a.X
	for i := 0; i < 40 && s.left > 0; i++ {
		step /= 2
		m := s.at(a.X + step)
		if m.X <= a.X {
			break
		}
		if m.defined() == defined {
			a = m
		}
	}
	end := s.at(a.X + step)
	for end.defined() == defined && end.X < b.X { // the step is too small to change X
		step *= 2
		end = s.at(min(a.X+step, b.X))
	}
	return a, end
}

// pixel returns the position of a point in the picture, measured from the lower left corner and at
// most one height above or below the picture.
func (s *sampler) pixel(p Point) (x, y float64) {
	v := s.view
	x = (p.X - v.From) / (v.To - v.From) * float64(v.Width)
	y = (p.Y - v.Low) / (v.High - v.Low)
	return x, max(-1, min(2, y)) * float64(v.Height)
}

// bend returns the distance in pixels of b from the line through a and c. At a tip, where the curve
// turns back, it returns how much higher a point between the samples may be if that is more.
func (s *sampler) bend(a, b, c Point) float64 {
	x0, y0 := s.pixel(a)
	x1, y1 := s.pixel(b)
	x2, y2 := s.pixel(c)
	x1, y1, x2, y2 = x1-x0, y1-y0, x2-x0, y2-y0
	length := math.Sqrt(x2*x2 + y2*y2)
	if length == 0 {
		return 0
	}
	distance := math.Abs(x1*y2-x2*y1) / length
	if (y1 > 0) == (y2-y1 > 0) {
		return distance
	}
	return max(distance, min(math.Abs(y1), math.Abs(y2-y1))/4)
}

// refine halves intervals until the points lie on a smooth line. It keeps a quarter of the
// evaluations for jumps.
func (s *sampler) refine() {
	reserve := s.view.Evaluations / 4
	for {
		split, count := s.rough()
		if count == 0 || count > s.left-reserve {
			return
		}
		points := s.points
		s.points = make([]Point, 0, len(points)+count)
		for i, p := range points {
			if i > 0 && split[i] {
				s.add(s.at(points[i-1].X + (p.X-points[i-1].X)/2))
			}
			s.add(p)
		}
	}
}

// rough marks the intervals to halve, each by the point at its right end.
func (s *sampler) rough() (split []bool, count int) {
	split = make([]bool, len(s.points))
	mark := func(i int) {
		a, b := s.points[i-1], s.points[i]
		x0, y0 := s.pixel(a)
		x1, y1 := s.pixel(b)
		outside := y0 == y1 && (y0 < 0 || y0 > float64(s.view.Height))
		middle := a.X + (b.X-a.X)/2
		if !split[i] && !outside && x1-x0 > narrowest && a.X < middle && middle < b.X {
			split[i] = true
			count++
		}
	}
	for i := 1; i+1 < len(s.points); i++ {
		a, b, c := s.points[i-1], s.points[i], s.points[i+1]
		if a.defined() && b.defined() && c.defined() && s.bend(a, b, c) > tolerance {
			mark(i)
			mark(i + 1)
		}
	}
	return split, count
}

// mayJump reports whether the function may be broken between a and b, rather than just steep.
func (s *sampler) mayJump(a, b Point) bool {
	x0, y0 := s.pixel(a)
	x1, y1 := s.pixel(b)
	height := math.Abs(y1 - y0)
	return height > 2 && height > 4*(x1-x0)
}

// discontinuity reports whether the function is broken between a and b, and returns the last point
// before the break and the first one after it.
func (s *sampler) discontinuity(a, b Point) (before, after Point, broken bool) {
	first := math.Abs(b.Y/2 - a.Y/2) // in halves, because the difference may overflow
	most := first
	for i := 0; i < 40 && s.left > 0; i++ {
		x := a.X + (b.X-a.X)/2
		if x <= a.X || x >= b.X {
			return a, b, true // there is no number in between
		}
		m := s.at(x)
		if !m.defined() {
			return a, b, true
		}
		left, right := math.Abs(m.Y/2-a.Y/2), math.Abs(b.Y/2-m.Y/2)
		if left >= right {
			b = m
		} else {
			a, left = m, right
		}
		most = max(most, left)
		switch {
		case left < most/4:
			return a, b, false
		case left > first*4 && left > s.view.High-s.view.Low:
			return a, b, true
		}
	}
	return a, b, s.left > 0
}
