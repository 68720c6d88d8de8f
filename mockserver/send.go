package mockserver

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/concord-api/concord/scenarios"
)

// send writes an answer: its own headers, those of the moment, and the body
// where the method has one.
func (x *exchange) send(a *answer) {
	h := x.w.Header()
	for i := range a.header {
		h[a.header[i].name] = a.header[i].values
	}
	if a.length != nil {
		h["Content-Length"] = a.length
	}
	x.stamp(h)
	x.logged(a)
	if a.fault != scenarios.NoFault {
		x.sendFaulty(a)
		return
	}
	x.w.WriteHeader(a.status)
	if len(a.body) > 0 && x.r.Method != http.MethodHead {
		// A client that is gone is no fault of ours, and nobody is left to tell.
		_, _ = x.w.Write(a.body)
	}
}

var varyPrefer = []string{"Prefer"}

// stamp sets the headers that belong to this exchange rather than to its answer.
func (x *exchange) stamp(h http.Header) {
	s := x.server
	if s.limiter != nil && !x.counted {
		x.standing = s.limiter.look(s.limiter.who(s.clients, x.client, x.r), x.start)
	}
	s.stamp(h, x.standing)
	if x.prefer.asked {
		h["Vary"] = varyPrefer // RFC 7240 §2
	}
	if s.cors {
		x.stampCORS(h)
	}
}

// stamp sets the headers of every answer: the request's id, and how its client
// stands. Their texts are one piece of memory, and so are their lists of values.
func (s *Server) stamp(h http.Header, is standing) {
	var buffer [96]byte
	text := buffer[:0]
	if s.requestID != nil {
		text = appendRequestID(text, s.requestID.Prefix)
	}
	id := len(text)
	if s.limiter != nil {
		text = strconv.AppendInt(text, int64(is.left), 10)
	}
	if len(text) == 0 {
		return
	}
	texts := string(text)
	values := []string{texts[:id], texts[id:]}
	if s.requestID != nil {
		h[s.requestID.Header] = values[0:1:1]
	}
	if s.limiter != nil {
		s.limiter.stamp(h, is, values[1:2:2])
	}
}

// stampSample sets the headers of every answer, as any exchange would.
func (s *Server) stampSample(h http.Header) {
	is := standing{}
	if s.limiter != nil {
		is.left = s.limiter.requests
	}
	s.stamp(h, is)
}

// appendRequestID appends what names one exchange: the prefix and 32 hexadecimal
// digits.
func appendRequestID(dst []byte, prefix string) []byte {
	var random [16]byte
	binary.NativeEndian.PutUint64(random[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(random[8:], rand.Uint64())
	return hex.AppendEncode(append(dst, prefix...), random[:])
}

// slowPiece and slowPause are how an answer comes slowly: so many bytes, then
// so long nothing.
const (
	slowPiece = 16
	slowPause = 100 * time.Millisecond
)

// sendFaulty sends an answer whose transport breaks, as its scenario says.
func (x *exchange) sendFaulty(a *answer) {
	control := http.NewResponseController(x.w)
	switch a.fault {
	case scenarios.Reset:
		if conn, _, err := control.Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0) // RST instead of FIN
			}
			_ = conn.Close()
			return
		}
		panic(http.ErrAbortHandler) // HTTP/2 resets the stream
	case scenarios.Truncate:
		x.w.WriteHeader(a.status)
		_, _ = x.w.Write(a.body[:len(a.body)/2])
		_ = control.Flush()
		panic(http.ErrAbortHandler)
	default:
		x.w.WriteHeader(a.status)
		for rest := a.body; len(rest) > 0; {
			n := min(slowPiece, len(rest))
			if _, err := x.w.Write(rest[:n]); err != nil {
				return
			}
			_ = control.Flush()
			if rest = rest[n:]; len(rest) > 0 && !x.pause(slowPause) {
				return
			}
		}
	}
}

// pause waits, and tells whether the client is still there.
func (x *exchange) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	// The time that a script asks for is not the server's.
	_ = http.NewResponseController(x.w).SetWriteDeadline(time.Now().Add(d + DefaultWriteTimeout))
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-x.r.Context().Done():
		return false
	}
}
