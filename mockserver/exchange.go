package mockserver

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// exchange is one request on its way to its answer. It is used again for
// another once the answer is sent.
type exchange struct {
	server *Server
	w      http.ResponseWriter
	r      *http.Request
	start  time.Time
	path   string // escaped, as it came

	prefer  preferences
	query   string // without the choices in it
	applied []string

	op    *operation
	match spec.Match

	client   *client // nil for a request that presents no credential
	standing standing
	counted  bool // standing is of this request

	buffer  bytes.Buffer
	limited io.LimitedReader
	body    []byte

	claim   claim // on an idempotency key
	pick    *pick
	own     answer          // one that is like those before but for its body
	request spec.Request    // as the contract sees it
	in      scenarios.Input // of scenarios, once one is looked for
	scratch scenarios.Scratch
}

// mostKeptBody bounds the buffer that an exchange keeps for the next.
const mostKeptBody = 64 << 10

func (x *exchange) begin(s *Server, w http.ResponseWriter, r *http.Request) {
	x.server, x.w, x.r = s, w, r
	x.start = s.clock()
	x.path = escapedPath(r.URL)
	x.prefer, x.query = parsePreferences(r.Header["Prefer"], r.URL.RawQuery)
}

// escapedPath is [url.URL.EscapedPath], sooner where the path has nothing that
// is escaped.
func escapedPath(u *url.URL) string {
	for i := range len(u.Path) {
		if !plainInPath[u.Path[i]] {
			return u.EscapedPath()
		}
	}
	if u.RawPath != "" {
		return u.EscapedPath()
	}
	return u.Path
}

var plainInPath = bytesOf("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")

// end gives the exchange back.
func (x *exchange) end() {
	x.server.inFlight.Add(-1)
	buffer := x.buffer
	if buffer.Cap() > mostKeptBody {
		buffer = bytes.Buffer{}
	}
	buffer.Reset()
	*x = exchange{buffer: buffer, scratch: x.scratch}
	exchanges.Put(x)
}

// logged writes the one line of a request, without its query and headers,
// which may hold secrets.
func (x *exchange) logged(a *answer) {
	log, ctx := x.server.log, x.r.Context()
	level := slog.LevelDebug
	if a.status >= http.StatusInternalServerError && a.scenario == "" {
		level = slog.LevelWarn
	}
	if !log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.String("method", x.r.Method),
		slog.String("path", x.path),
		slog.Int("status", a.status),
		slog.Duration("took", x.server.clock().Sub(x.start)),
	}
	if x.op != nil {
		attrs = append(attrs, slog.String("operation", x.op.ID))
	}
	if a.scenario != "" {
		attrs = append(attrs, slog.String("scenario", a.scenario))
	}
	if a.problem != "" {
		attrs = append(attrs, slog.String("problem", a.problem))
	}
	log.LogAttrs(ctx, level, "answered", attrs...)
}
