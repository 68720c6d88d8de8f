package conformance

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec"
)

// shelves is a contract of many operations.
func shelves(t *testing.T, operations int) *spec.Document {
	t.Helper()
	var text strings.Builder
	text.WriteString("openapi: 3.1.0\ninfo: {title: Shelves, version: \"1\"}\npaths:\n")
	for i := range operations {
		fmt.Fprintf(&text, `
  /shelves%d:
    post:
      operationId: make%d
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 9}}]
      requestBody: {content: {application/json: {schema: {type: object, properties: {name: {type: string, maxLength: 9}}}}}}
      responses: {"201": {description: Made.}, "4XX": {description: No.}}
`, i, i)
	}
	doc, err := spec.Load(t.Context(), "shelves", spec.Embedded("shelves", []byte(text.String())))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestStepsOfLargeContractsAreLent(t *testing.T) {
	small, err := NewPlan(Config{Document: shelves(t, 1), Phases: []string{"coverage"}})
	if err != nil {
		t.Fatal(err)
	}
	large, err := NewPlan(Config{Document: shelves(t, lendFrom+1), Phases: []string{"coverage"}})
	if err != nil {
		t.Fatal(err)
	}
	names := func(steps []*Step) string {
		var out []string
		for _, s := range steps {
			out = append(out, s.Name)
		}
		return strings.Join(out, "; ")
	}
	for i, kept := range small.Cases {
		lent := large.Cases[i]
		if lent.ID != kept.ID || len(lent.checks) != len(kept.checks) {
			t.Fatalf("case %d is %s with %d checks, want %s with %d", i, lent.ID, len(lent.checks), kept.ID, len(kept.checks))
		}
		for range 2 { // as for a second target
			if kept.Steps == nil || lent.Steps != nil {
				t.Fatalf("%s: %d steps are kept, %d before they are lent", kept.ID, len(kept.Steps), len(lent.Steps))
			}
			if lent.lend(); names(lent.Steps) != names(kept.Steps) {
				t.Errorf("%s has the steps\n%s\nwant\n%s", kept.ID, names(lent.Steps), names(kept.Steps))
			}
			lent.giveBack()
		}
		kept.giveBack()
		if kept.Steps == nil {
			t.Errorf("%s gave back what it was not lent", kept.ID)
		}
	}
	if len(small.Cases) < 4 {
		t.Errorf("there are %d cases", len(small.Cases))
	}
}
