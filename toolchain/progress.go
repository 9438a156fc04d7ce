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

// step runs one long piece of work and shows on log that it is under way: on a
// terminal a line whose seconds count, elsewhere a line now and then.
func step(log io.Writer, title string, work func() error) error {
	start := time.Now()
	again, format := 15*time.Second, "%s, %d s\n"
	if terminal(log) {
		again, format = time.Second, "\r%s, %d s"
		fmt.Fprint(log, title)
	} else {
		fmt.Fprintln(log, title)
	}
	done := make(chan error, 1)
	go func() { done <- work() }()
	ticker := time.NewTicker(again)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			fmt.Fprintf(log, format, title, int(time.Since(start).Seconds()))
		case err := <-done:
			outcome := "done"
			if err != nil {
				outcome = "failed"
			}
			if terminal(log) {
				fmt.Fprint(log, "\r")
			}
			fmt.Fprintf(log, "%s: %s in %.1f s\n", title, outcome, time.Since(start).Seconds())
			return err
		}
	}
}

// terminal tells whether a line on w can be written over.
func terminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// run runs cmd and returns its standard output. The error ends with what the
// command said, its errors last.
func run(cmd *exec.Cmd) ([]byte, error) {
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, excerpt(stdout.String()+stderr.String()))
	}
	return stdout.Bytes(), nil
}

// excerpt shortens what a tool said to its beginning, where a compiler names the
// first mistake, and its end, where an installer says why it gave up.
func excerpt(text string) string {
	const first, last = 12, 24
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > first+last {
		lines = slices.Concat(lines[:first], []string{"..."}, lines[len(lines)-last:])
	}
	return strings.Join(lines, "\n")
}

// thousands writes n with commas.
func thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
