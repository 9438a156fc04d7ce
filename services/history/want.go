package history

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"abacus/shared/json"
	"abacus/shared/wire"
)

// What a share may be at most.
const (
	maxShared   = 1000                    // entries
	maxSnapshot = 256 << 10               // bytes
	maxTitle    = 200                     // code points
	maxLife     = 10 * 365 * 24 * 60 * 60 // seconds
)

// want is what a client wants to share.
type want struct {
	all   bool
	ids   []int64
	title string
	life  int64  // seconds; 0: without end
	hash  string // hex SHA-256 of the request
}

// decodeWant reads {"entries": [ids] or "all", "title": "...", "expires_in": seconds}.
func decodeWant(r *http.Request) (*want, *wire.Problem) {
	media, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	if !strings.EqualFold(strings.TrimSpace(media), wire.JSON) {
		return nil, wire.NewProblem(wire.UnsupportedType, "the body must be application/json").
			WithHint("send the header Content-Type: application/json")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, wire.MaxBody+1))
	if err != nil {
		return nil, wire.NewProblem(wire.BadRequest, "the body breaks off")
	}
	if len(body) > wire.MaxBody {
		return nil, wire.NewProblem(wire.TooLarge, "the body is larger than 64 KiB")
	}
	members, ok := json.ParseObject(string(body))
	if !ok {
		return nil, badWant("the body is not a JSON object of strings, numbers and lists of numbers")
	}
	sum := sha256.Sum256(body)
	wanted := &want{hash: hex.EncodeToString(sum[:])}
	for _, m := range members {
		if fault := wanted.take(m); fault != "" {
			return nil, badWant(fault)
		}
	}
	if !wanted.all && wanted.ids == nil {
		return nil, badWant(`the member "entries" is missing`)
	}
	if len(wanted.ids) > maxShared {
		return nil, tooManyShared()
	}
	return wanted, nil
}

// take takes over one member of the body, or tells what is wrong with it.
func (a *want) take(m json.Member) (fault string) {
	switch m.Name {
	case "entries":
		a.all, a.ids = m.Kind == json.TextMember && m.Text == "all", nil
		seen := map[int64]bool{}
		for _, number := range m.Numbers {
			id, ok := whole(number)
			if !ok {
				return `"entries" must hold ids of entries, whole numbers from 1`
			}
			if !seen[id] {
				seen[id] = true
				a.ids = append(a.ids, id)
			}
		}
		if !a.all && a.ids == nil {
			return `"entries" must be "all" or a list of ids`
		}
	case "title":
		if m.Kind != json.TextMember || utf8.RuneCountInString(m.Text) > maxTitle {
			return `"title" must be a string of at most 200 characters`
		}
		a.title = m.Text
	case "expires_in":
		life, ok := whole(m.Number)
		if !ok || life > maxLife {
			return `"expires_in" must be a whole number of seconds, from 1 to ten years`
		}
		a.life = life
	default:
		return "there is no member " + strconv.Quote(m.Name)
	}
	return ""
}

// whole turns a number into an integer from 1, if it is one.
func whole(f float64) (int64, bool) {
	return int64(f), f >= 1 && f <= 1<<53 && f == math.Floor(f)
}

func badWant(detail string) *wire.Problem {
	return wire.NewProblem(wire.BadJSON, detail).
		WithHint(`send {"entries": "all"}, or {"entries": [1, 2], "title": "Rent", "expires_in": 86400}`)
}

func tooManyShared() *wire.Problem {
	return wire.NewProblem(wire.SnapshotTooLarge, "a share holds at most 1,000 entries").WithHint("choose fewer entries")
}

func tooLargeShared() *wire.Problem {
	return wire.NewProblem(wire.SnapshotTooLarge, "a share holds at most 256 KiB").WithHint("choose fewer entries")
}
