package wire

import (
	"net/http"
	"os"
	"strings"
)

// Router is a service's front door: one table of routes, and one place that writes errors.
type Router struct {
	Service string                    // its name, for the log
	Routes  []Route                   // those under /internal/ are for the other services alone
	Admit   func(*http.Request) error // refuses a request for /internal/ that no service sent
	// words an error that is not a Problem; nil: "something went wrong"
	Explain func(error) *Problem
	Rest    Handler // answers paths that no route matches; nil: 404
}

// Route is one line of the table.
type Route struct {
	method  string
	pattern string
	handler Handler
}

// Get is the route of a GET, and of a HEAD. One segment of a pattern may stand for any text, as in
// "/shares/:token/fork".
func Get(pattern string, h Handler) Route { return Route{http.MethodGet, pattern, h} }

// Post is the route of a POST.
func Post(pattern string, h Handler) Route { return Route{http.MethodPost, pattern, h} }

// Put is the route of a PUT.
func Put(pattern string, h Handler) Route { return Route{http.MethodPut, pattern, h} }

// Delete is the route of a DELETE.
func Delete(pattern string, h Handler) Route { return Route{http.MethodDelete, pattern, h} }

// Handler answers a request, or returns an error and leaves the answer to the router.
type Handler func(w http.ResponseWriter, r *Request) error

// Request is a request with what the router found out about it.
type Request struct {
	*http.Request
	Param string // what the open segment of the pattern stands for, undecoded
	Plain bool   // set by a handler whose errors are plain text
	peer  bool   // another service sent it
}

// ServeHTTP sets the headers of every reply, finds the route, and writes the error that its handler
// returns: as a message to a service, as text or JSON to a client.
func (t *Router) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	secure(w, request)
	r := &Request{Request: request}
	err := t.serve(w, r)
	if err == nil {
		return
	}
	p := t.problem(err)
	switch {
	case r.peer:
		p.writeMessage(w)
	case r.Plain:
		p.writeText(w)
	default:
		p.writeJSON(w)
	}
}

func (t *Router) serve(w http.ResponseWriter, r *Request) error {
	path := Path(r.Request)
	if strings.HasPrefix(path, "internal/") && t.Admit != nil {
		if err := t.Admit(r.Request); err != nil {
			return err
		}
		r.peer = true
	} else {
		r.Header.Del(HopHeader) // only services count hops
	}
	var methods []string
	for _, route := range t.Routes {
		param, ok := match(route.pattern[1:], path)
		switch {
		case !ok:
		case route.method == method(r):
			r.Param = param
			return route.handler(w, r)
		default:
			methods = append(methods, route.method)
		}
	}
	switch {
	case methods != nil:
		return Allow(w, r, methods...)
	case t.Rest != nil:
		return t.Rest(w, r)
	}
	return NewProblem(NotFound, "there is nothing at this address")
}

// match compares a path with a pattern, segment by segment.
func match(pattern, path string) (param string, ok bool) {
	for {
		var want, have string
		var more, further bool
		want, pattern, more = strings.Cut(pattern, "/")
		have, path, further = strings.Cut(path, "/")
		if strings.HasPrefix(want, ":") && have != "" {
			param = have
		} else if want != have {
			return "", false
		}
		if !more || !further {
			return param, more == further
		}
	}
}

// Allow answers OPTIONS with the methods of an address, and any other method that is not among
// them with 405. It does nothing for a method that is.
func Allow(w http.ResponseWriter, r *Request, methods ...string) error {
	for _, m := range methods {
		if m == method(r) {
			return nil
		}
	}
	allow := strings.Join(methods, ", ") + ", OPTIONS"
	allow = strings.Replace(allow, "GET", "GET, HEAD", 1)
	w.Header().Set("Allow", allow)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	return NewProblem(MethodNotAllowed, "this address answers "+allow+", not "+r.Method)
}

// method returns the request's method, with HEAD as GET: the host drops the body.
func method(r *Request) string {
	if r.Method == http.MethodHead {
		return http.MethodGet
	}
	return r.Method
}

// problem turns any error into a Problem. The reason of one that is not the client's goes to the
// log.
func (t *Router) problem(err error) *Problem {
	p, ok := err.(*Problem)
	if ok {
		return p
	}
	if t.Explain != nil {
		p = t.Explain(err)
	} else {
		p = NewProblem(Internal, "something went wrong here")
	}
	if p.Status >= http.StatusInternalServerError {
		os.Stderr.WriteString(t.Service + ": " + err.Error() + "\n")
	}
	return p
}
