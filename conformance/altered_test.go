package conformance_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
)

// answer is a response of the mock before it is sent, to be altered.
type answer struct {
	request *http.Request
	sent    []byte // body of the request
	status  int
	header  http.Header
	body    []byte
	length  int // Content-Length; -1 for that of body, -2 for none
}

// altered is the mock with its answers changed.
func altered(mock http.Handler, change func(*answer)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := play(mock, r)
		change(a)
		a.write(w)
	})
}

// play lets the mock answer.
func play(mock http.Handler, r *http.Request) *answer {
	sent, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(sent))
	rec := httptest.NewRecorder()
	mock.ServeHTTP(rec, r)
	return &answer{request: r, sent: sent, status: rec.Code, header: rec.Header(), body: rec.Body.Bytes(), length: -1}
}

func (a *answer) write(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	w.Header().Del("Content-Length")
	switch {
	case a.length >= 0:
		w.Header().Set("Content-Length", strconv.Itoa(a.length))
	case a.length == -1 && a.request.Method != http.MethodHead && a.status != http.StatusNoContent:
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	}
	w.WriteHeader(a.status)
	if a.length == -2 {
		w.(http.Flusher).Flush()
	}
	_, _ = w.Write(a.body)
}

// of tells whether the answer is one of an operation, given as "POST /path" with
// * for a segment, and a status, 0 for any.
func (a *answer) of(operation string, status int) bool {
	method, path, _ := strings.Cut(operation, " ")
	if status != 0 && a.status != status || a.request.Method != method {
		return false
	}
	have, want := strings.Split(a.request.URL.Path, "/"), strings.Split(path, "/")
	if len(have) != len(want) {
		return false
	}
	for i := range want {
		if want[i] != "*" && want[i] != have[i] {
			return false
		}
	}
	return true
}

// biometrics is the endpoint that the default contract was made for.
const biometrics = "POST /customers/*/biometrics"

// object reads the body as an object; nil where it is none.
func (a *answer) object() map[string]any {
	var o map[string]any
	if json.Unmarshal(a.body, &o) != nil {
		return nil
	}
	return o
}

// set changes a member of the body; a nil value removes it.
func (a *answer) set(name string, value any) {
	o := a.object()
	if o == nil {
		return
	}
	o[name] = value
	if value == nil {
		delete(o, name)
	}
	a.body, _ = json.Marshal(o)
}

// isProblem tells whether the answer is a problem.
func (a *answer) isProblem() bool {
	return a.header.Get("Content-Type") == "application/problem+json" && len(a.body) > 0
}

// replace makes the answer another.
func (a *answer) replace(status int, contentType, body string) {
	a.status, a.body = status, []byte(body)
	a.header.Set("Content-Type", contentType)
}
