package conformance_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

// authority writes a certificate that is its own authority, and its key.
func authority(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, kind string, der []byte) string {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	return write("certificate.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", keyDER)
}

// TestTrust checks a target that has a certificate of its own, and wants one.
func TestTrust(t *testing.T) {
	certificate, key := authority(t)
	pair, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAnyClientCert}
	server.StartTLS()
	defer server.Close()
	doc := mustLoad(t, "testdata/things.yaml")

	tests := map[string]struct {
		config      conformance.Config
		unreachable bool
		curl        string
	}{
		"by its authority, with a certificate": {conformance.Config{CA: certificate, Cert: certificate, Key: key}, false,
			"curl -sS -i --cacert " + certificate + " --cert " + certificate + " --key " + key},
		"unchecked, with a certificate": {conformance.Config{Insecure: true, Cert: certificate, Key: key}, false,
			"curl -sS -i -k --cert " + certificate},
		"by its authority, with none":   {conformance.Config{CA: certificate}, true, ""},
		"without knowing its authority": {conformance.Config{Cert: certificate, Key: key}, true, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.config.Document, tt.config.BaseURL = doc, server.URL
			r, err := conformance.Run(t.Context(), tt.config)
			var unreachable *conformance.UnreachableError
			if tt.unreachable {
				if !errors.As(err, &unreachable) {
					t.Fatalf("Run() error = %v, want an UnreachableError", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			told, err := json.Marshal(r.Report())
			if err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(string(told), tt.curl) {
				t.Errorf("no failure is told with %q", tt.curl)
			}
		})
	}
}

func TestTrustThatCannotBeUsed(t *testing.T) {
	_, key := authority(t)
	doc := mustLoad(t, "testdata/things.yaml")
	tests := map[string]struct {
		config conformance.Config
		want   string
	}{
		"authorities that are none":   {conformance.Config{CA: key}, "holds no certificate in PEM"},
		"a key without certificate":   {conformance.Config{Key: key}, "--key is given without --cert"},
		"a certificate that is a key": {conformance.Config{Cert: key}, "read the certificate"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tt.config.Document, tt.config.BaseURL = doc, "https://127.0.0.1:1"
			_, err := conformance.Run(t.Context(), tt.config)
			var usage *conformance.UsageError
			if !errors.As(err, &usage) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("Run() error = %v, want a UsageError that says %q", err, tt.want)
			}
		})
	}
}

// TestCredentialsOfAFile gives the run its credential in a file, where no process
// list shows it. What is given otherwise comes first.
func TestCredentialsOfAFile(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	file := filepath.Join(t.TempDir(), "secrets.yaml")
	if err := os.WriteFile(file, []byte("own: from-file\nother_partner: other\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	sent := func(c conformance.Config) string {
		var mu sync.Mutex
		keys := map[string]bool{}
		c.Document, c.Credentials = doc, file
		c.BaseURL = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			keys[r.Header.Get("X-Key")] = true
			w.WriteHeader(http.StatusNotFound)
		}))
		if _, err := conformance.Run(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		var own []string
		for _, key := range []string{"from-file", "from-flag"} {
			if keys[key] {
				own = append(own, key)
			}
		}
		return strings.Join(own, " ")
	}
	if got := sent(conformance.Config{}); got != "from-file" {
		t.Errorf("the run presents %q, want the file's", got)
	}
	if got := sent(conformance.Config{Token: "from-flag"}); got != "from-flag" {
		t.Errorf("the run presents %q, want the flag's", got)
	}
	if err := os.WriteFile(file, []byte("nobody: x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := conformance.Run(t.Context(), conformance.Config{Document: doc, BaseURL: "http://127.0.0.1:1", Credentials: file})
	if err == nil || !strings.Contains(err.Error(), `no credential "nobody"`) {
		t.Errorf("Run() error = %v, want one that names the credential", err)
	}
}
