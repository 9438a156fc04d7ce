// Command fuzz runs every fuzz target of the repository for a while and prints how many inputs each
// one tried.
//
//	go run ./test/fuzz -time 60s [package...]
//
// Go keeps interesting inputs in its build cache, so each run continues where the last one ended.
// An input that fails is written to testdata/fuzz beside the target: commit it with the fix.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func main() {
	duration := flag.Duration("time", time.Minute, "how long each target runs")
	flag.Parse()
	packages := flag.Args()
	if len(packages) == 0 {
		packages = []string{"./..."}
	}
	targets, err := list(packages)
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(2)
	}
	total, failed := 0, 0
	for _, t := range targets {
		inputs, output, err := t.run(*duration)
		total += inputs
		fmt.Printf("%-28s %-20s %12d inputs\n", t.folder, t.name, inputs)
		if err != nil {
			failed++
			fmt.Printf("%s\n", output)
		}
	}
	fmt.Printf("%d targets, %d inputs, %d failed\n", len(targets), total, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

// target is a fuzz function.
type target struct{ folder, name string }

// list returns the fuzz targets of the packages.
func list(packages []string) ([]target, error) {
	command := exec.Command("go", append([]string{"test", "-list", "^Fuzz"}, packages...)...)
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("list the targets: %w\n%s", err, output)
	}
	var targets []target
	var names []string
	for line := range strings.Lines(string(output)) {
		fields := strings.Fields(line)
		switch {
		case strings.HasPrefix(line, "Fuzz"):
			names = append(names, fields[0])
		case fields[0] == "ok":
			for _, name := range names {
				targets = append(targets, target{fields[1], name})
			}
			names = nil
		}
	}
	return targets, nil
}

var executions = regexp.MustCompile(`execs: (\d+)`)

// run runs a target and returns how many inputs it tried.
func (t target) run(duration time.Duration) (inputs int, output string, err error) {
	command := exec.Command("go", "test", "-run=^$", "-fuzz=^"+t.name+"$",
		"-fuzztime="+duration.String(), "-fuzzminimizetime=100x", t.folder)
	text, err := command.CombinedOutput()
	for _, match := range executions.FindAllSubmatch(text, -1) {
		inputs, _ = strconv.Atoi(string(match[1]))
	}
	return inputs, string(text), err
}
