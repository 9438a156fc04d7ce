package calc

import (
	"math"

	"abacus/shared/calc/libm"
)

// search finds a root, an integral or a derivative of an expression. It needs the values of the
// expression at one place after another: start returns the first place, and next takes the value
// there and returns the next place, or the result. So the evaluation needs no recursion.
type search struct {
	id    uint8 // of the builtin
	count int   // values taken

	// Of solve: the method of Brent (1973, zeroin). The root is between b, the best place so far,
	// and c; a is the place before b.
	a, b, c      float64
	fa, fb, fc   float64
	step, before float64
	least        float64 // the smaller value at the ends

	// Of integral: the Gauss-Kronrod rule of 7 and 15 points over intervals, of which the one with
	// the largest error is cut in two.
	intervals [maxIntervals]interval
	stored    int
	low, high float64 // of the interval under way
	upper     float64 // the end of the half that follows it, if that is not high
	point     int
	gauss     float64
	kronrod   float64
	size      float64 // the integral of the absolute value

	// Of derivative: central differences with steps that shrink, extrapolated (Ridders 1982).
	at, width float64
	middle    float64 // the value there
	right     float64
	bend      float64 // the difference of the slopes to the right and left, with the first step
	row       [maxDifferences]float64
	best      float64
	error     float64
}

const (
	maxRounds      = 200
	maxIntervals   = 200
	maxDifferences = 10
)

// interval is a part of an integral.
type interval struct{ low, high, value, error, size float64 }

// start begins a search between two places; a derivative is at the first one.
func (s *search) start(id uint8, from, to float64) (x float64) {
	s.id, s.count, s.stored = id, 0, 0
	switch id {
	case idSolve:
		s.a, s.b = from, to
		return from
	case idIntegral:
		s.low, s.high, s.upper = from, to, to
		s.point, s.kronrod, s.gauss, s.size = 0, 0, 0, 0
		return s.place()
	}
	s.at, s.error, s.best = from, math.Inf(1), 0
	s.width = math.Abs(from) / 64
	if from == 0 {
		s.width = 1.0 / 64
	}
	return from
}

// next takes the value at the place that was returned last.
func (s *search) next(value float64) (x float64, done bool, problem *Error) {
	s.count++
	switch s.id {
	case idSolve:
		return s.narrow(value)
	case idIntegral:
		return s.integrate(value)
	}
	return s.differentiate(value)
}

// narrow takes a value for solve.
func (s *search) narrow(value float64) (x float64, done bool, problem *Error) {
	switch s.count {
	case 1:
		s.fa = value
		return s.b, false, nil
	case 2:
		s.fb = value
		if s.fa == 0 {
			return s.a, true, nil
		}
		if s.fb != 0 && (s.fa < 0) == (s.fb < 0) {
			return 0, false, fault(CodeDomain, fill("the two sides do not cross between % and %",
				Format(s.a, 6), Format(s.b, 6)), "choose ends on either side of the solution")
		}
		s.least = math.Min(math.Abs(s.fa), math.Abs(s.fb))
		s.c, s.fc = s.a, s.fa
		s.step = s.b - s.a
		s.before = s.step
	default:
		s.fb = value
		if (s.fb < 0) == (s.fc < 0) && s.fb != 0 {
			s.c, s.fc = s.a, s.fa
			s.step = s.b - s.a
			s.before = s.step
		}
	}
	if math.Abs(s.fc) < math.Abs(s.fb) {
		s.a, s.b, s.c = s.b, s.c, s.b
		s.fa, s.fb, s.fc = s.fb, s.fc, s.fb
	}
	tolerance := 0x1p-52*math.Abs(s.b) + math.SmallestNonzeroFloat64
	middle := s.c/2 - s.b/2
	if s.fb == 0 || math.Abs(middle) <= tolerance || s.count > maxRounds {
		if math.Abs(s.fb) > s.least {
			return 0, false, fault(CodeDomain, "the sides jump past each other near "+
				Format(s.b, 6)+" without being equal", "choose ends that have no pole between them")
		}
		return s.b, true, nil
	}
	s.interpolate(middle, tolerance)
	s.a, s.fa = s.b, s.fb
	switch {
	case math.Abs(s.step) > tolerance:
		s.b += s.step
	case middle > 0:
		s.b += tolerance
	default:
		s.b -= tolerance
	}
	return s.b, false, nil
}

// interpolate sets the next step: by a parabola or a secant if that is good, else to the middle.
func (s *search) interpolate(middle, tolerance float64) {
	if math.Abs(s.before) < tolerance || math.Abs(s.fa) <= math.Abs(s.fb) {
		s.step, s.before = middle, middle
		return
	}
	ratio := s.fb / s.fa
	p, q := 2*middle*ratio, 1-ratio
	if s.a != s.c {
		u, v := s.fa/s.fc, s.fb/s.fc
		p = ratio * (2*middle*u*(u-v) - (s.b-s.a)*(v-1))
		q = (u - 1) * (v - 1) * (ratio - 1)
	}
	if p > 0 {
		q = -q
	} else {
		p = -p
	}
	if 2*p < math.Min(3*middle*q-math.Abs(tolerance*q), math.Abs(s.before*q)) {
		s.before, s.step = s.step, p/q
		return
	}
	s.step, s.before = middle, middle
}

