package dinie_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/pb33f/jsonschema/v6"
)

// compileAt compiles the schema at a pointer of the document, formats asserted.
func compileAt(t *testing.T, doc tree) func(pointer string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft2020)
	compiler.AssertFormat()
	const url = "https://concord.test/dinie.json"
	if err := compiler.AddResource(url, doc.root); err != nil {
		t.Fatalf("prepare the compiler: %v", err)
	}
	fragment := strings.NewReplacer("%", "%25", "{", "%7B", "}", "%7D")
	return func(pointer string) *jsonschema.Schema {
		schema, err := compiler.Compile(url + "#" + fragment.Replace(pointer))
		if err != nil {
			t.Fatalf("compile the schema at %s: %v", pointer, err)
		}
		return schema
	}
}

// TestExamplesAreValid validates every example against the schema that it is an
// example of: of parameters, headers, media types, and of schemas themselves.
func TestExamplesAreValid(t *testing.T) {
	doc := readTree(t)
	compile := compileAt(t, doc)
	count := 0
	check := func(where, schema string, value any) {
		count++
		t.Run(where, func(t *testing.T) {
			if err := compile(schema).Validate(value); err != nil {
				t.Errorf("against %s: %v", schema, err)
			}
		})
	}
	for pointer, node := range doc.nodes() {
		if _, ok := node["schema"]; ok { // a parameter, a header, a media type
			if value, ok := node["example"]; ok {
				check(pointer+"/example", pointer+"/schema", value)
			}
			for _, name := range keys(node["examples"]) {
				value, _, err := doc.at(pointer + "/examples/" + escape(name) + "/value")
				if err != nil {
					t.Fatal(err)
				}
				check(pointer+"/examples/"+name, pointer+"/schema", value)
			}
			continue
		}
		if list, ok := node["examples"].([]any); ok { // a schema
			for _, value := range list {
				check(pointer+"/examples", pointer, value)
			}
		}
		if value, ok := node["default"]; ok && node["type"] != nil {
			check(pointer+"/default", pointer, value)
		}
	}
	if count < 100 {
		t.Errorf("%d examples were found: the walk misses some", count)
	}
}

