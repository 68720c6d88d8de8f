package mockserver

import (
	"net/http"
	"slices"
	"strings"
)

// The headers of the Fetch standard's CORS protocol
// (https://fetch.spec.whatwg.org/#http-cors-protocol).
var (
	corsTrue    = []string{"true"}
	corsMethods = []string{"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}
	corsMaxAge  = []string{"600"}
	varyOrigin  = []string{"Origin"}
	anything    = []string{"*"}
)

// stampCORS lets a browser of any origin read the answer, and send what its
// preflight asks about. A request without Origin is from no browser that cares.
func (x *exchange) stampCORS(h http.Header) {
	origin := x.r.Header["Origin"]
	if len(origin) != 1 || origin[0] == "" {
		return
	}
	// With credentials the wildcard is not allowed, so the origin is repeated.
	h["Access-Control-Allow-Origin"] = origin
	h["Access-Control-Allow-Credentials"] = corsTrue
	h["Vary"] = append(h["Vary"][:len(h["Vary"]):len(h["Vary"])], varyOrigin...)
	if x.r.Method != http.MethodOptions || x.r.Header["Access-Control-Request-Method"] == nil {
		h["Access-Control-Expose-Headers"] = []string{exposed(h)}
		return
	}
	h["Access-Control-Allow-Methods"] = corsMethods
	if allow := h["Allow"]; len(allow) > 0 {
		h["Access-Control-Allow-Methods"] = allow
	}
	h["Access-Control-Allow-Headers"] = anything
	if wanted := x.r.Header["Access-Control-Request-Headers"]; len(wanted) > 0 {
		h["Access-Control-Allow-Headers"] = wanted
	}
	h["Access-Control-Max-Age"] = corsMaxAge
}

// exposed lists the headers of an answer that a script in a browser may read
// besides those that it always may. The wildcard does not count where there are
// credentials.
func exposed(h http.Header) string {
	names := make([]string, 0, len(h)+1)
	for name := range h {
		switch name {
		case "Content-Type", "Content-Length", "Vary":
			continue
		}
		if !strings.HasPrefix(name, "Access-Control-") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return "Date"
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
