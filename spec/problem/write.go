package problem

import (
	"fmt"
	"net/http"
	"strconv"
)

// Write answers a request with the problem: its status, [MediaType] and
// Content-Length. Headers that are set before stay, but those two, and a
// Content-Encoding, which would no longer be true. A problem without a status is
// sent as 500, in the member too.
//
// Nothing is sent when the problem cannot be written (see [Problem.AppendJSON]) or
// its status is not one of a final answer with a body; an error that comes later is
// the connection's.
func Write(w http.ResponseWriter, p *Problem) error {
	if p.Status == 0 {
		failed := *p
		failed.Status = http.StatusInternalServerError
		p = &failed
	}
	if !carriesBody(p.Status) {
		return fmt.Errorf("write problem details: status %d does not name a final answer with a body (200 to 599 without 204, 205, 304)", p.Status)
	}
	body, err := p.AppendJSON(make([]byte, 0, 512))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Del("Content-Encoding")
	h.Set("Content-Type", MediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(p.Status)
	if _, err := w.Write(body); err != nil {
		return fmt.Errorf("send problem details: %w", err)
	}
	return nil
}

func carriesBody(status int) bool {
	switch status {
	case http.StatusNoContent, http.StatusResetContent, http.StatusNotModified:
		return false
	}
	return status >= 200 && status <= 599
}
