package units

// prefix is a factor that is written before the symbol or the name of a unit.
type prefix struct {
	symbol, name string
	exponent     int8 // of 10, or of 2 for those from firstBinary on
}

// prefixes are those of the SI (brochure, 9th edition, table 7, and resolution 3 of the 27th CGPM)
// and of IEC 80000-13. The first is the empty prefix.
var prefixes = [...]prefix{
	{},
	{"Q", "quetta", 30}, {"R", "ronna", 27}, {"Y", "yotta", 24}, {"Z", "zetta", 21},
	{"E", "exa", 18}, {"P", "peta", 15}, {"T", "tera", 12}, {"G", "giga", 9},
	{"M", "mega", 6}, {"k", "kilo", 3}, {"h", "hecto", 2}, {"da", "deca", 1},
	{"d", "deci", -1}, {"c", "centi", -2}, {"m", "milli", -3}, {"µ", "micro", -6},
	{"n", "nano", -9}, {"p", "pico", -12}, {"f", "femto", -15}, {"a", "atto", -18},
	{"z", "zepto", -21}, {"y", "yocto", -24}, {"r", "ronto", -27}, {"q", "quecto", -30},
	firstBinary: {"Ki", "kibi", 10}, {"Mi", "mebi", 20}, {"Gi", "gibi", 30},
	{"Ti", "tebi", 40}, {"Pi", "pebi", 50}, {"Ei", "exbi", 60}, {"Zi", "zebi", 70},
	{"Yi", "yobi", 80},
}

const (
	prefixKilo  = 10
	prefixMicro = 16
	firstBinary = 25
)

// otherPrefixes are other spellings of prefixes.
var otherPrefixes = [...]struct {
	text string
	is   uint8
}{{"K", prefixKilo}, {"u", prefixMicro}, {"μ", prefixMicro}, {"deka", 12}}

// allows reports whether the unit takes the prefix.
func (e *entry) allows(index uint8) bool {
	switch {
	case e.flags&prefixed == 0:
		return false
	case e.dimension.powers()[7] != 0: // there are no fractions of bits
		return index <= prefixKilo || index >= firstBinary
	}
	return index < firstBinary
}

// split finds the prefix and the unit that a name consists of, both as symbols or both as long
// names.
func split(name string) (index uint8, id uint8, ok bool) {
	for i := 1; i < len(prefixes); i++ {
		p := &prefixes[i]
		if id, ok = afterPrefix(name, p.symbol, uint8(i), false); ok {
			return uint8(i), id, true
		}
		if id, ok = afterPrefix(name, p.name, uint8(i), true); ok {
			return uint8(i), id, true
		}
	}
	for _, other := range otherPrefixes {
		if id, ok = afterPrefix(name, other.text, other.is, len(other.text) > 2); ok {
			return other.is, id, true
		}
	}
	return 0, 0, false
}

// afterPrefix finds the unit that follows a prefix in a name.
func afterPrefix(name, text string, index uint8, long bool) (id uint8, ok bool) {
	if len(name) <= len(text) || name[:len(text)] != text {
		return 0, false
	}
	id, isSymbol, isLong := find(name[len(text):])
	return id, (isSymbol && !long || isLong && long) && table[id].allows(index)
}
