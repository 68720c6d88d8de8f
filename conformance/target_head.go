package conformance

import (
	"bufio"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"time"
)

// headPatience is how long content is waited for after the header of HEAD. The
// connection is asked to be closed, so that most servers end it at once.
const headPatience = 250 * time.Millisecond

// afterHeader sends a HEAD once more, on a connection of its own, and returns the
// beginning of what comes after the header: net/http drops it without a word.
// Faults of the connection are those that the exchange itself has met or not.
func (t *target) afterHeader(ctx context.Context, head *Request) []byte {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	r, err := t.request(ctx, head)
	if err != nil {
		return nil
	}
	if proxy, err := http.ProxyFromEnvironment(r); err != nil || proxy != nil {
		return nil
	}
	conn, err := t.dial(ctx, r)
	if err != nil {
		return nil
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	r.Close = true
	if err := r.Write(conn); err != nil {
		return nil
	}
	answer := bufio.NewReader(conn)
	for {
		resp, err := http.ReadResponse(answer, r)
		if err != nil {
			return nil
		}
		if resp.StatusCode >= 200 {
			break
		}
	}
	_ = conn.SetReadDeadline(time.Now().Add(headPatience))
	content := make([]byte, 512)
	n, _ := answer.Read(content)
	return content[:n]
}

// dial connects to where a request goes.
func (t *target) dial(ctx context.Context, r *http.Request) (net.Conn, error) {
	port := r.URL.Port()
	if port == "" {
		port = r.URL.Scheme // "http" and "https" are names of services
	}
	address := net.JoinHostPort(r.URL.Hostname(), port)
	if r.URL.Scheme == "http" {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	config := t.tls.Clone()
	config.NextProtos = []string{"http/1.1"}
	return (&tls.Dialer{Config: config}).DialContext(ctx, "tcp", address)
}
