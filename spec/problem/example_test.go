package problem_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"

	"github.com/concord-api/concord/spec/problem"
)

func ExampleWrite() {
	p := problem.New(404, "No customer has the id 7.")
	p.Type, p.Code = "https://example.com/errors/not-found", "customer_not_found"
	p.Extensions.Set("trace_id", json.RawMessage(`"4bf92f35"`))

	w := httptest.NewRecorder()
	if err := problem.Write(w, p); err != nil {
		fmt.Println(err)
	}
	fmt.Println(w.Code, w.Header().Get("Content-Type"))
	fmt.Println(w.Body)
	// Output:
	// 404 application/problem+json
	// {"type":"https://example.com/errors/not-found","title":"Not Found","status":404,"detail":"No customer has the id 7.","code":"customer_not_found","trace_id":"4bf92f35"}
}

func ExampleParse() {
	p, err := problem.Parse([]byte(`{"title": "Out of credit", "status": "403", "balance": 30}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	balance, _ := p.Extensions.Get("balance")
	fmt.Println(p.Type, p.Title, p.Status, string(balance)) // a status that is no number counts as absent
	// Output: about:blank Out of credit 0 30
}

func ExampleCheck() {
	body := []byte(`{"type": "not-found", "title": "Not Found", "status": 400}`)
	for _, fault := range problem.Check(404, "application/json", body) {
		fmt.Println(fault.Rule.Severity, fault)
	}
	// Output:
	// must problem.media-type: the media type is application/json, not application/problem+json
	// should problem.type-absolute: type "not-found" has no scheme
	// must problem.status-equal: status is 400, but the HTTP status is 404 Not Found
}

// A suite that reports each rule by itself reads the answer once.
func ExampleNewAnswer() {
	answer := problem.NewAnswer(404, problem.MediaType, []byte(`{"title": 7}`))
	for _, rule := range problem.Rules {
		switch {
		case !rule.Applies(answer):
		case rule.Check(answer) != nil:
			fmt.Println("broken:", rule.ID, "("+rule.Source+")")
		default:
			fmt.Println("held:", rule.ID)
		}
	}
	// Output:
	// held: problem.media-type
	// held: problem.body
	// broken: problem.title (RFC 9457 §3.1.3)
}
