package history

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"unicode/utf8"

	"abacus/shared/json/flat"
	"abacus/shared/wire"
)

// The limits of a share.
const (
	maxShared   = 1000                    // entries
	maxSnapshot = 256 << 10               // bytes
	maxTitle    = 200                     // code points
	maxLife     = 10 * 365 * 24 * 60 * 60 // seconds
)

// shareRequest is POST /shares, decoded.
type shareRequest struct {
	all   bool
	ids   []int64
	title string
	life  int64  // seconds; 0: it does not expire
	hash  string // of the request, hex SHA-256
}

// decodeShare reads {"entries": [ids] or "all", "title": "...", "expires_in": seconds}.
func decodeShare(r *http.Request) (*shareRequest, error) {
	if !wire.IsJSON(r) {
		return nil, wire.NewProblem(wire.UnsupportedType, "the body must be application/json").
			WithHint("send the header Content-Type: application/json")
	}
	body, err := wire.Body(r)
	if err != nil {
		return nil, err
	}
	members, err := flat.ParseObject(body)
	if err != nil {
		return nil, badShare(err.Error())
	}
	sum := sha256.Sum256([]byte(body))
	req := &shareRequest{hash: hex.EncodeToString(sum[:])}
	for _, m := range members {
		if fault := req.take(m); fault != "" {
			return nil, badShare(fault)
		}
	}
	if !req.all && req.ids == nil {
		return nil, badShare(`the member "entries" is missing`)
	}
	if len(req.ids) > maxShared {
		return nil, errManyShared
	}
	return req, nil
}

// take reads a member of the body. It returns what is wrong with it, or "".
func (req *shareRequest) take(m flat.Member) (fault string) {
	switch m.Name {
	case "entries":
		req.all = m.Kind == flat.Text && m.Text == "all"
		for _, number := range m.Numbers {
			id, ok := flat.Whole(number)
			if !ok {
				return `"entries" must hold ids of entries, whole numbers from 1`
			}
			if !slices.Contains(req.ids, id) && len(req.ids) <= maxShared {
				req.ids = append(req.ids, id)
			}
		}
		if !req.all && req.ids == nil {
			return `"entries" must be "all" or a list of ids`
		}
	case "title":
		if m.Kind != flat.Text || utf8.RuneCountInString(m.Text) > maxTitle {
			return `"title" must be a string of at most 200 characters`
		}
		req.title = m.Text
	case "expires_in":
		life, ok := flat.Whole(m.Number)
		if !ok || life > maxLife {
			return `"expires_in" must be a whole number of seconds, from 1 to ten years`
		}
		req.life = life
	default:
		return "there is no member " + strconv.Quote(m.Name)
	}
	return ""
}

func badShare(detail string) error {
	return wire.NewProblem(wire.BadJSON, detail).
		WithHint(`send {"entries": "all"}, or ` +
			`{"entries": [1, 2], "title": "Rent", "expires_in": 86400}`)
}

var (
	errManyShared = wire.NewProblem(wire.SnapshotTooLarge, "a share holds at most 1,000 entries").
			WithHint("choose fewer entries")
	errLargeShared = wire.NewProblem(wire.SnapshotTooLarge, "a share holds at most 256 KiB").
			WithHint("choose fewer entries")
)
