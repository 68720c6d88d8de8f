package dinie_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/concord-api/concord/scenarios"
	script "github.com/concord-api/concord/scenarios/dinie"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

func load(t testing.TB) (*spec.Document, *scenarios.Script) {
	t.Helper()
	doc, err := spec.Load(context.Background(), "dinie", spec.Embedded("dinie", dinie.Document))
	if err != nil {
		t.Fatal(err)
	}
	s, err := scenarios.Load(context.Background(), doc, scenarios.FS("scenarios/dinie", script.Files))
	if err != nil {
		t.Fatal("\n" + err.Error())
	}
	return doc, s
}

func TestScriptHasNoFindings(t *testing.T) {
	_, s := load(t)
	for _, f := range s.Findings {
		t.Error(f)
	}
}

// input is a request to the seed's endpoint with a bearer token.
func input(t *testing.T, doc *spec.Document, s *scenarios.Script, customer, token string) *scenarios.Input {
	t.Helper()
	path := "/customers/" + customer + "/biometrics"
	m, err := doc.Match(http.MethodPost, path)
	if err != nil {
		t.Fatal(err)
	}
	credential := s.Identify(doc.SecuritySchemes[slices.IndexFunc(doc.SecuritySchemes, func(s *spec.SecurityScheme) bool {
		return s.ID == "bearerAuth"
	})], token)
	return &scenarios.Input{
		Operation: m.Operation, Method: http.MethodPost, Path: path, Params: &m.Params, Header: http.Header{},
		Credential: credential, Refused: credential.Refused(), ServerURL: "http://127.0.0.1:4010",
	}
}

func TestEveryOutcomeOfTheSeedsEndpoint(t *testing.T) {
	doc, s := load(t)
	const digits = "cust_550e8400e29b41d4a71644665544"
	tests := map[string]struct {
		customer, token string
		position        int64
		status          int
		claims          string // text that the body must have
	}{
		"any id gives a session":                      {digits + "0000", "dinie_at_1", 0, 200, `"session_url":"http`},
		"any token of the shape is let in":            {digits + "0000", "dinie_at_Z-9_z", 0, 200, `"expires_at":"20`},
		"an id ending in 0404 is not found":           {digits + "0404", "dinie_at_1", 0, 404, `"code":"customer_not_found"`},
		"an id ending in 0409 has a session":          {digits + "0409", "dinie_at_1", 0, 409, `"code":"session_already_active"`},
		"an id ending in 0422 has nothing to capture": {digits + "0422", "dinie_at_1", 0, 422, `"errors":[{"param":"customer_id"`},
		"an id ending in 0429 is throttled":           {digits + "0429", "dinie_at_1", 0, 429, `"code":"rate_limit_exceeded"`},
		"as often as it is asked for":                 {digits + "0429", "dinie_at_1", 99, 429, `"status":429`},
		"an id ending in 1429 is throttled":           {digits + "1429", "dinie_at_1", 0, 429, `"code":"rate_limit_exceeded"`},
		"twice":                                       {digits + "1429", "dinie_at_1", 1, 429, `"code":"rate_limit_exceeded"`},
		"and then served":                             {digits + "1429", "dinie_at_1", 2, 200, `"session_url"`},
		"an id ending in 0500 fails":                  {digits + "0500", "dinie_at_1", 0, 500, `"type":"https://docs.dinie.com/errors/internal"`},
		"the expired token is refused":                {digits + "0000", "dinie_at_expired", 0, 401, `"code":"token_expired"`},
		"whatever the id":                             {digits + "0404", "dinie_at_expired", 0, 401, `"code":"token_expired"`},
		"the revoked token is refused":                {digits + "0000", "dinie_at_revoked", 0, 401, `"code":"invalid_token"`},
		"a token of another shape is refused":         {digits + "0000", "sk_live_1", 0, 401, `"code":"invalid_token"`},
		"no token is refused":                         {digits + "0000", "", 0, 401, `"code":"missing_token"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			in := input(t, doc, s, tt.customer, tt.token)
			var a scenarios.Answer
			var ok bool
			var err error
			if sc := s.Find(in); sc != nil {
				a, ok, err = sc.Play(in, tt.position)
			} else {
				a, ok, err = s.Refusal(in)
			}
			if err != nil || !ok {
				t.Fatalf("Play = %v, %v", ok, err)
			}
			if a.Status != tt.status || !strings.Contains(string(a.Body), tt.claims) {
				t.Errorf("the answer is %d %s, want %d with %s", a.Status, a.Body, tt.status, tt.claims)
			}
			if tt.status == 401 && a.Header.Get("WWW-Authenticate") == "" {
				t.Error("a 401 has no WWW-Authenticate")
			}
			if tt.status == 429 && a.Header.Get("Retry-After") == "" {
				t.Error("a 429 has no Retry-After")
			}
		})
	}
}

// TestEveryDocumentedStatusIsScripted leaves out only what one request cannot
// bring about: a conflict of idempotency keys takes two at once.
func TestEveryDocumentedStatusIsScripted(t *testing.T) {
	doc, s := load(t)
	for _, op := range doc.Operations() {
		scripted := map[int]bool{}
		for _, sc := range s.Of(op) {
			for _, r := range sc.Responses {
				scripted[r.Status] = true
			}
		}
		for _, r := range op.Responses {
			if !strings.HasSuffix(r.Status, "XX") && r.Status != "default" && !scripted[r.Code()] {
				t.Errorf("%s: no scenario for %s", op.ID, r.Status)
			}
		}
	}
}

// TestRefusalsCoverEveryOperation holds the table of credentials to the
// operations that have no scenario for it.
func TestRefusalsCoverEveryOperation(t *testing.T) {
	doc, s := load(t)
	for _, op := range doc.Operations() {
		if op.ID == "createAccessToken" {
			continue
		}
		for name, code := range map[string]string{
			scenarios.None: "missing_token", scenarios.Invalid: "invalid_token", "expired": "token_expired", "revoked": "invalid_token",
		} {
			in := &scenarios.Input{Operation: op, Method: op.Method, Path: "/", Credential: s.Credential(name), Refused: true}
			a, ok, err := s.Refusal(in)
			if err != nil || !ok || a.Status != 401 || !strings.Contains(string(a.Body), code) {
				t.Errorf("%s refuses %s with %d %s, %v, %v; want 401 %s", op.ID, name, a.Status, a.Body, ok, err, code)
			}
		}
	}
}
