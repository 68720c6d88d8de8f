package conformance_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
)

func TestEachCheckIsExplained(t *testing.T) {
	for _, c := range conformance.Catalogue() {
		for what, text := range map[string]string{"says": c.Says, "source": c.Source, "why": c.Why, "right": c.Right, "wrong": c.Wrong} {
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no text for %s: add it to its literal", c.ID, what)
			}
		}
		if c.Right == c.Wrong {
			t.Errorf("%s has the same example for right and wrong", c.ID)
		}
	}
}

func TestExplainKnowsNoOtherCheck(t *testing.T) {
	tests := map[string]struct{ id, hint string }{
		"a misspelt name":   {"method.alow", "there is method.refused, method.allow,"},
		"a family":          {"head", "head.served, head.status"},
		"nothing like that": {"zzz", "`concord explain` lists them all"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := conformance.Explain(&bytes.Buffer{}, tt.id)
			var wrong *conformance.UsageError
			if !errors.As(err, &wrong) || !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("error = %v, want one with %q", err, tt.hint)
			}
		})
	}
}

func ExampleExplain() {
	_ = conformance.Explain(os.Stdout, "method.allow")
	// Output:
	// method.allow (must)
	//
	//   A 405 carries Allow.
	//
	//   why     The standard demands it of each 405: it is how a client finds the
	//           method that it needs.
	//   source  RFC 9110 §10.2.1, §15.5.6
	//   right   405 Method Not Allowed
	//           Allow: GET, POST
	//   wrong   405 Method Not Allowed, without Allow
	//   broken  the target does not conform: exit code 1
}
