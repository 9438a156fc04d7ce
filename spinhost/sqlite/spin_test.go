package sqlite

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// TestSpin replays testdata/spin.txt, recorded with Spin.
func TestSpin(t *testing.T) {
	want := transcript(t)
	t.Chdir(t.TempDir()) // no statement may leave a file here
	var got strings.Builder
	database := new(Database)
	conn := database.Connect()
	for _, line := range strings.SplitAfter(want, "\n") {
		switch {
		case strings.HasPrefix(line, "    "):
			continue
		case line == "\n":
			conn.Close()
			conn = database.Connect()
		}
		got.WriteString(line)
		if line != "" && line != "\n" && line[0] != '#' {
			statement, parameters := parse(t, strings.TrimSuffix(line, "\n"))
			result, err := conn.Execute(context.Background(), statement, parameters...)
			show(&got, result, err)
		}
	}
	conn.Close()
	if got.String() != want {
		t.Errorf("%s", difference(got.String(), want))
	}
	if left, _ := os.ReadDir("."); len(left) > 0 {
		t.Errorf("statements left files: %v", left)
	}
}

// TestUnlikeSpin checks the intended differences from Spin.
func TestUnlikeSpin(t *testing.T) {
	tests := []struct{ name, statement, want string }{
		{"a file to attach hidden in an expression", "attach 'a' || '.db' as a", "not authorized"},
		{"text that is no text", "select cast(x'ff' as text) as c", `the text in column "c" is not valid UTF-8`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			conn := new(Database).Connect()
			defer conn.Close()
			_, err := conn.Execute(context.Background(), test.statement)
			wantError(t, err, test.want)
		})
	}
}

func transcript(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/spin.txt")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// parse splits a line of the transcript into a statement and its parameters.
func parse(t testing.TB, line string) (statement string, parameters []any) {
	t.Helper()
	statement, list, found := strings.Cut(line, " <- ")
	if !found {
		return statement, nil
	}
	for _, word := range strings.Split(list, ", ") {
		switch integer, err := strconv.ParseInt(word, 10, 64); {
		case err == nil:
			parameters = append(parameters, integer)
		case word == "NULL":
			parameters = append(parameters, nil)
		case word == "x''":
			parameters = append(parameters, []byte{})
		case word[0] == '\'':
			parameters = append(parameters, strings.Trim(word, "'"))
		default:
			number, err := strconv.ParseFloat(word, 64)
			if err != nil {
				t.Fatalf("parameter %q: %v", word, err)
			}
			parameters = append(parameters, number)
		}
	}
	return statement, parameters
}

// show formats a result as in the transcript.
func show(b *strings.Builder, result Result, err error) {
	if err != nil {
		fmt.Fprintf(b, "    ! %s\n", err)
		return
	}
	if len(result.Columns) > 0 {
		fmt.Fprintf(b, "    %s\n", strings.Join(result.Columns, " | "))
	}
	for _, row := range result.Rows {
		fields := make([]string, len(row))
		for i, value := range row {
			fields[i] = literal(value)
		}
		fmt.Fprintf(b, "    %s\n", strings.Join(fields, " | "))
	}
}

func literal(value any) string {
	switch v := value.(type) {
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case string:
		return "'" + v + "'"
	case []byte:
		return "x'" + hex.EncodeToString(v) + "'"
	}
	return "NULL"
}

// difference shows the first line that differs.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i == len(w) || g[i] != w[i] {
			return fmt.Sprintf("line %d:\n got %q\nwant %q", i+1, g[i], strings.Join(w[i:min(i+1, len(w))], ""))
		}
	}
	return fmt.Sprintf("line %d and the following are missing", len(g))
}

func wantError(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %q", err, want)
	}
}
