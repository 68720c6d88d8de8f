package coverage_test

import (
	"testing"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

// contracts are the documents that the tests of this module have.
var contracts = []string{
	"dinie",
	"../testdata/things.yaml",
	"../testdata/shapes.yaml",
	"../testdata/shapes31.yaml",
	"../../mockserver/testdata/pets.yaml",
	"../../mockserver/testdata/orders.yaml",
}

func mustLoad(tb testing.TB, location string) *spec.Document {
	tb.Helper()
	doc, err := spec.Load(tb.Context(), location, spec.Embedded("dinie", dinie.Document))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

func TestCasesAreWhatTheySayOnTheWire(t *testing.T) {
	for _, location := range contracts {
		t.Run(location, func(t *testing.T) {
			for _, op := range mustLoad(t, location).Operations() {
				base, err := coverage.SampleBase(op, 1)
				if err != nil {
					t.Errorf("%s: %v", op.ID, err)
					continue
				}
				set := coverage.Cases(base, coverage.Options{Seed: 1})
				for _, fault := range set.Faulty {
					t.Error(fault)
				}
				for _, c := range set.Cases {
					r, err := c.Apply(base)
					if err != nil {
						t.Errorf("%s, %s: %v", op.ID, c.ID, err)
						continue
					}
					if testing.Verbose() {
						t.Logf("%s %s sure=%t meant=%t: %s %s\t%.60s ?%.60s %.90s", op.ID, c.Want, c.Sure, c.Meant, c.ID, c.Name, r.Path, r.Query, r.Body)
					}
				}
				t.Logf("%s: %d cases, %d dropped", op.ID, len(set.Cases), set.Dropped)
			}
		})
	}
}

// Whatever stands in a part of a form is a text, and so is a file that says {}.
func TestPartsOfAFormAreTexts(t *testing.T) {
	op := mustLoad(t, "dinie").Operation("createKycAttachment")
	base, err := coverage.SampleBase(op, 1)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, c := range coverage.Cases(base, coverage.Options{Seed: 1}).Cases {
		if c.Pointer == "" || c.Kind != coverage.Member {
			continue
		}
		tried++
		if c.Keyword == "type" && c.Want == coverage.Refuse {
			t.Errorf("%s: %s %s", c.ID, c.Place, c.Name)
		}
	}
	if tried < 4 {
		t.Errorf("%d cases are about the parts", tried)
	}
}
