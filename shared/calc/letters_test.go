package calc

import (
	"testing"
	"unicode"
)

// TestLetters checks that the table has the letters of Unicode.
func TestLetters(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if got := isLetter(r); got != unicode.IsLetter(r) {
			t.Fatalf("isLetter(%U) is %t", r, got)
		}
	}
}
