package console

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode"

	"github.com/ergochat/readline"
)

const (
	prompt    = "> "
	continued = ". "
)

// editor reads lines from a terminal. The library is the fork of chzyer/readline that the Ergo project keeps: pure Go,
// without dependencies but golang.org/x.
type editor struct {
	line *readline.Instance
}

// newEditor keeps its history in the user's configuration folder; words are what Tab completes.
func newEditor(words func() []string) (*editor, error) {
	return configure(&readline.Config{HistoryFile: historyFile()}, words)
}

func configure(config *readline.Config, words func() []string) (*editor, error) {
	config.Prompt = prompt
	config.HistoryLimit = 1000
	config.DisableAutoSaveHistory = true // an entry may have several lines
	config.AutoComplete = completer(words)
	config.Undo = true
	line, err := readline.NewFromConfig(config)
	if err != nil {
		return nil, fmt.Errorf("edit lines on this terminal: %w", err)
	}
	return &editor{line}, nil
}

func (e *editor) read(more bool) (string, error) {
	e.line.SetPrompt(prompt)
	if more {
		e.line.SetPrompt(continued)
	}
	line, err := e.line.ReadLine()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", errDropped
	}
	return line, err
}

// remember is best effort: without a history there is still a calculator.
func (e *editor) remember(entry string) { e.line.SaveToHistory(entry) }

func (e *editor) close() { e.line.Close() }

// historyFile is a file that only the user can read, or "" if there is no place for one.
func historyFile() string {
	folder, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	path := filepath.Join(folder, "abacus", "history")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return ""
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return ""
	}
	file.Close()
	return path
}

// completer completes the word before the cursor.
type completer func() []string

// Do returns what can follow, and the length of the word that it follows.
func (c completer) Do(line []rune, cursor int) (endings [][]rune, length int) {
	start := cursor
	for start > 0 && inWord(line[start-1]) {
		start--
	}
	if start == cursor {
		return nil, 0
	}
	word := string(line[start:cursor])
	for _, candidate := range c() {
		if ending, ok := strings.CutPrefix(candidate, word); ok && ending != "" {
			endings = append(endings, []rune(ending))
		}
	}
	return endings, cursor - start
}

// inWord tells whether a name may hold the character.
func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func isWord(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool { return !inWord(r) }) < 0
}

// pipe reads the lines of a file or a program.
type pipe struct {
	lines *bufio.Reader
}

func newPipe(in io.Reader) *pipe { return &pipe{bufio.NewReader(in)} }

func (p *pipe) read(bool) (string, error) {
	line, err := p.lines.ReadString('\n')
	if err == io.EOF && line != "" {
		err = nil
	}
	return strings.TrimRight(line, "\r\n"), err
}

func (p *pipe) remember(string) {}
