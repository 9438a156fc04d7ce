package wire

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"os"
	"strings"
)

// maxID is the longest request id that is accepted, in bytes.
const maxID = 64

// identify gives the request an id unless it has one from another service, a proxy or the client.
// The reply has the id too, so that a client can quote it to the operator, who finds it in the log.
func identify(w http.ResponseWriter, r *http.Request) {
	id := r.Header.Get(IDHeader)
	if !validID(id) {
		var random [8]byte
		rand.Read(random[:])
		id = hex.EncodeToString(random[:])
		r.Header.Set(IDHeader, id)
	}
	w.Header().Set(RequestHeader, id)
}

// validID reports whether an id may stand in a line of the log.
func validID(id string) bool {
	for i := 0; i < len(id); i++ {
		isLetter := id[i]|' ' >= 'a' && id[i]|' ' <= 'z'
		isDigit := id[i] >= '0' && id[i] <= '9'
		if !isLetter && !isDigit && strings.IndexByte("-_.", id[i]) < 0 {
			return false
		}
	}
	return id != "" && len(id) <= maxID
}

// Log logs what the client is not told, with the service and the id of the request.
func Log(service string, r *http.Request, text string) {
	os.Stderr.WriteString(service + ": " + text + " (request " + r.Header.Get(IDHeader) + ")\n")
}
