package outbound

import (
	"slices"
	"strings"
	"testing"

	"abacus/spinhost/manifest"
	"abacus/spinhost/variable"
)

// items lists items with the URLs that they allow and forbid, or with their errors. They also seed
// the fuzz target.
var items = []struct {
	item    string
	allows  string // URLs, separated by spaces
	forbids string
	err     string
}{
	{item: "http://spin.fermyon.dev", allows: "http://spin.fermyon.dev http://spin.fermyon.dev:80/x?y HTTP://SPIN.Fermyon.dev", forbids: "https://spin.fermyon.dev http://spin.fermyon.dev:8080 http://fermyon.dev http://a.spin.fermyon.dev"},
	{item: "http://spin.fermyon.dev/", allows: "http://spin.fermyon.dev", forbids: "http://spin.fermyon.dev.:80"},
	{item: " https://spin.fermyon.dev ", allows: "https://spin.fermyon.dev:443 spin.fermyon.dev", forbids: "http://spin.fermyon.dev http://spin.fermyon.dev:443"},
	{item: "http://spin.fermyon.dev:4444/", allows: "http://spin.fermyon.dev:4444", forbids: "http://spin.fermyon.dev"},
	{item: "https://example.com:", allows: "https://example.com", forbids: "https://example.com:444"},
	{item: "http://x:4444..5555", allows: "http://x:4444 http://x:5554", forbids: "http://x:4443 http://x:5555"},
	{item: "http://x:5555..4444", forbids: "http://x:5555 http://x:4444"},
	{item: "http://x:*", allows: "http://x http://x:1 http://x:65535", forbids: "https://x http://x:65536"},
	{item: "*://x:7777", allows: "http://x:7777 ftp://x:7777", forbids: "http://x"},
	{item: "*://x:443", allows: "https://x", forbids: "http://x"},
	{item: "redis://cache", allows: "redis://cache:6379 redis://cache", forbids: "redis://cache:1"},
	{item: "*://*:*", allows: "http://a https://b:9 redis://127.0.0.1 http://[::1] http://eval.spin.internal"},
	{item: "http://*", allows: "http://a.b http://1.2.3.4", forbids: "http://a:8080 https://a"},
	{item: "http://Example.COM", allows: "http://example.com"},
	{item: "HTTP://example.com:80", forbids: "http://example.com"}, // Spin compares schemes as they are written

	// Subdomains at any depth, but not the domain itself.
	{item: "http://*.example.com", allows: "http://a.example.com http://a.b.example.com", forbids: "http://example.com http://myexample.com http://a.example.com:81 http://a.example.com.evil.org"},

	// Addresses and networks.
	{item: "http://192.168.1.1:3002", allows: "http://192.168.1.1:3002", forbids: "http://192.168.1.2:3002 http://3232235777:3002 http://192.168.257:3002 http://0xC0.0xA8.1.1:3002"},
	{item: "http://[::1]", allows: "http://[::1] http://[0:0::1]:80", forbids: "http://[::1]:81 http://[::2] http://127.0.0.1"},
	{item: "http://[2001:db8::1]:443", allows: "http://[2001:db8::1]:443", forbids: "http://[2001:db8::1]"},
	{item: "http://[::1]:8000..9000", allows: "http://[::1]:8000", forbids: "http://[::1]:9000"},
	{item: "http://[::1]:8080/", allows: "http://[::1]:8080"},
	{item: "*://127.0.0.1/24:63551", allows: "tcp://127.0.0.99:63551", forbids: "tcp://127.0.1.1:63551 tcp://localhost:63551 tcp://[::ffff:127.0.0.1]:63551"},
	{item: "http://10.0.0.0/8", allows: "http://10.1.2.3", forbids: "http://11.0.0.1 http://10.example"},
	{item: "*://ff00::/8:80", allows: "http://[ff02::1]", forbids: "http://[fe80::1]"},
	{item: "http://ff00::/8", allows: "http://[ff02::1]"},

	// Service chaining.
	{item: "http://*.spin.internal", allows: "http://eval.spin.internal http://web.spin.internal http://EVAL.spin.internal", forbids: "http://other.spin.internal http://eval.spin.internal:8080 https://eval.spin.internal http://a.eval.spin.internal"},
	{item: "http://other.spin.internal", allows: "http://other.spin.internal", forbids: "http://eval.spin.internal"},
	{item: "http://self", forbids: "http://self http://127.0.0.1"},

	{item: "", err: `"" is not an allowed outbound host format; hosts must be in the form <scheme>://<host>[:<port>], with '*' wildcards allowed for each; '*://*:*' allows all`},
	{item: "*", err: `"*" is not an allowed outbound host format; ` + grammar + "; '*://*:*' allows all"},
	{item: "spin.fermyon.dev", err: `"spin.fermyon.dev" does not contain a scheme (e.g., 'http://' or '*://')`},
	{item: "localhost:3001", err: `"localhost:3001" does not contain a scheme (e.g., 'http://' or '*://')`},
	{item: "insecure:allow-all", err: "'insecure:allow-all' is not allowed - use '*://*:*' instead if you really want to allow all outbound traffic"},
	{item: "*://*.spin.internal", err: `invalid allowed host port "": no port was provided and the scheme "*" does not have a known default port number`},
	{item: "ftp://example.com", err: `invalid allowed host port "": no port was provided and the scheme "ftp" does not have a known default port number`},
	{item: "h2c://example.com:80", err: `invalid allowed host scheme "h2c": only alphabetic characters are allowed`},
	{item: "{http,https}://x:80", err: `invalid allowed host scheme "{http,https}": scheme lists are not supported`},
	{item: "http://{a,b}", err: `invalid allowed host "{a,b}": host lists are not yet supported`},
	{item: "http://x:{80,81}", err: `invalid allowed host port "{80,81}": port lists are not yet supported`},
	{item: "http://x:65536", err: `invalid allowed host port "65536": port "65536" is not a number`},
	{item: "http://x:http", err: `invalid allowed host port "http": port "http" is not a number`},
	{item: "http://x:1..y", err: `invalid allowed host port "1..y": port range "1..y" contains non-number`},
	{item: "http://x/a", err: `invalid allowed host "x/a": must not include a path`},
	{item: "http://x:6666/a/b", err: `"http://x:6666/a/b" has a path but is not allowed to`},
	{item: "http://*.x/a", err: `invalid allowed host "*.x/a": must not include a path`},
	{item: "http://a.*.x", err: `invalid allowed host "a.*.x": wildcards are allowed only as subdomains`},
	{item: "http://*.*.x", err: `invalid allowed host "*.*.x": wildcards are allowed only as prefixes`},
	{item: "http://*.10.0.0.1", err: `invalid allowed host "*.10.0.0.1": wildcard suffix must be a domain`},
	{item: "http://", err: `invalid allowed host "": empty host`},
	{item: "http://a b", err: `invalid allowed host "a b": invalid domain character`},
	{item: "http://münchen.de", err: `invalid allowed host "münchen.de": write the name in ASCII (punycode)`},
	{item: "http://1.2.3", err: `invalid allowed host "1.2.3": invalid IPv4 address`},
	{item: "http://[::1", err: `invalid allowed host "[:": invalid IPv6 address`},
	{item: "http://{{ host", err: "invalid variable template: unmatched '{{' in template"},
	{item: "http://{{ nope }}", err: `invalid variable template: unknown variable "nope"; declare it in [variables]`},
}

