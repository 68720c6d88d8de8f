package conformance_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

// listen accepts connections on loopback and gives each to a function.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); serve(conn) }()
		}
	}()
	return l.Addr().String()
}

// expiredCertificate is a certificate for 127.0.0.1 that was good in 2001.
func expiredCertificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2001, 2, 1, 0, 0, 0, 0, time.UTC),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(cert)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTargetThatCannotBeReached(t *testing.T) {
	certificate, pool := expiredCertificate(t)
	expired := httptest.NewUnstartedServer(http.NotFoundHandler())
	expired.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	expired.StartTLS()
	defer expired.Close()
	unknown := httptest.NewTLSServer(http.NotFoundHandler())
	defer unknown.Close()
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()

	tests := map[string]struct {
		url  string
		tls  *tls.Config
		want string
	}{
		"a port where nothing listens":     {"http://" + closed.Addr().String(), nil, "nothing listens there"},
		"a host that nobody knows":         {"http://no-such-host.invalid", nil, "the host no-such-host.invalid is not known"},
		"a certificate of the past":        {expired.URL, &tls.Config{RootCAs: pool}, "not valid now (2001-01-01 to 2001-02-01)"},
		"a certificate that nobody trusts": {unknown.URL, nil, "signed by nobody that this system trusts"},
		"http where https is asked for":    {"https" + strings.TrimPrefix(plain.URL, "http"), nil, "should --base-url begin with http://?"},
		"a server that speaks no HTTP": {"http://" + listen(t, func(c net.Conn) {
			_, _ = c.Write([]byte("SSH-2.0-OpenSSH_9.6\r\n"))
		}), nil, "what it sends is not HTTP"},
		"a server that hangs": {"http://" + listen(t, func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1<<16))
			time.Sleep(3 * time.Second)
		}), nil, "no answer within 1s"},
		"a server that hangs up": {"http://" + listen(t, func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1<<16))
		}), nil, "closed before an answer came"},
	}
	doc := mustLoad(t, "testdata/things.yaml")
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := conformance.Run(t.Context(), conformance.Config{
				Document: doc, BaseURL: tt.url, TLS: tt.tls, Timeout: time.Second,
			})
			var unreachable *conformance.UnreachableError
			if !errors.As(err, &unreachable) {
				t.Fatalf("Run() error = %v, want an UnreachableError", err)
			}
			if !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "cannot reach "+tt.url) {
				t.Errorf("Run() error = %q, which does not say %q", err, tt.want)
			}
		})
	}
}

func TestConfigurationThatCannotBeUsed(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	tests := map[string]struct {
		config conformance.Config
		want   string
	}{
		"no document":             {conformance.Config{BaseURL: "http://127.0.0.1"}, "no document"},
		"no base URL":             {conformance.Config{Document: doc}, "--base-url http://127.0.0.1:4010"},
		"a base URL of no scheme": {conformance.Config{Document: doc, BaseURL: "127.0.0.1:4010"}, "read base URL"},
		"a base URL of ftp":       {conformance.Config{Document: doc, BaseURL: "ftp://h/"}, "does not begin with http"},
		"a base URL with a query": {conformance.Config{Document: doc, BaseURL: "http://h/?a=b"}, "has a query"},
		"a base URL with a user":  {conformance.Config{Document: doc, BaseURL: "http://u:pass@h/"}, "holds a password"},
		"an unknown phase":        {conformance.Config{Document: doc, BaseURL: "http://h", Phases: []string{"guess"}}, `no phase "guess": the phases are scenarios, protocol, coverage`},
		"an unknown fixture":      {conformance.Config{Document: doc, BaseURL: "http://h", Fixture: map[string]string{"x": "1"}}, `no fixture "x"`},
		"an unknown credential":   {conformance.Config{Document: doc, BaseURL: "http://h", Credential: map[string]string{"x": "1"}}, `no credential "x"`},
		"a header without colon":  {conformance.Config{Document: doc, BaseURL: "http://h", Header: []string{"X"}}, `not of the form "Name: value"`},
		"a negative rate":         {conformance.Config{Document: doc, BaseURL: "http://h", Rate: -1}, "cannot be negative"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := conformance.Run(t.Context(), tt.config)
			var usage *conformance.UsageError
			if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("Run() error = %v, want a UsageError that says %q", err, tt.want)
			}
			if strings.Contains(err.Error(), "pass@") {
				t.Errorf("the error tells a password: %v", err)
			}
		})
	}
}
