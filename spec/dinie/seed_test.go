package dinie_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// seedOperation is the operation that the seed document describes.
const seedOperation = "/paths/~1customers~1{customer_id}~1biometrics/post"

// seedProblems are the statuses for which the seed documents problem details.
var seedProblems = []string{"401", "404", "409", "422", "429", "500"}

// TestSeedFacts holds the document to the seed, one fact a row. A nil want
// means that the value has only to be there and not be empty.
func TestSeedFacts(t *testing.T) {
	const (
		customerID = seedOperation + "/parameters/0"
		key        = seedOperation + "/parameters/1"
		session    = seedOperation + "/responses/200/content/application~1json/schema"
	)
	facts := []struct {
		fact, pointer string
		want          any
	}{
		{"the version is 2026-03-01", "/info/version", "2026-03-01"},
		{"the endpoint has a title", seedOperation + "/summary", "Generate a biometric capture session"},
		{"the endpoint is described", seedOperation + "/description", nil},
		{"bearerAuth secures the endpoint", seedOperation + "/security", []any{map[string]any{"bearerAuth": []any{}}}},
		{"bearerAuth is HTTP authentication", "/components/securitySchemes/bearerAuth/type", "http"},
		{"bearerAuth is the bearer scheme", "/components/securitySchemes/bearerAuth/scheme", "bearer"},

		{"the first parameter is customer_id", customerID + "/name", "customer_id"},
		{"customer_id is in the path", customerID + "/in", "path"},
		{"customer_id is a string", customerID + "/schema/type", "string"},
		{"customer_id is required", customerID + "/required", true},
		{"customer_id has its example", customerID + "/example", "cust_550e8400e29b41d4a716446655440000"},

		{"the second parameter is Idempotency-Key", key + "/name", "Idempotency-Key"},
		{"Idempotency-Key is a header", key + "/in", "header"},
		{"Idempotency-Key is a string", key + "/schema/type", "string"},
		{"Idempotency-Key is optional", key + "/required", false},
		{"Idempotency-Key is described", key + "/description", nil},

		{"the success is an object", session + "/type", "object"},
		{"both members of the success are required", session + "/required", []any{"session_url", "expires_at"}},
		{"session_url is a string", session + "/properties/session_url/type", "string"},
		{"session_url is a URL", session + "/properties/session_url/format", "uri"},
		{"session_url is described", session + "/properties/session_url/description", nil},
		{"session_url has its example", session + "/properties/session_url/examples/0", "https://biometrics.dinie.com.br/session/..."},
		{"expires_at is a string", session + "/properties/expires_at/type", "string"},
		{"expires_at is a date-time", session + "/properties/expires_at/format", "date-time"},
		{"expires_at has its example", session + "/properties/expires_at/examples/0", "2026-03-03T16:00:00Z"},
		{"the named example is the seed's", seedOperation + "/responses/200/content/application~1json/examples/session_created/value", map[string]any{
			"session_url": "https://biometrics.dinie.com.br/session/...",
			"expires_at":  "2026-03-03T16:00:00Z",
		}},
	}
	for _, status := range seedProblems {
		schema := seedOperation + "/responses/" + status + "/content/application~1problem+json/schema"
		item := schema + "/properties/errors/items"
		add := func(fact, pointer string, want any) {
			facts = append(facts, struct {
				fact, pointer string
				want          any
			}{"a " + status + "'s " + fact, pointer, want})
		}
		add("body is an object", schema+"/type", "object")
		add("required members are four", schema+"/required", []any{"type", "title", "status", "detail"})
		for member, typ := range map[string]string{
			"type": "string", "title": "string", "status": "integer", "detail": "string",
			"instance": "string", "code": "string", "param": "string", "errors": "array",
		} {
			add(member+" has its type", schema+"/properties/"+member+"/type", typ)
			add(member+" is described", schema+"/properties/"+member+"/description", nil)
		}
		add("type is a URI", schema+"/properties/type/format", "uri")
		add("instance is a URI reference", schema+"/properties/instance/format", "uri-reference")
		add("errors hold objects", item+"/type", "object")
		add("errors' required members are two", item+"/required", []any{"param", "detail"})
		for _, member := range []string{"param", "detail", "code"} {
			add("errors' "+member+" is a string", item+"/properties/"+member+"/type", "string")
		}
	}

	doc := readTree(t)
	for _, tt := range facts {
		t.Run(tt.fact, func(t *testing.T) {
			got, _, err := doc.at(tt.pointer)
			if err != nil {
				t.Fatal(err)
			}
			if tt.want == nil {
				if text, ok := got.(string); !ok || text == "" {
					t.Errorf("%s = %v, want a text", tt.pointer, got)
				}
				return
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.pointer, diff)
			}
		})
	}
}

