package calc

// nearest returns the name of the language or the scope that a misspelled one probably means: one
// edit away, or two from five characters on. It returns "" if there is no such name. Functions of
// the language count only before a parenthesis.
func (s *Scope) nearest(name string, functions bool) string {
	text := []rune(name)
	most := 1
	if len(text) >= 5 {
		most = 2
	}
	if len(text) < 2 {
		return ""
	}
	best := ""
	var buffer [maxNameLength]rune
	try := func(candidate string) {
		other := buffer[:0]
		for _, r := range candidate {
			other = append(other, r)
		}
		if d := distance(text, other, most); d <= most {
			best, most = candidate, d-1
		}
	}
	for i := range s.entries {
		try(s.entries[i].name)
	}
	for i := 1; i < len(builtins); i++ {
		if functions || builtins[i].constant() {
			try(builtins[i].name)
		}
	}
	return best
}

// distance returns the least number of insertions, deletions, replacements and swaps of neighbours
// that turn a into b (optimal string alignment), or more than most. It only looks at the cells that
// most edits can reach, and stops at a row without any, so that a session full of long names costs
// little.
func distance(a, b []rune, most int) int {
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var rows [3][maxNameLength + 2]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range row[:len(b)+1] {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		before, last, row = last, row, before
		from, to := max(i-most, 1), min(i+most, len(b))
		row[from-1], row[to+1] = most+1, most+1
		if from == 1 {
			row[0] = i
		}
		least := row[from-1]
		for j := from; j <= to; j++ {
			edit := 1
			if a[i-1] == b[j-1] {
				edit = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+edit)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
			least = min(least, row[j])
		}
		if least > most {
			return most + 1
		}
	}
	return row[len(b)]
}