// TestSchemasRefuse proves that the schemas say no: each row is a value that
// breaks a fact, or one that clients send and that must pass.
func TestSchemasRefuse(t *testing.T) {
	tests := map[string]struct {
		schema, value string
		valid         bool
	}{
		"a customer id of 31 digits":                    {"CustomerId", `"cust_550e8400e29b41d4a71644665544000"`, false},
		"a customer id in upper case":                   {"CustomerId", `"cust_550E8400E29B41D4A716446655440000"`, false},
		"a session that expires at a number":            {"BiometricsSession", `{"session_url":"https://a.example/x","expires_at":1772539200}`, false},
		"a session that expires on a date without time": {"BiometricsSession", `{"session_url":"https://a.example/x","expires_at":"2026-03-03"}`, false},
		"a session without its URL":                     {"BiometricsSession", `{"expires_at":"2026-03-03T16:00:00Z"}`, false},
		"a session with a further member":               {"BiometricsSession", `{"session_url":"https://a.example/x","expires_at":"2026-03-03T16:00:00Z","id":"x"}`, true},
		"a problem whose status is a string":            {"Problem", `{"type":"https://a.example/x","title":"T","status":"404","detail":"D"}`, false},
		"a problem whose type is relative":              {"Problem", `{"type":"not-found","title":"T","status":404,"detail":"D"}`, false},
		"a problem without detail":                      {"Problem", `{"type":"https://a.example/x","title":"T","status":404}`, false},
		"a problem with an extension":                   {"Problem", `{"type":"https://a.example/x","title":"T","status":404,"detail":"D","trace":"1"}`, true},
		"a problem whose item lacks its detail":         {"Problem", `{"type":"https://a.example/x","title":"T","status":422,"detail":"D","errors":[{"param":"x"}]}`, false},
		"a token that the SDK would never use":          {"AccessToken", `{"access_token":"dinie_at_x","token_type":"bearer","expires_in":300}`, false},
		"a person with a null CNPJ, as SDKs send":       {"CustomerCreate", `{"cpf":"123.456.789-00","cnpj":null,"email":"a@b.example","phone":"+5511999990000"}`, true},
		"a customer with a bare CPF":                    {"CustomerCreate", `{"cpf":"12345678900"}`, true},
		"a customer without CPF":                        {"CustomerCreate", `{"name":"Ana"}`, false},
		"a customer with a national phone number":       {"CustomerCreate", `{"cpf":"123.456.789-00","phone":"11 99999-0000"}`, false},
		"a company number with letters":                 {"NullableCnpj", `"12.ABC.345/01DE-35"`, true},
		"a selfie without its subject":                  {"KycRequirement", `{"kind":"data","type":"biometrics","status":"pending","requirement_id":"r","requirement_type":"selfie","label":"L","mandatory":true}`, false},
		"a company document without a subject":          {"KycRequirement", `{"kind":"document","type":"company_document","status":"pending","requirement_id":"r","requirement_type":"company_document","label":"L","mandatory":true}`, true},
		"a requirement that clients do not know":        {"KycRequirement", `{"kind":"data","type":"x","status":"pending","requirement_id":"r","requirement_type":"biometrics","label":"L","mandatory":true}`, false},
		"a requirement whose submission is null":        {"KycRequirement", `{"kind":"document","type":"x","status":"pending","requirement_id":"r","requirement_type":"company_document","label":"L","mandatory":true,"submitted":null}`, false},
		"evidence of neither file nor value":            {"KycAttachmentCreate", `{"requirement_id":"r","evidence_type":"selfie","attachment_type":"photo"}`, false},
		"a webhook over http to a host elsewhere":       {"WebhookUrl", `"http://partner.example/hook"`, false},
		"a webhook over http to this machine":           {"WebhookUrl", `"http://127.0.0.1:8080/hook"`, true},
		"a webhook over http that only looks local":     {"WebhookUrl", `"http://localhost:80@partner.example/"`, false},
		"a webhook over http to localhost.example":      {"WebhookUrl", `"http://localhost.example/"`, false},
		"a pattern for all events of a resource":        {"EventPattern", `"customer.*"`, true},
		"a pattern for all resources of an event":       {"EventPattern", `"*.created"`, false},
		"a secret without its prefix":                   {"WebhookSecret", `"bm90LWEtc2VjcmV0"`, false},
		"a rotation that keeps the old secret too long": {"SecretRotation", `{"expire_current_in":86401}`, false},
		"an event with the data of another":             {"CustomerActiveEvent", `{"id":"evt_11111111111111111111111111111111","type":"customer.active","api_version":"2026-03-01","created_at":1,"timestamp":1,"delivery_id":"dlv_11111111111111111111111111111111","data":{"id":"cust_550e8400e29b41d4a716446655440000","external_id":null,"status":"denied"}}`, false},
		"an event under another name":                   {"CustomerActiveEvent", `{"id":"evt_11111111111111111111111111111111","type":"customer.denied","api_version":"2026-03-01","created_at":1,"timestamp":1,"delivery_id":"dlv_11111111111111111111111111111111","data":{"id":"cust_550e8400e29b41d4a716446655440000","external_id":null,"status":"active"}}`, false},
		"an event with a null external id":              {"CustomerActiveEvent", `{"id":"evt_11111111111111111111111111111111","type":"customer.active","api_version":"2026-03-01","created_at":1,"timestamp":1,"delivery_id":"dlv_11111111111111111111111111111111","data":{"id":"cust_550e8400e29b41d4a716446655440000","external_id":null,"status":"active"}}`, true},
	}
	compile := compileAt(t, readTree(t))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			value, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(tt.value)))
			if err != nil {
				t.Fatal(err)
			}
			err = compile("/components/schemas/" + tt.schema).Validate(value)
			if valid := err == nil; valid != tt.valid {
				t.Errorf("valid = %t, want %t: %v", valid, tt.valid, err)
			}
		})
	}
}

func TestHeaderPatterns(t *testing.T) {
	tests := map[string]struct {
		header, value string
		valid         bool
	}{
		"a delay in seconds":          {"Retry-After", "30", true},
		"a date":                      {"Retry-After", "Tue, 03 Mar 2026 16:00:00 GMT", true},
		"a delay with a fraction":     {"Retry-After", "1.5", false},
		"an RFC 3339 date":            {"Retry-After", "2026-03-03T16:00:00Z", false},
		"a request id":                {"X-Request-Id", "req_5f2b", true},
		"a request id without prefix": {"X-Request-Id", "5f2b", false},
		"a request id that is a UUID": {"X-Request-Id", "req_0b6f2c1e-6d0f-4a53-9f0e-2f1d5c7a9b34", false},
	}
	compile := compileAt(t, readTree(t))
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := compile("/components/headers/" + tt.header + "/schema").Validate(tt.value)
			if valid := err == nil; valid != tt.valid {
				t.Errorf("valid = %t, want %t: %v", valid, tt.valid, err)
			}
		})
	}
}
