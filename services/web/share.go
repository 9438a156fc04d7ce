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

// share answers GET /s/TOKEN with a page that is complete without any script: it
// is for whoever has the link, and for the previews of chats. The fork in its
// link is a fragment, which no server sees and no log keeps.
func (o Options) share(w http.ResponseWriter, r *http.Request, token capability.Token) {
	w.Header().Set("X-Robots-Tag", "noindex")
	if wire.Allow(w, r, http.MethodGet) {
		return
	}
	if !token.Valid() {
		o.reply(w, http.StatusNotFound, missing)
		return
	}
	shared := o.History.Call(r, r.Method, "/internal/shares/"+string(token), nil)
	switch shared.Status {
	case http.StatusOK:
		o.reply(w, http.StatusOK, sharePage(token, shared.Records))
	case http.StatusNotFound:
		o.reply(w, http.StatusNotFound, missing)
	case http.StatusGone:
		o.reply(w, http.StatusGone, ended)
	default:
		w.Header().Set("Retry-After", "1")
		o.reply(w, http.StatusServiceUnavailable, unavailable)
	}
}

// sharePart is what one page of a share has that another has not.
type sharePart struct {
	title, description string
	content            page
}

// reply puts a part into the page of shares, share.tmpl.
func (o Options) reply(w http.ResponseWriter, status int, part sharePart) {
	var title, description page
	title.text(part.title)
	description.text(part.description)
	whole, found := o.fill("share.tmpl", map[string]page{"title": title, "description": description, "content": part.content})
	if !found {
		wire.NewProblem(wire.Internal, "the page of shares is missing here").Write(w)
		return
	}
	wire.Reply(w, status, contentType(".html"), whole)
}

// The pages of links that show nothing.
var (
	missing     = notice("There is no share at this address", "Perhaps the link is not complete.")
	ended       = notice("This share has ended", "It was revoked by who made it, or it has expired.")
	unavailable = notice("Shares cannot be read now", "Please try again in a moment.")
)

func notice(title, text string) sharePart {
	var p page
	p.html("<h2>").text(title).html("</h2>\n    <p>").text(text).html("</p>\n    <p><a href=\"/\">To the calculator</a></p>")
	return sharePart{title, text, p}
}

// sharePage is what the page of a share has, from the records that history sends:
//
//	share      TITLE CREATED EXPIRES
//	entry      AT KIND EXPRESSION PARSED VALUE PLOT
//	variable   NAME VALUE
//	definition NAME SOURCE
func sharePage(token capability.Token, records []wire.Record) sharePart {
	var p page
	var about wire.Record
	var entries, names []wire.Record
	for _, record := range records {
		switch record.Name() {
		case "share":
			about = record
		case "entry":
			entries = append(entries, record)
		case "variable", "definition":
			names = append(names, record)
		}
	}
	title := about.Field(1)
	if strings.TrimSpace(title) == "" {
		title = "Shared calculations"
	}
	p.html("<h2><bdi>").text(title).html("</bdi></h2>\n    <p>Shared ").time(about.Int(2))
	if expires := about.Int(3); expires != 0 {
		p.html(", until ").time(expires)
	}
	p.html("</p>\n    <ol role=\"list\" aria-label=\"Calculations\">")
	drawer := newDrawer(names)
	for _, e := range entries {
		p.entry(e, drawer)
	}
	p.html("\n    </ol>")
	if len(names) > 0 {
		p.html("\n    <h3>Names</h3>\n    <ul role=\"list\">")
		for _, name := range names {
			p.html("\n      <li><code><bdi>").text(nameText(name)).html("</bdi></code></li>")
		}
		p.html("\n    </ul>")
	}
	p.html("\n    <p><a class=\"main\" href=\"/#fork=").text(string(token)).html("\">Continue from here</a></p>\n    <p>That begins a calculator of your own, which knows these names. ",
		"Nothing here changes by it.</p>\n    <noscript><p>This needs JavaScript, or a terminal: <code>POST /shares/").
		text(string(token)).html("/fork</code> makes a session that has these names.</p></noscript>")
	return sharePart{title, summary(entries), p}
}

// summary is what a preview of the link says: the first calculations, on one line.
func summary(entries []wire.Record) string {
	const most = 160 // characters that previews show
	var s string
	for i, e := range entries {
		if i > 0 {
			s += "; "
		}
		s += strings.Join(strings.Fields(e.Field(4)), " ")
		if value := result(e); value != "" && e.Field(2) == "value" {
			s += " = " + value
		}
		if utf8.RuneCountInString(s) > most {
			return string([]rune(s)[:most-1]) + "…"
		}
	}
	return s
}

// result is the value of an entry for people, "" where there is none.
func result(e wire.Record) string {
	value, ok := e.Float(5)
	if !ok {
		return ""
	}
	return calc.Format(value, calc.Digits)
}

// nameText is a name as one would type it.
func nameText(name wire.Record) string {
	if value, ok := name.Float(2); ok && name.Name() == "variable" {
		return name.Field(1) + " = " + calc.Format(value, calc.Digits)
	}
	return name.Field(2)
}

// page is HTML that is being written. What comes from people goes through text.
type page []byte

func (p *page) html(parts ...string) *page {
	for _, part := range parts {
		*p = append(*p, part...)
	}
	return p
}

// text writes a text for an element or a quoted attribute. Control characters,
// which HTML does not have, become U+FFFD.
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

// time writes a time, in UTC since nobody knows where the reader is.
func (p *page) time(ms int64) *page {
	at := time.UnixMilli(ms).UTC()
	return p.html(`<time datetime="`, at.Format("2006-01-02T15:04:05.000Z"), `">`, strconv.Itoa(at.Day()), " ", at.Month().String(),
		at.Format(" 2006, 15:04 UTC"), "</time>")
}

func (p *page) entry(e wire.Record, drawer *drawer) {
	p.html("\n      <li class=\"entry\">\n        <div class=\"line\"><code class=\"expression\"><bdi>").text(e.Field(3)).html("</bdi></code>")
	if value := result(e); value != "" {
		class := "result"
		if e.Field(2) == "assignment" {
			class = "result assignment"
		}
		p.html(" <output class=\"", class, "\">").text(value).html("</output>")
	}
	p.html("</div>")
	if statement := plot.Read(e.Field(6)); statement != nil {
		drawer.figure(p, statement)
	}
	p.html("\n        <div class=\"details\">")
	if expression, parsed := e.Field(3), e.Field(4); calc.Differs(expression, parsed) {
		p.html("<span>read as <code><bdi>").text(parsed).html("</bdi></code></span> ")
	}
	p.time(e.Int(1)).html("</div>\n      </li>")
}
