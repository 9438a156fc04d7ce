// Package web is the service that serves the calculator's page: the files that command bundle makes
// from static/, which the manifest mounts into the component; the pages of shares and the search
// description, which the package writes; and "not found" for every address that no other component
// has.
package web

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"math/bits"
	"net/http"
	"path"
	"strconv"
	"strings"

	"abacus/shared/peer"
	"abacus/shared/wire"
)

// Options is what the service needs from its surroundings.
type Options struct {
	// ReadFile returns a file by its path in the mounted folder, such as "index.html". Any error
	// counts as "no such file".
	ReadFile  func(name string) ([]byte, error)
	Transport http.RoundTripper // reaches the service history
	Variable  func(name string) string
}

// New returns the service.
func New(options Options) http.Handler {
	s := &service{options,
		peer.Peer{Name: "history", Transport: options.Transport, Variable: options.Variable}}
	return &wire.Router{
		Service: "web",
		Routes: []wire.Route{
			wire.Get("/s/:token", s.share),
			wire.Get("/opensearch.xml", s.openSearch),
		},
		Rest: s.file,
	}
}

type service struct {
	Options
	history peer.Peer // stores the shares
}

// file answers with the file at the request's path.
func (s *service) file(w http.ResponseWriter, r *wire.Request) error {
	name := fileName(wire.Path(r.Request))
	if !servable(name) {
		return s.notFound(w, r)
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		for _, coding := range wire.Codings(r.Request, "br", "gzip", "identity") {
			if content, err := s.ReadFile(name + endings[coding]); err == nil {
				return s.serve(w, r, name, coding, content)
			}
		}
	}
	if _, err := s.ReadFile(name); err != nil {
		return s.notFound(w, r)
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return wire.AllowOnly(w, r, http.MethodGet)
	}
	wire.Set(w.Header(), "Vary", "Accept-Encoding")
	return wire.NewProblem(wire.NotAcceptable,
		"this file is not there in a content coding that the request accepts").
		WithHint("accept br, gzip and identity")
}

// fileName returns the name of the file for a path.
func fileName(address string) string {
	switch address {
	case "":
		return "index.html"
	case "problems": // the type of every problem leads here
		return "problems.html"
	}
	return address
}

// servable reports whether a name may be that of a public file: of a known type, and without an
// empty, `.`, `..` or hidden segment. Names are not decoded, so an encoded slash or dot is just an
// unusual name that no file has.
func servable(name string) bool {
	return contentType(name) != "" && fs.ValidPath(name) && !strings.Contains("/"+name, "/.")
}

// hashed is the folder of the files that have a hash of their content in their names.
const hashed = "app/"

// endings are the suffixes of file names for each content coding.
var endings = map[string]string{"br": ".br", "gzip": ".gz", "identity": ""}

// serve answers with a file in a content coding. A file with a hash in its name may be cached
// forever (RFC 8246). Any other may be stored but must be validated before it is used, so that a
// new version of the page is seen at once and an unchanged one costs a 304.
func (s *service) serve(w http.ResponseWriter, r *wire.Request, name, coding string,
	content []byte) error {
	h := w.Header()
	wire.Set(h, "Vary", "Accept-Encoding")
	wire.Set(h, "Cache-Control", "no-cache")
	if strings.HasPrefix(name, hashed) {
		wire.Set(h, "Cache-Control", "public, max-age=31536000, immutable")
	}
	if wire.NotModified(w, r.Request, entityTag(content)) {
		return nil
	}
	if coding != "identity" {
		wire.Set(h, "Content-Encoding", coding)
	}
	return wire.Reply(w, http.StatusOK, contentType(name), content)
}

// entityTag returns a strong entity tag, which depends only on the content. Content differs between
// codings (RFC 9110, 8.8.3.3). It is a checksum: SHA-256 took half of the time of a request.
func entityTag(content []byte) string {
	sum := uint64(len(content))
	add := func(word uint64) {
		const odd = 0x9e3779b97f4a7c15 // 2^64 divided by the golden ratio
		sum = bits.RotateLeft64(sum^word, 29) * odd
	}
	for ; len(content) >= 8; content = content[8:] {
		add(binary.LittleEndian.Uint64(content))
	}
	var rest [8]byte
	copy(rest[:], content)
	add(binary.LittleEndian.Uint64(rest[:]))
	return `"` + strconv.FormatUint(sum, 36) + `"`
}

// notFound answers people with a page, and programs with a problem.
func (s *service) notFound(w http.ResponseWriter, r *wire.Request) error {
	wire.Set(w.Header(), "Vary", "Accept")
	if wire.Accepts(r.Request, wire.JSON, "text/html") == "text/html" {
		if content, err := s.ReadFile("404.html"); err == nil {
			return wire.Reply(w, http.StatusNotFound, contentType("404.html"), content)
		}
	}
	return wire.ErrNotFound.WithHint("the addresses of the calculator are listed in /openapi.json")
}

// contentType returns the media type of a file by the ending of its name, or "" if the file is not
// public.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json", ".map":
		return wire.JSON
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	case ".ttf":
		return "font/ttf"
	case ".wasm":
		return "application/wasm"
	case ".txt":
		return wire.Plain
	}
	return ""
}

// openSearch answers with the description that lets browsers offer the calculator in their address
// bars (OpenSearch 1.1, draft 6). Its addresses must be absolute, so it is written for the origin
// of the request.
func (s *service) openSearch(w http.ResponseWriter, r *wire.Request) error {
	var address page
	address.text(origin(r.Request))
	description, err := s.fill("opensearch.tmpl", map[string]page{"origin": address})
	if err != nil {
		return s.notFound(w, r)
	}
	wire.Set(w.Header(), "Cache-Control", "no-cache")
	return wire.Reply(w, http.StatusOK, "application/opensearchdescription+xml", description)
}

// origin returns the scheme and the authority to which the request was sent, as Spin reports them.
func origin(r *http.Request) string {
	scheme, rest, _ := strings.Cut(wire.SpinHeader(r, "Spin-Full-Url"), "://")
	authority, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + authority
}

// fill returns a template, a file of the folder, with each {{name}} replaced by the value of that
// name.
func (s *service) fill(name string, values map[string]page) (filled page, err error) {
	rest, err := s.ReadFile(name)
	if err != nil {
		return nil, err
	}
	for {
		before, after, open := bytes.Cut(rest, []byte("{{"))
		filled = append(filled, before...)
		if !open {
			return filled, nil
		}
		place, end, _ := bytes.Cut(after, []byte("}}"))
		filled = append(filled, values[string(place)]...)
		rest = end
	}
}
