package calc_test

import (
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"abacus/shared/calc"
)

// agreeing is a file beside the project: sources of public test suites on which the suites agreed,
// with the values that the language gave them before it had units.
const agreeing = "../../../shared/corpora/agreeing.tsv"

// rowsOf returns the fields of a text of tab-separated values, without its comments.
func rowsOf(content string) (rows [][]string) {
	for _, line := range strings.Split(strings.TrimRight(content, "\n"), "\n") {
		if !strings.HasPrefix(line, "# ") {
			rows = append(rows, strings.Split(line, "\t"))
		}
	}
	return rows
}

// TestAgreeing evaluates every row, to 1e-14 relative. testdata/changed.tsv has the rows that
// differ now, each with its value or error and the reason.
func TestAgreeing(t *testing.T) {
	content, err := os.ReadFile(agreeing)
	if os.IsNotExist(err) {
		t.Skip("the folder of corpora is not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile("testdata/changed.tsv")
	if err != nil {
		t.Fatal(err)
	}
	changed := map[string]string{}
	for _, row := range rowsOf(string(list)) {
		source, err := strconv.Unquote(row[0])
		if err != nil || len(row) != 3 || row[2] == "" {
			t.Fatalf("%q has no source, value and reason", row)
		}
		changed[source] = row[1]
	}
	rows, differ := rowsOf(string(content)), 0
	for _, row := range rows {
		source, err := strconv.Unquote(`"` + strings.ReplaceAll(row[0], `"`, `\"`) + `"`)
		if err != nil {
			source = row[0]
		}
		var c calc.Calculator
		_, result, failure := c.Eval(source, nil)
		got := strconv.FormatFloat(result.Value, 'g', -1, 64)
		if failure != nil {
			got = "error:" + failure.Code
		}
		want, err := strconv.ParseFloat(row[1], 64)
		same := got == row[1] || err == nil && failure == nil &&
			math.Abs(result.Value-want) <= 1e-14*math.Abs(want)
		if now, known := changed[source]; !same && known && got == now {
			differ++
		} else if !same {
			t.Errorf("%q = %s, want %s", source, got, row[1])
		}
	}
	t.Logf("%d rows, %d changed", len(rows), differ)
}