// TestSeedNamesNothingElse proves the other half: what the seed does not list
// under its endpoint is not in the document either.
func TestSeedNamesNothingElse(t *testing.T) {
	type row struct {
		fact, pointer string
		want          []string
	}
	const responses = seedOperation + "/responses"
	rows := []row{
		{"the path has one method", "/paths/~1customers~1{customer_id}~1biometrics", []string{"post"}},
		{"the statuses are the seed's", responses, []string{"200", "401", "404", "409", "422", "429", "500"}},
		{"the success has one media type", responses + "/200/content", []string{"application/json"}},
		{"the success has two members", responses + "/200/content/application~1json/schema/properties", []string{"expires_at", "session_url"}},
	}
	for _, status := range seedProblems {
		content := responses + "/" + status + "/content"
		schema := content + "/application~1problem+json/schema"
		rows = append(rows,
			row{"a " + status + " has one media type", content, []string{"application/problem+json"}},
			row{"a " + status + " has eight members", schema + "/properties",
				[]string{"code", "detail", "errors", "instance", "param", "status", "title", "type"}},
			row{"a " + status + "'s errors have three members", schema + "/properties/errors/items/properties",
				[]string{"code", "detail", "param"}},
		)
	}

	doc := readTree(t)
	for _, tt := range rows {
		t.Run(tt.fact, func(t *testing.T) {
			got, _, err := doc.at(tt.pointer)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, keys(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.pointer, diff)
			}
		})
	}

	t.Run("there are two parameters", func(t *testing.T) {
		got, _, err := doc.at(seedOperation + "/parameters")
		if err != nil {
			t.Fatal(err)
		}
		if list, ok := got.([]any); !ok || len(list) != 2 {
			t.Errorf("parameters = %v, want two", got)
		}
	})
	t.Run("there is no request body", func(t *testing.T) {
		if _, _, err := doc.at(seedOperation + "/requestBody"); err == nil {
			t.Error("the operation documents a request body")
		}
	})
}

// TestSeedProblemExamples demands of each named error of the seed's operation
// that it carries the status it stands under, and the type and title of it.
func TestSeedProblemExamples(t *testing.T) {
	kinds := map[string][2]string{
		"401": {"authentication-failed", "Authentication Failed"},
		"404": {"not-found", "Not Found"},
		"409": {"conflict", "Conflict"},
		"422": {"validation-failed", "Validation Failed"},
		"429": {"rate-limit-exceeded", "Too Many Requests"},
		"500": {"internal", "Internal Error"},
	}
	doc := readTree(t)
	for status, kind := range kinds {
		pointer := seedOperation + "/responses/" + status + "/content/application~1problem+json/examples"
		named, _, err := doc.at(pointer)
		if err != nil {
			t.Fatal(err)
		}
		if len(keys(named)) == 0 {
			t.Errorf("%s names no example", pointer)
		}
		for _, name := range keys(named) {
			t.Run(status+" "+name, func(t *testing.T) {
				value, _, err := doc.at(pointer + "/" + name + "/value")
				if err != nil {
					t.Fatal(err)
				}
				problem, ok := value.(map[string]any)
				if !ok {
					t.Fatalf("example is %T, want an object", value)
				}
				got := [3]string{fmt.Sprint(problem["status"]), fmt.Sprint(problem["type"]), fmt.Sprint(problem["title"])}
				want := [3]string{status, "https://docs.dinie.com/errors/" + kind[0], kind[1]}
				if got != want {
					t.Errorf("example = %v, want %v", got, want)
				}
			})
		}
	}
}
