package dinie_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec/dinie"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
)

// TestRequests sends what real clients send, which must pass, and what the
// facts forbid, which must not.
func TestRequests(t *testing.T) {
	const (
		customer = "/customers/cust_550e8400e29b41d4a716446655440000"
		endpoint = "/webhooks/endpoints/we_6f1c2a9be0d84753a1b2c3d4e5f60718"
		json     = "application/json"
		form     = "application/x-www-form-urlencoded"
		none     = ""
	)
	tests := map[string]struct {
		method, path, media, body string
		header                    http.Header
		valid                     bool
	}{
		"a session without body":                 {"POST", customer + "/biometrics", none, "", nil, true},
		"a session with a key":                   {"POST", customer + "/biometrics", none, "", http.Header{"Idempotency-Key": {"dinie-sdk-retry-1"}}, true},
		"a session with sdk-js's empty object":   {"POST", customer + "/biometrics", json, "{}", http.Header{"X-Idempotency-Key": {"k"}, "X-Dinie-Retry-Count": {"1"}}, true},
		"a session with a key of 255 characters": {"POST", customer + "/biometrics", none, "", http.Header{"Idempotency-Key": {strings.Repeat("k", 255)}}, true},
		"a session with a key of 256 characters": {"POST", customer + "/biometrics", none, "", http.Header{"Idempotency-Key": {strings.Repeat("k", 256)}}, false},
		"a session under /v3":                    {"POST", "/v3" + customer + "/biometrics", none, "", nil, true},
		"a session under /api/v3":                {"POST", "/api/v3" + customer + "/biometrics", none, "", nil, true},
		"a session for a malformed id":           {"POST", "/customers/cust_1/biometrics", none, "", nil, false},
		"a token, by Basic and form":             {"POST", "/auth/token", form, "grant_type=client_credentials", http.Header{"Authorization": {"Basic YTpi"}}, true},
		"a token, by JSON without Basic":         {"POST", "/auth/token", json, `{"grant_type":"client_credentials","client_id":"a","client_secret":"b"}`, http.Header{"Authorization": nil}, true},
		"a token for another grant":              {"POST", "/auth/token", json, `{"grant_type":"password"}`, nil, false},
		"a customer with a CPF alone":            {"POST", "/customers", json, `{"cpf":"123.456.789-00"}`, nil, true},
		"a customer with unknown members":        {"POST", "/customers", json, `{"cpf":"123.456.789-00","colour":"red"}`, nil, true},
		"a customer without CPF":                 {"POST", "/customers", json, `{"email":"a@b.example"}`, nil, false},
		"a customer with a bad e-mail":           {"POST", "/customers", json, `{"cpf":"123.456.789-00","email":"nobody"}`, nil, false},
		"a page of customers":                    {"GET", "/customers?limit=100&status=active&sort=created_at&order=desc", none, "", nil, true},
		"a page of none":                         {"GET", "/customers?limit=0", none, "", nil, false},
		"a page too large":                       {"GET", "/customers?limit=101", none, "", nil, false},
		"a page sorted by name":                  {"GET", "/customers?sort=name", none, "", nil, false},
		"a change of nothing":                    {"PATCH", customer, json, `{}`, nil, true},
		"a review without body":                  {"POST", customer + "/kyc-review", none, "", nil, true},
		"a webhook for all events":               {"POST", "/webhooks/endpoints", json, `{"url":"https://a.example/h"}`, nil, true},
		"a webhook by http":                      {"POST", "/webhooks/endpoints", json, `{"url":"http://a.example/h"}`, nil, false},
		"a rotation without body":                {"POST", endpoint + "/rotate-secret", none, "", nil, true},
		"a rotation by the other path":           {"POST", endpoint + "/secret/rotate", json, `{"expire_current_in":0}`, nil, true},
		"a rotation that takes too long":         {"POST", endpoint + "/rotate-secret", json, `{"expire_current_in":86401}`, nil, false},
		"a request without a token":              {"GET", customer, none, "", http.Header{"Authorization": nil}, false},
	}

	doc, err := libopenapi.NewDocument(dinie.Document)
	if err != nil {
		t.Fatal(err)
	}
	check, errs := validator.NewValidator(doc, config.WithSchemaCache(nil), config.WithFormatAssertions(), config.WithURLEncodedBodyValidation())
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			req := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			if tt.body == "" {
				req.Body = http.NoBody
			}
			req.Header.Set("Authorization", "Bearer dinie_at_test")
			if tt.media != none {
				req.Header.Set("Content-Type", tt.media)
			}
			for header, values := range tt.header {
				req.Header.Del(header)
				for _, value := range values {
					req.Header.Add(header, value)
				}
			}
			valid, problems := check.ValidateHttpRequestSync(req)
			if valid != tt.valid {
				t.Errorf("valid = %t, want %t", valid, tt.valid)
			}
			for _, p := range problems {
				if tt.valid {
					t.Errorf("%s: %s", p.Message, p.Reason)
				}
			}
		})
	}
}
