// Package capability makes and reads the tokens that stand for a session or a share: whoever holds
// one may use what it names, and nobody else can.
//
// A token is 128 random bits as 22 characters of base64url. The services store only its SHA-256
// (Owner), so a copy of the database opens no session.
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
	"strings"

	"abacus/shared/wire"
)

// Token is a capability in the form that its holder has.
type Token string

const (
	size   = 16 // bytes
	length = 22 // characters
)

// New returns a random token.
func New() (Token, error) {
	var b [size]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return Token(base64.RawURLEncoding.EncodeToString(b[:])), nil
}

// Derive returns the token for a secret and a name: always the same one, and random to anyone who
// does not know both.
func Derive(secret, name string) Token {
	sum := sha256.Sum256([]byte(secret + "\n" + name))
	return Token(base64.RawURLEncoding.EncodeToString(sum[:size]))
}

// Valid reports whether the token is well-formed. A token that is not need not be looked up.
func (t Token) Valid() bool {
	const base64url = "-_0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	return len(t) == length && wire.ConsistsOf(string(t), base64url)
}

// Owner returns the SHA-256 of the token as 64 hexadecimal digits, the key of the rows that belong
// to it.
func (t Token) Owner() string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

// Equal reports in constant time whether two secrets are equal, whatever their lengths.
func Equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// FromRequest returns the session token of a request, or "" if it has none: `Authorization: Bearer
// TOKEN` (RFC 6750) or `?session=TOKEN`. Two tokens that differ are an error, and so is any other
// scheme.
func FromRequest(r *http.Request) (found Token, err error) {
	tokens := wire.Query(r)["session"]
	for _, authorization := range r.Header["Authorization"] {
		scheme, token, _ := strings.Cut(authorization, " ")
		token = strings.TrimSpace(token)
		switch {
		case authorization == "":
		case wire.Lower(scheme) != "bearer":
			return "", wire.NewProblem(wire.SessionRequired,
				"the Authorization header is not of the form `Bearer TOKEN`")
		case token == "":
			// Probably an empty variable in a script rather than a request for a new session.
			return "", wire.NewProblem(wire.SessionRequired,
				"the Authorization header holds no token").
				WithHint("send `Authorization: Bearer TOKEN`, or leave the header out")
		}
		tokens = append(tokens, token)
	}
	for _, token := range tokens {
		if token != "" && found != "" && Token(token) != found {
			return "", wire.NewProblem(wire.BadRequest, "the request names two sessions").
				WithHint("send one token, in the Authorization header or as ?session=")
		}
		if found == "" {
			found = Token(token)
		}
	}
	return found, nil
}

// Required returns the token of a request that must have one. A malformed token stands for no
// session.
func Required(r *http.Request) (Token, error) {
	token, err := FromRequest(r)
	switch {
	case err != nil:
		return "", err
	case token == "":
		return "", wire.NewProblem(wire.SessionRequired,
			"this needs a session, and the request names none").
			WithHint("send `Authorization: Bearer TOKEN`, or add ?session=TOKEN; a reply of POST " +
				"/eval has the token")
	case !token.Valid():
		return "", ErrUnknown
	}
	return token, nil
}

// ErrUnknown is the error for a token that stands for no session.
var ErrUnknown = wire.NewProblem(wire.UnknownSession,
	"there is no session with this token, or it was erased").
	WithHint("leave the session out of POST /eval to make a new one")
