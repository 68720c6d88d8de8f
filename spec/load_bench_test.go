package spec_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/concord-api/concord/spec"
)

// bigDocument writes a JSON document of the shape of the large public ones:
// many operations, shared schemas that refer to each other, long descriptions.
func bigDocument(operations int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"openapi":"3.0.3","info":{"title":"big","version":"1"},"paths":{`)
	prose := strings.Repeat("This describes at length what the operation does and for whom. ", 20)
	for i := range operations {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `"/groups/{group}/items-%d/{id}":{"get":{"operationId":"op%d","description":%q,"parameters":[`+
			`{"name":"group","in":"path","required":true,"schema":{"type":"string"}},{"name":"id","in":"path","required":true,"schema":{"type":"integer"}},`+
			`{"name":"page","in":"query","schema":{"type":"integer","default":1}}],"responses":{`+
			`"200":{"description":"ok","content":{"application/json":{"schema":{"$ref":"#/components/schemas/S%d"},"examples":{"default":{"value":{"id":1,"name":"n","nested":{"list":["a","b","c"],"text":%q}}}}}}},`+
			`"404":{"description":"none","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}}}}`,
			i, i, prose, i, prose)
	}
	b.WriteString(`},"components":{"schemas":{"Error":{"type":"object","required":["message"],"properties":{"message":{"type":"string"}}}`)
	for i := range operations {
		fmt.Fprintf(&b, `,"S%d":{"type":"object","required":["id","name"],"properties":{"id":{"type":"integer"},"name":{"type":"string"},`+
			`"nested":{"type":"object","properties":{"list":{"type":"array","items":{"type":"string"}},"text":{"type":"string"}}},"next":{"$ref":"#/components/schemas/S%d"}`, i, (i+1)%operations)
		for p := range 30 {
			fmt.Fprintf(&b, `,"field_%d":{"type":"string","nullable":true,"description":"What field %d holds, in a sentence of some length."}`, p, p)
		}
		b.WriteString(`}}`)
	}
	b.WriteString(`}}}`)
	return b.Bytes()
}

// BenchmarkLoadBig loads a large document and matches a first request. The
// metric "json-ratio" is its time over that of encoding/json for the same bytes
// in the same run. BIG_SPEC=path takes a document of your own.
func BenchmarkLoadBig(b *testing.B) {
	text := bigDocument(1200)
	if path := os.Getenv("BIG_SPEC"); path != "" {
		var err error
		if text, err = os.ReadFile(path); err != nil {
			b.Fatal(err)
		}
	}
	var decoding, loading time.Duration
	for b.Loop() {
		start := time.Now()
		var v any
		if err := json.Unmarshal(text, &v); err != nil {
			b.Fatal(err)
		}
		decoding += time.Since(start)
		start = time.Now()
		doc, err := spec.Load(context.Background(), "big", spec.Embedded("big", text))
		if err != nil {
			b.Fatal(err)
		}
		op := doc.Operation(firstOperation(doc))
		if op == nil || len(op.Responses) == 0 {
			b.Fatal("no operation")
		}
		loading += time.Since(start)
	}
	b.ReportMetric(float64(loading)/float64(decoding), "json-ratio")
	b.ReportMetric(float64(len(text))/1e6, "MB")
}

func firstOperation(doc *spec.Document) string {
	for _, id := range []string{"op0", "meta/root"} {
		if doc.Operation(id) != nil {
			return id
		}
	}
	return doc.Operations()[0].ID
}
