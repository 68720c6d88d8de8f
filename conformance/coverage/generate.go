package coverage

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// Options bound and vary what is made. The zero value is of use.
type Options struct {
	Seed uint64 // of sampled values; one seed gives the same cases on every machine
	Most int    // cases of the operation; 0 sets no limit
}

// Set is what was made of one operation.
type Set struct {
	Cases   []*Case // by how much they tell: what [Options].Most leaves out tells least
	Dropped int     // changes that do not show on the wire, or do not break what they should
	Faulty  []error // valid requests that turned out not to be: faults of the generator
	Cut     int     // cases beyond [Options].Most
}

// Cases makes the cases of an operation from a valid request of it.
func Cases(b *Base, o Options) *Set {
	g := &generator{base: b, o: o, out: &Set{}, ids: map[string]int{}, wires: map[string]bool{}}
	g.wires[b.Request.wire()] = true
	places := g.places()
	g.optional = g.optionals(places)
	for _, p := range places {
		for _, v := range p.variants() {
			g.vary(p, v)
		}
	}
	g.bodies()
	g.combine()
	slices.SortStableFunc(g.out.Cases, func(a, b *Case) int { return cmp.Compare(rank(a), rank(b)) })
	if o.Most > 0 && len(g.out.Cases) > o.Most {
		g.out.Cut = len(g.out.Cases) - o.Most
		g.out.Cases = g.out.Cases[:o.Most]
	}
	return g.out
}

// rank orders cases by how much they tell.
func rank(c *Case) int {
	switch {
	case c.Keyword == keywordCombination:
		return 3
	case c.Sure && c.Keyword == "required":
		return 0
	case c.Sure:
		return 1
	}
	return 2
}

type generator struct {
	base  *Base
	o     Options
	out   *Set
	ids   map[string]int
	wires map[string]bool // what has been made already, as it is serialized

	optional []*place // parameters, and members of the body itself
}

// places lists all places of a request, those of a place after it.
func (g *generator) places() []*place {
	var out []*place
	var add func(p *place)
	add = func(p *place) {
		if !p.settle(g.o) {
			return
		}
		out = append(out, p)
		for _, q := range p.below() {
			add(q)
		}
	}
	op := g.base.Operation
	samples := g.samples()
	for _, p := range op.Parameters {
		s := p.Schema
		if s == nil && p.Content != nil {
			s = p.Content.Schema
		}
		if s == nil || p.In == spec.InHeader && describedElsewhere(p.Name) || isCredential(op, p) {
			continue
		}
		at := &place{in: p, whole: s, value: samples[p], sent: g.base.has(p), required: p.Required}
		at.root = at
		add(at)
	}
	if mt := g.media(); mt != nil && mt.Schema != nil {
		at := &place{whole: mt.Schema, value: g.base.body, sent: g.base.body != nil, required: op.RequestBody.Required}
		at.root, at.textual = at, strings.HasPrefix(mt.Range, "multipart/")
		add(at)
	}
	return out
}

// media is the media type of the bodies that are made, nil where none are: a GET
// with a body means nothing (RFC 9110 §9.3.1).
func (g *generator) media() *spec.MediaType {
	op := g.base.Operation
	if op.RequestBody == nil || op.Method == http.MethodGet || op.Method == http.MethodHead {
		return nil
	}
	if g.base.media != nil {
		return g.base.media
	}
	return op.RequestBody.Preferred()
}

// samples are values of all parameters that the contract has one for.
func (g *generator) samples() map[*spec.Parameter]schema.Value {
	out := map[*spec.Parameter]schema.Value{}
	s, err := g.base.Operation.SampleRequest(spec.RequestOptions{Seed: g.o.Seed, Optional: true})
	if err != nil {
		return out
	}
	for _, v := range s.Values {
		out[v.Parameter] = v.Value
	}
	return out
}

