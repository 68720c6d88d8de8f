package spec_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/concord-api/concord/spec"
)

func TestAuditReadsPatternsAsECMA262Does(t *testing.T) {
	doc := load(t, `openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    get:
      operationId: a
      parameters:
        - {name: q, in: query, schema: {type: string, pattern: '^(?!aws:).+$'}}
        - {name: r, in: query, schema: {type: string, pattern: '^\w{1,1011}$'}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {type: string}}}}
components:
  schemas:
    Unused: {type: string, pattern: '('}
`)
	findings, err := doc.Audit(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, f := range findings {
		told = append(told, f.Pointer+" "+f.Message)
	}
	if len(told) != 1 || !strings.HasPrefix(told[0], "/components/schemas/Unused/pattern ") {
		t.Errorf("findings are\n%s\nwant that of the pattern without an end, alone", strings.Join(told, "\n"))
	}
}

func TestXMLCarriesCarriageReturns(t *testing.T) {
	doc := load(t, `openapi: 3.0.3
info: {title: t, version: '1'}
paths:
  /a:
    get:
      operationId: a
      responses:
        '200':
          description: ok
          content:
            application/xml:
              schema: {type: object, xml: {name: a}, properties: {b: {type: string, enum: ["one\r\ntwo"]}}}
`)
	op := doc.Operation("a")
	r := op.Response(200)
	s, err := r.Sample(200, r.Content[0], "application/xml", spec.SampleOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(s.Body), "one&#xD;&#xA;two") {
		t.Errorf("the body is %q", s.Body)
	}
	header := http.Header{"Content-Type": {"application/xml"}}
	for _, v := range op.CheckResponse(&spec.Answer{Status: 200, Header: header, Body: s.Body}) {
		t.Errorf("%s in %q", v, s.Body)
	}
}
