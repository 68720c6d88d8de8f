package spec

import "net/http"

// Request is a request that is held to an operation. Its path has been matched.
type Request struct {
	Path   Params // from Match
	Query  string // raw, without "?"
	Header http.Header
	Body   []byte
	// HasBody tells an empty body from none: true where the request has
	// Content-Length above 0 or Transfer-Encoding.
	HasBody bool
}

// Answer is a response that is held to an operation.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
	Head   bool // it answers a HEAD request: no body is demanded
}
