package problem

import (
	"strings"
	"testing"
)

// right is a problem that breaks no rule.
const right = `{"type":"https://e.test/x","title":"T","status":422,"detail":"D","instance":"/i?a=%20#f","errors":[{"param":"a","detail":"d"},{"pointer":"#/a","detail":"d"}],"x":1}`

func TestCheck(t *testing.T) {
	tests := map[string]struct {
		contentType string // MediaType if empty
		body        string
		want        string // ids of the broken rules, without "problem."
	}{
		"a right problem":                       {body: right},
		"an empty object":                       {body: `{}`},
		"media type with a parameter":           {contentType: "Application/Problem+JSON; charset=utf-8", body: right},
		"about:blank as type":                   {body: `{"type":"about:blank"}`},
		"a URN as type":                         {body: `{"type":"urn:ietf:params:x"}`},
		"a tag URI as type":                     {body: `{"type":"tag:e.test,2026:x"}`},
		"an IPv6 host":                          {body: `{"type":"https://u:p@[::1]:80/x"}`},
		"an empty detail":                       {body: `{"detail":""}`},
		"no errors in errors":                   {body: `{"errors":[]}`},
		"media type application/json":           {contentType: "application/json", body: right, want: "media-type"},
		"media type of problems in XML":         {contentType: "application/problem+xml", body: right, want: "media-type"},
		"unreadable media type":                 {contentType: "; x", body: right, want: "media-type"},
		"no body":                               {body: "", want: "body"},
		"an HTML body":                          {body: "<p>", want: "body"},
		"an array as body":                      {body: "[]", want: "body"},
		"a body that is cut":                    {body: right[:40], want: "body"},
		"a second value":                        {body: right + "{}", want: "body"},
		"a number as type":                      {body: `{"type":404}`, want: "type"},
		"null as type":                          {body: `{"type":null}`, want: "type"},
		"a space in type":                       {body: `{"type":"not found"}`, want: "type"},
		"a scheme that is none":                 {body: `{"type":"1a:b"}`, want: "type"},
		"a broken escape in type":               {body: `{"type":"https://e.test/%zz"}`, want: "type"},
		"a port that is no number":              {body: `{"type":"https://e.test:a/"}`, want: "type"},
		"a broken IPv6 host":                    {body: `{"type":"https://[::g]/"}`, want: "type"},
		"a relative type":                       {body: `{"type":"/errors/x"}`, want: "type-absolute"},
		"a string as status":                    {body: `{"status":"422"}`, want: "status"},
		"a fraction as status":                  {body: `{"status":422.5}`, want: "status"},
		"another status":                        {body: `{"status":400}`, want: "status-equal"},
		"the status with a fraction of nothing": {body: `{"status":422.0}`},
		"an object as title":                    {body: `{"title":{}}`, want: "title"},
		"an empty title":                        {body: `{"title":" "}`, want: "title-empty"},
		"an array as detail":                    {body: `{"detail":["a"]}`, want: "detail"},
		"a boolean as instance":                 {body: `{"instance":true}`, want: "instance"},
		"letters outside ASCII in instance":     {body: `{"instance":"/é"}`, want: "instance"},
		"an object as errors":                   {body: `{"errors":{"a":["b"]}}`, want: "errors"},
		"strings in errors":                     {body: `{"errors":["a"]}`, want: "errors"},
		"an error without detail":               {body: `{"errors":[{"param":"a"}]}`, want: "errors-detail"},
		"an error without place":                {body: `{"errors":[{"detail":"a"}]}`, want: "errors-place"},
		"an error with a number as param":       {body: `{"errors":[{"param":1,"pointer":"/a","detail":"a"}]}`, want: "errors-place"},
		"an error with null as detail":          {body: `{"errors":[{"param":"a","detail":"d"},{"param":"a","detail":null}]}`, want: "errors-detail"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			contentType := tt.contentType
			if contentType == "" {
				contentType = MediaType
			}
			var got []string
			for _, fault := range Check(422, contentType, []byte(tt.body)) {
				got = append(got, strings.TrimPrefix(fault.Rule.ID, "problem."))
				t.Log(fault)
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("broken rules: %v, want [%s]", got, tt.want)
			}
		})
	}
}

func TestCheckWithoutContentType(t *testing.T) {
	faults := Check(422, "", []byte(right))
	if len(faults) != 1 || faults[0].String() != "problem.media-type: header Content-Type is missing" {
		t.Errorf("Check = %v", faults)
	}
}

func TestRulesAreWellDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range Rules {
		if !strings.HasPrefix(rule.ID, "problem.") || seen[rule.ID] {
			t.Errorf("id %q is not unique, or has not the package's prefix", rule.ID)
		}
		seen[rule.ID] = true
		if rule.Says == "" || rule.Source == "" || rule.Applies == nil || rule.Check == nil || rule.Severity != Must && rule.Severity != Should {
			t.Errorf("rule %s is not complete: %+v", rule.ID, rule)
		}
	}
}
