package manifest

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// load writes a manifest into a new directory and loads it.
func load(t testing.TB, text string) (*Manifest, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), DefaultFile)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return Load(path)
}

const maximal = `spin_manifest_version = 2

[application]
name = "maximal"
version = "9999.9.9"
description = "All the features, all the time"
authors = ["alice@example.com"]
targets = ["spin-up:3.3", { path = "here.toml" }]

[application.trigger.http]
base = "/"

[application.tool.lint]
lint_level = "savage"

[variables]
var_one = { description = "One", default = "Default" }
var_two = { required = true, secret = true }

[[trigger.http]]
route = "/..."
component = "main"

[[trigger.http]]
id = "private"
route = { private = true }
component = { source = "/abs/inline.wasm" }

[[trigger.http]]
route = "/robots.txt"
static_response = { status_code = 201, headers = { b = "1", a = "2" }, body = "text" }
executor = { type = "spin" }

[component.main]
source = "target/main.wasm"
description = "My fine component"
variables = { one = "x{{ var_one }}" }
environment = { VAR = "val" }
files = ["pattern/*", { source = "placement", destination = "/" }]
exclude_files = ["**/secret"]
allowed_outbound_hosts = ["https://example.com:443", "http://{{ var_one }}"]
key_value_stores = ["default", "other-store"]
sqlite_databases = ["default", "my_db"]
ai_models = []
[component.main.build]
command = ["make one", "make two"]
workdir = "main"
watch = ["src/**/*.rs"]
[component.main.tool.clean]
command = "cargo clean"
[component.main.profile.debug]
source = "debug.wasm"
environment = { DEBUG = "1" }
build.command = "make debug"
`

