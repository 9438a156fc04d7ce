package units

import (
	"math/big"
	"strings"
	"testing"
)

// definitions define units as their sources do, with factors, and units with exponents; divisors
// follow "/". pi is a factor of its own. Every unit of the table has a definition.
var definitions = map[string]string{
	"m": "1", "g": "0.001", "s": "1", "A": "1", "K": "1", "mol": "1", "cd": "1", "bit": "1", "rad": "1", "N": "1", "Pa": "1",
	"J": "1", "W": "1", "C": "1", "V": "1", "F": "1", "Ω": "1", "S": "1", "Wb": "1", "T": "1", "H": "1", "Hz": "1",
	"°C": "1", "°F": "5 / 9", "Δ°C": "1", "Δ°F": "5 / 9", "°R": "5 / 9",
	"%": "1 / 100", "‰": "1 / 1000", "ppm": "1 / 1000000", "ppb": "1 / 1000000000",
	"°": "pi / 180", "arcmin": "° / 60", "arcsec": "arcmin / 60", "turn": "2 pi", "grad": "pi / 200",
	"min": "60", "h": "60 min", "h:min": "h", "(100km)": "100000", "d": "24 h", "week": "7 d", "fortnight": "2 week", "year": "365.25 d", "month": "year / 12",
	"decade": "10 year", "century": "10 decade", "millennium": "10 century",
	"in": "0.0254", "ft": "12 in", "yd": "0.9144", "mi": "1760 yd", "nmi": "1852", "mil": "in / 1000", "fathom": "6 ft",
	"rod": "5.5 yd", "chain": "22 yd", "furlong": "10 chain", "league": "3 mi", "hand": "4 in", "Å": "0.0000000001",
	"micron": "0.000001", "ly": "299792458 year", "au": "149597870700", "pc": "648000 au / pi",
	"mph": "mi / h", "kn": "nmi / h", "rpm": "turn / min", "Wh": "3600", "Ah": "3600", "bps": "1", "Bps": "8", "B": "8",
	"lm": "1", "lx": "1", "sr": "1", "Bq": "1", "Gy": "1", "Sv": "1", "kat": "1",
	"ha": "10000", "are": "100", "acre": "4840 yd^2", "barn": "0.0000000000000000000000000001", "sqm": "1", "sqft": "ft^2",
	"l": "0.001", "cc": "0.000001", "gal": "231 in^3", "qt": "gal / 4", "pt": "gal / 8", "cup": "gal / 16", "gill": "gal / 32",
	"fl_oz": "gal / 128", "tbsp": "fl_oz / 2", "tsp": "tbsp / 3", "bbl": "42 gal", "bu": "2150.42 in^3",
	"gal_uk": "4.54609 l", "qt_uk": "gal_uk / 4", "pt_uk": "gal_uk / 8", "fl_oz_uk": "gal_uk / 160",
	"t": "1000", "kilo": "1", "lb": "0.45359237", "oz": "lb / 16", "st": "14 lb", "gr": "lb / 7000", "ozt": "480 gr", "ct": "0.0002",
	"ton": "2000 lb", "ton_uk": "2240 lb", "eV": "0.0000000000000000001602176634",
	"dyn": "0.00001", "kgf": "9.80665", "lbf": "lb kgf", "bar": "100000", "atm": "101325", "psi": "lbf / in^2",
	"mmHg": "13.5951 9.80665", "inHg": "25.4 mmHg", "Torr": "atm / 760",
	"cal": "4.184", "Cal": "4184", "BTU": "4186.8 lb 5 / 9", "therm": "100000 BTU", "erg": "0.0000001", "ft_lb": "ft lbf",
	"tTNT": "1000000000 cal", "hp": "550 ft lbf", "PS": "75 kgf",
	"gauss": "0.0001", "Ci": "37000000000", "rem": "0.01",
	"dozen": "12", "gross": "dozen^2", "hundred": "100", "thousand": "1000", "lakh": "100000", "crore": "10000000", "million": "thousand^2", "billion": "thousand^3",
	"trillion": "million^2",
}

// defined returns a definition as an exact number times a power of π.
func defined(t testing.TB, name string) (value *big.Rat, pi int) {
	text, ok := definitions[name]
	if !ok {
		t.Fatalf("%s has no definition here", name)
	}
	value, sign := big.NewRat(1, 1), 1
	for _, word := range strings.Fields(text) {
		if word == "/" {
			sign = -1
			continue
		}
		if word == "pi" {
			pi += sign
			continue
		}
		times := 1
		if caret := strings.IndexByte(word, '^'); caret > 0 {
			times = int(word[caret+1] - '0')
			word = word[:caret]
		}
		factor, ok := new(big.Rat).SetString(word)
		powers := 0
		if !ok {
			factor, powers = defined(t, word)
		}
		for ; times > 0; times-- {
			pi += sign * powers
			if sign > 0 {
				value.Mul(value, factor)
			} else {
				value.Quo(value, factor)
			}
		}
	}
	return value, pi
}

