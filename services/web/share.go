package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"abacus/shared/calc"
	"abacus/shared/capability"
	"abacus/shared/plot"
	"abacus/shared/wire"
)

// share answers GET /s/TOKEN with a page that is complete without scripts, for anyone who has the
// link and for link previews in chats. The page leads to a fork by a fragment, which no server sees
// and no log keeps.
func (s *service) share(w http.ResponseWriter, r *wire.Request) error {
	wire.Set(w.Header(), "X-Robots-Tag", "noindex")
	token := capability.Token(r.Param)
	if !token.Valid() {
		return s.replyShare(w, http.StatusNotFound, missing)
	}
	reply := s.history.Call(r.Request, r.Method, "/internal/shares/"+string(token), nil)
	switch reply.Status {
	case http.StatusOK:
		content := sharePage(token, wire.ParseShare(reply.Message),
			wire.ParseSnapshot(reply.Message))
		return s.replyShare(w, http.StatusOK, content)
	case http.StatusNotFound:
		return s.replyShare(w, http.StatusNotFound, missing)
	case http.StatusGone:
		return s.replyShare(w, http.StatusGone, ended)
	}
	wire.Set(w.Header(), "Retry-After", "1")
	return s.replyShare(w, http.StatusServiceUnavailable, unavailable)
}

// shareContent is what differs between pages of shares.
type shareContent struct {
	title, description string
	body               page
}

// replyShare answers with share.tmpl, filled with the content.
func (s *service) replyShare(w http.ResponseWriter, status int, content shareContent) error {
	var title, description page
	title.text(withoutDirections(content.title))
	description.text(withoutDirections(content.description))
	whole, err := s.fill("share.tmpl", map[string]page{"title": title, "description": description,
		"content": content.body})
	if err != nil {
		return wire.NewProblem(wire.Internal, "the page of shares is missing here")
	}
	return wire.Reply(w, status, contentType(".html"), whole)
}

// withoutDirections removes the characters that change the direction of writing. On the page <bdi>
// contains their effect; a browser's tab or a chat's preview has nothing like it.
func withoutDirections(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 0x061C, r == 0x200E, r == 0x200F, 0x202A <= r && r <= 0x202E, 0x2066 <= r &&
			r <= 0x2069:
			return -1
		}
		return r
	}, text)
}

// The pages of links without a share.
var (
	missing     = message("There is no share at this address", "Perhaps the link is not complete.")
	ended       = message("This share has ended", "Its owner revoked it, or it has expired.")
	unavailable = message("Shares cannot be read now", "Please try again in a moment.")
)

func message(title, text string) shareContent {
	var p page
	p.html("<h2>").text(title).html("</h2>\n    <p>").text(text).
		html("</p>\n    <p><a href=\"/\">To the calculator</a></p>")
	return shareContent{title, text, p}
}

// sharePage returns the content of a share's page.
func sharePage(token capability.Token, about *wire.Share, snapshot *wire.Snapshot) shareContent {
	var p page
	title := about.Title
	if strings.TrimSpace(title) == "" {
		title = "Shared calculations"
	}
	p.html("<h2><bdi>").text(title).html("</bdi></h2>\n    <p>Shared ").time(about.CreatedAt)
	if about.ExpiresAt != 0 {
		p.html(", until ").time(about.ExpiresAt)
	}
	p.html("</p>\n    <ol role=\"list\" aria-label=\"Calculations\">")
	curves := newDrawer(snapshot.Bindings)
	for _, e := range snapshot.Entries {
		p.entry(e, curves)
	}
	p.html("\n    </ol>")
	if len(snapshot.Bindings) > 0 {
		p.html("\n    <h3>Names</h3>\n    <ul role=\"list\">")
		for _, b := range snapshot.Bindings {
			p.html("\n      <li><code><bdi>").text(bindingText(b)).html("</bdi></code></li>")
		}
		p.html("\n    </ul>")
	}
	p.html("\n    <p><a class=\"main\" href=\"/#fork=").text(string(token)).
		html("\">Continue from here</a></p>\n    <p>That opens a calculator of your own with "+
			"these calculations and names. ",
			"Nothing here changes.</p>\n    <noscript><p>This needs JavaScript, or a terminal: "+
				"<code>POST /shares/").
		text(string(token)).html("/fork</code> makes a session with them.</p></noscript>")
	return shareContent{title, summary(snapshot.Entries), p}
}

// summary returns the text for previews of the link: the first calculations, on one line.
func summary(entries []wire.Entry) string {
	const limit = 160 // characters that link previews show
	var s string
	for i, e := range entries {
		if i > 0 {
			s += "; "
		}
		s += strings.Join(strings.Fields(e.Parsed), " ")
		if value := valueText(e); value != "" && e.Kind == "value" {
			s += " = " + value
		}
		if utf8.RuneCountInString(s) > limit {
			return string([]rune(s)[:limit-1]) + "…"
		}
	}
	return s
}

// valueText returns the value of an entry for people, or "" if it has none.
func valueText(e wire.Entry) string {
	if !e.HasValue {
		return ""
	}
	return calc.DisplayOf(e.Parsed, e.Value, e.Unit, calc.Digits)
}

// bindingText returns a binding as a person would type it.
func bindingText(b calc.Binding) string {
	if b.IsDefinition() {
		return b.Source
	}
	return b.Name + " = " + calc.Display(b.Value, b.Unit, calc.Digits)
}

// page is HTML under construction. All text from people goes through the method text.
type page []byte

func (p *page) html(parts ...string) *page {
	for _, part := range parts {
		*p = append(*p, part...)
	}
	return p
}

// text writes a text, escaped for an element or a quoted attribute. Control characters, which HTML
// does not allow, become U+FFFD.
func (p *page) text(s string) *page {
	for _, r := range s {
		switch {
		case r == '&':
			*p = append(*p, "&amp;"...)
		case r == '<':
			*p = append(*p, "&lt;"...)
		case r == '"':
			*p = append(*p, "&quot;"...)
		case r < ' ' && r != '\n' && r != '\t' || 0x7F <= r && r < 0xA0:
			*p = utf8.AppendRune(*p, utf8.RuneError)
		default:
			*p = utf8.AppendRune(*p, r)
		}
	}
	return p
}

// time writes a time in UTC, since the reader's time zone is unknown.
func (p *page) time(ms int64) *page {
	at := time.UnixMilli(ms).UTC()
	return p.html(`<time datetime="`, at.Format("2006-01-02T15:04:05.000Z"), `">`,
		strconv.Itoa(at.Day()), " ", at.Month().String(), at.Format(" 2006, 15:04 UTC"), "</time>")
}

func (p *page) entry(e wire.Entry, curves *drawer) {
	p.html("\n      <li class=\"entry\">\n        <div class=\"line\"><code " +
		"class=\"expression\"><bdi>").
		text(e.Expression).html("</bdi></code>")
	if value := valueText(e); value != "" {
		class := "result"
		if e.Kind == "assignment" {
			class = "result assignment"
		}
		p.html(" <output class=\"", class, "\">").text(value).html("</output>")
	}
	p.html("</div>")
	if statement := plot.Read(e.Plot); statement != nil {
		curves.figure(p, statement)
	}
	p.html("\n        <div class=\"details\">")
	if calc.Differs(e.Expression, e.Parsed) {
		p.html("<span>read as <code><bdi>").text(e.Parsed).html("</bdi></code></span> ")
	}
	p.time(e.At).html("</div>\n      </li>")
}
