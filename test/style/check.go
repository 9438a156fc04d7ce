package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxWidth is the width of a line in columns; a tab takes tabWidth of them.
const (
	maxWidth = 100
	tabWidth = 4
)

// generated are the folders that hold build output or data rather than text that people write.
var generated = []string{".git", ".spin", "assets", "bin", "node_modules", "testdata"}

// prose are the file types whose phrases are checked; code are those whose width is checked, too.
var (
	prose = []string{".go", ".js", ".mjs", ".css", ".sql", ".html", ".json", ".md", ".toml"}
	code  = []string{".go", ".js", ".mjs", ".css", ".sql"}
)

// check returns the findings in the files below a folder, in the order of their paths.
func check(root string) ([]finding, error) {
	var findings []finding
	packages := map[string][]string{} // the Go files of each folder
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if slices.Contains(generated, entry.Name()) {
				return fs.SkipDir
			}
			return nil
		}
		extension := filepath.Ext(path)
		if !slices.Contains(prose, extension) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if extension == ".go" {
			packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], path)
		}
		test := strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, ".test.mjs")
		if slices.Contains(code, extension) && !test {
			findings = append(findings, wideLines(path, text)...)
		}
		if filepath.Base(filepath.Dir(path)) != "style" { // which names the phrases
			findings = append(findings, oddPhrases(path, text)...)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, files := range packages {
		found, err := shadows(files)
		if err != nil {
			return nil, err
		}
		findings = append(findings, found...)
	}
	slices.SortFunc(findings, func(a, b finding) int {
		if a.file != b.file {
			return strings.Compare(a.file, b.file)
		}
		return a.line - b.line
	})
	return findings, nil
}

// structTag matches a field with a tag: Go has no way to break it.
var structTag = regexp.MustCompile("^\t+\\w.*`\\w+:.*`$")

func wideLines(path string, text []byte) []finding {
	var findings []finding
	line := 0
	for content := range bytes.Lines(text) {
		line++
		content = bytes.TrimRight(content, "\r\n")
		width := utf8.RuneCount(content) + (tabWidth-1)*bytes.Count(content, []byte("\t"))
		if width > maxWidth && !structTag.Match(content) {
			findings = append(findings, finding{path, line, "width", fmt.Sprint(width, " columns")})
		}
	}
	return findings
}

// phrases are turns that mark a sentence as translated word by word.
var phrases = regexp.MustCompile(`(?i)\b(` + strings.Join([]string{
	`(to|of|by|for|from|with|and|or|as|than|if|that) who`,
	`(in )?so many`,
	`tells? (whether|if|how|which)`,
	`(is|are|was) none`,
	`what of (it|them|the|a)`,
	`(may|can|must|shall) have in bytes`,
	`is said (of|to|in)`,
	`say(s|ing)? of`,
	`has (its|their|no) say`,
	`of its own accord`,
	`as it was asked`,
	`it is asked`,
	`(not )?to be seen`,
	`parted by`,
	`by and by`,
	`does otherwise`,
}, "|") + `)\b`)

func oddPhrases(path string, text []byte) []finding {
	var findings []finding
	line := 0
	for content := range bytes.Lines(text) {
		line++
		for _, phrase := range phrases.FindAllIndex(content, -1) {
			found := string(content[phrase[0]:phrase[1]])
			before := strings.ToLower(string(content[:phrase[0]]))
			if strings.HasSuffix(found, "none") && strings.HasSuffix(before, "there ") {
				continue // "there is none" is fine
			}
			findings = append(findings, finding{path, line, "phrase", found})
		}
	}
	return findings
}
