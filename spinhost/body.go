package spinhost

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"abacus/spinhost/limit"
)

// readBody reads the body of a client's request. If it cannot, it returns the response for the
// client.
func (a *App) readBody(w http.ResponseWriter, r *http.Request, account *limit.Account) (
	body []byte, refusal *response) {
	if r.Body == http.NoBody {
		return nil, nil
	}
	var err error = &http.MaxBytesError{}
	if r.ContentLength <= a.options.MaxBody {
		body, err = readAll(r.Context(), http.MaxBytesReader(w, r.Body, a.options.MaxBody), account)
	}
	var resp response
	switch tooLarge := new(http.MaxBytesError); {
	case err == nil:
		return body, nil
	case errors.As(err, &tooLarge):
		a.refused.body.Add(1)
		resp = problem(http.StatusRequestEntityTooLarge, codeTooLarge,
			fmt.Sprintf("the body is larger than %d bytes", a.options.MaxBody))
	case errors.Is(err, limit.ErrBusy):
		a.refused.busy.Add(1)
		resp = problem(http.StatusServiceUnavailable, codeBusy,
			"the server has no memory for the body now; try again")
	case errors.Is(err, os.ErrDeadlineExceeded):
		resp = problem(http.StatusRequestTimeout, codeBadRequest, "the body did not arrive in time")
	default: // the client may also have gone; then nobody reads this
		resp = problem(http.StatusBadRequest, codeBadRequest,
			"the body is malformed or incomplete, such as a chunk without its length")
	}
	return nil, &resp
}

// readAll reads to the end. It reserves memory as the body grows, so a client that announces a
// large body but sends nothing takes none.
func readAll(ctx context.Context, r io.Reader, account *limit.Account) ([]byte, error) {
	var data []byte
	for {
		if len(data) == cap(data) {
			old := int64(cap(data))
			size := max(2*old, 2048)
			if err := account.Reserve(ctx, size); err != nil {
				return nil, err
			}
			data = append(make([]byte, 0, size), data...)
			account.Shrink(account.Held() - old)
		}
		n, err := r.Read(data[len(data):cap(data)])
		data = data[:len(data)+n]
		if err == io.EOF {
			return data, nil
		}
		if err != nil {
			return nil, err
		}
	}
}