func TestLoad(t *testing.T) {
	m, err := load(t, maximal)
	if err != nil {
		t.Fatal(err)
	}
	want := &Manifest{
		Path: m.Path, Dir: filepath.Dir(m.Path),
		Name: "maximal", Version: "9999.9.9", Description: "All the features, all the time",
		Variables: []Variable{
			{Name: "var_one", Description: "One", Default: "Default"},
			{Name: "var_two", Required: true, Secret: true},
		},
		Triggers: []Trigger{
			{ID: "main-http-trigger", Component: "main", Route: "/..."},
			{ID: "private", Component: "private-component", Private: true},
			{ID: "http-trigger1", Route: "/robots.txt", Static: &Static{
				Status: 201, Body: "text", Headers: []Header{{"a", "2"}, {"b", "1"}},
			}},
		},
		Components: []*Component{
			{
				ID: "main", Description: "My fine component",
				Source:      filepath.Join(filepath.Dir(m.Path), "target/main.wasm"),
				Variables:   map[string]string{"one": "x{{ var_one }}"},
				Environment: map[string]string{"VAR": "val"},
				Files: []Files{
					{Pattern: "pattern/*"},
					{Source: "placement", Destination: "/"},
				},
				ExcludeFiles:         []string{"**/secret"},
				AllowedOutboundHosts: []string{"https://example.com:443", "http://{{ var_one }}"},
				KeyValueStores:       []string{"default", "other-store"},
				SQLiteDatabases:      []string{"default", "my_db"},
				Build: &Build{
					Commands: []string{"make one", "make two"},
					Workdir:  filepath.Join(filepath.Dir(m.Path), "main"),
					Watch:    []string{"src/**/*.rs"},
				},
			},
			{ID: "private-component", Source: "/abs/inline.wasm"},
		},
	}
	for i := range m.Triggers {
		want.Triggers[i].table = m.Triggers[i].table
	}
	for i := range m.Components {
		want.Components[i].table = m.Components[i].table
	}
	if !filepath.IsAbs(m.Path) || !reflect.DeepEqual(m, want) {
		t.Errorf("got %+v", m)
		for i, c := range m.Components {
			t.Errorf("component %d: %+v", i, c)
		}
	}
	if m.Component("main") != m.Components[0] || m.Component("none") != nil {
		t.Error("look-up by id")
	}
	problem := errors.New("wrong")
	for _, c := range []struct {
		err  error
		want string
	}{
		{m.Component("main").At("allowed_outbound_hosts[1]", problem), ":41: component.main.allowed_outbound_hosts[1]: wrong"},
		{m.Component("private-component").At("source", problem), ":27: trigger.http[1].component.source: wrong"},
		{m.Triggers[2].At("route", problem), ":30: trigger.http[2].route: wrong"},
		{(&Component{ID: "a"}).At("source", problem), "component.a.source: wrong"},
		{Trigger{ID: "a"}.At("route", problem), "trigger a: route: wrong"},
	} {
		if got := strings.TrimPrefix(c.err.Error(), m.Path); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
	if got := m.Triggers[0].Handler() + " " + m.Triggers[2].Handler(); got != "main http-trigger1" {
		t.Errorf("handlers: %s", got)
	}
}

// The first three lines of the cases below.
const head = "spin_manifest_version = 2\n[application]\nname = \"x\"\n"

// tail completes a manifest after the key under test.
const tail = "\n[[trigger.http]]\nroute = \"/\"\nstatic_response = {}\n"

func TestTriggerIDs(t *testing.T) {
	m, err := load(t, head+`[[trigger.http]]
route = "/1"
component = "a"
[[trigger.http]]
route = "/2"
component = "a"
[[trigger.http]]
route = "/3"
static_response = {}
[[trigger.http]]
id = "http-trigger3"
route = "/4"
component = { source = "4.wasm" }
[[trigger.http]]
route = "/5"
component = { source = "5.wasm" }
[[trigger.http]]
id = "UPPER_case"
route = "/6"
component = { source = "6.wasm" }
[component.a]
source = "a.wasm"
[component.http-trigger3-component]
source = "b.wasm"
`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, trigger := range m.Triggers {
		got = append(got, trigger.ID+"="+trigger.Component)
	}
	want := []string{
		"a-http-trigger=a", "http-trigger1=a", "http-trigger2=",
		"http-trigger3=inline-component1", "http-trigger4=http-trigger4-component", "UPPER_case=inline-component2",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// errors lists invalid manifests with their errors, without "PATH:". They also seed the fuzz
// target.
var refused = []struct{ text, want string }{
	{"", `the key "spin_manifest_version" is missing; write spin_manifest_version = 2 at the top`},
	{`spin_manifest_version = "0"`, "1: spin_manifest_version: invalid manifest version: 0; it must be the integer 2"},
	{`spin_manifest_version = "1"` + "\nname = 'old'", "1: spin_manifest_version: manifests of version 1 are not supported here; `spin doctor` upgrades one to version 2"},
	{"spin_manifest_version = 2", "the table [application] with the application's name is missing\nno triggers in app; add a [[trigger.http]] with a route and a component"},
	{"spin_manifest_version = 2\n[application]" + tail, `2: application: the key "name" is missing`},
	{head + "[trigger]\nhttp = []", "no triggers in app; add a [[trigger.http]] with a route and a component"},

	// Not TOML.
	{head + "[component.a\n", "4: expected character ]"},
	{head + "description = \"x\"\ndescription = \"y\"", "5: key description is already defined"},

	// Unknown keys and wrong types at every level.
	{head + "descripton = \"x\"" + tail, "4: application.descripton: unknown key; known here: authors, description, name, targets, tool, trigger, version"},
	{head + "version = 1" + tail, "4: application.version: must be a string, not an integer"},
	{head + "[application.trigger.http]\nbase = \"/v1\"\nother = 1" + tail,
		"5: application.trigger.http.base: the deprecated base is not supported; put it in front of the route of each [[trigger.http]]\n6: application.trigger.http.other: unknown key; known here: base"},
	{head + "[components.a]" + tail, "4: components: unknown key; known here: application, component, spin_manifest_version, trigger, variables"},
	{head + "[component.a]\nsource = \"a\"\nsorce = \"a\"" + tail, "6: component.a.sorce: unknown key; known here: ai_models, allowed_http_hosts, allowed_outbound_hosts, build, dependencies, dependencies_inherit_configuration, description, environment, exclude_files, files, key_value_stores, profile, source, sqlite_databases, targets, tool, variables"},
	{head + "[component.a]\nsource = \"a\"\nbuild = { commands = [] }" + tail,
		"6: component.a.build: the key \"command\" is missing\n6: component.a.build.commands: unknown key; known here: command, watch, workdir"},
	{head + "[component.a]\nsource = \"a\"\nenvironment = { A = 1 }" + tail, "6: component.a.environment.A: must be a string, not an integer"},
	{head + "[component.a]\nsource = \"a\"\nfiles = [\n  'ok',\n  1,\n  { source = 'x' },\n]" + tail,
		"8: component.a.files[1]: must be a pattern or a { source, destination } table\n9: component.a.files[2]: the key \"destination\" is missing"},
	{head + "[component.a]\nsource = \"a\"\nsqlite_databases = [\"Mixed-Case_label\"]" + tail, `6: component.a.sqlite_databases[0]: expected kebab-case or snake_case, not "Mixed-Case_label"`},
	{head + "[component.a]\nsource = \"a\"\nbuild = { command = 1, workdir = '/' }" + tail,
		"6: component.a.build.command: must be a command or an array of commands\n6: component.a.build.workdir: the workdir must be relative to the manifest"},

	// Ids.
	{head + "[component.bad_id]\nsource = \"a\"" + tail, "4: component.bad_id: invalid component id: words must be separated with '-', not '_'"},
	{head + "[component.1-2]\nsource = \"a\"" + tail, "4: component.1-2: invalid component id: '-'-separated words must start with an ASCII letter; got '1'"},
	{head + "[component.aB]\nsource = \"a\"" + tail, `4: component.aB: invalid component id: '-'-separated words must be all lowercase or all UPPERCASE; got "aB"`},
	{head + "[component.a--b]\nsource = \"a\"" + tail, "4: component.a--b: invalid component id: '-'-separated words must not be empty"},
	{head + "[variables]\n\"bad+name\" = { required = true }" + tail, "5: variables.\"bad+name\": invalid variable name: '_'-separated words must only contain alphanumeric ASCII; got '+'"},
	{head + "[variables]\nUPPER = { required = true }" + tail, `5: variables.UPPER: invalid variable name: lower-case identifiers must be all lowercase; got "UPPER"`},
	{head + "[component.a]\nsource = 'a'\nvariables = { a-b = '' }" + tail, "6: component.a.variables.a-b: invalid variable name: words must be separated with '_', not '-'"},

	// Variables.
	{head + "[variables]\na = {}" + tail, "5: variables.a: a variable must be `required` OR have a `default`"},
	{head + "[variables]\na = { required = true, default = '' }" + tail, "5: variables.a: a variable must be `required` OR have a `default`"},
	{head + "[variables]\na = { default = 1 }" + tail, "5: variables.a.default: must be a string, not an integer"},
	{head + "[variables]\na = 'x'" + tail, "5: variables.a: must be a table, not a string"},
	{head + "[variables]\na = { default = '', secrt = true }" + tail, "5: variables.a.secrt: unknown key; known here: default, description, required, secret"},

	// Triggers.
	{head + "[[trigger.http]]\nroute = '/'", "4: trigger.http[0]: a trigger must have either component or static_response"},
	{head + "[[trigger.http]]\nroute = '/'\ncomponent = 'a'\nstatic_response = {}\n[component.a]\nsource = 'a'", "4: trigger.http[0]: a trigger must have either component or static_response"},
	{head + "[[trigger.http]]\nstatic_response = {}", `4: trigger.http[0]: the key "route" is missing; write a pattern or { private = true }`},
	{head + "[[trigger.http]]\nroute = { private = false }\nstatic_response = {}", "5: trigger.http[0].route: must be a pattern or { private = true }"},
	{head + "[[trigger.http]]\nroute = '/:'\nstatic_response = {}", "5: trigger.http[0].route: params must be named"},
	{head + "[[trigger.http]]\nroute = { private = true, x = 1 }\nstatic_response = {}", "5: trigger.http[0].route.x: unknown key; known here: private"},
	{head + "[[trigger.http]]\nroute = 1\nstatic_response = { status_code = 99 }", "5: trigger.http[0].route: must be a pattern or { private = true }\n6: trigger.http[0].static_response.status_code: must be an HTTP status from 100 to 999"},
	{head + "[[trigger.http]]\nroute = '/'\ncomponent = 'none'", "6: trigger.http[0].component: there is no [component.none]"},
	{head + "[[trigger.http]]\nroute = '/'\ncomponent = '1-2-3'", "6: trigger.http[0].component: invalid component id: '-'-separated words must start with an ASCII letter; got '1'"},
	{head + "[[trigger.http]]\nroute = '/'\ncomponent = { sorce = 'x' }", "6: trigger.http[0].component: the key \"source\" with the path of a Wasm module is missing\n6: trigger.http[0].component.sorce: unknown key; known here: "},
	{head + "[[trigger.http]]\nroute = '/'\nstatic_response = {}\npath = '/'", "7: trigger.http[0].path: unknown key; known here: component, components, dependencies, executor, id, route, static_response"},
	{head + "[trigger.http]\nroute = '/'", "4: trigger.http: must be an array of tables, not a table"},
	{head + "[[trigger.http]]\nroute = '/'\nstatic_response = {}\nexecutor = { type = 'cgi' }", `7: trigger.http[0].executor.type: unknown executor "cgi"; only http is known`},

	// Features of Spin that this host lacks.
	{head + "[[trigger.redis]]\nchannel = 'c'\ncomponent = 'a'" + tail, "4: trigger.redis: redis triggers are not supported here; only http is"},
	{head + "[[trigger.http]]\nroute = '/'\nstatic_response = {}\nexecutor = { type = 'wagi', argv = '' }", "7: trigger.http[0].executor: the wagi executor is not supported here; only http is"},
	{head + "[[trigger.http]]\nroute = '/'\nstatic_response = {}\ncomponents = { a = 'b' }", "7: trigger.http[0].components: additional components of a trigger are not supported here"},
	{head + "[component.a]\nsource = { url = 'https://x/a.wasm', digest = 'sha256:00' }" + tail, "5: component.a.source: a source from a url is not supported here; download the module and write its path"},
	{head + "[component.a]\nsource = { registry = 'r', package = 'a:b', version = '1' }" + tail, "5: component.a.source: a source from a registry is not supported here; download the module and write its path"},
	{head + "[component.a]\nsource = 'a'\nai_models = ['llama2-chat']" + tail, "6: component.a.ai_models: large language models are not supported here"},
	{head + "[component.a]\nsource = 'a'\nallowed_http_hosts = ['x']" + tail, "6: component.a.allowed_http_hosts: the deprecated allowed_http_hosts is not supported; use allowed_outbound_hosts with full addresses such as \"https://example.com\""},
	{head + "[component.a]\nsource = 'a'\n[component.a.dependencies]\n'a:b' = '1.0.0'" + tail, "6: component.a.dependencies: component dependencies are not supported here; components must be core Wasm modules"},
}

func TestRefused(t *testing.T) {
	for _, c := range refused {
		m, err := load(t, c.text)
		if err == nil {
			t.Errorf("%q: loaded as %+v", c.text, m)
			continue
		}
		var got []string
		for _, line := range strings.Split(err.Error(), "\n") {
			_, line, _ = strings.Cut(line, DefaultFile+":")
			got = append(got, strings.TrimSpace(line))
		}
		if got := strings.Join(got, "\n"); !strings.HasPrefix(got, c.want) {
			t.Errorf("%q:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestLoadMissing(t *testing.T) {
	_, err := Load("no/such/spin.toml")
	if want := "read manifest: open no/such/spin.toml: no such file or directory"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// FuzzLoad checks that no text panics and that every trigger of a valid manifest has a handler.
func FuzzLoad(f *testing.F) {
	f.Add(maximal)
	for _, c := range refused {
		f.Add(c.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := load(t, text)
		if err != nil {
			return
		}
		for _, trigger := range m.Triggers {
			if trigger.Static == nil && m.Component(trigger.Component) == nil || trigger.ID == "" {
				t.Errorf("%q: trigger %+v", text, trigger)
			}
		}
	})
}
