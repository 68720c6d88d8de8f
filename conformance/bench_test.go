package conformance_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/concord-api/concord/conformance"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// BenchmarkWaiting plays 400 scenarios, 16 at a time, on a server that answers in
// 100 ms. x-waiting is the whole time as a multiple of the 2.5 s that the waiting
// alone takes.
func BenchmarkWaiting(b *testing.B) {
	const exchanges, workers, pause = 400, 16, 100 * time.Millisecond
	doc := mustLoad(b, "testdata/things.yaml")
	var text strings.Builder
	text.WriteString("scenarios:\n")
	for i := range exchanges {
		fmt.Fprintf(&text, "  - {name: no-%d, operation: getThing, request: {path: {id: %d}}, response: {status: 404}}\n", i+2, i+2)
	}
	script, err := scenarios.Load(b.Context(), doc, scenarios.FS("", fstest.MapFS{"many.yaml": {Data: []byte(text.String())}}))
	if err != nil {
		b.Fatal(err)
	}
	right := things()
	url := serve(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(pause)
		right.ServeHTTP(w, r)
	}))
	for b.Loop() {
		r := run(b, conformance.Config{
			Document: doc, Script: script, BaseURL: url, Token: "secret-key",
			Phases: []string{"scenarios"}, Concurrency: workers,
		})
		if r.Sent != exchanges || !r.Conforms() {
			b.Fatalf("%d exchanges, conforms = %t", r.Sent, r.Conforms())
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/(exchanges*pause.Seconds()/workers), "x-waiting")
}

// BenchmarkDefaultRun verifies the mock of the default contract, all phases, as
// `concord verify` does by default.
func BenchmarkDefaultRun(b *testing.B) {
	doc, script := defaults(b)
	measure(b, func() *conformance.Results {
		b.StopTimer()
		url := serve(b, mock(b, doc, script))
		b.StartTimer()
		return run(b, conformance.Config{Document: doc, Script: script, BaseURL: url})
	})
}

// BenchmarkManyExchanges verifies the mocks of contracts with more and more
// operations: some 1,000, 10,000 and 50,000 exchanges. B/exchange is what a run
// keeps of each, its plan included: it must not grow, and what there is of it is
// for cases, which have several.
func BenchmarkManyExchanges(b *testing.B) {
	for _, operations := range []int{8, 80, 400} {
		b.Run(fmt.Sprintf("%d-operations", operations), func(b *testing.B) {
			doc := wide(b, operations)
			handler := mock(b, doc, scenarios.Empty(doc))
			measure(b, func() *conformance.Results {
				b.StopTimer()
				url := serve(b, handler)
				b.StartTimer()
				return run(b, conformance.Config{Document: doc, BaseURL: url})
			})
		})
	}
}

// measure reports how many exchanges runs make, how long each takes, and how
// much of the heap the results of a run keep for it.
func measure(b *testing.B, run func() *conformance.Results) {
	b.Helper()
	sent, kept := 0, uint64(0)
	for b.Loop() {
		b.StopTimer()
		before := heap()
		b.StartTimer()
		r := run()
		b.StopTimer()
		if !r.Conforms() {
			b.Fatalf("broken are %v", broken(r))
		}
		sent += r.Sent
		kept += max(heap(), before) - before
		runtime.KeepAlive(r)
		b.StartTimer()
	}
	b.ReportMetric(float64(sent)/float64(b.N), "exchanges")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N), "s/run")
	b.ReportMetric(float64(kept)/float64(sent), "B/exchange")
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// wide is a contract of many alike operations.
func wide(b *testing.B, operations int) *spec.Document {
	b.Helper()
	var text strings.Builder
	text.WriteString("openapi: 3.1.0\ninfo: {title: Wide, version: \"1\"}\npaths:\n")
	for i := range operations {
		fmt.Fprintf(&text, `
  /things%03d:
    post:
      operationId: make%03d
      parameters:
        - {name: limit, in: query, schema: {type: integer, minimum: 1, maximum: 100}}
        - {name: sort, in: query, schema: {type: string, enum: [up, down]}}
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [name, age]
              additionalProperties: false
              properties:
                name: {type: string, minLength: 1, maxLength: 40}
                age: {type: integer, minimum: 0, maximum: 150}
                mail: {type: string, format: email}
                tags: {type: array, maxItems: 5, uniqueItems: true, items: {type: string, pattern: "^[a-z]+$"}}
                address: {type: object, required: [city], properties: {city: {type: string}, zip: {type: string, pattern: "^[0-9]{5}$"}}}
      responses:
        "201": {description: Made., content: {application/json: {schema: {type: object, required: [id], properties: {id: {type: string, format: uuid}}}}}}
        "400": {description: Unreadable., content: {application/problem+json: {schema: {type: object}}}}
        "422": {description: Wrong., content: {application/problem+json: {schema: {type: object}}}}
`, i, i)
	}
	doc, err := spec.Load(b.Context(), "wide", spec.Embedded("wide", []byte(text.String())))
	if err != nil {
		b.Fatal(err)
	}
	return doc
}
