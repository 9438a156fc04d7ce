// Command style checks what gofmt and vet leave open: that no local hides a type, an import or a
// builtin, that lines fit in 100 columns, and that a few phrases nobody would say stay out.
//
//	go run ./test/style [folder...]
//
// It prints each finding as file:line and then a count per folder. `make test` runs it over the
// whole tree.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	folders := os.Args[1:]
	if len(folders) == 0 {
		folders = []string{"."}
	}
	var findings []finding
	for _, folder := range folders {
		found, err := check(folder)
		if err != nil {
			fmt.Fprintln(os.Stderr, "style:", err)
			os.Exit(2)
		}
		findings = append(findings, found...)
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		fmt.Print("\n", summary(findings))
		os.Exit(1)
	}
}

// finding is one violation at one line.
type finding struct {
	file    string
	line    int
	rule    string // "shadow", "width" or "phrase"
	message string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s: %s", f.file, f.line, f.rule, f.message)
}

// summary returns a table of the number of findings per folder and rule.
func summary(findings []finding) string {
	rules := [...]string{"shadow", "width", "phrase"}
	count := map[string]*[len(rules)]int{"all": {}}
	for _, f := range findings {
		folder := filepath.Dir(f.file)
		if count[folder] == nil {
			count[folder] = new([len(rules)]int)
		}
		count[folder][slices.Index(rules[:], f.rule)]++
		count["all"][slices.Index(rules[:], f.rule)]++
	}
	table := fmt.Sprintf("%-28s %6s %6s %6s\n", "folder", rules[0], rules[1], rules[2])
	for _, folder := range slices.Sorted(maps.Keys(count)) {
		row := count[folder]
		table += fmt.Sprintf("%-28s %6d %6d %6d\n", folder, row[0], row[1], row[2])
	}
	return table
}
