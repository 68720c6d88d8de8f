package mockserver_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// FuzzServeHTTP sends raw requests to the handler: whatever comes, it answers,
// by the contract.
func FuzzServeHTTP(f *testing.F) {
	f.Add("GET /pets HTTP/1.1\r\nHost: a\r\nPrefer: code=404, example=\"x\\\"\"\r\n\r\n")
	f.Add("POST /pets?__code=9 HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 14\r\n\r\n{\"name\":\"Kit\"}")
	f.Add("DELETE /v1/pets/%31 HTTP/1.1\r\nHost: a\r\nAuthorization: Basic YTpi\r\nAccept: */*;q=0\r\n\r\n")
	f.Add("OPTIONS /odd HTTP/1.1\r\nHost: a\r\nOrigin: x\r\nAccess-Control-Request-Method: PUT\r\n\r\n")
	f.Add("PUT /pets/1 HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
	doc, err := load("testdata/pets.yaml")
	if err != nil {
		f.Fatal(err)
	}
	s := petsServer(f)
	f.Fuzz(func(t *testing.T, text string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if err := judge(doc, nil, r, w); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
