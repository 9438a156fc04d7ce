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
	if len(t) != length {
		return false
	}
	for i := 0; i < len(t); i++ {
		c := t[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-' ||
			c == '_') {
			return false
		}
	}
	return true
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
func FromRequest(r *http.Request) (Token, error) {
	var inHeader Token
	authorization, err := single(r.Header["Authorization"], "two Authorization headers that differ")
	if err != nil {
		return "", err
	}
	if authorization != "" {
		scheme, token, _ := strings.Cut(authorization, " ")
		if wire.Lower(scheme) != "bearer" {
			return "", wire.NewProblem(wire.SessionRequired,
				"the Authorization header is not of the form `Bearer TOKEN`")
		}
		if inHeader = Token(strings.TrimSpace(token)); inHeader == "" {
			// Probably an empty variable in a script rather than a request for a new session.
			return "", wire.NewProblem(wire.SessionRequired,
				"the Authorization header holds no token").
				WithHint("send `Authorization: Bearer TOKEN`, or leave the header out")
		}
	}
	session, err := single(wire.Query(r)["session"], "two parameters ?session= that differ")
	if err != nil {
		return "", err
	}
	inQuery := Token(session)
	if inHeader != "" && inQuery != "" && inHeader != inQuery {
		return "", wire.NewProblem(wire.BadRequest,
			"the Authorization header and ?session= name two sessions").
			WithHint("send one of them")
	}
	if inHeader == "" {
		return inQuery, nil
	}
	return inHeader, nil
}

// single returns the one value that all the values equal, or "" if there are none.
func single(values []string, fault string) (string, error) {
	for _, value := range values {
		if value != values[0] {
			return "", wire.NewProblem(wire.BadRequest, "the request has "+fault).
				WithHint("send one of them")
		}
	}
	if len(values) == 0 {
		return "", nil
	}
	return values[0], nil
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
