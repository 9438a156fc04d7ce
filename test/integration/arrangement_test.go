package integration

import (
	"bufio"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"abacus/spinhost/manifest"
	"abacus/spinhost/route"
	"abacus/test/harness"
)

// services are those that can be deployed alone.
var services = []string{"eval", "sessions", "history", "rates", "web"}

// standalone is the path of a service's own manifest.
func standalone(name string) string { return filepath.Join("services", name, "spin.toml") }

// load reads a manifest of the repository.
func load(t testing.TB, path string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Load(filepath.Join(harness.Root(), path))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// secret is the peer token of an arrangement.
const secret = "a secret that services share"

// arrangement is the app in parts: a host for each service, which reach each
// other by addresses and a secret, behind one proxy. The maps are by service.
type arrangement struct {
	url       string // of the proxy
	addresses map[string]string
	states    map[string]string
	hosts     map[string]*harness.App
}

// arrange starts the hosts and the proxy.
func arrange(t testing.TB) *arrangement {
	t.Helper()
	a := &arrangement{addresses: map[string]string{}, states: map[string]string{}, hosts: map[string]*harness.App{}}
	for _, name := range services {
		a.addresses[name], a.states[name] = freeAddress(t), t.TempDir()
	}
	for _, name := range services {
		a.start(t, name)
	}
	a.serve(t)
	return a
}

// start starts the host of one service, where it was and with what it had.
func (a *arrangement) start(t testing.TB, name string) {
	t.Helper()
	var flags []string
	for _, variable := range load(t, standalone(name)).Variables {
		if peer, isAddress := strings.CutSuffix(variable.Name, "_url"); isAddress {
			flags = append(flags, "--variable", variable.Name+"=http://"+a.addresses[peer])
		} else if variable.Required {
			flags = append(flags, "--variable", variable.Name+"="+secret)
		}
	}
	a.hosts[name] = harness.Start(t, harness.Options{
		Manifest: filepath.Join(harness.Root(), standalone(name)),
		StateDir: a.states[name],
		Listen:   a.addresses[name],
		Flags:    flags,
	})
}

// serve starts the proxy: the routes of the app's one manifest lead to the hosts.
func (a *arrangement) serve(t testing.TB) {
	t.Helper()
	app := load(t, "spin.toml")
	var routes []route.Route
	for i, trigger := range app.Triggers {
		routes = append(routes, route.Route{Pattern: trigger.Route, Trigger: i})
	}
	table, _, err := route.New(routes)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	a.url = "http://" + listener.Addr().String()
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go forward(client, func(path string) (address string) {
				match, found := table.Match(path)
				if !found {
					return ""
				}
				return a.addresses[app.Triggers[match.Trigger].Component]
			})
		}
	}()
}

// forward hands one connection on to the service that choose names, every byte as
// it came. It reads the request line alone, so a connection is for one request;
// where no service answers, it is closed.
func forward(client net.Conn, choose func(path string) (address string)) {
	defer client.Close()
	reader := bufio.NewReader(client)
	line, err := reader.ReadString('\n')
	if err != nil {
		return
	}
	_, rest, _ := strings.Cut(line, " ")
	target, _, _ := strings.Cut(rest, " ")
	path, _, _ := strings.Cut(target, "?")
	service, err := net.Dial("tcp", choose(path))
	if err != nil {
		return
	}
	defer service.Close()
	go func() {
		io.WriteString(service, line)
		io.Copy(service, reader)
	}()
	io.Copy(client, service)
}
