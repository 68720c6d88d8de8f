package conformance_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/concord-api/concord/conformance"
)

const labels = `openapi: 3.1.0
info: {title: Labels, version: "1"}
paths:
  /labels:
    post:
      operationId: createLabel
      requestBody:
        required: true
        content:
          application/json:
            schema: {type: object, required: [text], properties: {text: {type: string, minLength: 1, maxLength: 40, example: tea}}}
      responses:
        "201": {description: Made., content: {application/json: {schema: {type: object}}}}
        "422": {description: No.}
`

// labelling runs the phase on a server that takes texts of at most forty, as it
// counts them; those that it has no letters for it refuses whatever their length.
func labelling(t *testing.T, count func(string) int, writes func(rune) bool) *conformance.Results {
	t.Helper()
	location := filepath.Join(t.TempDir(), "labels.yaml")
	if err := os.WriteFile(location, []byte(labels), 0o600); err != nil {
		t.Fatal(err)
	}
	return run(t, conformance.Config{
		Document: mustLoad(t, location), Phases: []string{"coverage"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var in struct{ Text *string }
			body, err := io.ReadAll(r.Body)
			_, rest, _ := strings.Cut(r.Header.Get("Content-Type"), "/")
			if err != nil || !utf8.Valid(body) || rest != "json" || json.Unmarshal(body, &in) != nil || in.Text == nil || *in.Text == "" ||
				count(*in.Text) > 40 || strings.ContainsFunc(*in.Text, func(r rune) bool { return !writes(r) }) {
				w.WriteHeader(http.StatusUnprocessableEntity)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, "{}")
		})),
	})
}

func inUTF16(s string) int { return len(utf16.Encode([]rune(s))) }

func inBytes(s string) int { return len(s) }

func all(rune) bool { return true }

func isLatin1(r rune) bool { return r < 0x100 }

func TestLengthsCountCharacters(t *testing.T) {
	tests := map[string]struct {
		count  func(string) int
		writes func(rune) bool
		must   []string // steps of what is broken
	}{
		"characters":               {utf8.RuneCountInString, all, nil},
		"characters, of one plane": {utf8.RuneCountInString, func(r rune) bool { return r < 0x10000 }, nil},
		"characters of ASCII":      {utf8.RuneCountInString, func(r rune) bool { return r < 0x80 }, nil},
		"units of UTF-16":          {inUTF16, all, []string{"emoji, each two units of UTF-16"}},
		"bytes":                    {inBytes, all, []string{"emoji, each two units of UTF-16", "letters of two bytes"}},
		"bytes, of Latin-1":        {inBytes, isLatin1, []string{"letters of two bytes"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range labelling(t, tt.count, tt.writes).Findings(conformance.Broken) {
				for _, found := range f.Failures {
					_, what, _ := strings.Cut(found.Failure.Step, ", ")
					if got = append(got, what); f.Check.ID != "positive.accepted" {
						t.Errorf("broken is %s: %s", f.Check.ID, found.Verdict)
					}
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, tt.must) {
				t.Errorf("broken are %q, want %q", got, tt.must)
			}
		})
	}
}
