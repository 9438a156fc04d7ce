// Package plot turns functions into a picture: lines, ticks and points of interest in the units of
// the functions. AppendSVG draws it on the page and on shared pages, Describe describes it in
// words, and the command draws its lines in a terminal.
//
// The same functions and view give the same picture, on amd64 and in WebAssembly.
//
// # How a function is sampled
//
// A function is evaluated on a grid, one point every four pixels. Where three neighbours are a
// third of a pixel off a straight line, both intervals are halved, until everything is straight, an
// interval is a 64th of a pixel, or the evaluations are used up. That is adaptive sampling by
// flatness (L. H. de Figueiredo, Adaptive sampling of parametric curves, Graphics Gems V, 1995),
// but it refines the whole curve level by level instead of recursing: that needs no stack, and if
// there are too few evaluations, as for sin(1000x), they are spread over the picture. The points of
// the grid are shifted, each by a different amount, so that a function with the period of the grid
// does not look constant; de Figueiredo uses random numbers for that.
//
// # Where a curve is broken
//
// Where a function has a value on one side of an interval only, bisection finds the last one. Where
// it may jump, the interval is halved again and again, keeping the half with the greater
// difference. The difference shrinks if the function is continuous, stays the same at a jump and
// grows at a pole; at a jump or a pole the curve is broken.
//
// # Points of interest
//
// Where the lines show a root, an extremum or an intersection, it is searched for by the Illinois
// method (M. Dowell and P. Jarratt, A modified regula falsi method for computing the root of an
// equation, BIT 11, 1971), with the evaluations that the lines have left. An extremum is a root of
// the slope.
package plot

import "math"

// Function returns the value at x, or NaN where there is none. It never returns an infinity.
type Function func(x float64) float64

// Point is a point of a picture, in the units of the functions.
type Point struct{ X, Y float64 }

// Auto is the Low and High of a View for which Draw chooses the y range.
var Auto = math.NaN()

// View is what a picture shows, and the size of the picture.
type View struct {
	From, To      float64 // finite, and From is less
	Low, High     float64 // Auto: chosen by autoscale
	Width, Height int     // pixels, with the labels of ticks
	Evaluations   int     // of each function, at most; 0: as many as the width needs
}

// Picture is what to draw, in the units of the functions. From and To are the ends of the x range,
// Low and High those of the y range. Lines have no point left or right of these, but may leave the
// picture at the top and the bottom, by no more than its height.
type Picture struct {
	From, To, Low, High float64
	Width, Height       int // pixels
	Across, Up          []Tick
	UnitAcross, UnitUp  string            // of the numbers, "" without one
	Curves              [][][]Point       // the unbroken lines of each function, left to right
	Points              []PointOfInterest // of each curve: roots, extrema, intersections
}

// The limits of a picture, in pixels, and of the sampling.
const (
	leastSize   = 16
	mostSize    = 4096
	gridStep    = 4.0      // pixels between the points of the grid
	tolerance   = 0.35     // pixels between a point and the line through its neighbours
	narrowest   = 1.0 / 64 // pixels: intervals are not halved below
	perGrid     = 24       // evaluations for each point of the grid
	leastPoints = 16       // of the grid
	tickAcross  = 100      // pixels of the picture for each tick
	tickUp      = 50
	leastTicks  = 4
)

// Draw samples functions and returns their picture.
func Draw(functions []Function, view View) *Picture {
	view.Width = min(max(view.Width, leastSize), mostSize)
	view.Height = min(max(view.Height, leastSize), mostSize)
	grid := max(view.Width/int(gridStep), leastPoints)
	if most := perGrid * grid; view.Evaluations <= 0 || view.Evaluations > most {
		view.Evaluations = most
	}
	grid = max(min(grid, view.Evaluations/4), leastPoints)
	samplers := make([]sampler, len(functions))
	for i := range samplers {
		s := &samplers[i]
		s.function, s.view, s.left = functions[i], &view, max(view.Evaluations, leastPoints+1)
		s.sampleGrid(grid)
	}
	view.autoscale(samplers)
	picture := &Picture{
		From: view.From, To: view.To, Low: view.Low, High: view.High,
		Width: view.Width, Height: view.Height,
		Across: Ticks(view.From, view.To, max(view.Width/tickAcross, leastTicks)),
		Up:     Ticks(view.Low, view.High, max(view.Height/tickUp, leastTicks)),
	}
	for i := range samplers {
		s := &samplers[i]
		s.refine()
		picture.Curves = append(picture.Curves, s.lines())
	}
	picture.findPoints(samplers)
	for i, lines := range picture.Curves {
		for j, line := range lines {
			lines[j] = samplers[i].simplify(line)
		}
	}
	return picture
}
