package conformance_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/conformance/report"
)

// canary is a secret that must not come to light. Its characters change in URLs
// and in JSON.
const canary = `canary-7f3a/9"b&c=d`

// echo answers each request with all that it holds, in wrong answers.
func echo(w http.ResponseWriter, r *http.Request) {
	key := r.Header.Get("X-Key")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Echo", key)
	w.Header().Set("X-Encoded", base64.StdEncoding.EncodeToString([]byte(key)))
	w.Header().Set("WWW-Authenticate", "Echo "+url.QueryEscape(key))
	w.WriteHeader(http.StatusOK)
	quoted, _ := json.Marshal(key)
	fmt.Fprintf(w, `[{"id":"%s","name":%s,"other":%q,"again":%q}]`, url.QueryEscape(key), quoted, url.PathEscape(key), base64.StdEncoding.EncodeToString([]byte(key)))
	fmt.Fprint(w, strings.Repeat(" ", 32<<10-200)+key+" "+key) // across where reports cut it
}

// leaks lists the forms of the canary that a text holds.
func leaks(text string) []string {
	var found []string
	inside, _ := json.Marshal(canary)
	for _, form := range []string{canary, url.QueryEscape(canary), url.PathEscape(canary), strings.Trim(string(inside), `"`), base64.StdEncoding.EncodeToString([]byte(canary)), "canary-7f3a"} {
		if strings.Contains(text, form) {
			found = append(found, form)
		}
	}
	return found
}

func TestNoReportHoldsASecret(t *testing.T) {
	doc := mustLoad(t, "testdata/things.yaml")
	r, err := conformance.Run(t.Context(), conformance.Config{Document: doc, BaseURL: serve(t, http.HandlerFunc(echo)), Token: canary, Header: []string{"X-Api-Token: " + canary}})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Findings(conformance.Broken)) == 0 {
		t.Fatal("nothing is broken, so that nothing is told")
	}
	model := r.Report()
	for _, format := range report.Formats {
		var b bytes.Buffer
		if err := format.Write(&b, model); err != nil {
			t.Fatal(err)
		}
		if found := leaks(b.String()); found != nil {
			t.Errorf("the %s report holds the secret as %q", format.Name, found)
		}
		if format.Name != "github" && !strings.Contains(b.String(), "$CONCORD_TOKEN") {
			t.Errorf("the %s report does not say where the secret stands", format.Name)
		}
	}
	var b bytes.Buffer
	if err := report.Summary(&b, model); err != nil {
		t.Fatal(err)
	}
	for v := range r.Verdicts() {
		b.WriteString(v.String())
	}
	if found := leaks(b.String()); found != nil {
		t.Errorf("the summary or the console holds the secret as %q", found)
	}
}
