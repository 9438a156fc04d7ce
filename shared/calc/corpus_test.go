package calc_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
)

// corpus is a file beside the project: expressions with their values, from the logs of a benchmark
// of parsers.
const corpus = "../../../shared/corpora/shootout_2018.tsv"

// excluded are the numbers of the rows that do not agree, with the reason. Each takes the tangent
// of a tangent near a pole, so the last bit of the inner function changes the tenth digit of the
// result. The exact values, to 60 digits, are given; the corpus is no nearer to them.
var excluded = map[string]string{
	"531": "ill-conditioned: exactly -0.398473824601500858",
	"614": "ill-conditioned: exactly 0.578202373531613803",
	"635": "ill-conditioned: exactly 0.741396419903764285",
	"662": "ill-conditioned: exactly -5.83834893970943931, and 2 of 11 engines of the corpus disagree too",
}

// printed is the precision of the corpus's values, which have 18 decimals.
const printed = 1e-18

// TestCorpus evaluates every row and compares the result with its value, to 1e-12 relative.
func TestCorpus(t *testing.T) {
	content, err := os.ReadFile(corpus)
	if os.IsNotExist(err) {
		t.Skip("the folder of corpora is not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	var scope calc.Scope
	for name, value := range map[string]float64{"a": 1.1, "b": 2.2, "c": 3.3, "x": 2.123456, "y": 3.123456, "z": 4.123456, "w": 5.123456} {
		scope.Load([]calc.Binding{{Name: name, Value: value}})
	}
	logarithm := regexp.MustCompile(`\blog\(`)
	var c calc.Calculator
	rows := 0
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		fields := strings.Split(line, "\t")
		if line[0] == '#' || excluded[fields[0]] != "" {
			continue
		}
		rows++
		source := logarithm.ReplaceAllString(fields[2], "ln(") // the corpus' log is natural
		want, err := strconv.ParseFloat(fields[3], 64)
		if err != nil {
			t.Fatalf("row %s: %v", fields[0], err)
		}
		_, result, failure := c.Eval(source, &scope)
		if failure != nil {
			t.Errorf("row %s: %s: %v", fields[0], source, failure)
			continue
		}
		if off := math.Abs(result.Value - want); off > 1e-12*math.Abs(want)+printed {
			t.Errorf("row %s: %s = %v, want %v", fields[0], source, result.Value, want)
		}
	}
	t.Logf("%d rows, %d excluded", rows, len(excluded))
}
