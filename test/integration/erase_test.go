package integration

import (
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abacus/test/contract"
	"abacus/test/harness"
)

// TestErasedFromFiles erases a session with a history and a share: afterwards no file of the state
// folder, be it a database, its log or the key-value store, contains any of their texts.
func TestErasedFromFiles(t *testing.T) {
	a := harness.Start(t, harness.Options{})
	suite := open(t, a.URL)
	token := suite.NewSession(t)
	for range 40 {
		suite.Eval(t, token, "1 # a-secret-expression")
	}
	suite.Eval(t, token, "asecretvariable = 4711")
	suite.Eval(t, token, "asecretfunction(x) = x + asecretvariable")
	create := createShare(token)
	create.Body = `{"entries": "all", "title": "a-secret-title"}`
	decode(t, suite.Send(t, create), http.StatusCreated, &struct{}{})
	for _, step := range []struct {
		when   string
		stored bool
	}{{"before", true}, {"after", false}} {
		if !step.stored {
			erase := contract.Request{Method: http.MethodDelete, Target: "/session", Header: contract.Bearer(token)}
			if reply := suite.Send(t, erase); reply.Status != http.StatusNoContent {
				t.Fatalf("the session was not erased:\n%s", reply)
			}
		}
		for _, text := range []string{"a-secret-expression", "asecretvariable", "asecretfunction", "a-secret-title"} {
			if files := filesWith(t, a.StateDir, text); (len(files) > 0) != step.stored {
				t.Errorf("%s it is erased, the files with %q are %q", step.when, text, files)
			}
		}
	}
}

// filesWith returns the files below a folder that contain a text.
func filesWith(t testing.TB, folder, text string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err == nil && strings.Contains(string(content), text) {
			files = append(files, filepath.Base(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
