package calc

// nearest returns the name of the language or the scope that a misspelled one probably means: one
// edit away, or two from five bytes on. It returns "" if there is no such name. Functions of the
// language count only before a parenthesis.
func (s *Scope) nearest(name string, functions bool) string {
	most := 1
	if len(name) >= 5 {
		most = 2
	}
	for edits := 0; edits <= most && len(name) > 1; edits++ {
		for i := range s.entries {
			if near(name, s.entries[i].name, edits) {
				return s.entries[i].name
			}
		}
		for i := 1; i < len(builtins); i++ {
			b := &builtins[i]
			if (functions || b.constant()) && near(name, b.name, edits) {
				return b.name
			}
		}
	}
	return ""
}

// near reports whether at most that many insertions, deletions, replacements and swaps of
// neighbours, of bytes, turn a into b.
func near(a, b string, edits int) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case a == "" || b == "":
		return len(a)+len(b) <= edits
	case edits == 0:
		return false
	case near(a[1:], b, edits-1) || near(a, b[1:], edits-1) || near(a[1:], b[1:], edits-1):
		return true
	}
	return len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && near(a[2:], b[2:], edits-1)
}
