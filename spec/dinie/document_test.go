package dinie_test

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec/dinie"
	"github.com/google/go-cmp/cmp"
	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/config"
)

func TestDocumentIsValidOpenAPI(t *testing.T) {
	doc, err := libopenapi.NewDocument(dinie.Document)
	if err != nil {
		t.Fatalf("read the document: %v", err)
	}
	model, err := doc.BuildV3Model()
	if err != nil {
		t.Fatalf("model the document: %v", err)
	}
	if got := model.Model.Version; got != "3.1.0" {
		t.Errorf("openapi = %s, want 3.1.0", got)
	}
	check, errs := validator.NewValidator(doc, config.WithSchemaCache(nil))
	if len(errs) > 0 {
		t.Fatalf("prepare validation: %v", errs)
	}
	if valid, problems := check.ValidateDocument(); !valid {
		for _, p := range problems {
			t.Errorf("%s: %s", p.Message, p.Reason)
			for _, s := range p.SchemaValidationErrors {
				t.Errorf("  %d:%d %s", s.Line, s.Column, s.Reason)
			}
		}
	}
}

// operations lists every operation of the document by its operationId.
func operations(t *testing.T, doc tree) map[string]string {
	t.Helper()
	ids := map[string]string{}
	for pointer, node := range doc.nodes() {
		id, ok := node["operationId"].(string)
		if !ok || node["responses"] == nil {
			continue
		}
		if other, taken := ids[id]; taken {
			t.Errorf("operationId %s is at %s and at %s", id, other, pointer)
		}
		ids[id] = pointer
	}
	return ids
}

func TestOperations(t *testing.T) {
	want := []string{
		"createAccessToken", "createBiometricsSession", "createCustomer", "createKycAttachment",
		"createWebhookEndpoint", "deleteWebhookEndpoint", "exchangeBiometricsSession", "getCustomer",
		"getWebhookEndpoint", "listCustomers", "listWebhookEndpoints", "onCustomerActive", "onCustomerCreated",
		"onCustomerDenied", "onCustomerKycUpdated", "onCustomerUnderReview", "rotateWebhookEndpointSecret",
		"rotateWebhookEndpointSecretAlias", "submitKycReview", "updateCustomer", "updateWebhookEndpoint",
	}
	got := slices.Sorted(maps.Keys(operations(t, readTree(t))))
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
}

func TestReferencesResolve(t *testing.T) {
	doc := readTree(t)
	used := map[string]bool{}
	for pointer, node := range doc.nodes() {
		ref, ok := node["$ref"].(string)
		if !ok {
			continue
		}
		if _, _, err := doc.deref(node, pointer); err != nil {
			t.Errorf("%s: %v", pointer, err)
		}
		used[strings.TrimPrefix(ref, "#")] = true
	}
	for pointer := range doc.nodes() {
		parts := tokens(pointer)
		if len(parts) == 3 && parts[0] == "components" && parts[1] != "securitySchemes" && !used[pointer] {
			t.Errorf("%s is not used", pointer)
		}
	}
}

func TestLinksLeadToOperations(t *testing.T) {
	doc := readTree(t)
	ids := operations(t, doc)
	links, _, err := doc.at("/components/links")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range keys(links) {
		id, _, err := doc.at("/components/links/" + name + "/operationId")
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := ids[id.(string)]; !ok {
			t.Errorf("link %s leads to %v, which does not exist", name, id)
		}
	}
}

// TestEveryResponse holds each response that the API sends, not those that a
// receiver of webhooks sends, to the rules that all of them share.
func TestEveryResponse(t *testing.T) {
	doc := readTree(t)
	always := []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-Request-Id"}
	own := map[string]string{"401": "WWW-Authenticate", "429": "Retry-After"}
	for id, operation := range operations(t, doc) {
		if strings.HasPrefix(operation, "/webhooks/") {
			continue
		}
		responses, _, err := doc.at(operation + "/responses")
		if err != nil {
			t.Fatal(err)
		}
		for _, status := range keys(responses) {
			t.Run(id+" "+status, func(t *testing.T) {
				pointer := operation + "/responses/" + status
				headers, _, err := doc.at(pointer + "/headers")
				if err != nil {
					t.Fatal(err)
				}
				want := slices.Clone(always)
				if name, ok := own[status]; ok {
					want = append(want, name)
				}
				slices.Sort(want)
				if diff := cmp.Diff(want, keys(headers)); diff != "" {
					t.Errorf("headers (-want +got):\n%s", diff)
				}
				for _, name := range keys(headers) {
					if required, _, err := doc.at(pointer + "/headers/" + name + "/required"); err != nil || required != true {
						t.Errorf("header %s is not required: %v, %v", name, required, err)
					}
				}
				checkContent(t, doc, pointer, status)
			})
		}
	}
}

// checkContent demands that an error is problem details with named examples of
// its own status, and that a success with content is JSON with named examples.
func checkContent(t *testing.T, doc tree, pointer, status string) {
	t.Helper()
	content, _, err := doc.at(pointer + "/content")
	if err != nil {
		if status != "204" && status != "2XX" {
			t.Errorf("no content: %v", err)
		}
		return
	}
	want := "application/json"
	if status >= "400" {
		want = "application/problem+json"
	}
	if diff := cmp.Diff([]string{want}, keys(content)); diff != "" {
		t.Fatalf("media types (-want +got):\n%s", diff)
	}
	examples := pointer + "/content/" + escape(want) + "/examples"
	named, _, err := doc.at(examples)
	if err != nil {
		t.Fatal(err)
	}
	if len(keys(named)) == 0 {
		t.Error("no named example")
	}
	if status < "400" {
		return
	}
	number, err := strconv.Atoi(status)
	if err != nil {
		t.Fatalf("status %s: %v", status, err)
	}
	for _, name := range keys(named) {
		got, _, err := doc.at(examples + "/" + name + "/value/status")
		if err != nil {
			t.Fatal(err)
		}
		if text, ok := got.(interface{ String() string }); !ok || text.String() != strconv.Itoa(number) {
			t.Errorf("example %s has status %v, want %d", name, got, number)
		}
	}
}
