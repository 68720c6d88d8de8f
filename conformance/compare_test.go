package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferencesOfTwoAnswers(t *testing.T) {
	answer := func(status int, header, body string) *Exchange {
		h := http.Header{"Content-Type": {"application/json"}, "Date": {header}}
		for _, name := range strings.Fields(header) {
			h.Set(name, "1")
		}
		return &Exchange{Response: Response{Status: status, Header: h, Body: []byte(body)}}
	}
	silent := &Exchange{Err: "the connection was closed"}
	tests := map[string]struct {
		one, other *Exchange
		want       []string
	}{
		"values do not count":                 {answer(200, "", `{"id":1,"a":[1]}`), answer(200, "", `{"id":2,"a":[1,2]}`), nil},
		"the status":                          {answer(200, "", `{}`), answer(404, "", `{"x":1}`), []string{"status: 200 OK, 404 Not Found"}},
		"no answer":                           {answer(200, "", `{}`), silent, []string{"status: 200 OK, no answer"}},
		"neither answers":                     {silent, silent, nil},
		"a header that one lacks":             {answer(200, "X-A", ``), answer(200, "X-B", ``), []string{"header X-A: there, missing", "header X-B: missing, there"}},
		"headers of the moment do not count":  {answer(200, "Age", ``), answer(200, "Server", ``), nil},
		"a member that one lacks":             {answer(200, "", `{"a":1}`), answer(200, "", `{"b":1}`), []string{"body /a: number, missing", "body /b: missing, number"}},
		"a member of another type":            {answer(200, "", `{"a":1}`), answer(200, "", `{"a":"1"}`), []string{"body /a: number, string"}},
		"null may be another state":           {answer(200, "", `{"a":null}`), answer(200, "", `{"a":{"b":1}}`), nil},
		"so may an empty array":               {answer(200, "", `{"a":[]}`), answer(200, "", `{"a":[{"b":1}]}`), nil},
		"items of another shape, told once":   {answer(200, "", `[{"a":1},{"a":2}]`), answer(200, "", `[{"b":1}]`), []string{"body /*/a: number, missing", "body /*/b: missing, number"}},
		"an object in place of an array":      {answer(200, "", `{"a":[1]}`), answer(200, "", `{"a":{"b":1}}`), []string{"body /a: array, object"}},
		"a body that one lacks":               {answer(200, "", ``), answer(200, "", `{}`), []string{"body: no body, JSON"}},
		"text in place of JSON":               {answer(200, "", `<html>`), answer(200, "", `{}`), []string{"body: no JSON, JSON"}},
		"texts are not compared":              {answer(200, "", `<html>`), answer(200, "", `hello`), nil},
		"a name with a slash keeps its place": {answer(200, "", `{"a/b":1}`), answer(200, "", `{"a/b":"x"}`), []string{"body /a~1b: number, string"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, d := range differences(tt.one, tt.other) {
				got = append(got, fmt.Sprintf("%s: %s, %s", d.place, d.one, d.other))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
