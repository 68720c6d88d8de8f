package mockserver

import (
	"net/http"

	"github.com/concord-api/concord/spec"
)

// check holds the request to the contract: 415 for a media type that it does
// not have, 406 where the client reads none of the answer's, 400 for what cannot
// be read, 422 for what breaks a schema.
func (x *exchange) check() *answer {
	x.request = spec.Request{Path: x.match.Params, Query: x.query, Header: x.header(), Body: x.body}
	violations := x.op.CheckRequest(&x.request)
	if violations == nil {
		if x.pick.trouble != nil {
			return x.fail(x.pick.trouble)
		}
		return nil
	}
	t := x.server.violated(violations)
	switch {
	case t.statuses[0] == http.StatusUnsupportedMediaType:
		// RFC 9110 §15.5.16: say what would do.
		t.header = []field{{"Accept", []string{rangesOf(x.op.RequestBody.Content)}}}
	case x.pick.trouble != nil:
		t = x.pick.trouble
	}
	return x.fail(t)
}
