package conformance_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// verifyMain is the command `verify` as a program may have it: flags, loading,
// and exit codes.
func verifyMain() {
	var flags struct {
		conformance.Config
		conformance.VerifyOptions

		Spec      string   `arg:"" default:"testdata/things.yaml"`
		Scenarios []string `help:"Files or folders of the script."`
	}
	parser := kong.Must(&flags, kong.Name("verify"), kong.Exit(os.Exit))
	if _, err := parser.Parse(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(conformance.ExitUsage)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	doc, err := spec.Load(ctx, flags.Spec)
	if err == nil && len(flags.Scenarios) > 0 {
		var sources []scenarios.Source
		for _, location := range flags.Scenarios {
			sources = append(sources, scenarios.Path(location))
		}
		flags.Script, err = scenarios.Load(ctx, doc, sources...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(conformance.ExitUsage)
	}
	flags.Document = doc
	code, err := conformance.Verify(ctx, flags.Config, flags.VerifyOptions)
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
	}
	os.Exit(code)
}

// wrong is the small server of the tests with faults in it.
func wrong(w http.ResponseWriter, r *http.Request) {
	rec := httptest.NewRecorder()
	things().ServeHTTP(rec, r)
	for name, values := range rec.Header() {
		w.Header()[name] = values
	}
	body := rec.Body.String()
	switch {
	case r.URL.Path == "/things" && rec.Code == http.StatusOK:
		w.Header().Del("X-Total")
		body = strings.ReplaceAll(body, `"one"`, `""`)
	case rec.Code == http.StatusUnauthorized:
		w.Header().Del("WWW-Authenticate")
	}
	w.WriteHeader(rec.Code)
	fmt.Fprint(w, body)
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			right := httptest.NewServer(things())
			env.Defer(right.Close)
			faulty := httptest.NewServer(http.HandlerFunc(wrong))
			env.Defer(faulty.Close)
			gone := httptest.NewServer(things())
			gone.Close()
			env.Setenv("RIGHT", right.URL)
			env.Setenv("WRONG", faulty.URL)
			env.Setenv("GONE", gone.URL)
			slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					time.Sleep(500 * time.Millisecond)
				}
				things().ServeHTTP(w, r)
			}))
			env.Defer(slow.Close)
			env.Setenv("SLOW", slow.URL)
			contract, err := os.ReadFile("testdata/things.yaml")
			if err != nil {
				return err
			}
			return os.WriteFile(env.Getenv("WORK")+"/things.yaml", contract, 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits runs a command that must end with an exit code: exits 2 verify …
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [argument…]")
	}
	code := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		code = exit.ExitCode()
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("it exits with %d, not %s", code, args[0])
	}
}
