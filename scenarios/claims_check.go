package scenarios

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec/source"
)

// Check holds an observed answer to what the scripted one claims and lists the
// differences, none where it meets them all. Where the status or the media type
// differs the body is not looked into: it is another answer.
func (r *Response) Check(o *Observed, env *Env) []Difference {
	c := &r.claims
	var out []Difference
	differ := func(claim Claim, path, wanted, got string) {
		out = append(out, Difference{Claim: claim, Path: path, Wanted: wanted, Got: got, Position: r.Position})
	}
	if o.Status != c.Status {
		differ(ClaimStatus, "status", statusText(c.Status), statusText(o.Status))
		return out
	}
	for _, name := range c.Headers {
		if len(o.Header.Values(name)) == 0 {
			differ(ClaimHeader, "header "+name, "to be present", "none")
		}
	}
	if got := o.Header.Get("Content-Type"); c.MediaType != "" && essence(got) != essence(c.MediaType) {
		if got == "" {
			got = "none"
		}
		differ(ClaimMediaType, "header Content-Type", c.MediaType, got)
		return out
	}
	out = r.checkBody(out, o)
	return append(out, r.checkExpect(o, env)...)
}

func statusText(status int) string {
	return strings.TrimSpace(strconv.Itoa(status) + " " + http.StatusText(status))
}

// checkBody holds a JSON body to the members and the problem that are claimed.
func (r *Response) checkBody(out []Difference, o *Observed) []Difference {
	c := &r.claims
	if c.Problem == nil && len(c.Members) == 0 {
		return out
	}
	differ := func(claim Claim, path, wanted, got string) {
		out = append(out, Difference{Claim: claim, Path: path, Wanted: wanted, Got: got, Position: r.Position})
	}
	body, err := decodeJSON(o.Body, anything)
	if err != nil {
		differ(ClaimMember, "body", "JSON", "what cannot be read: "+err.Error())
		return out
	}
	for _, pointer := range c.Members {
		if _, ok := walkPointer(body, pointer); !ok {
			differ(ClaimMember, pointer, "to be present", "none")
		}
	}
	if c.Problem == nil {
		return out
	}
	if got := memberText(body, "type"); !sameURI(got, c.Problem.Type, o) {
		differ(ClaimProblemType, "/type", c.Problem.Type, orNone(got))
	}
	if got := memberText(body, "code"); c.Problem.Code != "" && got != c.Problem.Code {
		differ(ClaimProblemCode, "/code", c.Problem.Code, orNone(got))
	}
	items, _ := walkPointer(body, "/errors")
	list, _ := items.([]any)
	for _, want := range c.Problem.Items {
		if !slices.ContainsFunc(list, func(item any) bool {
			return (want.Param == "" || memberText(item, "param") == want.Param) &&
				(want.Code == "" || memberText(item, "code") == want.Code)
		}) {
			differ(ClaimProblemItem, "/errors", "an item with "+want.String(), itemsText(list))
		}
	}
	return out
}

// String names the item for people.
func (i ProblemItem) String() string {
	var parts []string
	if i.Param != "" {
		parts = append(parts, "param "+strconv.Quote(i.Param))
	}
	if i.Code != "" {
		parts = append(parts, "code "+strconv.Quote(i.Code))
	}
	return strings.Join(parts, " and ")
}

func itemsText(list []any) string {
	if len(list) == 0 {
		return "no items"
	}
	var texts []string
	for _, item := range list {
		i := ProblemItem{memberText(item, "param"), memberText(item, "code")}
		texts = append(texts, i.String())
	}
	return strings.Join(texts, "; ")
}

// sameURI compares problem types; a relative one is resolved as RFC 9457 §3.1.1
// has it, against the URL of the request.
func sameURI(got, want string, o *Observed) bool {
	if got == want || got == "" && want == "about:blank" {
		return true
	}
	if o.URL == "" {
		return false
	}
	base, err := url.Parse(o.URL)
	if err != nil {
		return false
	}
	absolute, err := base.Parse(got)
	return err == nil && absolute.String() == want
}

// checkExpect runs the conditions of the script.
func (r *Response) checkExpect(o *Observed, env *Env) []Difference {
	if len(r.claims.Expect) == 0 {
		return nil
	}
	vars, err := r.observed(o, env)
	var out []Difference
	for _, c := range r.claims.Expect {
		got := ""
		held := false
		if err == nil {
			var failure error
			held, failure = c.program.holds(vars)
			if failure != nil {
				got = failure.Error()
			} else {
				got = "false: " + r.operands(c, vars)
			}
		} else {
			got = err.Error()
		}
		if !held {
			out = append(out, Difference{Claim: ClaimExpect, Path: c.Text, Wanted: "true", Got: got, Position: c.Position})
		}
	}
	return out
}

// operands shows what a condition looked at, as far as it names members of the
// answer.
func (r *Response) operands(c Condition, vars *scope) string {
	var texts []string
	for _, path := range c.program.looks {
		v, ok := walkPointer(any(vars.response), path)
		if !ok {
			texts = append(texts, "response"+strings.ReplaceAll(path, "/", ".")+" is missing")
			continue
		}
		b, err := json.Marshal(v)
		if err != nil {
			continue
		}
		texts = append(texts, fmt.Sprintf("response%s is %s", strings.ReplaceAll(path, "/", "."), shorten(string(b))))
	}
	return strings.Join(texts, ", ")
}

func shorten(s string) string {
	if len(s) > 200 {
		return s[:197] + "..."
	}
	return s
}

// observed are the variables of conditions on an exchange.
func (r *Response) observed(o *Observed, env *Env) (*scope, error) {
	sc := r.scenario
	vars, err := sc.script.sending(env)
	if err != nil {
		return nil, err
	}
	in := vars.in
	in.Operation, in.Method, in.Header = sc.Operation, sc.Operation.Method, http.Header{}
	if o.Request != nil {
		in.Method, in.RawQuery, in.Header, in.Body = o.Request.Method, o.Request.RawQuery, o.Request.Header, o.Request.Body
		in.MediaType, in.Path = o.Request.ContentType, o.Request.Path
		if m, err := sc.script.Document.Match(o.Request.Method, o.Request.Path); err == nil {
			in.Params = &m.Params
		}
	}
	vars.lang = sc.lang
	shape := sc.lang.answerBody(r.Status, r.MediaType)
	body, err := decodeBody(o.Header.Get("Content-Type"), o.Header.Get("Content-Type"), o.Body, shape)
	if err != nil {
		return nil, fmt.Errorf("the body cannot be read: %w", err)
	}
	vars.response = map[string]any{"status": int64(o.Status), "headers": newHeaders(o.Header), "body": body}
	return vars, nil
}

// walkPointer follows a JSON pointer in a decoded value.
func walkPointer(v any, pointer string) (any, bool) {
	if pointer == "" {
		return v, true
	}
	for _, token := range strings.Split(pointer[1:], "/") {
		name := source.UnescapePointer(token)
		switch at := v.(type) {
		case map[string]any:
			next, ok := at[name]
			if !ok {
				return nil, false
			}
			v = next
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(at) {
				return nil, false
			}
			v = at[i]
		default:
			return nil, false
		}
	}
	return v, true
}

func memberText(v any, name string) string {
	object, _ := v.(map[string]any)
	s, _ := object[name].(string)
	return s
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}
