package conformance_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// copies is a contract of one thing that a token leads to.
const copies = `openapi: 3.1.0
info: {title: Copies, version: "1"}
security: [{token: []}]
paths:
  /me:
    get:
      operationId: getMe
      responses:
        "200": {description: Who asks., content: {application/json: {schema: {type: object}}}}
        "401": {description: Nobody knows who asks.}
components:
  securitySchemes: {token: {type: http, scheme: bearer}}
`

// copiesOf writes the contract, with its scheme, and loads it.
func copiesOf(t *testing.T, scheme string) *spec.Document {
	t.Helper()
	location := filepath.Join(t.TempDir(), "copies.yaml")
	text := strings.Replace(copies, "{type: http, scheme: bearer}", scheme, 1)
	if err := os.WriteFile(location, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return mustLoad(t, location)
}

// letsIn serves the contract to those whose header holds what it should.
func letsIn(header string, is func(value string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path != "/me":
			w.WriteHeader(http.StatusNotFound)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
		case !is(r.Header.Get(header)):
			w.Header().Set("WWW-Authenticate", `Bearer realm="me"`)
			w.WriteHeader(http.StatusUnauthorized)
		default:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"name": "me"}`))
		}
	})
}

// bearer tells whether an Authorization has a token.
func bearer(is func(token string) bool) http.Handler {
	return letsIn("Authorization", func(value string) bool {
		word, token, _ := strings.Cut(value, " ")
		return strings.EqualFold(word, "Bearer") && is(token)
	})
}

const opaque = "tok_9f8e7d6c5b4a39281706"

// signed is a JSON Web Token of HS256.
func signed(claims string) string {
	text := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	sum := hmac.New(sha256.New, []byte("the server's own key"))
	sum.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}

var jwt = signed(`{"sub":"me","exp":4102444800}`)

// claimsOf reads a token; verify tells whether to look at its signature.
func claimsOf(token string, verify func(alg string) bool) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	var header struct{ Alg string }
	var claims struct{ Sub string }
	for i, into := range []any{&header, &claims} {
		data, err := base64.RawURLEncoding.DecodeString(parts[i])
		if err != nil || json.Unmarshal(data, into) != nil {
			return false
		}
	}
	if !verify(header.Alg) {
		return claims.Sub == "me"
	}
	sum := hmac.New(sha256.New, []byte("the server's own key"))
	sum.Write([]byte(parts[0] + "." + parts[1]))
	given, err := base64.RawURLEncoding.DecodeString(parts[2])
	return err == nil && hmac.Equal(sum.Sum(nil), given)
}

// presenting runs what can show credentials read wrongly.
func presenting(t *testing.T, scheme, token string, server http.Handler) *conformance.Results {
	t.Helper()
	return run(t, conformance.Config{Document: copiesOf(t, scheme), Phases: []string{"protocol"}, Token: token, BaseURL: serve(t, server)})
}

const (
	asBearer = "{type: http, scheme: bearer}"
	asBasic  = "{type: http, scheme: basic}"
	asKey    = "{type: apiKey, in: header, name: X-Key}"
)

func TestAlteredCopiesOfCredentials(t *testing.T) {
	always := func(string) bool { return true }
	user := base64.StdEncoding.EncodeToString([]byte("ana:correct-horse"))
	tests := map[string]struct {
		scheme, token string
		server        http.Handler
		step          string // in which the fault shows, "" where there is none
	}{
		"a token that is known": {asBearer, opaque, bearer(func(s string) bool { return s == opaque }), ""},
		"a token of which the beginning is compared": {asBearer, opaque,
			bearer(func(s string) bool { return len(s) > 8 && strings.HasPrefix(opaque, s[:8]) }), "its end, or of a JSON Web Token the signature, changed"},
		"a token that begins with a known one": {asBearer, opaque,
			bearer(func(s string) bool { return strings.HasPrefix(s, opaque) }), "something appended to it"},
		"a signature that is verified": {asBearer, jwt, bearer(func(s string) bool { return claimsOf(s, always) }), ""},
		"a signature that is not looked at": {asBearer, jwt,
			bearer(func(s string) bool { return claimsOf(s, func(string) bool { return false }) }), "the claims of the JSON Web Token changed, its signature kept"},
		"a signature that is verified unless alg is none": {asBearer, jwt,
			bearer(func(s string) bool { return claimsOf(s, func(alg string) bool { return alg != "none" }) }), "the JSON Web Token without a signature, its alg none"},
		"a key that is known":                      {asKey, opaque, letsIn("X-Key", func(s string) bool { return s == opaque }), ""},
		"a key that begins with a known one":       {asKey, opaque, letsIn("X-Key", func(s string) bool { return strings.HasPrefix(s, opaque) }), "something appended to it"},
		"a password that is known":                 {asBasic, "ana:correct-horse", basicAuth(func(s string) bool { return s == user }), ""},
		"a password of which the end is not known": {asBasic, "ana:correct-horse", basicAuth(func(s string) bool { return strings.HasPrefix(s, user[:16]) }), "its end, or of a JSON Web Token the signature, changed"},
		"a key too short to be altered":            {asKey, "k3y", letsIn("X-Key", func(s string) bool { return strings.HasPrefix(s, "k3y") }), ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := presenting(t, tt.scheme, tt.token, tt.server)
			var steps []string
			for _, f := range r.Findings(conformance.Broken) {
				for _, found := range f.Failures {
					if steps = append(steps, found.Failure.Step); f.Check.ID != "authentication.refused" {
						t.Errorf("broken is %s: %s", f.Check.ID, found.Verdict)
					}
				}
			}
			if (tt.step == "") != (steps == nil) || tt.step != "" && !slices.Contains(steps, tt.step) {
				t.Errorf("the fault shows in %q, want it in %q", steps, tt.step)
			}
			if played := r.Played["protocol/getMe/altered-credentials"]; played == nil || (played.Sent < 2) != (len(tt.token) < 6) {
				t.Errorf("the altered copies were not tried: %+v", played)
			}
		})
	}
}

func basicAuth(is func(encoded string) bool) http.Handler {
	h := letsIn("Authorization", func(value string) bool {
		word, encoded, _ := strings.Cut(value, " ")
		return strings.EqualFold(word, "Basic") && is(encoded)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := play(h, r)
		if a.status == http.StatusUnauthorized {
			a.header.Set("WWW-Authenticate", `Basic realm="me"`)
		}
		a.write(w)
	})
}

// A script says by a pattern that whatever has the form of a credential is let in.
// It is not held against a target that does so, and a script that names one value
// is.
func TestScriptSaysWhetherFormsAreLetIn(t *testing.T) {
	for name, tt := range map[string]struct {
		own    string
		copies bool
	}{
		"one value": {"tok_9f8e7d6c5b4a39281706", true},
		"a form":    {`{value: tok_9f8e7d6c5b4a39281706, pattern: "tok_[A-Za-z0-9]+"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			doc := copiesOf(t, asBearer)
			dir := t.TempDir()
			head := "credentials:\n  own: {bearer: " + tt.own + "}\n  invalid: {bearer: unknown, refuse: {status: 401}}\n  none: {refuse: {status: 401}}\n"
			if err := os.WriteFile(filepath.Join(dir, "head.yaml"), []byte(head), 0o600); err != nil {
				t.Fatal(err)
			}
			script, err := scenarios.Load(t.Context(), doc, scenarios.Path(dir))
			if err != nil {
				t.Fatal(err)
			}
			r := run(t, conformance.Config{Document: doc, Script: script, BaseURL: serve(t, mock(t, doc, script))})
			if len(broken(r)) > 0 {
				t.Errorf("broken are %v", broken(r))
			}
			if _, tried := r.Played["protocol/getMe/altered-credentials"]; tried != tt.copies {
				t.Errorf("altered copies were tried = %t, want %t", tried, tt.copies)
			}
		})
	}
}