var componentIDs = []string{"eval", "web"}

// resolver has the variables host, with a default, required, without one, and two invalid ones.
func resolver(t testing.TB, source variable.Static) *variable.Resolver {
	t.Helper()
	r, err := variable.New(&manifest.Manifest{Variables: []manifest.Variable{
		{Name: "host", Default: "default.example"},
		{Name: "required", Required: true},
		{Name: "bad", Default: "zoinks, Scooby!"},
		{Name: "bad_secret", Default: "zoinks, Scooby!", Secret: true},
	}}, source)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func parse(variables *variable.Resolver, items ...string) (Rules, error) {
	h, err := Parse(&manifest.Component{ID: "c", AllowedOutboundHosts: items}, componentIDs, variables)
	if err != nil {
		return nil, err
	}
	return h.Resolve()
}

func allowed(rules Rules, raw string) bool {
	u, err := ParseURL(raw, "https")
	return err == nil && rules.Allow(u)
}

func TestItems(t *testing.T) {
	variables := resolver(t, nil)
	for _, c := range items {
		rules, err := parse(variables, c.item)
		if c.err != "" || err != nil {
			if want := "component.c.allowed_outbound_hosts[0]: " + c.err; err == nil || err.Error() != want {
				t.Errorf("%q: got %v", c.item, err)
			}
			continue
		}
		for _, raw := range strings.Fields(c.allows) {
			if !allowed(rules, raw) {
				t.Errorf("%q does not allow %s", c.item, raw)
			}
		}
		for _, raw := range strings.Fields(c.forbids) {
			if allowed(rules, raw) {
				t.Errorf("%q allows %s", c.item, raw)
			}
		}
	}
}

func TestSelf(t *testing.T) {
	for i, want := range map[string]bool{
		"http://self": true, "https://self": true, "*://self:80": true, "http://self.alt": true, "http://*": true,
		"redis://self": false, "http://example.com": false, "http://self.example": false,
	} {
		rules, err := parse(resolver(t, nil), i)
		if err != nil || rules.AllowSelf("http", "https") != want {
			t.Errorf("%s: want %t, %v", i, want, err)
		}
	}
}

func TestVariables(t *testing.T) {
	source := variable.Static{}
	variables := resolver(t, source)
	component := &manifest.Component{ID: "c", AllowedOutboundHosts: []string{
		"https://{{ host }}", "{{ required }}", "http://{{ host }}:{{ required }}", "http://fixed",
	}}
	// A variable without a default is not checked before it is used.
	h, err := Parse(component, componentIDs, variables)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Resolve(); err == nil || !strings.Contains(err.Error(), `no provider resolved required variable "required"`) {
		t.Errorf("got %v", err)
	}
	source["required"] = "http://*.spin.internal"
	if _, err := h.Resolve(); err == nil || err.Error() != `allowed_outbound_hosts item "http://{{ host }}:{{ required }}" does not resolve to an allowed host` {
		t.Errorf("got %v", err)
	}

	component.AllowedOutboundHosts[2] = "http://fixed2"
	for _, c := range []struct{ host, required, allows, forbids string }{
		{"a.example", "http://*.spin.internal", "https://a.example http://eval.spin.internal http://fixed", "https://default.example"},
		{"", "", "http://fixed http://fixed2", "https://default.example"},
	} {
		source["host"], source["required"] = c.host, c.required
		rules, err := parse(variables, component.AllowedOutboundHosts...)
		if err != nil {
			t.Fatal(err)
		}
		for _, raw := range strings.Fields(c.allows) {
			if !allowed(rules, raw) {
				t.Errorf("%q does not allow %s", c.host, raw)
			}
		}
		if allowed(rules, c.forbids) {
			t.Errorf("%q allows %s", c.host, c.forbids)
		}
	}

	_, err = parse(variables, "http://{{ bad_secret }}")
	want := `component.c.allowed_outbound_hosts[0]: using default variable value(s) with template "http://{{ bad_secret }}" results in invalid config`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
	_, err = parse(variables, "http://ok", "http://{{ bad }}")
	want = `component.c.allowed_outbound_hosts[1]: using default variable value(s) with template "http://{{ bad }}" results in invalid config "http://zoinks, Scooby!": invalid allowed host "zoinks, Scooby!": invalid domain character`
	if err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestParseURL(t *testing.T) {
	for _, c := range []struct{ raw, want, pattern string }{
		{"http://Example.com/Path?q=1", "http://example.com/Path?q=1", "http://example.com"},
		{"https://example.com:443/", "https://example.com:443/", "https://example.com"},
		{"http://example.com:/", "http://example.com/", "http://example.com"},
		{"example.com:8383/x", "https://example.com:8383/x", "https://example.com:8383"},
		{"example.com/file@0.1.0.json", "https://example.com/file@0.1.0.json", "https://example.com"},
		{"https://user:password@example.com/f@1", "https://user:password@example.com/f@1", "https://example.com"},
		{"http://[0:0::1]:8080/", "http://[::1]:8080/", "http://[::1]:8080"},
		{"http://x:99999/", "error", ""},
		{"http://a b/", "error", ""},
		{"http://%41/", "error", ""},
		{"http://127.1/", "error", ""},
		{"/path", "error", ""},
		{"", "error", ""},
		{"http://", "error", ""},
	} {
		u, err := ParseURL(c.raw, "https")
		if err != nil {
			if c.want != "error" {
				t.Errorf("%s: %v", c.raw, err)
			}
			continue
		}
		if u.String() != c.want || Pattern(u) != c.pattern {
			t.Errorf("%s: got %s, %s", c.raw, u, Pattern(u))
		}
	}
}

func TestChained(t *testing.T) {
	for address, want := range map[string]string{
		"eval.spin.internal": "eval", "eval.spin.internal:8080": "eval", "ECHO.spin.internal": "ECHO",
		"a.eval.spin.internal": "", "eval.SPIN.internal": "", "spin.internal": "", "eval.spin.internal.": "", "eval": "", "": "", "[::1]:80": "",
	} {
		id, ok := Chained(address)
		if ok != (want != "") || ok && id != want {
			t.Errorf("%q: got %q, %t", address, id, ok)
		}
	}
}

// FuzzAllow checks that nothing panics and that a URL allowed by an item without wildcards
// contains the item's host.
func FuzzAllow(f *testing.F) {
	for _, c := range items {
		urls := append(strings.Fields(c.allows), strings.Fields(c.forbids)...)
		f.Add(c.item, strings.Join(append(urls, "http://x"), " "))
	}
	variables := resolver(f, nil)
	f.Fuzz(func(t *testing.T, i, urls string) {
		rules, err := parse(variables, i)
		if err != nil {
			return
		}
		for _, raw := range strings.Split(urls, " ") {
			u, err := ParseURL(raw, "http")
			if err != nil || !rules.Allow(u) || strings.ContainsAny(i, "*{") || strings.Count(i, "/") > 3 {
				continue
			}
			if !slices.ContainsFunc(rules, func(r rule) bool { return r.literal.String() == bracketed(u) || r.network.IsValid() }) {
				t.Errorf("%q allows %s", i, u)
			}
		}
	})
}
