package conformance_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
)

// users is a contract of things that have a password. VERSION, REQUIRED and
// EXAMPLE differ from test to test.
const users = `openapi: VERSION
info: {title: Users, version: "1"}
paths:
  /users:
    get:
      operationId: listUsers
      responses:
        "200":
          description: All.
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/User"}}
EXAMPLE
components:
  schemas:
    Secret: {type: string, writeOnly: true}
    User:
      type: object
      required: REQUIRED
      properties:
        name: {type: string}
        password: {$ref: "#/components/schemas/Secret"}
        pin: {allOf: [{type: string}, {writeOnly: true}]}
`

// userList serves the contract with a body.
func userList(t *testing.T, version, required, example, body string) *conformance.Results {
	t.Helper()
	location := filepath.Join(t.TempDir(), "users.yaml")
	if example != "" {
		example = "              example: " + example
	}
	text := strings.NewReplacer("VERSION", version, "REQUIRED", required, "EXAMPLE\n", example+"\n").Replace(users)
	if err := os.WriteFile(location, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return run(t, conformance.Config{
		Document: mustLoad(t, location), Phases: []string{"coverage"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, body)
		})),
	})
}

func TestMembersThatAreWriteOnly(t *testing.T) {
	tests := map[string]struct{ version, required, example, body, want string }{
		"none of them":                         {"3.1.0", "[name]", "", `[{"name": "ana"}]`, ""},
		"a password":                           {"3.1.0", "[name]", "", `[{"name": "ana"}, {"name": "bo", "password": "s3cret"}]`, "body.write-only"},
		"a password by allOf":                  {"3.1.0", "[name]", "", `[{"name": "ana", "pin": "1234"}]`, "body.write-only"},
		"a password that is empty":             {"3.1.0", "[name]", "", `[{"name": "ana", "password": ""}]`, ""},
		"a password that is masked":            {"3.1.0", "[name]", "", `[{"name": "ana", "password": "********"}]`, ""},
		"a password that is required as well":  {"3.1.0", "[name, password]", "", `[{"name": "ana", "password": "s3cret"}]`, "body.write-only-loosely"},
		"a password where 3.0 advises against": {"3.0.3", "[name]", "", `[{"name": "ana", "password": "s3cret"}]`, "body.write-only-loosely"},
		"a password that the contract shows":   {"3.1.0", "[name]", `[{name: ana, password: shown}]`, `[{"name": "ana"}, {"name": "bo", "password": "s3cret"}]`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := userList(t, tt.version, tt.required, tt.example, tt.body)
			var got []string
			for v := range r.Verdicts() {
				if v.Outcome == conformance.Broken || v.Outcome == conformance.Warned {
					got = append(got, v.Check.ID)
				}
			}
			slices.Sort(got)
			if got := strings.Join(slices.Compact(got), " "); got != tt.want {
				t.Errorf("broken are %q, want %q", got, tt.want)
			}
		})
	}
}
