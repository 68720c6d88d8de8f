package conformance

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// target is where requests go.
type target struct {
	base    *url.URL
	header  http.Header // for each request
	client  *http.Client
	tls     *tls.Config
	timeout time.Duration
	maxBody int64
	agent   string   // names the tool and the run
	curl    []string // arguments that make curl trust the target as the run does
	hosts   []string // that requests may go to, in lower case
}

func newTarget(c *Config) (*target, error) {
	base, err := c.base()
	if err != nil {
		return nil, err
	}
	header, err := c.headers()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := c.trust()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSClientConfig:        tlsConfig,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // bodies are judged as they travel
		MaxIdleConnsPerHost:    c.Concurrency,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    c.Timeout,
		MaxResponseHeaderBytes: 1 << 20,
	}
	return &target{
		base:   base,
		header: header,
		client: &http.Client{
			Transport: transport,
			// A redirect is an answer, and is judged as one.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		tls:     tlsConfig,
		timeout: c.Timeout,
		maxBody: c.MaxBody,
		agent:   userAgent,
		curl:    c.curlArguments(),
		hosts:   hosts(base, c.AllowHost),
	}, nil
}

// hosts lists where requests may go.
func hosts(base *url.URL, allowed []string) []string {
	out := []string{strings.ToLower(base.Host)}
	for _, host := range allowed {
		out = append(out, strings.ToLower(host))
	}
	return out
}

func (t *target) close() { t.client.CloseIdleConnections() }

// url is the address of an escaped path and a raw query.
func (t *target) url(path, query string) string {
	address := t.base.Scheme + "://" + t.base.Host + t.base.EscapedPath() + path
	if query != "" {
		address += "?" + query
	}
	return address
}

// send sends a request once and records what comes.
func (t *target) send(ctx context.Context, r *Request) *Exchange {
	x := &Exchange{Request: *r, Started: time.Now()}
	x.Request.Connect = t.curl
	defer func() { x.Took = time.Since(x.Started) }()
	if err := t.exchange(ctx, x); err != nil {
		x.Err = describeError(err, t.timeout)
	}
	return x
}

func (t *target) exchange(ctx context.Context, x *Exchange) error {
	ctx, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	req, err := t.request(ctx, &x.Request)
	if err != nil {
		return err
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	x.Response = Response{Status: resp.StatusCode, Proto: resp.Proto, Header: resp.Header}
	x.Response.Body, err = io.ReadAll(io.LimitReader(resp.Body, t.maxBody+1))
	switch {
	case err != nil:
		x.Response.Cut = cutText(err, len(x.Response.Body), t.timeout)
	case int64(len(x.Response.Body)) > t.maxBody:
		x.Response.Body = x.Response.Body[:t.maxBody]
		x.Response.Cut = fmt.Sprintf("the body is larger than %d bytes (--max-body), and was not read further", t.maxBody)
	}
	if req.Method != http.MethodHead && x.Response.Cut == "" {
		x.Response.decode(t.maxBody)
	}
	return nil
}

// request makes of a request what net/http sends.
func (t *target) request(ctx context.Context, r *Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, r.URL, http.NoBody)
	if err != nil {
		return nil, err
	}
	if r.Body != nil {
		req.ContentLength = int64(r.Padding + len(r.Body))
		req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(r.reader()), nil }
		req.Body, _ = req.GetBody()
	}
	if !contains(t.hosts, strings.ToLower(req.URL.Host)) {
		return nil, fmt.Errorf("it was not sent: %s is another host than that of the base URL; allow it with --allow-host", req.URL.Host)
	}
	req.Header = r.Header.Clone()
	if host := req.Header.Get("Host"); host != "" {
		req.Host = host
	}
	return req, nil
}

// cutText says why a body ends before its end.
func cutText(err error, read int, timeout time.Duration) string {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Sprintf("the connection ended after %d bytes of the body, before its end", read)
	case isTimeout(err):
		return fmt.Sprintf("the body did not end within %s (--timeout); %d bytes came", timeout, read)
	}
	return fmt.Sprintf("the body could not be read beyond %d bytes: %s", read, innermost(err))
}
