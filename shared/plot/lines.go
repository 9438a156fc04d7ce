package plot

// lines returns the unbroken parts of the curve, clipped at one height above and below the picture.
func (s *sampler) lines() (lines [][]Point) {
	var line []Point
	end := func() {
		if len(line) > 0 {
			lines = append(lines, s.clip(line)...)
		}
		line = nil
	}
	for i, p := range s.points {
		if !p.defined() {
			end()
			continue
		}
		if i > 0 && s.points[i-1].defined() && s.mayJump(s.points[i-1], p) {
			if before, after, broken := s.discontinuity(s.points[i-1], p); broken {
				line = extend(line, before)
				end()
				line = append(line, after)
			}
		}
		line = extend(line, p)
	}
	end()
	return lines
}

// clip splits a line where it is too far above or below the picture.
func (s *sampler) clip(line []Point) (lines [][]Point) {
	height := s.view.High - s.view.Low
	low, high := s.view.Low-height, s.view.High+height
	var inside []Point
	for i, p := range line {
		if i > 0 {
			a, b, visible := cut(line[i-1], p, low, high)
			if visible && len(inside) == 0 {
				inside = append(inside, a)
			}
			if visible {
				inside = extend(inside, b)
			}
		}
		if out := p.Y < low || p.Y > high; !out && len(inside) == 0 {
			inside = append(inside, p) // a line may be a single point
		} else if out && len(inside) > 0 {
			lines, inside = append(lines, inside), nil
		}
	}
	if len(inside) > 0 {
		lines = append(lines, inside)
	}
	return lines
}

// cut returns the part of the straight line from a to b that lies between two heights.
func cut(a, b Point, low, high float64) (Point, Point, bool) {
	if a.Y < low && b.Y < low || a.Y > high && b.Y > high {
		return a, b, false
	}
	at := func(p Point) Point {
		y := min(max(p.Y, low), high)
		if y == p.Y {
			return p
		}
		// In halves, because the difference may overflow.
		return Point{a.X + (b.X-a.X)*((y/2-a.Y/2)/(b.Y/2-a.Y/2)), y}
	}
	return at(a), at(b), true
}

// simplify drops points that are within a twentieth of a pixel of the line between the points it
// keeps.
func (s *sampler) simplify(line []Point) []Point {
	const (
		most    = 0.05
		longest = 64 // points dropped in a row
	)
	kept := line[:1:1]
	last := 0 // the index of the last one kept
	for i := 2; i < len(line); i++ {
		straight := i-last <= longest
		for j := last + 1; straight && j < i; j++ {
			straight = s.bend(line[last], line[j], line[i]) <= most
		}
		if !straight {
			last = i - 1
			kept = append(kept, line[last])
		}
	}
	if len(line) > 1 {
		kept = append(kept, line[len(line)-1])
	}
	return kept
}
