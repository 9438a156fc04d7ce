package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"

	"abacus/test/harness"
)

// TestMain runs the command itself if the environment says so.
func TestMain(m *testing.M) {
	if os.Getenv("ABACUS_TEST_COMMAND") == "" {
		os.Exit(harness.Main(m))
	}
	main()
}

// TestEvalStatus runs `abacus eval`: values go to standard output, errors to standard error.
func TestEvalStatus(t *testing.T) {
	for _, c := range []struct {
		arguments []string
		out, errs string
		status    int
	}{
		{[]string{"2+3*4"}, "14\n", "", 0},
		{[]string{"-2^2"}, "-4\n", "", 0},
		{[]string{"a = 1", "a/0"}, "", "1:2: division by zero\n    a/0\n     ^\n", 1},
		{[]string{"-f", "absent"}, "", "abacus: error: open absent: no such file or directory\n", 1},
	} {
		command := exec.Command(os.Args[0], append([]string{"eval"}, c.arguments...)...)
		command.Env = append(os.Environ(), "ABACUS_TEST_COMMAND=1")
		var out, errs bytes.Buffer
		command.Stdout, command.Stderr = &out, &errs
		command.Run() // the error only repeats the exit status
		if out.String() != c.out || errs.String() != c.errs || command.ProcessState.ExitCode() != c.status {
			t.Errorf("eval %q: %q, %q and exit status %d, want %q, %q and %d", c.arguments,
				out.String(), errs.String(), command.ProcessState.ExitCode(), c.out, c.errs, c.status)
		}
	}
}
