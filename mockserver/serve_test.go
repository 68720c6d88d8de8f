package mockserver_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/concord-api/concord/mockserver"
)

// running serves until the test ends, and returns the first line that says
// where.
func running(t *testing.T, s *mockserver.Server, l mockserver.Listen) (base string, stop func() error) {
	t.Helper()
	read, write := io.Pipe()
	l.Out = write
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- mockserver.Serve(ctx, s, l)
		write.Close()
	}()
	t.Cleanup(cancel)
	lines := bufio.NewScanner(read)
	for lines.Scan() {
		if _, rest, ok := strings.Cut(lines.Text(), "Listening at "); ok {
			base, _, _ = strings.Cut(strings.TrimSuffix(rest, "."), ",")
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, read) }()
	if base == "" {
		t.Fatalf("it did not say where it listens: %v", <-ended)
	}
	return base, func() error {
		cancel()
		return <-ended
	}
}

func TestServeStopsWhenRequestsHaveEnded(t *testing.T) {
	s := scripted(t, "testdata/orders.yaml", "scenarios:"+created+"      delay: 200ms\n")
	base, stop := running(t, s, mockserver.Listen{})
	status := make(chan int, 1)
	go func() {
		r, _ := http.NewRequest("POST", base+"/orders", strings.NewReader(twelveMembers))
		r.Header.Set("Content-Type", asJSON)
		r.Header.Set("Authorization", "Bearer a")
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			status <- 0
			return
		}
		resp.Body.Close()
		status <- resp.StatusCode
	}()
	time.Sleep(50 * time.Millisecond)
	if err := stop(); err != nil {
		t.Errorf("Serve ends with %v", err)
	}
	if got := <-status; got != 201 {
		t.Errorf("the request that ran is answered %d, want 201", got)
	}
	if _, err := http.Get(base + "/orders"); err == nil {
		t.Error("it still answers")
	}
}

func TestAPortThatIsInUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	err = mockserver.Serve(t.Context(), petsServer(t), mockserver.Listen{Port: taken.Addr().(*net.TCPAddr).Port})
	if !errors.Is(err, mockserver.ErrListen) || !strings.Contains(err.Error(), "choose another with --port") {
		t.Errorf("the error is %v", err)
	}
}

func TestTLS(t *testing.T) {
	cert, key := certificate(t)
	base, stop := running(t, petsServer(t), mockserver.Listen{TLSCert: cert, TLSKey: key})
	pool := x509.NewCertPool()
	text, err := os.ReadFile(cert)
	if err != nil {
		t.Fatal(err)
	}
	pool.AppendCertsFromPEM(text)
	client := &http.Client{Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: pool}}}
	resp, err := client.Get(base + "/pets")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	client.CloseIdleConnections()
	if resp.StatusCode != 200 || resp.ProtoMajor != 2 {
		t.Errorf("answered %d over %s", resp.StatusCode, resp.Proto)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestCertificatesThatCannotBeUsed(t *testing.T) {
	cert, key := certificate(t)
	tests := map[string]struct{ cert, key, says string }{
		"a certificate without its key": {cert, "", "--tls-cert is given without --tls-key"},
		"a key without its certificate": {"", key, "--tls-key is given without --tls-cert"},
		"a file that is not there":      {"nowhere.pem", key, "nowhere.pem"},
		"a file that is no certificate": {key, key, "read the certificate"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := mockserver.Serve(t.Context(), petsServer(t), mockserver.Listen{TLSCert: tt.cert, TLSKey: tt.key})
			if !errors.Is(err, mockserver.ErrListen) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("the error is %v, want one that says %q", err, tt.says)
			}
		})
	}
}

// certificate writes a certificate for 127.0.0.1 and its key.
func certificate(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for name, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// What a connection carries that no client library would send.
func TestRawConnections(t *testing.T) {
	base, stop := running(t, petsServer(t), mockserver.Listen{ReadTimeout: 300 * time.Millisecond})
	defer func() { _ = stop() }()
	tests := map[string]struct{ send, want string }{
		"a body that does not come":     {"POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{", "HTTP/1.1 408 "},
		"a chunk that is none":          {"POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "HTTP/1.1 400 "},
		"OPTIONS of the whole server":   {"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 204 "},
		"HTTP/1.0":                      {"GET /pets HTTP/1.0\r\n\r\n", "HTTP/1.0 200 "},
		"a chunked body":                {"POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\ne\r\n{\"name\":\"Kit\"}\r\n0\r\n\r\n", "HTTP/1.1 201 "},
		"a body that waits to be asked": {"POST /pets HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\nExpect: 100-continue\r\n\r\n{\"name\":\"Kit\"}", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 "},
		"a header that is too long":     {"GET /pets HTTP/1.1\r\nHost: a\r\nX: " + strings.Repeat("x", 100<<10) + "\r\n\r\n", "HTTP/1.1 431 "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_ = c.SetDeadline(time.Now().Add(10 * time.Second))
			// The server may answer and close before it has read all.
			_, _ = io.WriteString(c, tt.send)
			got := make([]byte, len(tt.want))
			if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, []byte(tt.want)) {
				t.Errorf("answered %q (%v), want %q", got, err, tt.want)
			}
		})
	}
}
