package units

import "unicode/utf8"

// Lookup finds a unit by its symbol or name, with a prefix or without. Where a name can be read in
// two ways, the first of these counts:
//
//  1. a unit without a prefix: min is the minute, cd the candela, ft the foot;
//  2. a currency: its code, sign or word;
//  3. a prefix and a unit, both as symbols or both as names, as written: mW and MW differ;
//  4. the same in lower case: Miles, MPH, KM. But MM stays unknown: it might be mm or Mm.
//
// A name may be of several words: light year, square feet, pounds per square inch.
func Lookup(name string) (Unit, bool) {
	if name == "" {
		return Unit{}, false
	}
	for i := range name {
		if name[i] == ' ' || name[i] == '-' {
			return Parse(name)
		}
	}
	if u, ok := exactly(name); ok {
		return u, true
	}
	lower, capitals := lowerCase(name)
	if capitals == 0 {
		return Unit{}, false
	}
	u, ok := exactly(lower)
	if !ok {
		return Unit{}, false
	}
	if isCurrency(u.first().id()) { // Euro, but not Eur
		return u, len(name) > 3
	}
	if _, _, long := find(lower); long {
		return u, true
	}
	if u.first().prefix() != 0 && startsWith(lower, prefixes[u.first().prefix()].name) {
		return u, true
	}
	ambiguous := u.first().prefix() != 0 && name[0] == 'M'
	return u, len(name) > 1 && capitals == len(name) && !ambiguous
}

// lowerCase returns the name with A to Z in lower case, and the number of letters changed.
func lowerCase(name string) (lower string, capitals int) {
	var text [32]byte
	if len(name) > len(text) {
		return name, 0
	}
	for i := 0; i < len(name); i++ {
		text[i] = name[i]
		if c := name[i]; 'A' <= c && c <= 'Z' {
			text[i] += 'a' - 'A'
			capitals++
		}
	}
	return string(text[:len(name)]), capitals
}

// exactly finds a unit by its name, in the case in which it is written.
func exactly(name string) (Unit, bool) {
	if id, _, _ := find(name); id != idNone {
		return unit(int(id)), true
	}
	if id, ok := findCurrency(name); ok {
		return unit(id), true
	}
	if u, ok := findOther(name); ok {
		return u, true
	}
	if index, id, ok := split(name); ok {
		return Unit{low: uint64(newPart(int(id), index, 1))}, true
	}
	return squared(name)
}

// maxWords is the most words that a name has: pounds per square inch.
const maxWords = 4

// Phrase returns the length of the longest name of several words at the start of a text, or 0 if
// there is none: 14 for "nautical miles in km". Words are joined by spaces or a hyphen.
func Phrase(text string) int {
	_, length := phrase(text)
	return length
}

func phrase(text string) (u Unit, length int) {
	r := reader{text: text}
	first := r.word()
	if power := powerWord(first); power > 0 {
		r.space()
		if single, ok := r.name(); ok {
			if u, problem := Power(single.Difference(), power); problem == OK {
				return u, r.at
			}
		}
		return u, 0
	}
	var joined [48]byte
	size := copy(joined[:], first)
	for words := 1; words < maxWords; words++ {
		end := r.at
		if !r.skip("-") {
			r.space()
		}
		next := r.word()
		if next == "" || r.at == end+len(next) || size+1+len(next) > len(joined) {
			break
		}
		if power := powerWord(next); power > 0 && words == 1 {
			if single, ok := Lookup(first); ok {
				if single, problem := Power(single.Difference(), power); problem == OK {
					return single, r.at
				}
			}
		}
		joined[size] = '_'
		size += 1 + copy(joined[size+1:], next)
		lower, _ := lowerCase(string(joined[:size]))
		if found, ok := exactly(lower); ok {
			u, length = found, r.at
		}
	}
	return u, length
}

// powerWord returns the power that a word stands for, or 0: square feet, second squared.
func powerWord(word string) int {
	switch word {
	case "square", "sq", "squared":
		return 2
	case "cubic", "cu", "cubed":
		return 3
	}
	return 0
}