// describedElsewhere are headers that a contract does not describe as parameters
// (OpenAPI 3.1 §4.8.12.1).
func describedElsewhere(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Accept", "Content-Type", "Authorization":
		return true
	case "Connection", "Content-Length", "Host", "Keep-Alive", "Trailer", "Transfer-Encoding", "Upgrade":
		return true // what carries the request writes them as they are, whatever is asked for
	}
	return false
}

// isCredential tells whether a parameter is what a security scheme of the
// operation presents its key in, which some contracts describe twice.
func isCredential(op *spec.Operation, p *spec.Parameter) bool {
	for _, requirement := range op.Security {
		for _, use := range requirement {
			s := use.Scheme
			if s != nil && s.Type == "apiKey" && s.In == p.In && (s.Name == p.Name || p.In == spec.InHeader && strings.EqualFold(s.Name, p.Name)) {
				return true
			}
		}
	}
	return false
}

// vary makes a case of a variant, if it is one.
func (g *generator) vary(p *place, v variant) {
	changes, ok := p.change(v.value)
	if !ok {
		return
	}
	if v.want != Refuse && !p.allows(v.value) {
		g.out.Dropped++
		return
	}
	if v.want == Refuse && g.textual(p) && lenient(p, v) {
		v.sure = false
	}
	meant := v.meant || v.want == Accept && p.in != nil && p.in.In == spec.InPath
	meant = meant || v.want == Accept && v.value != nil && g.replays(p)
	c := &Case{
		ID: id(p.label(), v.id), Name: v.name, Place: p.label(), Kind: p.kind(), Pointer: p.pointer,
		Keyword: v.keyword, Want: v.want, Sure: v.sure, Meant: meant, Changes: changes, Broken: p.where(v.want),
	}
	if v.witness != nil {
		c.witness, _ = p.change(v.witness)
	}
	if v.want == Accept && v.sure && !p.required {
		c.others = g.besides(p)
	}
	g.add(c)
}

// textual tells whether what is sent for a place is text, in which types and
// absence do not show for certain.
func (g *generator) textual(p *place) bool {
	if p.in != nil {
		return p.in.Content == nil
	}
	mt := g.media()
	return mt != nil && !mt.IsJSON()
}

// lenient tells whether servers may take a text for what the contract allows:
// "null" and "true" may mean just that, an empty text nothing at all, and what
// an object's style does not know is often left aside.
func lenient(p *place, v variant) bool {
	switch v.keyword {
	case "additionalProperties":
		return true
	case "minLength":
		return string(v.value) == `""`
	case "type":
		return v.value.Kind() != '"' && v.value.Kind() != '0' || p.pointer == "" && p.types().Has(schema.TypeObject)
	}
	return false
}

// replays tells whether the values of a place must be fresh for each request, as
// keys of idempotency are.
func (g *generator) replays(p *place) bool {
	return p.in != nil && strings.Contains(strings.ToLower(p.in.Name), "idempoten")
}

// allows tells whether a value of a place keeps the schema of the whole body or
// parameter.
func (p *place) allows(v schema.Value) bool {
	if v == nil && p.pointer == "" {
		return !p.required
	}
	if !p.sent && p.pointer != "" {
		// What is around the place is made first, and is valid.
		return v != nil && p.whole.Checker(schema.Request).Valid(v)
	}
	whole, ok := set(p.root.value, p.pointer, v)
	return ok && p.root.whole.Checker(schema.Request).Valid(whole)
}

