package calc

import (
	"math"
	"strconv"
)

// Times are hours, minutes and seconds: 12:30 and 1:02:03. They have the unit h:min, which sums
// keep, and are displayed in the same form.

// maxClockHours limits the hours of a time without the unit h after it, so that 80:40 does not
// count as a time; 80:40 h does.
const maxClockHours = 59

// clock reads the minutes and seconds of a time, whose hours are the number before the current
// colon. It returns false if this is not a time, but for example a conditional.
//
//	time = number ":" sixtieth [ ":" sixtieth [ "." { digit } ] ] [ "h" ]
//	     | number ":" sixtieth "min" .
func (p *parser) clock() bool {
	last := p.last()
	begin := int(last.offset)
	if last.op != opNumber || last.id != noBuiltin || begin+int(last.length) != p.start ||
		!allDigits(p.source[begin:p.start]) || p.choosing() {
		return false
	}
	minutes, end := p.sixtieth(p.start, false)
	if end == 0 {
		return false
	}
	seconds, afterSeconds := p.sixtieth(end, true)
	end = max(end, afterSeconds)
	seconds += (last.value*60 + minutes) * 60
	after := p.scanner
	after.end = end
	after.next()
	unit := after.text()
	if last.value > maxClockHours && unit != "h" && unit != "min" {
		return false
	}
	last.op, last.value, last.length = opClock, seconds/3600, uint16(end-begin)
	p.end = end
	p.next()
	if p.token == tokenName {
		switch p.text() {
		case "h": // 12:30 h
			p.next()
		case "min": // 5:30 min/km
			if afterSeconds == 0 {
				last.value = seconds / (60 * 3600)
				last.length = uint16(p.end - begin)
				p.next()
			}
		case "am", "pm":
			hint, _ := p.sentence().hint()
			if hint == "" {
				hint = "write " + inClock(dayHours(last.value, p.text()))
			}
			p.fail(CodeSyntax, "times have 24 hours, without "+quote(p.text()), hint)
		}
	}
	return true
}

// hours reads the h30 of the time 8h30 after its hours, and reports whether it is one.
func (p *parser) hours(text string) bool {
	last := p.last()
	if _, ok := whole(last.value); !ok || last.op != opNumber ||
		len(text) != len("h30") || text[0] != 'h' || text[1] > '5' {
		return false
	}
	last.op, last.length = opClock, uint16(p.end)-last.offset
	last.value = (last.value*60 + 10*float64(text[1]-'0') + float64(text[2]-'0')) / 60
	p.next()
	return true
}

// allDigits reports whether a text consists of decimal digits.
func allDigits(text string) bool {
	for i := range text {
		if !isDigit(text[i]) {
			return false
		}
	}
	return true
}

// choosing reports whether a colon may belong to a conditional: whether there is an open ? in the
// innermost parentheses.
func (p *parser) choosing() bool {
	i := len(p.frames) - 1
	for i >= 0 && p.frames[i].kind < frameThen {
		i--
	}
	return i >= 0 && p.frames[i].kind == frameThen &&
		!(i > 0 && p.frames[i-1].kind == frameGroup && p.frames[i-1].id == groupIf)
}

// sixtieth reads the two digits after a colon, with a fraction if there may be one, and returns
// their end, or 0 if they are no minutes or seconds.
func (p *parser) sixtieth(colon int, fraction bool) (value float64, end int) {
	if colon == len(p.source) || p.source[colon] != ':' {
		return 0, 0
	}
	digits := scanner{source: p.source, end: colon + 1, decimal: p.decimal}
	digits.next()
	end = digits.end
	if digits.token != tokenNumber || digits.start != colon+1 || digits.number >= 60 ||
		end < colon+3 || !isDigit(p.source[colon+2]) ||
		end > colon+3 && !(fraction && p.source[colon+3] == '.') {
		return 0, 0
	}
	return digits.number, end
}

// inClock returns hours as a time that clock reads: 12:30, 1:02:03 if there are seconds, 158:00 h.
func inClock(hours float64) string {
	if math.Abs(hours) > 1e5 {
		return Format(hours, Digits) + " h"
	}
	micros := math.Round(math.Abs(hours) * 3600e6)
	minutes := int(micros / 60e6)
	text := strconv.Itoa(minutes/60) + ":" + twoDigits(float64(minutes%60))
	if micros -= 60e6 * float64(minutes); micros > 0 {
		text += ":" + twoDigits(micros/1e6)
	}
	if minutes/60 > maxClockHours {
		text += " h"
	}
	if hours < 0 {
		return "-" + text
	}
	return text
}

// twoDigits returns a number below 60 with two digits before its point.
func twoDigits(x float64) string {
	if x < 10 {
		return "0" + Format(x, Digits)
	}
	return Format(x, Digits)
}
