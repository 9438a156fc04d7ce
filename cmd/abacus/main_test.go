package main

import (
	"bytes"
	"os"
	"os/exec"
	"testing"
)

// TestMain is the command itself where it is told so.
func TestMain(m *testing.M) {
	if os.Getenv("ABACUS_TEST_COMMAND") == "" {
		os.Exit(m.Run())
	}
	main()
}

// TestEvalStatus runs `abacus eval`: the answer goes to standard output, a mistake with its caret to standard error.
func TestEvalStatus(t *testing.T) {
	for _, c := range []struct {
		arguments []string
		out, says string
		status    int
	}{
		{[]string{"2+3*4"}, "14\n", "", 0},
		{[]string{"-2^2"}, "-4\n", "", 0},
		{[]string{"a = 1", "a/0"}, "", "1:2: division by zero\n    a/0\n     ^\n", 1},
		{[]string{"-f", "absent"}, "", "abacus: error: open absent: no such file or directory\n", 1},
	} {
		command := exec.Command(os.Args[0], append([]string{"eval"}, c.arguments...)...)
		command.Env = append(os.Environ(), "ABACUS_TEST_COMMAND=1")
		var out, says bytes.Buffer
		command.Stdout, command.Stderr = &out, &says
		command.Run() // its error is the exit status
		if out.String() != c.out || says.String() != c.says || command.ProcessState.ExitCode() != c.status {
			t.Errorf("eval %q: %q, %q and exit status %d, want %q, %q and %d", c.arguments,
				out.String(), says.String(), command.ProcessState.ExitCode(), c.out, c.says, c.status)
		}
	}
}