// squared finds powers of lengths that are written without an exponent: m2, cm3.
func squared(name string) (Unit, bool) {
	last := len(name) - 1
	if last < 1 || name[last] != '2' && name[last] != '3' {
		return Unit{}, false
	}
	u, ok := exactly(name[:last])
	if !ok || u.Dimension() != Length {
		return Unit{}, false
	}
	return Unit{low: uint64(u.first().raised(int(name[last] - '0')))}, true
}

// pair returns the product of two parts.
func pair(a, b part) Unit { return Unit{low: uint64(b)<<partBits | uint64(a)} }

// slots is a hash table with open addressing that finds the units of the table by name.
var slots = func() (index [1024]uint8) {
	insert := func(id int, h uint32) {
		slot := slotOf(h)
		for index[slot] != idNone && index[slot] != uint8(id) {
			slot = (slot + 1) % uint32(len(index))
		}
		index[slot] = uint8(id)
	}
	for id := idMetre; id < len(table); id++ {
		names := table[id].names
		for begin := 0; begin < len(names); {
			name, plural, after := nextName(names, begin)
			insert(id, hash(name))
			if plural {
				insert(id, hash(name)*31+'s')
			}
			begin = after
		}
	}
	return index
}()

// nextName returns the name that begins at names[begin] and the index after it. Names are separated
// by spaces, symbols from the others by a bar. The plural of a name with a + has an s, which counts
// too; other plurals have a place of their own after the singular, unless they are the same.
func nextName(names string, begin int) (name string, plural bool, after int) {
	end := nameEnd(names, begin)
	if plural = startsWith(names[end:], "+"); plural {
		return names[begin:end], true, end + 2
	}
	return names[begin:end], false, end + 1
}

// nameEnd returns the end of the name that begins at names[begin].
func nameEnd(names string, begin int) int {
	for begin < len(names) && names[begin] != ' ' && names[begin] != '|' && names[begin] != '+' {
		begin++
	}
	return begin
}

// hash returns the hash of a name. That of a longer name is h*31 plus the next byte.
func hash(name string) (h uint32) {
	for i := 0; i < len(name); i++ {
		h = h*31 + uint32(name[i])
	}
	return h
}

func slotOf(h uint32) uint32 { return (h ^ h>>10) % 1024 }

// find finds a unit of the table by one of its names, and reports whether that is a symbol, a long
// name or, as with bar, both.
func find(name string) (id uint8, symbol, long bool) {
	for slot := slotOf(hash(name)); slots[slot] != idNone; slot = (slot + 1) % uint32(len(slots)) {
		names, afterBar := table[slots[slot]].names, false
		for begin := 0; begin < len(names); begin++ {
			end := nameEnd(names, begin)
			word, plural := names[begin:end], startsWith(names[end:], "+")
			if startsWith(name, word) {
				rest := name[len(word):]
				if rest == "" || plural && rest == "s" {
					symbol, long = symbol || !afterBar, long || afterBar
				}
			}
			if begin = end; plural {
				begin++
			}
			afterBar = afterBar || startsWith(names[begin:], "|")
		}
		if symbol || long {
			return slots[slot], symbol, long
		}
	}
	return 0, false, false
}

// Names calls visit with every name that Lookup finds without a prefix, for completion and
// suggestions.
func Names(visit func(name string)) {
	for id := idMetre; id < len(table); id++ {
		if id == idHundredKm {
			continue
		}
		names := table[id].names
		for begin := 0; begin < len(names); {
			name, plural, after := nextName(names, begin)
			if visit(name); plural {
				visit(name + "s")
			}
			begin = after
		}
	}
	for i := 0; i < len(currencies); i += 3 {
		visit(currencies[i : i+3])
	}
}

// isWord reports whether a text begins with a character that may be part of a name in the text of a
// unit: a letter, a sign of a unit, or a rune beyond ASCII that has no other meaning there.
func isWord(text string) bool {
	r, _ := utf8.DecodeRuneInString(text)
	switch {
	case 'a' <= r|0x20 && r|0x20 <= 'z',
		r == '_', r == ':', r == '%', r == '$', r == '°', r == '\'', r == '"':
		return true
	}
	return r >= utf8.RuneSelf && r != '·' && r != '⋅' && r != '×' && r != '⁻' && superscript(r) < 0
}

func startsWith(text, start string) bool {
	return len(text) >= len(start) && text[:len(start)] == start
}
