package main

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
	prompt             = "> "
	continuationPrompt = ". "
)

// editor reads lines from a terminal. Its library is the Ergo project's fork of chzyer/readline:
// pure Go that depends on golang.org/x alone.
type editor struct {
	terminal *readline.Instance
}

// newEditor returns an editor that keeps its history in the user's configuration folder and that
// completes the given words.
func newEditor(words func() []string) (*editor, error) {
	return configure(&readline.Config{HistoryFile: historyFile()}, words)
}

func configure(config *readline.Config, words func() []string) (*editor, error) {
	config.Prompt = prompt
	config.HistoryLimit = 1000
	config.DisableAutoSaveHistory = true // an entry may have several lines
	config.AutoComplete = completer(words)
	config.Undo = true
	terminal, err := readline.NewFromConfig(config)
	if err != nil {
		return nil, fmt.Errorf("edit lines on this terminal: %w", err)
	}
	return &editor{terminal}, nil
}

func (e *editor) read(continued bool) (string, error) {
	e.terminal.SetPrompt(prompt)
	if continued {
		e.terminal.SetPrompt(continuationPrompt)
	}
	line, err := e.terminal.ReadLine()
	if errors.Is(err, readline.ErrInterrupt) {
		return "", errInterrupted
	}
	return line, err
}

// remember is best effort: the calculator works without a history.
func (e *editor) remember(entry string) { e.terminal.SaveToHistory(entry) }

func (e *editor) close() { e.terminal.Close() }

// historyFile creates a file that only the user can read and returns its path, or "" if it cannot.
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

// Do implements readline.AutoCompleter. It returns the possible endings of the word before the
// cursor and the length of the part already typed.
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

// inWord reports whether a name may contain the character.
func inWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

func isWord(name string) bool {
	return strings.IndexFunc(name, func(r rune) bool { return !inWord(r) }) < 0
}

// pipe reads lines from a file or another program.
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
