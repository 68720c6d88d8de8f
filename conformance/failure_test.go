package conformance_test

import (
	"flag"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestFailureReadsLikeABugReport holds the first failure of each check to a golden file.
func TestFailureReadsLikeABugReport(t *testing.T) {
	url := serve(t, http.HandlerFunc(wrong))
	r := run(t, conformance.Config{Document: mustLoad(t, "testdata/things.yaml"), BaseURL: url, Token: "secret-key", Phases: []string{"protocol"}})
	var b strings.Builder
	told := map[string]bool{}
	for v := range r.Verdicts() {
		if v.Outcome == conformance.Broken && !told[v.Check.ID] {
			told[v.Check.ID] = true
			b.WriteString(v.Case.ID + ": " + v.String() + "\n\n")
		}
	}
	got := strings.ReplaceAll(b.String(), url, "http://target")
	got = regexp.MustCompile(`in [0-9.]+(ms|µs|s)`).ReplaceAllString(got, "in 1ms")
	if *update {
		if err := os.WriteFile("testdata/failures.golden", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/failures.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got\n%s\nwant\n%s\n(write it anew with -update)", got, want)
	}
	if strings.Contains(got, "secret-key") {
		t.Error("a failure tells the token")
	}
}
