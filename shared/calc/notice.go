package calc

import "abacus/shared/units"

// Notice says how a source was read where another reading is plausible.
type Notice struct {
	Code    string
	Message string
	Offset  int // of the place, in bytes
	Length  int // of the place, in bytes
	Line    int // of the place, from 1
	Column  int // of the place, from 1, in code points
}

// The codes of a Notice.
const (
	NoticeHidesUnit   = "hides-unit"  // a variable has the name of a unit
	NoticeRates       = "rates"       // exchange rates were used
	NoticeDenominator = "denominator" // 1/2 m is 1/(2 m)
)

// Rates are exchange rates.
type Rates struct {
	Date    string                    // "2026-11-25"
	Source  string                    // "ECB"
	PerEuro func(code string) float64 // units of a currency for one euro, 0 if there is no rate
}

// perEuro returns the rates for package units, nil if there are none.
func (s *Scope) perEuro() units.Rates {
	if s.Rates == nil {
		return nil
	}
	return s.Rates.PerEuro
}

// note adds a notice.
func (p *Program) note(code, message string, place span) {
	at := (&Error{}).at(p.origin, int(place.offset), int(place.length))
	p.notices = append(p.notices, Notice{code, message, at.Offset, at.Length, at.Line, at.Column})
}

// noteDenominator adds a notice if the instruction divides a number by a number with a unit,
// without parentheses: 1/2 m.
func (p *Program) noteDenominator(i int) {
	w := printer{program: p}
	above, below, unit := &p.code[i-4], &p.code[i-3], &p.code[i-2]
	if p.code[i].op != opDivide || above.op != opNumber || below.op != opNumber ||
		unit.op != opVariable || !w.withUnit(i-1) || p.origin[below.offset-1] == '(' {
		return
	}
	place := span{above.offset, unit.offset + unit.length - above.offset}
	a, b, u := p.written(i-4), p.written(i-3), p.written(i-2)
	message := quote(place.in(p.origin)) + " is read as " + a + "/(" + b + " " + u + "): write (" +
		a + "/" + b + ") " + u + " for a fraction of a unit"
	p.note(NoticeDenominator, message, place)
}

// Notices returns the notices of the program after its evaluation.
func (p *Program) Notices() []Notice {
	notices := p.notices
	for i := range p.statements {
		s := &p.statements[i]
		if s.kind != Assignment {
			continue
		}
		name := s.name.in(p.origin)
		if u, isUnit := units.Lookup(name); isUnit {
			p.note(NoticeHidesUnit, quote(name)+" is a variable now and hides the unit "+u.String(),
				s.name)
		}
	}
	for i := 4; i < len(p.code); i++ {
		p.noteDenominator(i)
	}
	notices, p.notices = p.notices, notices
	return notices
}
