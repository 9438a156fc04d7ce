// Package utc writes and reads times in UTC, as RFC 3339 has them. Package time does, too, but
// links its time zones: 20 KB of a component. Times are milliseconds since 1970-01-01.
package utc

import "strings"

// In milliseconds.
const (
	second = 1000
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// Format returns a time as in 2026-11-22T09:30:00.000Z. It must be of the years from 0 to 9999.
func Format(ms int64) string {
	days := ms / day
	if ms %= day; ms < 0 {
		days, ms = days-1, ms+day
	}
	year, month, dayOfMonth := date(days)
	b := appendDigits(make([]byte, 0, len("2006-01-02T15:04:05.000Z")), year, 4)
	b = appendDigits(append(b, '-'), month, 2)
	b = appendDigits(append(b, '-'), dayOfMonth, 2)
	b = appendDigits(append(b, 'T'), ms/hour, 2)
	b = appendDigits(append(b, ':'), ms/minute%60, 2)
	b = appendDigits(append(b, ':'), ms/second%60, 2)
	b = appendDigits(append(b, '.'), ms%second, 3)
	return string(append(b, 'Z'))
}

func appendDigits(b []byte, n int64, width int) []byte {
	if width > 1 {
		b = appendDigits(b, n/10, width-1)
	}
	return append(b, byte('0'+n%10))
}

// Parse reads a date-time of RFC 3339, section 5.6, of any time zone, and reports whether the text
// is one. It drops what is less than a millisecond.
func Parse(text string) (ms int64, ok bool) {
	var fields [6]int64 // year, month, day, hour, minute, second
	for i, mark := range []string{"-", "-", "T", ":", ":", ""} {
		width := 2
		if i == 0 {
			width = 4
		}
		if fields[i], text, ok = cutDigits(text, width); !ok || !strings.HasPrefix(text, mark) {
			return 0, false
		}
		text = text[len(mark):]
	}
	days := daysBefore(fields[0], fields[1], fields[2])
	year, month, dayOfMonth := date(days)
	if year != fields[0] || month != fields[1] || dayOfMonth != fields[2] ||
		fields[3] > 23 || fields[4] > 59 || fields[5] > 59 {
		return 0, false
	}
	ms = days*day + fields[3]*hour + fields[4]*minute + fields[5]*second
	if fraction, more := strings.CutPrefix(text, "."); more {
		text = strings.TrimLeft(fraction, "0123456789")
		digits := fraction[:len(fraction)-len(text)]
		if digits == "" {
			return 0, false
		}
		n, _, _ := cutDigits(digits+"00", 3)
		ms += n
	}
	offset, ok := parseOffset(text)
	return ms - offset, ok
}

// parseOffset reads Z or, as in +01:30, how far a time zone is ahead of UTC.
func parseOffset(text string) (ms int64, ok bool) {
	if text == "Z" {
		return 0, true
	}
	if text == "" || text[0] != '+' && text[0] != '-' {
		return 0, false
	}
	hours, rest, hoursOK := cutDigits(text[1:], 2)
	rest, colon := strings.CutPrefix(rest, ":")
	minutes, rest, minutesOK := cutDigits(rest, 2)
	if ms = hours*hour + minutes*minute; text[0] == '-' {
		ms = -ms
	}
	return ms, hoursOK && colon && minutesOK && rest == "" && hours <= 23 && minutes <= 59
}

// cutDigits reads a number of exactly width digits from the start of a text.
func cutDigits(text string, width int) (n int64, rest string, ok bool) {
	if len(text) < width {
		return 0, text, false
	}
	for i := 0; i < width; i++ {
		if text[i] < '0' || text[i] > '9' {
			return 0, text, false
		}
		n = 10*n + int64(text[i]-'0')
	}
	return n, text[width:], true
}

// Days are counted by eras of 400 years, which begin on the first of March so that a leap day is
// the last of its year; the first era begins before the year 0, so that no number is negative.
//
// Source: Howard Hinnant, chrono-Compatible Low-Level Date Algorithms.
const (
	firstYear = -400
	daysOfEra = 146097
	epoch     = 865565 // days from the first era to 1970-01-01
)

// date returns the date of a day since 1970-01-01.
func date(days int64) (year, month, dayOfMonth int64) {
	days += epoch
	era, ofEra := days/daysOfEra, days%daysOfEra
	yearOfEra := (ofEra - ofEra/1460 + ofEra/36524 - ofEra/146096) / 365
	ofYear := ofEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	fromMarch := (5*ofYear + 2) / 153
	dayOfMonth = ofYear - (153*fromMarch+2)/5 + 1
	year = firstYear + 400*era + yearOfEra
	if month = fromMarch + 3; month > 12 {
		year, month = year+1, month-12
	}
	return year, month, dayOfMonth
}

// daysBefore returns the days from 1970-01-01 to a date.
func daysBefore(year, month, dayOfMonth int64) int64 {
	year -= firstYear
	fromMarch := month - 3
	if fromMarch < 0 {
		year, fromMarch = year-1, fromMarch+12
	}
	era, yearOfEra := year/400, year%400
	ofYear := (153*fromMarch+2)/5 + dayOfMonth - 1
	return era*daysOfEra + 365*yearOfEra + yearOfEra/4 - yearOfEra/100 + ofYear - epoch
}
