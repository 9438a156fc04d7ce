package capability

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"abacus/shared/wire"
)

func TestNewIsValidAndNeverTheSame(t *testing.T) {
	seen := map[Token]bool{}
	for i := 0; i < 1000; i++ {
		token, err := New()
		if err != nil || !token.Valid() || seen[token] {
			t.Fatalf("token %q (%v)", token, err)
		}
		seen[token] = true
	}
}

func TestValid(t *testing.T) {
	for token, want := range map[Token]bool{
		"9USnp5RrbcyTLhChJoVLgw": true, "_-AAAAAAAAAAAAAAAAAAAA": true,
		"": false, "9USnp5RrbcyTLhChJoVLg": false, "9USnp5RrbcyTLhChJoVLgww": false,
		"9USnp5RrbcyTLhChJoVLg=": false, "9USnp5RrbcyTLhChJoVL/+": false, "' OR 1=1 -- AAAAAAAAAA": false,
	} {
		if got := token.Valid(); got != want {
			t.Errorf("%q is valid: %v, want %v", token, got, want)
		}
	}
}

func TestDerive(t *testing.T) {
	token := Derive("secret", "key")
	if !token.Valid() || token != Derive("secret", "key") {
		t.Errorf("%q is not one token for one key", token)
	}
	for _, other := range []Token{Derive("secret", "key2"), Derive("secret2", "key"), Derive("secret\nkey", "")} {
		if other == token {
			t.Error("another secret or key gives the same token")
		}
	}
}

// TestOwner checks the hash of "abc" from FIPS 180-4, so that stored hashes never change their
// form.
func TestOwner(t *testing.T) {
	if got := Token("abc").Owner(); got != "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" {
		t.Errorf("owner %s", got)
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{{"", "", true}, {"a", "a", true}, {"a", "b", false}, {"a", "aa", false}, {"", "a", false}} {
		if got := Equal(c.a, c.b); got != c.want {
			t.Errorf("Equal(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

func TestFromRequest(t *testing.T) {
	const token, other = "9USnp5RrbcyTLhChJoVLgw", "AAAAAAAAAAAAAAAAAAAAAA"
	for _, c := range []struct {
		authorization, query string
		want                 Token
		status               int
	}{
		{"", "", "", 0},
		{"Bearer " + token, "", token, 0},
		{"bearer  " + token + " ", "", token, 0},
		{"", "session=" + token, token, 0},
		{"", "a=b;c&session=" + token, token, 0},
		{"Bearer " + token, "session=" + token, token, 0},
		{"Bearer " + token, "session=" + other, "", 400},
		{"Basic " + token, "", "", 401},
		{token, "", "", 401},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RequestURI = "/session?" + c.query
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		got, err := FromRequest(r)
		status := 0
		var problem *wire.Problem
		if errors.As(err, &problem) {
			status = problem.Status
			if strings.Contains(string(problem.AppendJSON(nil)), token) {
				t.Errorf("%q %q: the problem tells the token", c.authorization, c.query)
			}
		}
		if got != c.want || status != c.status {
			t.Errorf("%q %q: %q %d, want %q %d", c.authorization, c.query, got, status, c.want, c.status)
		}
	}
}
