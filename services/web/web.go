// Package web serves the calculator's page: the files that command bundle makes of
// static/, which the manifest mounts into the component; the page of a share and the
// search description, which it writes itself; and a "not found" for every address
// that no other component has.
package web

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"abacus/shared/capability"
	"abacus/shared/peer"
	"abacus/shared/wire"
)

// Options is what the handler needs from its surroundings.
type Options struct {
	// ReadFile returns a file by its path in the mounted folder, such as
	// "index.html". Any error counts as "there is no such file".
	ReadFile func(name string) ([]byte, error)
	// History is the service that has the shares.
	History peer.Peer
}

// New returns the handler of the catch-all route.
func New(o Options) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wire.Secure(w, r)
		path := wire.Path(r)
		if token, is := strings.CutPrefix(path, "s/"); is && !strings.Contains(token, "/") {
			o.share(w, r, capability.Token(token))
			return
		}
		if path == "opensearch.xml" {
			o.openSearch(w, r)
			return
		}
		name := fileName(path)
		_, found := o.read(name)
		switch {
		case !found:
			o.notFound(w, r)
		case wire.Allow(w, r, http.MethodGet):
		default:
			o.serve(w, r, name)
		}
	})
}

// fileName maps a request's path to a file.
func fileName(path string) string {
	switch path {
	case "":
		return "index.html"
	case "problems": // where the type of a problem leads
		return "problems.html"
	}
	return path
}

// read finds a file of a known type. A name that has an empty, `.` or `..`
// segment, or a hidden one, is never looked up. Names are not decoded, so an
// encoded slash or dot is just an unusual name that no file has.
func (o Options) read(name string) (content []byte, found bool) {
	if contentType(name) == "" || !fs.ValidPath(name) || strings.Contains("/"+name, "/.") {
		return nil, false
	}
	content, err := o.ReadFile(name)
	return content, err == nil
}

// hashed is the folder in which every name has a hash of the file's content in it.
const hashed = "app/"

// endings are those of the files that hold another in a content coding.
var endings = map[string]string{"br": ".br", "gzip": ".gz", "identity": ""}

// serve answers with a file, in the content coding that the client likes best. One
// with a hash in its name may be kept for good (RFC 8246). Any other may be stored
// but must be asked for again before it is used: a new version of the application is
// seen at once, an unchanged one costs a 304. If-None-Match compares weakly, as a
// cache on the way may have marked the tag as weak (RFC 9110, 13.1.2).
func (o Options) serve(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	content, coding := o.coded(r, name)
	if coding == "" {
		wire.NewProblem(wire.NotAcceptable, "this file is not there in a content coding that the request accepts").
			WithHint("accept br, gzip and identity").Write(w)
		return
	}
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, hashed) {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	tag := entityTag(content)
	h.Set("ETag", tag)
	known := strings.ReplaceAll(strings.Join(r.Header.Values("If-None-Match"), ","), "W/", "")
	if wire.Matches(known, tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if coding != "identity" {
		h.Set("Content-Encoding", coding)
	}
	wire.Reply(w, http.StatusOK, contentType(name), content)
}

// coded returns a file in the content coding, of those in which it is there, that
// the client likes best: of equal ones the smallest. With none the coding is "".
func (o Options) coded(r *http.Request, name string) (content []byte, coding string) {
	for _, coding := range wire.Codings(r, "br", "gzip", "identity") {
		if content, err := o.ReadFile(name + endings[coding]); err == nil {
			return content, coding
		}
	}
	return nil, ""
}

// entityTag returns a strong entity tag: it depends on the content alone, which is
// another one in each coding (RFC 9110, 8.8.3.3).
func entityTag(content []byte) string {
	sum := sha256.Sum256(content)
	return `"` + hex.EncodeToString(sum[:16]) + `"`
}

// notFound answers a person with a page and a program with a problem.
func (o Options) notFound(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Vary", "Accept")
	if wire.Accepts(r, wire.JSON, "text/html") == "text/html" {
		if page, found := o.read("404.html"); found {
			wire.Reply(w, http.StatusNotFound, contentType("404.html"), page)
			return
		}
	}
	wire.NewProblem(wire.NotFound, "there is nothing at this address").
		WithHint("the addresses of the calculator are listed in /openapi.json").Write(w)
}

// contentType returns the type of a file by the end of its name, or "" for a
// file that is not for the web.
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
	case ".wasm":
		return "application/wasm"
	case ".txt":
		return wire.Plain
	}
	return ""
}
