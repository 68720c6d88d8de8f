package conformance_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/concord-api/concord/conformance"
)

// payments is a contract whose creation has an idempotency key by its name alone.
const payments = `{openapi: 3.1.0, info: {title: Payments, version: "1"}, paths: {
  "/payments": {post: {operationId: pay, parameters: [{name: idempotency-key, in: header, schema: {type: string, maxLength: 64}}],
    requestBody: {required: true, content: {application/json: {schema: {type: object, required: [amount], properties: {amount: {type: integer, minimum: 1, maximum: 100}}}}}},
    responses: {"201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/payment"}}}}, "409": {description: used}, "400": {description: refused}}}},
  "/payments/{id}": {get: {operationId: getPayment, parameters: [{name: id, in: path, required: true, schema: {type: string}}],
    responses: {"200": {description: there, content: {application/json: {schema: {$ref: "#/components/schemas/payment"}}}}, "404": {description: not there}}}}},
  components: {schemas: {payment: {type: object, required: [id, amount], properties: {id: {type: string}, amount: {type: integer}}}}}}`

// paying runs the steps on a server of payments, which does what it is told with
// a key that was used: it makes another ("ignores"), gives the first again
// ("replays"), or refuses ("refuses").
func paying(t *testing.T, used string) *conformance.Results {
	t.Helper()
	location := filepath.Join(t.TempDir(), "payments.yaml")
	if err := os.WriteFile(location, []byte(payments), 0o600); err != nil {
		t.Fatal(err)
	}
	var (
		mu   sync.Mutex
		made []int // amounts
		keys = map[string]int{}
	)
	answer := func(w http.ResponseWriter, status, i int) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"id":"pay_%d","amount":%d}`, i, made[i])
	}
	return run(t, conformance.Config{
		Document: mustLoad(t, location), Phases: []string{"steps"},
		BaseURL: serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			if r.Method == http.MethodGet {
				for i := range made {
					if r.URL.Path == fmt.Sprintf("/payments/pay_%d", i) {
						answer(w, http.StatusOK, i)
						return
					}
				}
				w.WriteHeader(http.StatusNotFound)
				return
			}
			var in struct{ Amount int }
			if json.NewDecoder(r.Body).Decode(&in) != nil || in.Amount < 1 || in.Amount > 100 {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
			key := r.Header.Get("Idempotency-Key")
			if i, ok := keys[key]; ok && key != "" {
				switch used {
				case "replays":
					answer(w, http.StatusCreated, i)
					return
				case "refuses":
					w.WriteHeader(http.StatusConflict)
					return
				}
			}
			made = append(made, in.Amount)
			keys[key] = len(made) - 1
			answer(w, http.StatusCreated, len(made)-1)
		})),
	})
}

func TestKeysThatOnlyTheContractKnows(t *testing.T) {
	for used, want := range map[string][]string{
		"ignores": {"idempotency.one-thing in steps/pay/once"},
		"replays": nil,
		"refuses": nil,
	} {
		t.Run(used, func(t *testing.T) {
			r := paying(t, used)
			if got := broken(r); !slices.Equal(got, want) {
				t.Errorf("broken is %q, want %q", got, want)
			}
			for id, why := range r.SkippedCases() {
				if strings.Contains(strings.Join(why, " "), "once") {
					t.Errorf("the case is skipped: %s", id)
				}
			}
		})
	}
}
