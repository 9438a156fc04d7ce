// Package plot turns functions into the lines and ticks of a picture. The page draws in the
// browser, and a command in the terminal, what a component draws into a shared page, so this
// package knows neither a canvas nor SVG: it gives points in the units of the functions.
//
// All is deterministic: the same functions and view give the same picture, on amd64 and in
// WebAssembly.
//
// # How a function is sampled
//
// A function is evaluated on a grid, one point every four pixels. Where three neighbours are not in
// line, by a third of a pixel, both intervals are halved, and so on until everything is in line, an
// interval is a 64th of a pixel, or the evaluations are used up. That is adaptive sampling by
// flatness (L. H. de Figueiredo, Adaptive sampling of parametric curves, Graphics Gems V, 1995),
// but with the whole curve refined level by level instead of by recursion: it takes no stack, and
// where the evaluations do not suffice, as for sin(1000x), they are spread over the picture. The
// points of the grid are moved a little from their places, each by another amount, so that a period
// of the grid's own width does not look like a constant; de Figueiredo takes random numbers for
// that.
//
// # Where a curve is broken
//
// Where a function has no value on one side of an interval, its last value is found by bisection.
// Where it leaps, the interval is halved again and again, keeping the half with the greater leap.
// The leap of a continuous function gets smaller by that; one that stays is a jump, one that grows
// a pole, and there the curve is broken.
package plot

import "math"

// Function gives the value at x; NaN where there is none. It is never infinite.
type Function func(x float64) float64

// Point is a point of a picture, in units of the functions.
type Point struct{ X, Y float64 }

// Chosen stands for a height of a View that is to be chosen.
var Chosen = math.NaN()

// View says what a picture shows, and how large it is.
type View struct {
	From, To      float64 // finite, and From is less
	Low, High     float64 // Chosen: so that what the curves do can be seen, see reach
	Width, Height int     // pixels
	Evaluations   int     // of each function, at most; 0: as many as are good for the width
}

// Picture is what is to be drawn.
type Picture struct {
	From, To, Low, High float64
	Across, Up          []Tick
	Curves              [][][]Point // of every function its lines; one that has no value in the picture has none
}

// What a picture may be in pixels, and what is sampled.
const (
	leastSize   = 16
	mostSize    = 4096
	gridStep    = 4.0      // pixels between the points of the grid
	tolerance   = 0.35     // pixels that a point may be off the line through its neighbours
	narrowest   = 1.0 / 64 // pixels: intervals are not halved below
	perGrid     = 24       // evaluations a point of the grid
	leastPoints = 16       // of the grid
	tickAcross  = 90       // pixels a tick has at least
	tickUp      = 45
)

// Draw samples functions and gives the picture of them.
func Draw(functions []Function, view View) Picture {
	view.Width, view.Height = min(max(view.Width, leastSize), mostSize), min(max(view.Height,
		leastSize), mostSize)
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
	view.reach(samplers)
	picture := Picture{
		From: view.From, To: view.To, Low: view.Low, High: view.High,
		Across: Ticks(view.From, view.To, view.Width/tickAcross),
		Up:     Ticks(view.Low, view.High, view.Height/tickUp),
	}
	for i := range samplers {
		s := &samplers[i]
		s.refine()
		picture.Curves = append(picture.Curves, s.lines())
	}
	return picture
}
