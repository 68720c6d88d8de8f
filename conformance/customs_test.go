package conformance_test

import (
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/scenarios"
)

func TestCustomsOfContractsInUseRaiseNoAlarm(t *testing.T) {
	doc := mustLoad(t, "testdata/customs.yaml")
	script := scenarios.Empty(doc)
	r := run(t, conformance.Config{Document: doc, Script: script, Token: "k3y", BaseURL: serve(t, mock(t, doc, script))})
	held := map[string]bool{}
	for v := range r.Verdicts() {
		switch {
		case v.Outcome == conformance.Broken, v.Outcome == conformance.Warned && v.Check.ID != "status.refusal-documented":
			t.Errorf("%s: %s", v.Case.ID, v)
		case v.Outcome == conformance.Held && v.Case.Operation != nil:
			held[v.Case.Operation.ID] = true
		}
	}
	for _, op := range doc.Operations() {
		if !held[op.ID] {
			t.Errorf("nothing was held of %s", op.ID)
		}
	}
}
