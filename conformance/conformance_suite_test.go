package conformance_test

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	dinie "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	contract "github.com/concord-api/concord/spec/dinie"
)

// suiteFlags are the flags of the suite after `ginkgo run ./conformance --` and
// `go test ./conformance -args`.
var suiteFlags struct {
	conformance.Config

	Spec      string   `default:"dinie" help:"OpenAPI document: a file, a URL, or dinie." env:"CONCORD_SPEC"`
	Scenarios []string `help:"Scenario files, or folders of them." env:"CONCORD_SCENARIOS"`
}

func TestMain(m *testing.M) {
	complete, err := conformance.BindFlags(flag.CommandLine, &suiteFlags)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(conformance.ExitUsage)
	}
	testscript.Main(flagged{m, complete}, map[string]func(){"verify": verifyMain})
}

// flagged is a run of tests that reads the suite's flags first. With a target of
// its own, the suite is all that runs.
type flagged struct {
	m        *testing.M
	complete func() error
}

// Run implements testscript.TestingM.
func (f flagged) Run() int {
	flag.Parse()
	if err := f.complete(); err != nil {
		fmt.Fprintln(os.Stderr, "conformance:", err)
		return conformance.ExitUsage
	}
	if suiteFlags.BaseURL != "" {
		if err := flag.Set("test.run", "^TestConformance$"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return conformance.ExitUsage
		}
	}
	return f.m.Run()
}

// TestConformance runs the suite: against --base-url, else against the mock on
// loopback.
func TestConformance(t *testing.T) {
	c := suiteFlags.Config
	if err := loadSuite(t.Context(), &c); err != nil {
		t.Fatal(err)
	}
	if c.BaseURL == "" {
		mock, err := mockserver.New(c.Document, c.Script)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(mock)
		defer server.Close()
		c.BaseURL = server.URL
	}
	gomega.RegisterFailHandler(ginkgo.Fail)
	if err := conformance.Describe(c); err != nil {
		t.Fatal(err)
	}
	ginkgo.RunSpecs(t, "Concord conformance")
}

// loadSuite loads what the flags name.
func loadSuite(ctx context.Context, c *conformance.Config) (err error) {
	c.Document, err = spec.Load(ctx, suiteFlags.Spec, spec.Embedded("dinie", contract.Document))
	if err != nil {
		return err
	}
	var sources []scenarios.Source
	for _, location := range suiteFlags.Scenarios {
		sources = append(sources, scenarios.Path(location))
	}
	if len(sources) == 0 && suiteFlags.Spec == "dinie" {
		sources = append(sources, scenarios.FS("dinie", dinie.Files))
	}
	if len(sources) > 0 {
		c.Script, err = scenarios.Load(ctx, c.Document, sources...)
	}
	return err
}