// nodes and weights of the rules (QUADPACK, 1983). The nodes with an odd index are those of Gauss.
var (
	nodes = [8]float64{
		0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
		0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
		0.586087235467691130294144691693013, 0.405845151377397166906606412076961,
		0.207784955007898467600689403773245, 0,
	}
	kronrodWeights = [8]float64{
		0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
		0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
		0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
		0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
	}
	gaussWeights = [4]float64{
		0.129484966168869693270611432679082, 0.279705391489276667901467771423780,
		0.381830050505118944950369775488975, 0.417959183673469387755102040816327,
	}
)

// place returns the next place in the interval under way.
func (s *search) place() float64 {
	node := nodes[min(s.point, 14-s.point)]
	if s.point < 7 {
		node = -node
	}
	return s.low/2 + s.high/2 + node*(s.high/2-s.low/2)
}

// integrate takes a value for integral.
func (s *search) integrate(value float64) (x float64, done bool, problem *Error) {
	i := min(s.point, 14-s.point)
	s.kronrod += kronrodWeights[i] * value
	s.size += kronrodWeights[i] * math.Abs(value)
	if i%2 == 1 {
		s.gauss += gaussWeights[i/2] * value
	}
	if s.point++; s.point < 15 {
		return s.place(), false, nil
	}
	half := s.high/2 - s.low/2
	s.intervals[s.stored] = interval{s.low, s.high, s.kronrod * half,
		math.Abs((s.kronrod - s.gauss) * half), math.Abs(s.size * half)}
	s.stored++
	s.point, s.kronrod, s.gauss, s.size = 0, 0, 0, 0
	if s.high != s.upper { // the other half
		s.low, s.high = s.high, s.upper
		return s.place(), false, nil
	}
	values, off, size, worst := libm.Exact(0), 0.0, 0.0, 0
	for i := range s.intervals[:s.stored] {
		values = values.Plus(s.intervals[i].value)
		off += s.intervals[i].error
		size += s.intervals[i].size
		if s.intervals[i].error > s.intervals[worst].error {
			worst = i
		}
	}
	good := off <= 1e-13*size
	if !good && s.stored < maxIntervals-1 {
		cut := s.intervals[worst]
		s.stored--
		s.intervals[worst] = s.intervals[s.stored]
		s.low, s.high, s.upper = cut.low, cut.low/2+cut.high/2, cut.high
		return s.place(), false, nil
	}
	if !good && off > 1e-7*size {
		return 0, false, fault(CodeDomain, "the integral does not converge",
			"leave out places where the expression is unbounded, or split the range there")
	}
	return values.Round(), true, nil
}

// differentiate takes a value for derivative.
func (s *search) differentiate(value float64) (x float64, done bool, problem *Error) {
	switch {
	case s.count == 1:
		s.middle = value
		return s.at + s.width, false, nil
	case s.count%2 == 0:
		s.right = value
		return s.at - s.width, false, nil
	}
	n := s.count/2 - 1
	difference := (s.right - value) / (2 * s.width)
	factor := 1.0
	bend := (s.right - 2*s.middle + value) / s.width
	if n == 0 {
		s.bend = bend
	}
	for i := 0; i < n; i++ { // row has the extrapolations of the differences before
		factor *= shrink * shrink
		better := difference + (difference-s.row[i])/(factor-1)
		off := math.Max(math.Abs(better-difference), math.Abs(better-s.row[i]))
		s.row[i] = difference
		if off < s.error {
			s.best, s.error = better, off
		}
		difference = better
	}
	s.row[n] = difference
	if s.width /= shrink; n < maxDifferences-1 {
		return s.at + s.width, false, nil
	}
	slope := math.Abs(s.right-value) / s.width
	if math.Abs(bend) > math.Abs(s.bend)/2 && math.Abs(bend) > 1e-6*slope {
		return 0, false, fault(CodeDomain,
			"there is no derivative: the slopes differ on the two sides", "")
	}
	return settled(s.best, s.error), true, nil
}

// settled rounds a value to the digits that are certain despite its error.
func settled(value, off float64) float64 {
	digits := math.Floor(-libm.Log10(4 * off))
	if off == 0 || digits > 15 || digits < -15 {
		return value
	}
	if digits < 0 {
		unit := exactPowers[int(-digits)]
		return math.Round(value/unit) * unit
	}
	return math.Round(value*exactPowers[int(digits)]) / exactPowers[int(digits)]
}

// shrink is the ratio of the steps of derivative.
const shrink = 1.6