// bodies makes the cases that spoil a body's bytes or its media type, and those
// of the other media types.
func (g *generator) bodies() {
	mt := g.media()
	if mt == nil {
		return
	}
	blank := mt.IsForm() && mt.Schema != nil && mt.Schema.Checker(schema.Request).Valid(schema.Value("{}"))
	for _, row := range spoilers {
		// Where a form need not have fields, a body that is not there, or that is
		// called something else and not looked at, is taken for one without.
		sure := row.sure && !(blank && (row.spoil == NoBody || row.kind == Media))
		g.add(&Case{
			ID: id("body", string(row.spoil)), Name: row.name, Place: "body as a whole", Kind: row.kind,
			Keyword: string(row.spoil), Want: row.want, Sure: sure, Changes: []Change{{Spoil: row.spoil}},
		})
	}
	for _, other := range g.base.Operation.RequestBody.Content {
		if other == mt || other.Schema == nil || g.base.body == nil || !other.Schema.Checker(schema.Request).Valid(g.base.body) {
			continue
		}
		g.add(&Case{
			ID: id("body", "as "+other.Range), Name: "is sent as " + other.Concrete(), Place: "body as a whole", Kind: Media,
			Keyword: spec.KeywordMediaType, Want: Accept, Sure: true, Changes: []Change{{Media: other, Value: g.base.body}},
		})
	}
}

// add takes a case in that is what it says on the wire, and differs there from
// all others.
func (g *generator) add(c *Case) {
	if g.base.Operation.Method == http.MethodDelete && (c.Kind == Member || c.Kind == Media || c.Kind == Syntax) {
		c.Sure = false // a body of DELETE has no meaning of its own (RFC 9110 §9.3.5)
	}
	r, err := c.Change(g.base)
	var violations []spec.Violation
	if err == nil {
		var routed bool
		violations, routed = r.Violations(g.base.Operation)
		err = c.holds(g.base.Operation, r, violations, routed)
	}
	var faulty *FaultyError
	switch {
	case errors.As(err, &faulty) && !c.empty(r):
		g.out.Faulty = append(g.out.Faulty, &caseError{g.base.Operation.ID, c, err})
		return
	case err != nil || g.wires[r.wire()]:
		g.out.Dropped++
		return
	}
	if c.Want == Refuse {
		c.Sure = c.Sure && !annotated(violations)
		for _, v := range violations {
			if at := (Where{v.Name, v.Pointer}); !slices.Contains(c.Broken, at) {
				c.Broken = append(c.Broken, at)
			}
		}
	}
	g.wires[r.wire()] = true
	if n := g.ids[c.ID]; n > 0 {
		g.ids[c.ID]++
		c.ID += "-" + strconv.Itoa(n+1)
	}
	g.ids[c.ID]++
	g.out.Cases = append(g.out.Cases, c)
}

// empty tells whether a parameter's style has no text for the case's value, so
// that nothing is sent.
func (c *Case) empty(r *Request) bool {
	for _, change := range c.Changes {
		if change.Parameter == nil || change.Value == nil {
			continue
		}
		if text, err := change.Parameter.Encode(change.Value); err == nil && text == "" {
			return true
		}
	}
	return r == nil
}

// caseError is a fault of the generator.
type caseError struct {
	operation string
	at        *Case
	err       error
}

// Error implements error.
func (e *caseError) Error() string {
	return e.operation + ", " + e.at.Place + " " + e.at.Name + ": " + e.err.Error()
}

// annotated tells whether violations are all of keywords that implementations
// may take as annotations (JSON Schema 2020-12 validation §7.2.1, §8.1).
func annotated(violations []spec.Violation) bool {
	return !slices.ContainsFunc(violations, func(v spec.Violation) bool {
		return v.Keyword != "format" && v.Keyword != "contentEncoding" && v.Keyword != "contentMediaType" && v.Keyword != "contentSchema"
	})
}

// wire is a request as it is serialized, to tell two apart.
func (r *Request) wire() string {
	var b strings.Builder
	b.WriteString(r.Path + "?" + r.Query + "\n" + r.ContentType + "\n")
	names := make([]string, 0, len(r.Header))
	for name := range r.Header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b.WriteString(name + ": " + strings.Join(r.Header[name], ", ") + "\n")
	}
	b.Write(r.Body)
	return b.String()
}

// id joins the parts of an id, without what upsets labels and file names.
func id(parts ...string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-', r == '_', r == '.':
			return r
		case r == '/', r == ' ':
			return '/'
		}
		return '-'
	}, strings.ReplaceAll(strings.Join(parts, "/"), " /", "/")), "/")
}
