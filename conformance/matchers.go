package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/onsi/gomega"
	gomegatypes "github.com/onsi/gomega/types"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/problem"
)

// ConformTo matches an *http.Response that keeps a contract: its status, media
// type, headers and body are those documented for the operation that its request
// asked for (OpenAPI 3.1 §4.8.16). The response must have its Request, as those
// of http.Client and of [WithRequest] do. The body can be read again afterwards.
func ConformTo(doc *spec.Document) gomegatypes.GomegaMatcher {
	return &responseMatcher{
		says: "conform to " + doc.Title + " " + doc.Version,
		check: func(r *http.Response, body []byte) ([]string, error) {
			if r.Request == nil || r.Request.URL == nil {
				return nil, errors.New("ConformTo needs a response that knows its request: use WithRequest")
			}
			m, err := doc.MatchRequest(r.Request.Method, r.Request.URL.EscapedPath(), r.Request.URL.RawQuery, r.Request.Header)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", r.Request.Method, r.Request.URL.EscapedPath(), err)
			}
			var faults []string
			for _, v := range m.Operation.CheckResponse(&spec.Answer{
				Status: r.StatusCode, Header: r.Header, Body: body, Head: r.Request.Method == http.MethodHead,
			}) {
				faults = append(faults, v.String())
			}
			return faults, nil
		},
	}
}

// HaveProblem matches an *http.Response that is a problem (RFC 9457) of a status,
// and of a code where code is not "". The body can be read again afterwards.
func HaveProblem(status int, code string) gomegatypes.GomegaMatcher {
	says := fmt.Sprintf("be a problem of status %d", status)
	if code != "" {
		says += " and code " + code
	}
	return &responseMatcher{says: says, check: func(r *http.Response, body []byte) ([]string, error) {
		var faults []string
		if r.StatusCode != status {
			faults = append(faults, fmt.Sprintf("the status is %s", statusText(r.StatusCode)))
		}
		for _, f := range problem.Check(r.StatusCode, r.Header.Get("Content-Type"), body) {
			if f.Rule.Severity == problem.Must {
				faults = append(faults, f.String())
			}
		}
		var members struct{ Code string }
		if code != "" && (json.Unmarshal(body, &members) != nil || members.Code != code) {
			faults = append(faults, fmt.Sprintf("code is %q", members.Code))
		}
		return faults, nil
	}}
}

// HaveHeader matches an *http.Response that has a header, and where a value or a
// matcher is given, one whose first value is equal to it or matches it.
func HaveHeader(name string, value ...any) gomegatypes.GomegaMatcher {
	says := "have the header " + name
	var inner gomegatypes.GomegaMatcher
	if len(value) > 0 {
		var is bool
		if inner, is = value[0].(gomegatypes.GomegaMatcher); is {
			says += " with a matching value"
		} else {
			inner = gomega.Equal(value[0])
			says += fmt.Sprintf(": %v", value[0])
		}
	}
	return &responseMatcher{says: says, check: func(r *http.Response, _ []byte) ([]string, error) {
		values := r.Header.Values(name)
		if len(values) == 0 {
			return []string{"it is missing"}, nil
		}
		if inner == nil {
			return nil, nil
		}
		ok, err := inner.Match(values[0])
		if err != nil {
			return nil, fmt.Errorf("header %s: %w", name, err)
		}
		if !ok {
			return []string{inner.FailureMessage(values[0])}, nil
		}
		return nil, nil
	}}
}

// WithRequest gives a response the request that it answers, as [ConformTo] needs
// it of the responses of httptest.ResponseRecorder.
func WithRequest(r *http.Response, method, path string) *http.Response {
	req, err := http.NewRequest(method, path, nil)
	if err == nil {
		r.Request = req
	}
	return r
}

// responseMatcher matches responses by a list of faults.
type responseMatcher struct {
	says   string
	check  func(r *http.Response, body []byte) ([]string, error)
	faults []string
	came   string
}

// Match implements types.GomegaMatcher.
func (m *responseMatcher) Match(actual any) (bool, error) {
	r, ok := actual.(*http.Response)
	if !ok || r == nil {
		return false, fmt.Errorf("expected an *http.Response, got %T", actual)
	}
	body, err := restoredBody(r)
	if err != nil {
		return false, err
	}
	m.came = statusText(r.StatusCode) + ", " + r.Header.Get("Content-Type") + "\n" + bodyText(body, 1200)
	m.faults, err = m.check(r, body)
	return err == nil && len(m.faults) == 0, err
}

// restoredBody reads a body and puts it back.
func restoredBody(r *http.Response) ([]byte, error) {
	if r.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, fmt.Errorf("read the body of the response: %w", err)
	}
	_ = r.Body.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	return body, nil
}

// FailureMessage implements types.GomegaMatcher.
func (m *responseMatcher) FailureMessage(any) string {
	return "expected the response to " + m.says + "\n  " + strings.Join(m.faults, "\n  ") + "\nit is\n  " + strings.ReplaceAll(m.came, "\n", "\n  ")
}

// NegatedFailureMessage implements types.GomegaMatcher.
func (m *responseMatcher) NegatedFailureMessage(any) string {
	return "expected the response not to " + m.says + "\nit is\n  " + strings.ReplaceAll(m.came, "\n", "\n  ")
}
