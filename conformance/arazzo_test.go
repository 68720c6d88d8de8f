package conformance_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/conformance/report"
)

// shelving runs the workflow of the tests on a shelf.
func shelving(t *testing.T, s *shelf, name string) *conformance.Results {
	t.Helper()
	c := conformance.Config{
		Document: mustLoad(t, "testdata/shelf.yaml"), BaseURL: serve(t, s.handler()),
		Phases: []string{"workflows"}, Arazzo: []string{"testdata/shelf.arazzo.yaml"},
	}
	if name != "" {
		c.Fixture = map[string]string{"shelf_name": name}
	}
	return run(t, c)
}

func TestWorkflowHoldsOnARightServer(t *testing.T) {
	s := &shelf{}
	r := shelving(t, s, "evening")
	if !r.Conforms() || len(broken(r)) > 0 {
		t.Errorf("broken are %v, skipped %v", broken(r), r.SkippedCases())
	}
	if r.Sent != 3 {
		t.Errorf("%d requests were sent, want 3", r.Sent)
	}
	if len(s.shelves) != 0 {
		t.Error("the shelf that the workflow made is left")
	}
}

func TestWorkflowFindsFaults(t *testing.T) {
	tests := map[string]struct {
		server *shelf
		input  string
		want   string
	}{
		"a simple condition":       {&shelf{}, "night", "'EVENING'"},
		"a regex":                  {&shelf{location: func(string) string { return "/elsewhere" }}, "evening", "regex /books/"},
		"a header that is missing": {&shelf{location: func(string) string { return "" }}, "evening", "$response.header.location has no value"},
		"a status":                 {&shelf{lazy: true}, "evening", "$statusCode == 204"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r := shelving(t, tt.server, tt.input)
			for v := range r.Verdicts() {
				if v.Check.ID == "workflow.criteria" && v.Outcome == conformance.Broken && strings.Contains(v.String(), tt.want) {
					return
				}
			}
			t.Errorf("no failure speaks of %s: broken are %v, skipped %v", tt.want, broken(r), r.SkippedCases())
		})
	}
}

func TestWorkflowWithoutItsInputIsSkipped(t *testing.T) {
	for reason := range shelving(t, &shelf{}, "").SkippedCases() {
		if strings.Contains(reason, `fixture "shelf_name"`) {
			return
		}
	}
	t.Error("a workflow whose input nobody gives is not skipped for it")
}

func TestWhatIsNotSupportedOfArazzoIsRefusedWithItsPlace(t *testing.T) {
	text, err := os.ReadFile("testdata/shelf.arazzo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ old, new, want string }{
		"an unknown operation":       {"operationId: createShelf", "operationId: makeShelf", `step "shelf": the contract has no operation "makeShelf"`},
		"a retry":                    {"{name: stop, type: end}", "{name: stop, type: retry, retryLimit: 2}", "only the plain type end is supported"},
		"a broken condition":         {"$statusCode == 204", "$statusCode == ", "it ends where a value should stand"},
		"an XPath":                   {"type: jsonpath", "type: xpath", "criteria of type xpath are not supported"},
		"a broken regex":             {`"/books/[0-9]+$"`, `"("`, "read the regex"},
		"a path parameter forgotten": {"        parameters: [{name: shelf_id, in: path, value: $steps.shelf.outputs.id}]\n", "", `needs the path parameter "shelf_id"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "broken.arazzo.yaml")
			changed := strings.Replace(string(text), tt.old, tt.new, 1)
			if changed == string(text) {
				t.Fatal("nothing was changed")
			}
			if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := conformance.NewPlan(conformance.Config{
				Document: mustLoad(t, "testdata/shelf.yaml"), BaseURL: "http://127.0.0.1", Arazzo: []string{file},
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), file+":") {
				t.Errorf("the error is %v, want one of %s that says %q", err, file, tt.want)
			}
		})
	}
}

func TestRunThatIsCutShortRemovesWhatItMade(t *testing.T) {
	s := &shelf{}
	h := s.handler()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	url := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(w, r)
		if r.Method == http.MethodPatch {
			cancel()
		}
	}))
	r, err := conformance.Run(ctx, conformance.Config{Document: mustLoad(t, "testdata/shelf.yaml"), BaseURL: url, Phases: []string{"steps"}, Concurrency: 1})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Cut || r.Guest.Created == 0 || len(r.Guest.Left) != 0 || len(s.shelves) != 0 {
		t.Errorf("cut = %t, %d things were made, left are %v and %d shelves", r.Cut, r.Guest.Created, r.Guest.Left, len(s.shelves))
	}
	told := r.Report()
	if told.Outcome != report.Cut || told.Why == "" {
		t.Errorf("the report says that it is %q because %q", told.Outcome, told.Why)
	}
	for _, format := range report.Formats {
		var b strings.Builder
		if err := format.Write(&b, told); err != nil {
			t.Error(err)
		}
		if text := b.String(); strings.Contains(strings.ToLower(text), "does not conform") || format.Name != "sarif" && !strings.Contains(text, "cut short") {
			t.Errorf("%s does not say that the run was cut short:\n%.500s", format.Name, text)
		}
	}
}
