package spinhost

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// TestRefusedApplications checks the errors of apps that do not start.
func TestRefusedApplications(t *testing.T) {
	target := filepath.Join(t.TempDir(), "component.wasm")
	if err := os.WriteFile(target, []byte("\x00asm\x0d\x00\x01\x00"), 0o644); err != nil {
		t.Fatal(err)
	}
	const head = "spin_manifest_version = 2\n[application]\nname = \"x\"\n[[trigger.http]]\nroute = \"/\"\ncomponent = \"x\"\n[component.x]\n"
	for _, c := range []struct{ name, manifest, want string }{
		{"a missing module", head + "source = \"none.wasm\"\n",
			"component x: open DIR/none.wasm: no such file or directory"},
		{"a component of the new kind", head + fmt.Sprintf("source = %q\n", target),
			"component x: cannot load " + target + ": it is a WebAssembly component (Spin SDK v3 or wasi:http)"},
		{"a text", head + "source = \"spin.toml\"\n",
			"component x: cannot load DIR/spin.toml: it is not a WebAssembly module"},
		{"an unknown database", head + "source = WASM(hello)\nsqlite_databases = [\"default\", \"other\"]\n",
			"One or more components use SQLite databases which are not defined.\nCheck the spelling, or pass a runtime configuration file that defines these stores.\nDetails:\n- Component x uses database 'other'"},
		{"an unknown store", head + "source = WASM(hello)\nkey_value_stores = [\"other\"]\n",
			`unknown key_value_stores label "other" for component "x"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, dir, err := newApp(t, c.manifest)
			if want := strings.ReplaceAll(c.want, "DIR", dir); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Errorf("got %v\nwant %s", err, want)
			}
		})
	}
}

func TestDuplicateRoutes(t *testing.T) {
	s := launch(t, `
		spin_manifest_version = 2
		[application]
		name = "x"
		[[trigger.http]]
		id = "one"
		route = "/same"
		static_response = { body = "one" }
		[[trigger.http]]
		id = "two"
		route = "/same"
		static_response = { body = "two" }
		[[trigger.http]]
		id = "three"
		route = "/.well-known/spin/health"
		static_response = { body = "three" }
	`)
	if got := s.get(t, "/same"); got != "two" {
		t.Errorf("the answer is %q, want that of the later trigger", got)
	}
	for _, want := range []string{
		"The following component routes are duplicates and will never be used:\n  one: /same (duplicate of two)\n",
		"Routes under /.well-known/spin/ are handled by the host and will never be reached\n",
	} {
		if !strings.Contains(s.log.String(), want) {
			t.Errorf("the host does not say %q", want)
		}
	}
	if got := s.get(t, "/.well-known/spin/health"); got != "OK" {
		t.Errorf("health is %q", got)
	}
}

// TestConcurrency sends concurrent requests with different bodies, over the network and from
// component to component.
func TestConcurrency(t *testing.T) {
	s := launch(t, allow("http://echo.spin.internal"))
	var clients sync.WaitGroup
	for c := range 16 {
		clients.Go(func() {
			for n := range 20 {
				mark := fmt.Sprintf("%d/%d", c, n)
				_, body := s.do(t, "POST", "/fetch", "POST http://echo.spin.internal/echo/"+mark+"\nx-mark: "+mark+"\n\n"+strings.Repeat(mark, n*100))
				if !strings.HasPrefix(body, "ok 200\n\n1 /echo/"+mark+"\nx-mark: "+mark+"\n") || !strings.HasSuffix(body, "\n\n"+strings.Repeat(mark, n*100)) {
					t.Errorf("request %s got %q", mark, body)
				}
			}
		})
	}
	clients.Wait()
	if live := len(s.app.running); live != 0 {
		t.Errorf("%d instances are still at work", live)
	}
}
