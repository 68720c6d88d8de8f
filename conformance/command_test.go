package conformance_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	scriptdinie "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

// TestCommand plays scripts with the command itself, as a person would type
// them.
func TestCommand(t *testing.T) {
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "concord"), "github.com/concord-api/concord")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		t.Fatalf("build the command: %v", err)
	}
	action, err := filepath.Abs("../.github/actions/verify")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/command",
		Setup: func(env *testscript.Env) error {
			env.Setenv("PATH", bin+string(os.PathListSeparator)+env.Getenv("PATH"))
			mock, err := embeddedMock()
			if err != nil {
				return err
			}
			right := httptest.NewServer(mock)
			env.Defer(right.Close)
			broken := httptest.NewServer(withoutCodes(mock))
			env.Defer(broken.Close)
			taken, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return err
			}
			env.Defer(func() { taken.Close() })
			_, port, err := net.SplitHostPort(taken.Addr().String())
			if err != nil {
				return err
			}
			env.Setenv("MOCK", right.URL)
			env.Setenv("BROKEN", broken.URL)
			env.Setenv("TAKEN", port)
			env.Setenv("ACTION", action)
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// embeddedMock is the mock that `serve` starts without arguments.
func embeddedMock() (http.Handler, error) {
	ctx := context.Background()
	doc, err := spec.Load(ctx, "embedded", spec.Embedded("embedded", dinie.Document))
	if err != nil {
		return nil, err
	}
	script, err := scenarios.Load(ctx, doc, scenarios.FS("embedded", scriptdinie.Files))
	if err != nil {
		return nil, err
	}
	return mockserver.New(doc, script)
}

// withoutCodes takes the codes out of the problems of a server.
func withoutCodes(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		for name, values := range rec.Header() {
			w.Header()[name] = values
		}
		body := bytes.ReplaceAll(rec.Body.Bytes(), []byte(`"code"`), []byte(`"kode"`))
		w.WriteHeader(rec.Code)
		_, _ = w.Write(body)
	})
}
