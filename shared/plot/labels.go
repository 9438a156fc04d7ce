package plot

import "math"

// mostLabels is how many points of interest have labels: more would hide the curves.
const mostLabels = 6

// The heights of a label and of a dot with the room around them, and half the width of a dot, in
// pixels.
const (
	labelHeight = 12
	dotHeight   = 10
	dotHalf     = 4
)

// What is wrong with a place for a label, compared with the cost of the place itself: it is crossed
// by a curve, or at the axis.
const (
	crossedCost = 20
	axisCost    = 30
)

// places are where the middle of a label may be: beside its point, in halves of its width, and
// below it, in pixels.
var places = []struct{ beside, below, cost int8 }{
	{0, -14, 0}, {1, 0, 1}, {-1, 0, 2}, {1, -13, 3}, {-1, -13, 4}, {0, 14, 5}, {1, 10, 6},
	{-1, 10, 7}, {0, -19, 8}, {0, -29, 60}, {0, 30, 61}, {0, -45, 62}, {0, -61, 63},
}

// box is the room of a label or a dot: its middle, half its width, and its height.
type box struct{ x, y, half, height float64 }

// points marks the points of interest with dots, and with labels where there is room.
func (w *svg) points() {
	points := w.picture.Points
	taken := make([]box, len(points))
	for i := range points {
		taken[i] = box{w.x(points[i].X), w.y(points[i].Y), dotHalf, dotHeight}
	}
	labels := make([]box, len(points))
	for i := len(points) - 1; i >= 0 && len(points) <= mostLabels; i-- { // the longest ones first
		half := digit/2*float64(len(points[i].label())) + 4
		labels[i] = w.place(taken[i].x, taken[i].y, half, taken)
		taken = append(taken, labels[i])
	}
	for i := range points {
		w.write(`<g><circle cx="%" cy="%" r="3.5"/>`, taken[i].x, taken[i].y)
		if labels[i].half > 0 {
			w.label(labels[i].x, labels[i].y+4, "middle", points[i].label())
		}
		w.text("</g>")
	}
}

// label returns the text beside the point: an extremum is called by its kind.
func (p *PointOfInterest) label() string {
	if p.Kind < Minimum {
		return p.Text
	}
	return p.Kind.String() + " " + p.Text
}

// place returns the best free place for the label of a dot, given half the label's width; an empty
// one if there is no room.
func (w *svg) place(cx, cy, half float64, taken []box) (label box) {
	least := int8(math.MaxInt8)
	for _, place := range places {
		x := min(max(cx+float64(place.beside)*(half+5), half), w.width-half)
		b := box{x, cy + float64(place.below), half, labelHeight}
		cost := place.cost
		if math.Abs(b.y-w.y(0)) <= labelHeight {
			cost += axisCost
		}
		if w.isCrossed(b) {
			cost += crossedCost
		}
		if cost < least && w.isFree(b, taken) {
			least, label = cost, b
		}
	}
	return label
}

// isFree reports whether a box is inside the picture and off what is taken.
func (w *svg) isFree(b box, taken []box) bool {
	if b.x < b.half || b.y <= 10 || b.y >= w.height-4 {
		return false
	}
	for _, other := range taken {
		if math.Abs(other.x-b.x) <= other.half+b.half && math.Abs(other.y-b.y) <= other.height {
			return false
		}
	}
	return true
}

// isCrossed reports whether a curve crosses a box.
func (w *svg) isCrossed(b box) bool {
	p := w.picture
	for curve := range p.Curves {
		for part := -1.0; part <= 1; part += 0.5 {
			x := p.From + (b.x+part*b.half)/w.width*(p.To-p.From)
			if math.Abs(w.y(p.height(curve, x))-b.y) < b.height/2 {
				return true
			}
		}
	}
	return false
}