// factor returns the factor of an entry as an exact number.
func (e *entry) factor() *big.Rat {
	f := new(big.Rat).SetFloat64(e.number)
	f.Mul(f, big.NewRat(int64(max(e.by, 1)), int64(max(e.over, 1))))
	ten := new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(e.ten, -e.ten))), nil))
	if e.ten < 0 {
		return f.Quo(f, ten)
	}
	return f.Mul(f, ten)
}

// pi60 is π to 60 digits.
const pi60 = "3.14159265358979323846264338327950288419716939937510582097494"

// TestFactors compares every factor with its definition, exactly, and the result of Convert with
// the nearest float64.
func TestFactors(t *testing.T) {
	for id := idMetre; id < len(table); id++ {
		e := &table[id]
		name := symbol(id)
		want, pi := defined(t, name)
		if e.number >= 1<<53 || e.factor().Cmp(want) != 0 || int(e.pi) != pi {
			t.Errorf("%s is %s π^%d, want %s π^%d", name, e.factor(), e.pi, want, pi)
		}
		if isPoint(id) {
			continue
		}
		circle, _ := new(big.Rat).SetString(pi60)
		for ; pi > 0; pi-- {
			want.Mul(want, circle)
		}
		for ; pi < 0; pi++ {
			want.Quo(want, circle)
		}
		nearest, _ := want.Float64()
		got, problem := Convert(Quantity{1, unit(id)}, Coherent(e.dimension), nil)
		if problem != OK || got.Value != nearest {
			t.Errorf("1 %s is %v (%v), want %v", name, got.Value, problem, nearest)
		}
	}
	if len(definitions) != len(table)-1 {
		t.Errorf("%d definitions for %d units", len(definitions), len(table)-1)
	}
}

// TestNames checks that every name leads to its unit, that no two units share a name, and that no
// prefix turns one name into another.
func TestNames(t *testing.T) {
	seen := map[string]int{}
	for id := idMetre; id < len(table); id++ {
		e := &table[id]
		if strings.Count(e.names, "|") != 1 {
			t.Errorf("%q: no bar", e.names)
		}
		here := map[string]bool{}
		for _, name := range namesIn(e.names) {
			if here[name] { // the plural may be the singular
				continue
			}
			here[name] = true
			if other, ok := seen[name]; ok {
				t.Errorf("%s is a name of %d and %d", name, other, id)
			}
			seen[name] = id
			if u, ok := Lookup(name); !ok || u != unit(id) {
				t.Errorf("Lookup(%q) is %v", name, u)
			}
		}
		if e.flags&prefixed == 0 {
			continue
		}
		for p := 1; p < len(prefixes); p++ {
			if !e.allows(uint8(p)) {
				continue
			}
			short := prefixes[p].symbol + symbol(id)
			if u, ok := Lookup(short); !ok || u != (Unit{low: uint64(newPart(id, uint8(p), 1))}) {
				t.Logf("%s is %s %d", short, u, u.first().id())
			}
		}
	}
	for i := 0; i < len(currencies); i += 3 {
		code := currencies[i : i+3]
		if u, ok := Lookup(code); !ok || u.String() != code || strings.Index(currencies, code) < i && strings.Index(currencies, code)%3 == 0 {
			t.Errorf("Lookup(%q) is %v", code, u)
		}
	}
}

// namesIn returns all names of an entry, with the plurals.
func namesIn(names string) (all []string) {
	for begin := 0; begin < len(names); {
		name, plural, after := nextName(names, begin)
		if all = append(all, name); plural {
			all = append(all, name+"s")
		}
		begin = after
	}
	return all
}

// TestTableFits checks that the numbers of units and currencies do not overlap, and that a quarter
// of the index is free, so that look-ups are short.
func TestTableFits(t *testing.T) {
	if len(table) > firstCurrency {
		t.Errorf("%d units", len(table))
	}
	used := 0
	for _, id := range slots {
		if id != idNone {
			used++
		}
	}
	if used > len(slots)*3/4 {
		t.Errorf("%d of %d slots are in use", used, len(slots))
	}
	t.Logf("%d units, %d currencies, %d names", len(table)-1, len(currencies)/3, used)
}
