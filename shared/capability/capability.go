// Package capability makes and reads the tokens that stand for a session or a
// share: whoever holds one may use what it names, and nobody else can.
//
// A token is 128 random bits as 22 characters of base64url. What is stored is
// its SHA-256 alone (Owner), so a copy of the database opens no session.
//
// Source: W3C TAG, Good Practices for Capability URLs; OWASP ASVS 5.0, 7.2.3.
package capability

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"abacus/shared/wire"
)

// Token is a capability as its holder has it.
type Token string

const (
	size   = 16 // bytes
	length = 22 // characters
)

// New makes a token from the system's secure random source.
func New() (Token, error) {
	var b [size]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return Token(base64.RawURLEncoding.EncodeToString(b[:])), nil
}

// Derive makes the one token that belongs to a secret and a name, as good as
// random for whoever does not know both.
func Derive(secret, name string) Token {
	sum := sha256.Sum256([]byte(secret + "\n" + name))
	return Token(base64.RawURLEncoding.EncodeToString(sum[:size]))
}

// Valid tells whether the token has the form of one, so that anything else need
// not be looked up.
func (t Token) Valid() bool {
	if len(t) != length {
		return false
	}
	for i := 0; i < len(t); i++ {
		c := t[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' || c == '_') {
			return false
		}
	}
	return true
}

// Owner returns the SHA-256 of the token as 64 hexadecimal digits: the name
// under which the services store what belongs to it.
func (t Token) Owner() string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

// Equal compares two secrets in constant time, whatever their lengths.
func Equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// Of returns the session's token that a request carries, "" where it carries
// none: `Authorization: Bearer TOKEN` (RFC 6750), or `?session=TOKEN`. Two that
// differ are a problem, and so is another scheme.
func Of(r *http.Request) (Token, *wire.Problem) {
	var inHeader Token
	if authorization := r.Header.Get("Authorization"); authorization != "" {
		scheme, token, _ := strings.Cut(authorization, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			return "", wire.NewProblem(wire.SessionRequired, "the Authorization header is not of the form `Bearer TOKEN`")
		}
		if inHeader = Token(strings.TrimSpace(token)); inHeader == "" {
			// Rather an empty variable of a script than the wish for a new session.
			return "", wire.NewProblem(wire.SessionRequired, "the Authorization header holds no token").
				WithHint("send `Authorization: Bearer TOKEN`, or leave the header out")
		}
	}
	inQuery := Token(Query(r).Get("session"))
	if inHeader != "" && inQuery != "" && inHeader != inQuery {
		return "", wire.NewProblem(wire.BadRequest, "the Authorization header and ?session= name two sessions").
			WithHint("send one of them")
	}
	if inHeader == "" {
		return inQuery, nil
	}
	return inHeader, nil
}

// Missing is the problem of a request that carries no capability where one is
// needed.
func Missing() *wire.Problem {
	return wire.NewProblem(wire.SessionRequired, "this needs a session, and the request names none").
		WithHint("send `Authorization: Bearer TOKEN`, or add ?session=TOKEN; a reply of POST /eval has the token")
}

// Unknown is the problem of a token that stands for no session.
func Unknown() *wire.Problem {
	return wire.NewProblem(wire.UnknownSession, "there is no session of this token, or it was erased").
		WithHint("leave the session out of POST /eval to make a new one")
}

// Query returns the parameters of the request's own URI; what does not parse is
// left out. A `;` is a character as any other (RFC 3986, 3.4), while net/url drops
// the parameter that has one.
func Query(r *http.Request) url.Values {
	_, query, _ := strings.Cut(r.RequestURI, "?")
	values, _ := url.ParseQuery(strings.ReplaceAll(query, ";", "%3B"))
	return values
}
