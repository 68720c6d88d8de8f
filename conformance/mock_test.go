package conformance_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	dinie "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	contract "github.com/concord-api/concord/spec/dinie"
)

// embeddedScript is the embedded contract and script, loaded once: neither
// changes.
var embeddedScript = sync.OnceValues(func() (*scenarios.Script, error) {
	doc, err := spec.Load(context.Background(), "dinie", spec.Embedded("dinie", contract.Document))
	if err != nil {
		return nil, err
	}
	return scenarios.Load(context.Background(), doc, scenarios.FS("dinie", dinie.Files))
})

// defaults gives the embedded contract and script.
func defaults(tb testing.TB) (*spec.Document, *scenarios.Script) {
	tb.Helper()
	script, err := embeddedScript()
	if err != nil {
		tb.Fatal(err)
	}
	return script.Document, script
}

// mock plays a contract and a script.
func mock(tb testing.TB, doc *spec.Document, script *scenarios.Script) http.Handler {
	tb.Helper()
	server, err := mockserver.New(doc, script)
	if err != nil {
		tb.Fatal(err)
	}
	return server
}

func TestMockOfTheDefaultContractPassesClean(t *testing.T) {
	doc, script := defaults(t)
	r := run(t, conformance.Config{Document: doc, Script: script, BaseURL: serve(t, mock(t, doc, script))})
	for _, outcome := range []conformance.Outcome{conformance.Broken, conformance.Warned} {
		for _, f := range r.Findings(outcome) {
			t.Errorf("%s in %d cases, first %s: %s", f.Check.ID, len(f.Failures), f.Failures[0].Verdict.Case.ID, f.Failures[0].Verdict)
		}
	}
	if !r.Conforms() {
		t.Errorf("%d checks were made, and the mock does not conform", r.Checked())
	}
	private := 0
	for v := range r.Verdicts() {
		if v.Check.ID == "created.private" && v.Outcome == conformance.Held {
			private++
		}
	}
	if private < 10 {
		t.Errorf("that things are private was checked %d times, want each operation of a customer and of an endpoint", private)
	}
	for reason, ids := range r.SkippedCases() {
		t.Logf("skipped because %s: %v", reason, ids)
	}
}
