package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"abacus/spinhost/manifest"
)

func TestBuildApp(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "second/file", "")
	app := &manifest.Manifest{Components: []*manifest.Component{
		{ID: "first", Build: &manifest.Build{Commands: []string{"echo 1 > order", "echo 2 >> order"}, Workdir: dir}},
		{ID: "prebuilt"},
		{ID: "second", Build: &manifest.Build{Commands: []string{"echo 3 >> ../order"}, Workdir: filepath.Join(dir, "second")}},
	}}
	var log strings.Builder
	if err := BuildApp(t.Context(), app, &log); err != nil {
		t.Fatal(err)
	}
	order, err := os.ReadFile(filepath.Join(dir, "order"))
	if err != nil || string(order) != "1\n2\n3\n" {
		t.Errorf("the commands wrote %q and %v, want 1, 2, 3", order, err)
	}
	if want := "building component second with `echo 3 >> ../order`\n"; !strings.HasSuffix(log.String(), want) {
		t.Errorf("log %q does not end with %q", log.String(), want)
	}
}

func TestBuildAppStopsAtAFailure(t *testing.T) {
	dir := t.TempDir()
	app := &manifest.Manifest{Components: []*manifest.Component{
		{ID: "broken", Build: &manifest.Build{Commands: []string{"exit 3", "touch later"}, Workdir: dir}},
	}}
	var log strings.Builder
	err := BuildApp(t.Context(), app, &log)
	want := "build component broken with `exit 3` in " + dir + ": exit status 3"
	if err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "later")); err == nil {
		t.Error("a command ran after one that failed")
	}
}

func TestPrintSizes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "small.wasm", strings.Repeat("x", 999))
	write(t, dir, "large.wasm", strings.Repeat("x", 12345))
	app := &manifest.Manifest{Components: []*manifest.Component{
		{ID: "small", Source: filepath.Join(dir, "small.wasm")},
		{ID: "large", Source: filepath.Join(dir, "large.wasm")},
	}}
	const table = "" +
		"component        bytes\n" +
		"small              999\n" +
		"large           12,345\n"
	tests := []struct {
		limit int64
		last  string // row of the table
		want  string
	}{
		{0, "", ""},
		{12345, "limit           12,345\n", ""},
		{12344, "limit           12,344\n", "component large has 12,345 bytes, 1 more than the limit of 12,344"},
	}
	for _, test := range tests {
		var out strings.Builder
		err := PrintSizes(app, test.limit, &out)
		if (err != nil) != (test.want != "") || err != nil && err.Error() != test.want {
			t.Errorf("limit %d: error %v, want %q", test.limit, err, test.want)
		}
		if want := table + test.last; out.String() != want {
			t.Errorf("limit %d: table\n%s\nwant\n%s", test.limit, out.String(), want)
		}
	}
	app.Components[0].Source = filepath.Join(dir, "absent.wasm")
	if err := PrintSizes(app, 0, &strings.Builder{}); err == nil || !strings.Contains(err.Error(), "component small") {
		t.Errorf("error %v, want one that names the component", err)
	}
}
