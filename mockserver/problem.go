package mockserver

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/problem"
	"github.com/concord-api/concord/spec/schema"
)

// fail makes the answer for a trouble: what the contract documents for its
// status, valid against its schema, with the trouble told in the members that
// it has for it; RFC 9457 problem details where nothing is documented.
func (x *exchange) fail(t *trouble) *answer {
	status := t.status(x.op)
	p := t.problem(x.server, status, x.path)
	var a *answer
	if x.op != nil {
		a, _ = x.op.tellError(status, p, x.r.Header["Accept"])
	}
	if a == nil {
		a = plainProblem(p)
	}
	return t.attach(a)
}

// attach adds to an error what its trouble has beside the problem.
func (t *trouble) attach(a *answer) *answer {
	for _, f := range t.header {
		a.set(f.name, f.values)
	}
	a.problem = t.detail
	return a
}

// serverName tells whoever asks for what no contract has who answers: the suite
// knows by it that it checks the mock, whose fixtures are the script's own.
var serverName = []string{"Concord"}

// plainProblem is the error of a contract that documents none.
func plainProblem(p *problem.Problem) *answer {
	body, err := p.AppendJSON(nil)
	if err != nil { // a detail that quotes bytes which are no text
		p = problem.New(p.Status, strings.ToValidUTF8(p.Detail, "�"))
		body, _ = p.AppendJSON(nil)
	}
	a := &answer{status: p.Status, body: body}
	a.frame(problem.MediaType)
	a.set("Server", serverName)
	return a
}

// tellError is the contract's own error for a status, and whether its body says
// what is wrong; nil where it has none, or none that can be made.
func (o *operation) tellError(status int, p *problem.Problem, accept []string) (a *answer, told bool) {
	response := o.Response(status)
	if response == nil {
		return nil, false
	}
	mt, contentType := errorMediaType(response, accept)
	base, err := o.answer(status, mt, contentType, "")
	if err != nil {
		o.server.log.Error("an error of the contract cannot be made", "operation", o.ID, "status", status, "error", err)
		return nil, false
	}
	a = &answer{status: status, header: slices.Clone(base.header), body: base.body}
	if mt != nil && (mt.IsJSON() || spec.IsJSON(contentType)) {
		for _, body := range wordings(mt, p, base.body) {
			if fits(mt, body) {
				a.body, told = body, true
				break
			}
		}
	}
	a.frame(contentType)
	if !told {
		// The contract has no place for what is wrong; its reader still needs it.
		a.set("Concord-Problem", []string{headerText(p.Detail)})
	}
	return a, told
}

// errorMediaType chooses how an error is written: as the client asks, where the
// contract has that; else as problem details or JSON; else as the first.
func errorMediaType(r *spec.Response, accept []string) (*spec.MediaType, string) {
	if len(r.Content) == 0 {
		return nil, ""
	}
	for _, mt := range r.Content {
		if strings.HasPrefix(mt.Range, problem.MediaType) {
			return mt, mt.Concrete()
		}
	}
	if mt, contentType := spec.Negotiate(accept, r.Content); mt != nil {
		return mt, contentType
	}
	for _, mt := range r.Content {
		if mt.IsJSON() {
			return mt, mt.Concrete()
		}
	}
	return r.Content[0], r.Content[0].Concrete()
}

func fits(mt *spec.MediaType, body []byte) bool {
	return body != nil && (mt.Schema == nil || mt.Schema.Checker(schema.Response).Valid(body))
}

// wordings are the ways of telling a problem in a media type, the best first:
// as problem details; with what its schema demands besides; with only the
// members that its schema names, which comes first where the media type is not
// that of problem details; and the contract's sample, with those of its members
// replaced that have a say in it.
func wordings(mt *spec.MediaType, p *problem.Problem, sample []byte) [][]byte {
	names := memberNames(mt.Schema)
	whole, err := p.AppendJSON(nil)
	if err != nil {
		p.Detail = strings.ToValidUTF8(p.Detail, "�")
		if whole, err = p.AppendJSON(nil); err != nil {
			return nil
		}
	}
	var out [][]byte
	own := members(whole)
	var bare []json.RawMessage
	if called := itemNames(mt.Schema); len(p.Errors) > 0 && len(called) > 0 && !covers(called) {
		first := firstItem(sample)
		own.drop("errors")
		if all := itemised(p.Errors, called, first, itemRoles); all != nil {
			own.set(problem.Member{Name: "errors", Value: all})
		}
		for n := len(itemRoles) - 1; n > 0; n-- {
			bare = append(bare, itemised(p.Errors, called, first, itemRoles[:n]))
		}
		whole = own.object()
	}
	if strings.HasPrefix(mt.Range, problem.MediaType) || shaped(names) {
		given := members(sample)
		demanded := slices.DeleteFunc(slices.Clone(given), func(m problem.Member) bool {
			return own.has(m.Name) || mt.Schema == nil || !slices.Contains(requiredNames(mt.Schema), m.Name)
		})
		named := slices.DeleteFunc(slices.Clone(own), func(m problem.Member) bool { return !slices.Contains(names, m.Name) })
		all, fewest := append(slices.Clone(own), demanded...).object(), append(named, demanded...).object()
		switch {
		case strings.HasPrefix(mt.Range, problem.MediaType):
			out = append(out, whole, all, fewest)
		case slices.Contains(names, "detail"):
			// A contract that calls it JSON says no more than its schema does.
			out = append(out, fewest, whole, all)
		}
	}
	return append(out, replaced(mt, own, bare, p, members(sample), names))
}

// shaped tells whether members are those of problem details.
func shaped(names []string) bool {
	n := 0
	for _, name := range []string{"type", "title", "status", "detail"} {
		if slices.Contains(names, name) {
			n++
		}
	}
	return n >= 2
}

// replaced puts as much of a problem into a sample as its schema lets in,
// member by member, and items that say less where it lets in no others; nil
// where it lets in nothing.
func replaced(mt *spec.MediaType, own memberList, bare []json.RawMessage, p *problem.Problem, sample memberList, names []string) []byte {
	if len(sample) == 0 && len(names) == 0 {
		return nil
	}
	detail, _ := json.Marshal(p.Detail)
	candidates := append(slices.Clone(own),
		problem.Member{Name: "message", Value: detail},
		problem.Member{Name: "error_description", Value: detail},
		problem.Member{Name: "code", Value: json.RawMessage(strconv.Itoa(p.Status))},
		problem.Member{Name: "status", Value: json.RawMessage(strconv.Quote(strconv.Itoa(p.Status)))},
	)
	for _, items := range append(bare, sentences(p.Errors)) {
		candidates = append(candidates, problem.Member{Name: "errors", Value: items})
	}
	done := map[string]bool{}
	told := false
	now := slices.Clone(sample)
	for _, c := range candidates {
		if done[c.Name] || c.Value == nil || !sample.has(c.Name) && !slices.Contains(names, c.Name) {
			continue
		}
		next := slices.Clone(now)
		next.set(c)
		if fits(mt, next.object()) {
			now, done[c.Name] = next, true
			told = told || c.Name == "detail" || c.Name == "message" || c.Name == "error_description" || c.Name == "errors"
		}
	}
	if !told {
		return nil
	}
	return now.object()
}

// sentences writes items as strings, for schemas whose `errors` are such.
func sentences(items []problem.Item) json.RawMessage {
	if len(items) == 0 {
		return nil
	}
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = item.Param + " " + item.Detail
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil
	}
	return text
}

// headerText makes a sentence fit for a header: visible ASCII.
func headerText(s string) string {
	if len(s) > 1000 {
		s = s[:1000]
	}
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
}
