package mockserver_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/spec"
)

// A contract is played inside a Go test, without a port of its own.
func ExampleNew() {
	doc, err := spec.Load(context.Background(), "testdata/pets.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	mock, err := mockserver.New(doc, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(mock)
	defer server.Close()

	for _, path := range []string{"/pets", "/pets?limit=0", "/pets?__code=404"} {
		resp, err := http.Get(server.URL + path)
		if err != nil {
			fmt.Println(err)
			return
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		fmt.Println(resp.StatusCode, string(body))
	}
	// Output:
	// 200 [{"id":1,"name":"Rex"},{"id":2,"name":"Tom"}]
	// 422 {"message":"the request breaks the contract: query limit must be at least 1","docs":"https://pets.example/docs","errors":["limit must be at least 1"]}
	// 404 {"message":"There are no pets.","docs":"https://pets.example/docs"}
}
