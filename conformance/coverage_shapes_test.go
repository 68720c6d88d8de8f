package conformance_test

import (
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/scenarios"
)

func TestMockOfContractsOfManyShapesPassesClean(t *testing.T) {
	for _, location := range []string{
		"testdata/things.yaml", "testdata/shapes.yaml", "testdata/shapes31.yaml",
		"../mockserver/testdata/orders.yaml",
	} {
		t.Run(location, func(t *testing.T) {
			t.Parallel()
			doc := mustLoad(t, location)
			script := scenarios.Empty(doc)
			r := run(t, conformance.Config{
				Document: doc, Script: script, Phases: []string{"coverage"},
				BaseURL: serve(t, mock(t, doc, script)),
			})
			for v := range r.Verdicts() {
				if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
					t.Errorf("%s: %s", v.Case.ID, v)
				}
			}
			if !r.Conforms() || r.Sent < 15 {
				t.Errorf("%d checks were made of %d requests; conforms = %t", r.Checked(), r.Sent, r.Conforms())
			}
			for reason, ids := range r.SkippedCases() {
				t.Logf("skipped because %s: %v", reason, ids)
			}
		})
	}
}

func TestMockOfContractWhosePathsTakeAnyWordPassesClean(t *testing.T) {
	doc := mustLoad(t, "testdata/words.yaml")
	script := scenarios.Empty(doc)
	r := run(t, conformance.Config{Document: doc, Script: script, Token: "k3y", BaseURL: serve(t, mock(t, doc, script))})
	for v := range r.Verdicts() {
		if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
			t.Errorf("%s: %s", v.Case.ID, v)
		}
	}
	if !r.Conforms() || r.Sent < 15 {
		t.Errorf("%d checks were made of %d requests; conforms = %t", r.Checked(), r.Sent, r.Conforms())
	}
}
