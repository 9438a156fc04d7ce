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

// services are the services that can be deployed alone.
var services = []string{"eval", "sessions", "history", "rates", "web"}

// standalone returns the path of a service's own manifest.
func standalone(name string) string { return filepath.Join("services", name, "spin.toml") }

// load loads a manifest of the repository.
func load(t testing.TB, path string) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Load(filepath.Join(harness.Root(), path))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// secret is the peer token of a deployment.
const secret = "a secret that services share"

// deployment is the app with a host for each service, behind one proxy. The services call each
// other by URL and authenticate with a secret. The maps are by service.
type deployment struct {
	url       string // of the proxy
	addresses map[string]string
	states    map[string]string
	hosts     map[string]*harness.App
}

// deploy starts the hosts and the proxy.
func deploy(t testing.TB) *deployment {
	t.Helper()
	d := &deployment{
		addresses: map[string]string{},
		states:    map[string]string{},
		hosts:     map[string]*harness.App{},
	}
	for _, name := range services {
		d.addresses[name], d.states[name] = harness.FreeAddress(t), t.TempDir()
	}
	for _, name := range services {
		d.start(t, name)
	}
	d.serve(t)
	return d
}

// start starts or restarts the host of one service at its address, with its state.
func (d *deployment) start(t testing.TB, name string, flags ...string) {
	t.Helper()
	for _, variable := range load(t, standalone(name)).Variables {
		if service, isURL := strings.CutSuffix(variable.Name, "_url"); isURL {
			flags = append(flags, "--variable", variable.Name+"=http://"+d.addresses[service])
		} else if variable.Required {
			flags = append(flags, "--variable", variable.Name+"="+secret)
		}
	}
	d.hosts[name] = harness.Start(t, harness.Options{
		Manifest: filepath.Join(harness.Root(), standalone(name)),
		StateDir: d.states[name],
		Listen:   d.addresses[name],
		Flags:    flags,
	})
}

// serve starts the proxy, which routes by the manifest of the whole app.
func (d *deployment) serve(t testing.TB) {
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
	d.url = "http://" + listener.Addr().String()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go forward(conn, func(path string) (address string) {
				match, found := table.Match(path)
				if !found {
					return ""
				}
				return d.addresses[app.Triggers[match.Trigger].Component]
			})
		}
	}()
}

// forward forwards the bytes of one connection to the service at the address that choose returns.
// It reads the request line only, so a connection is for one request. If the service does not
// answer, it closes the connection.
func forward(conn net.Conn, choose func(path string) (address string)) {
	defer conn.Close()
	reader := bufio.NewReader(conn)
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
	io.Copy(conn, service)
}
