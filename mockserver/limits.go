package mockserver

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
)

// read reads the body of a request, no more of it than the limit: 413 for what
// is longer, 408 for what does not come in time, 400 for what breaks off.
func (x *exchange) read() *answer {
	r := x.r
	if r.Body == nil || r.Body == http.NoBody || r.ContentLength == 0 {
		return nil
	}
	most := x.server.maxBody
	if r.ContentLength > most {
		return x.tooLarge()
	}
	var from io.Reader = r.Body
	switch coding := strings.ToLower(strings.TrimSpace(firstOf(r.Header["Content-Encoding"]))); coding {
	case "", "identity":
	case "gzip", "x-gzip":
		unzipped, err := gzip.NewReader(r.Body)
		if err != nil {
			return x.unreadable(fmt.Errorf("it is not gzip: %w", err))
		}
		from = unzipped
	default:
		return x.fail(&trouble{
			statuses: []int{http.StatusUnsupportedMediaType},
			detail:   "the body has the content coding " + coding + "; gzip and none are understood",
			header:   []field{{"Accept-Encoding", []string{"gzip, identity"}}}, // RFC 9110 §15.5.16
		})
	}
	if r.ContentLength > 0 && r.ContentLength <= mostKeptBody {
		x.buffer.Grow(int(r.ContentLength) + 512)
	}
	x.limited = io.LimitedReader{R: from, N: most + 1}
	n, err := x.buffer.ReadFrom(&x.limited)
	switch {
	case err != nil:
		return x.unreadable(err)
	case n > most:
		return x.tooLarge()
	}
	x.body = x.buffer.Bytes()
	return nil
}

// firstOf returns the first of a header's values, "" where there is none.
func firstOf(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

func (x *exchange) tooLarge() *answer {
	return x.fail(&trouble{
		statuses: []int{http.StatusRequestEntityTooLarge},
		detail:   fmt.Sprintf("the body is longer than the %d bytes that the mock reads", x.server.maxBody),
		header:   []field{{"Connection", []string{"close"}}},
	})
}

// unreadable is the answer to a body that breaks off.
func (x *exchange) unreadable(err error) *answer {
	t := &trouble{
		statuses: []int{http.StatusBadRequest},
		detail:   "the body cannot be read: " + err.Error(),
		header:   []field{{"Connection", []string{"close"}}},
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.statuses = []int{http.StatusRequestTimeout}
		t.detail = "the body did not come in time"
	}
	return x.fail(t)
}
