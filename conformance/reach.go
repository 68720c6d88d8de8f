package conformance

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/concord-api/concord/spec"
)

// UnreachableError says that no HTTP answer could be had from a target.
type UnreachableError struct {
	BaseURL string
	Reason  string // a sentence, and what to do next
}

// Error implements error.
func (e *UnreachableError) Error() string { return "cannot reach " + e.BaseURL + ": " + e.Reason }

// isMock tells Concord's own mock, which says so where it refuses.
func isMock(h http.Header) bool { return h.Get("Server") == "Concord" }

// reach asks the target for what it does not have. Each HTTP answer will do. It
// tells whether the target is Concord's mock.
func (t *target) reach(ctx context.Context, path string) (mock bool, err error) {
	probe, cancel := context.WithTimeout(ctx, t.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(probe, http.MethodGet, t.url(path, ""), nil)
	if err != nil {
		return false, usage("read base URL: %w", err)
	}
	for name, values := range t.header {
		req.Header[name] = values
	}
	req.Header.Set("User-Agent", t.agent)
	resp, err := t.client.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		return false, &UnreachableError{t.base.String(), describeError(err, t.timeout)}
	}
	resp.Body.Close()
	return isMock(resp.Header), nil
}

// serverPath finds the path in front of the contract's paths where --base-url has
// none: that of one of its servers, if the target has none of the operations
// asked for without it, and one with it. It is "" where nothing tells.
func (t *target) serverPath(ctx context.Context, doc *spec.Document) string {
	if strings.Trim(t.base.Path, "/") != "" {
		return ""
	}
	var prefixes, paths []string
	for _, op := range doc.Operations() {
		for _, base := range op.BasePaths {
			if base == "" {
				return "" // the contract's paths may well stand alone
			}
			if !slices.Contains(prefixes, base) {
				prefixes = append(prefixes, base)
			}
		}
		// Where a path is, a method that it does not have is no 404.
		if len(paths) < 3 && !strings.Contains(op.Path, "{") && !slices.Contains(paths, op.Path) {
			paths = append(paths, op.Path)
		}
	}
	there := func(prefix string) bool {
		return slices.ContainsFunc(paths, func(path string) bool {
			x := t.send(ctx, &Request{Method: http.MethodGet, URL: t.url(prefix+path, ""), Header: http.Header{"User-Agent": {t.agent}, "Accept": {"*/*"}}})
			return x.Answered() && x.Response.Status != http.StatusNotFound
		})
	}
	if len(prefixes) == 0 || len(prefixes) > 8 || there("") {
		return ""
	}
	if i := slices.IndexFunc(prefixes, there); i >= 0 {
		return prefixes[i]
	}
	return ""
}

// describeError says in a sentence why no answer came, and what to look at.
func describeError(err error, timeout time.Duration) string {
	var (
		dns       *net.DNSError
		invalid   x509.CertificateInvalidError
		authority x509.UnknownAuthorityError
		host      x509.HostnameError
		record    tls.RecordHeaderError
		alert     tls.AlertError
	)
	switch {
	case isTimeout(err):
		return fmt.Sprintf("no answer within %s: is the server up, or is --timeout too short?", timeout)
	case errors.As(err, &dns):
		return fmt.Sprintf("the host %s is not known: look at the spelling of --base-url, or at the network", dns.Name)
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there: start the server, or look at the port of --base-url"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "the connection was reset before an answer came"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("its certificate is not valid now (%s to %s): renew it, or leave it unchecked with --insecure",
			invalid.Cert.NotBefore.Format(time.DateOnly), invalid.Cert.NotAfter.Format(time.DateOnly))
	case errors.As(err, &authority):
		return "its certificate is signed by nobody that this system trusts: trust the authority with --ca, or leave it unchecked with --insecure"
	case errors.As(err, &host):
		return fmt.Sprintf("its certificate is for other hosts (%s): look at --base-url, or leave it unchecked with --insecure", strings.Join(host.Certificate.DNSNames, ", "))
	case errors.As(err, &record):
		return "it does not speak TLS: should --base-url begin with http://?"
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "it speaks HTTP, not HTTPS: should --base-url begin with http://?"
	case errors.As(err, &alert):
		return "TLS could not be agreed on: " + alert.Error()
	case strings.Contains(err.Error(), "malformed HTTP"):
		return "what it sends is not HTTP (" + innermost(err) + "): is this the right port?"
	case strings.Contains(err.Error(), "readLoopPeekFailLocked"):
		// What net/http says where bytes come before it asked for any.
		return "what it sends is not HTTP: it speaks before it is asked; is this the right port?"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before an answer came"
	}
	return innermost(err)
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timeout) && timeout.Timeout()
}

// innermost is the text of the last error in a chain.
func innermost(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err.Error()
		}
		err = next
	}
}
