package dinie_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNeighbourFacts holds the operations and events around the seed's to what
// their clients rely on, one fact a row.
func TestNeighbourFacts(t *testing.T) {
	const (
		schemas  = "/components/schemas"
		customer = schemas + "/Customer"
		kyc      = schemas + "/KycRequirement/properties"
	)
	list := func(values ...any) any { return values }
	facts := []struct {
		fact, pointer string
		want          any
	}{
		{"production comes first", "/servers/0/url", "https://api.dinie.com.br/v3"},
		{"the sandbox comes second", "/servers/1/url", "https://sandbox.api.dinie.com.br/v3"},
		{"production has the SDKs' base path too", "/servers/2/url", "https://api.dinie.com.br/api/v3"},
		{"the sandbox has the SDKs' base path too", "/servers/3/url", "https://sandbox.api.dinie.com.br/api/v3"},
		{"bearerAuth secures what says nothing else", "/security", list(map[string]any{"bearerAuth": []any{}})},
		{"the token exchange takes Basic, or the body", "/paths/~1auth~1token/post/security", list(map[string]any{"basicAuth": []any{}}, map[string]any{})},
		{"a rotation's other path is deprecated", "/paths/~1webhooks~1endpoints~1{webhook_endpoint_id}~1secret~1rotate/post/deprecated", true},

		{"all members of a customer are present", customer + "/required", list("id", "status", "cpf", "cnpj", "name", "trading_name", "email", "phone", "external_id", "kyc", "created_at", "updated_at")},
		{"a customer has five states", customer + "/properties/status/enum", list("creating", "pending_kyc", "under_review", "active", "denied")},
		{"a customer's cnpj may be null", customer + "/properties/cnpj/type", list("string", "null")},
		{"a customer's name may be null", customer + "/properties/name/type", list("string", "null")},
		{"a customer's trading_name may be null", customer + "/properties/trading_name/type", list("string", "null")},
		{"a customer's external_id may be null", customer + "/properties/external_id/type", list("string", "null")},
		{"a customer's kyc is never null", customer + "/properties/kyc/type", "array"},
		{"a customer's created_at is an integer", customer + "/properties/created_at/type", "integer"},
		{"a customer's updated_at is an integer", customer + "/properties/updated_at/type", "integer"},
		{"a new customer needs a CPF only", schemas + "/CustomerCreate/required", list("cpf")},

		{"a requirement's kinds", kyc + "/kind/enum", list("document", "data")},
		{"a requirement's statuses", kyc + "/status/enum", list("pending", "processing", "approved", "rejected")},
		{"a requirement's types are those that clients know", kyc + "/requirement_type/enum", list("identity", "selfie", "proof_of_address", "email", "company_document", "ei_mei_documents", "income_statement", "articles_of_association", "eireli_incorporation_statement")},
		{"a subject's types", kyc + "/subject/properties/subject_type/enum", list("applicant", "co_owner")},
		{"a review's statuses", kyc + "/submitted/properties/review_status/enum", list("pending", "accepted", "rejected")},

		{"a webhook endpoint's states", schemas + "/WebhookEndpoint/properties/status/enum", list("active", "disabled")},
		{"a created endpoint shows its secret", "/paths/~1webhooks~1endpoints/post/responses/201/content/application~1json/schema/allOf/1/required", list("secret")},
		{"an event's envelope", schemas + "/EventEnvelope/required", list("id", "type", "api_version", "created_at", "timestamp", "delivery_id", "data")},
		{"customer.kyc_updated has three states", event("customer.kyc_updated") + "/data/properties/status/enum", list("pending_kyc", "under_review", "active")},
		{"customer.created carries", event("customer.created") + "/data/required", list("id", "external_id", "status", "cpf", "cnpj", "name", "email", "phone", "trading_name", "kyc")},
		{"customer.denied carries", event("customer.denied") + "/data/required", list("id", "external_id", "status", "cpf", "cnpj", "name", "email", "phone")},
		{"customer.under_review carries", event("customer.under_review") + "/data/required", list("id", "external_id", "status")},
		{"customer.active carries", event("customer.active") + "/data/required", list("id", "external_id", "status")},
	}
	doc := readTree(t)
	for _, tt := range facts {
		t.Run(tt.fact, func(t *testing.T) {
			got, _, err := doc.at(tt.pointer)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", tt.pointer, diff)
			}
		})
	}
}

// event returns the pointer to an event's own members, beside its envelope.
func event(name string) string {
	return "/webhooks/" + name + "/post/requestBody/content/application~1json/schema/allOf/1/properties"
}

// TestEvents holds each webhook to its name and to the headers of Standard
// Webhooks.
func TestEvents(t *testing.T) {
	doc := readTree(t)
	webhooks, _, err := doc.at("/webhooks")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"customer.active", "customer.created", "customer.denied", "customer.kyc_updated", "customer.under_review"}
	if diff := cmp.Diff(want, keys(webhooks)); diff != "" {
		t.Fatalf("events (-want +got):\n%s", diff)
	}
	for _, name := range want {
		t.Run(name, func(t *testing.T) {
			typ, _, err := doc.at(event(name) + "/type/const")
			if err != nil || typ != name {
				t.Errorf("type is %v, want %s: %v", typ, name, err)
			}
			for i, header := range []string{"webhook-id", "webhook-timestamp", "webhook-signature"} {
				got, _, err := doc.at("/webhooks/" + name + "/post/parameters/" + strconv.Itoa(i) + "/name")
				if err != nil || got != header {
					t.Errorf("parameter %d is %v, want %s: %v", i, got, header, err)
				}
			}
		})
	}
}

// TestEveryMediaTypeHasExamples demands a named example of each body, sent or
// received, so that nothing has to be made up.
func TestEveryMediaTypeHasExamples(t *testing.T) {
	for pointer, node := range readTree(t).nodes() {
		content, ok := node["content"].(map[string]any)
		if !ok {
			continue
		}
		for _, media := range keys(content) {
			entry, ok := content[media].(map[string]any)
			if !ok || len(keys(entry["examples"])) == 0 {
				t.Errorf("%s/content/%s has no named example", pointer, escape(media))
			}
		}
	}
}
