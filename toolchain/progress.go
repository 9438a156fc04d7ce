package toolchain

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// step does a long piece of work and shows progress on log: on a terminal a line that counts the
// seconds, elsewhere a line every 15 s.
func step(log io.Writer, title string, work func() error) error {
	start := time.Now()
	interval, format := 15*time.Second, "%s, %d s\n"
	if isTerminal(log) {
		interval, format = time.Second, "\r%s, %d s"
		fmt.Fprint(log, title)
	} else {
		fmt.Fprintln(log, title)
	}
	done := make(chan error, 1)
	go func() { done <- work() }()
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			fmt.Fprintf(log, format, title, int(time.Since(start).Seconds()))
		case err := <-done:
			state := "done"
			if err != nil {
				state = "failed"
			}
			if isTerminal(log) {
				fmt.Fprint(log, "\r")
			}
			fmt.Fprintf(log, "%s: %s in %.1f s\n", title, state, time.Since(start).Seconds())
			return err
		}
	}
}

// isTerminal reports whether stream is a terminal that can rewrite a line.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run runs a command and returns its standard output. An error includes an excerpt of the
// command's output, standard error last.
func run(command *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		output := excerpt(stdout.String() + stderr.String())
		return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(command.Path), err, output)
	}
	return stdout.Bytes(), nil
}

// excerpt shortens a tool's output to its start, where a compiler reports the first error, and its
// end, where an installer says why it failed.
func excerpt(text string) string {
	const first, last = 12, 24
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > first+last {
		lines = slices.Concat(lines[:first], []string{"..."}, lines[len(lines)-last:])
	}
	return strings.Join(lines, "\n")
}

// thousands formats n with commas.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
