package calc_test

import (
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
)

var update = flag.Bool("update", false, "write the answers of testdata/*.txt anew")

// block is one session of a transcript.
type block []string // the sources

// readTranscript reads a file of testdata: sessions, separated by empty lines. A source is flush
// left, with what it shows indented under it; a source of several lines or with unusual characters
// is quoted after an @. The transcripts also seed the fuzz targets and run in the Wasm build.
func readTranscript(t testing.TB, file string) (blocks []block, text string) {
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var sources block
	for _, line := range strings.Split(string(content), "\n") {
		switch {
		case line == "" && sources != nil:
			blocks, sources = append(blocks, sources), nil
		case line != "" && line[0] != '\t':
			sources = append(sources, line)
		}
	}
	return blocks, string(content)
}

// unquoted returns the source that a line stands for.
func unquoted(t testing.TB, line string) string {
	if !strings.HasPrefix(line, "@") {
		return line
	}
	source, err := strconv.Unquote(line[1:])
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return source
}

// transcripts returns the paths of the files.
func transcripts(t testing.TB) []string {
	files, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	return files
}

// allSources returns the sources of all transcripts.
func allSources(t testing.TB) (sources []string) {
	for _, file := range transcripts(t) {
		blocks, _ := readTranscript(t, file)
		for _, b := range blocks {
			for _, line := range b {
				sources = append(sources, unquoted(t, line))
			}
		}
	}
	return sources
}

// session is a calculator that remembers the previous result.
type session struct {
	calculator calc.Calculator
	scope      calc.Scope
}

func newSession() *session {
	return &session{scope: calc.Scope{Random: func() float64 { return 0.25 }}}
}

// shows returns what a source shows: its value, its canonical form if that differs, or an error
// with its caret.
func (s *session) shows(source string) string {
	text := ""
	program, result, err := s.calculator.Eval(source, &s.scope)
	if err == nil {
		switch result.Kind {
		case calc.Definition:
			text = "defined\n"
		case calc.Plot:
			text = shownPlot(program, result)
		default:
			text = program.Display(result, calc.Digits)
			// A stored result is displayed as it was at first.
			stored := calc.DisplayOf(program.Parsed(), result.Value, result.Unit, calc.Digits)
			if stored != text {
				text += " (stored: " + stored + ")"
			}
			text += "\n"
		}
	}
	if err == nil {
		if label := program.Label(); label != "" {
			text += "label " + label + "\n"
		}
		for _, notice := range program.Notices() {
			text += "notice " + notice.Message + "\n"
		}
	}
	if program != nil && program.Parsed() != source {
		text += "is " + program.Parsed() + "\n"
	}
	if err != nil {
		text += err.Caret(source) + "[" + err.Code + "]\n"
	}
	return text
}

// shownPlot returns the range of a plot and its curves.
func shownPlot(program *calc.Program, result calc.Result) string {
	variable, expressions := program.Plot()
	from, to := program.Range()
	across, up := program.PlotUnits()
	text := "plot of " + variable + " from " + calc.Format(from, calc.Digits) + " to " + calc.Format(to, calc.Digits)
	if across != "" {
		text += " " + across
	}
	if up != "" {
		text += ", values in " + up
	}
	text += "\n"
	for _, expression := range expressions {
		text += "curve " + expression + "\n"
	}
	return text
}

// TestTranscripts runs the sessions of testdata.
func TestTranscripts(t *testing.T) {
	for _, file := range transcripts(t) {
		file := file
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			blocks, want := readTranscript(t, file)
			var got strings.Builder
			for _, b := range blocks {
				s := newSession()
				for _, line := range b {
					got.WriteString(line + "\n")
					for _, shown := range strings.Split(strings.TrimSuffix(s.shows(unquoted(t, line)), "\n"), "\n") {
						got.WriteString("\t" + shown + "\n")
					}
				}
				got.WriteString("\n")
			}
			if *update {
				if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got.String() != want {
				t.Errorf("%s: %s", file, difference(got.String(), want))
			}
		})
	}
}

// difference returns the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range w {
		if i >= len(g) || g[i] != w[i] {
			return "line " + strconv.Itoa(i+1) + " is " + strings.Join(g[i:min(i+1, len(g))], "") + ", want " + w[i]
		}
	}
	return "more lines than wanted: " + g[len(w)]
}
