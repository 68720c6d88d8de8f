package scenarios

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// scripted is a response as it is written.
type scripted struct {
	at        source.Position
	statusAt  source.Position
	mediaAt   source.Position
	headers   []namedTemplate
	body      *template
	problem   *template
	example   string
	exampleAt source.Position
	expect    *yaml.Node
}

// response reads one scripted answer and makes it ready to be played; nil where
// it cannot be.
func (b *builder) response(n *yaml.Node) *Response {
	r := &Response{Repeat: 1, Position: b.at(n), scenario: b.scenario}
	w := scripted{at: r.Position}
	env := b.lang.env
	read := b.object(n, "a response", []field{
		{"status", func(n *yaml.Node) { w.statusAt = b.at(n); b.status(r, n) }},
		{"headers", func(n *yaml.Node) { w.headers = b.headers(n, env) }},
		{"body", func(n *yaml.Node) { w.body = b.template(n, env) }},
		{"media_type", func(n *yaml.Node) { w.mediaAt = b.at(n); b.text(&r.MediaType, "media_type")(n) }},
		{"example", func(n *yaml.Node) { w.exampleAt = b.at(n); b.text(&w.example, "example")(n) }},
		{"problem", func(n *yaml.Node) { w.problem = b.problem(n, env) }},
		{"repeat", b.integer(&r.Repeat, "repeat", 1)},
		{"delay", func(n *yaml.Node) { b.delay(&r.Delay, n) }},
		{"fault", word(b.reader, &r.Fault, "fault", Reset, Truncate, Slow)},
		{"offspec", b.boolean(&r.Offspec, "offspec")},
		{"expect", func(n *yaml.Node) { w.expect = n }},
	})
	switch {
	case !read:
		return nil
	case w.statusAt == source.Position{}:
		b.says(w.at, ruleMissing, "a response needs a status")
		return nil
	case r.Status == 0:
		return nil
	case r.Repeat > maxRepeat:
		b.says(w.at, ruleSyntax, "a response is repeated at most %d times", maxRepeat)
		return nil
	}
	if w.example != "" && (w.body != nil || w.problem != nil) || w.body != nil && w.problem != nil {
		b.says(w.at, ruleDuplicate, "the response has more than one of body, problem and example: write one of them")
		return nil
	}
	if !b.answer(r, w) {
		return nil
	}
	if r.written = w.body; w.problem != nil {
		r.written = w.problem
	}
	if w.expect != nil {
		b.expect(r, w.expect)
	}
	return r
}

// maxRepeat bounds `repeat`, since the suite plays a sequence to its end.
const maxRepeat = 1000

func (b *builder) status(r *Response, n *yaml.Node) {
	var status int
	b.integer(&status, "status", 200)(n)
	if status > 599 {
		b.says(b.at(n), ruleSyntax, "%d is no status of HTTP", status)
		return
	}
	r.Status = status
}

// delay reads one duration or a range.
func (b *builder) delay(d *Delay, n *yaml.Node) {
	if n != nil && n.Kind == yaml.ScalarNode {
		b.duration(&d.Min, "delay")(n)
		d.Max = d.Min
	} else {
		b.object(n, "a delay", []field{
			{"min", b.duration(&d.Min, "min")},
			{"max", b.duration(&d.Max, "max")},
		})
	}
	if d.Max < d.Min {
		b.says(b.at(n), ruleSyntax, "the delay ends at %s before it begins at %s", d.Max, d.Min)
	}
	if d.Max > maxDelay {
		b.says(b.at(n), ruleSyntax, "a delay of %s is longer than %s", d.Max, maxDelay)
	}
}

// maxDelay bounds `delay`.
const maxDelay = 10 * time.Minute

// answer makes the answer ready: it finds what the contract documents for it,
// fills in what is left out, and encodes what no request changes.
func (b *builder) answer(r *Response, w scripted) bool {
	op := b.lang.op
	documented := op.Response(r.Status)
	if documented == nil && !r.Offspec {
		b.says(w.statusAt, ruleContract, "status %d is not documented for %s (documented: %s)", r.Status, op.ID, op.Statuses())
		return false
	}
	mt, ok := b.mediaType(r, documented, w)
	if !ok {
		return false
	}
	sample, err := sampleOf(op, r.Status, mt, r.MediaType, w.example)
	if err != nil {
		at := w.at
		if w.example != "" {
			at = w.exampleAt
		}
		b.says(at, ruleContract, "%v", err)
		return false
	}
	r.answer = answerTemplate{header: http.Header{}}
	for name, values := range sample.Header {
		r.answer.header[name] = values
	}
	if !b.fillHeaders(r, w.headers) {
		return false
	}
	r.claims.Status = r.Status
	return b.fillBody(r, w, mt, sample)
}

// mediaType chooses the representation of an answer: as the script says, else
// the one for problems where it is one, else the first that the contract has.
func (b *builder) mediaType(r *Response, documented *spec.Response, w scripted) (*spec.MediaType, bool) {
	if r.MediaType != "" {
		if documented == nil {
			return nil, true
		}
		mt := documented.MediaType(r.MediaType)
		if mt == nil && !r.Offspec {
			b.says(w.mediaAt, ruleContract, "media type %s is not documented for status %d of %s (documented: %s)",
				r.MediaType, r.Status, b.lang.op.ID, rangesOf(documented))
			return nil, false
		}
		return mt, true
	}
	if documented == nil || len(documented.Content) == 0 {
		switch {
		case w.problem != nil:
			r.MediaType = problemType
		case w.body != nil && !w.body.isNull():
			r.MediaType = jsonType
		}
		if r.MediaType != "" && documented != nil && !r.Offspec {
			b.says(w.at, ruleContract, "status %d of %s has no body in the contract", r.Status, b.lang.op.ID)
			return nil, false
		}
		return nil, true
	}
	mt := documented.Content[0]
	if w.problem != nil {
		if p := documented.MediaType(problemType); p != nil {
			mt = p
			r.MediaType = problemType
			return mt, true
		}
	}
	for _, candidate := range documented.Content {
		if !isJSON(mt.Range) && isJSON(candidate.Range) {
			mt = candidate
		}
	}
	r.MediaType = mt.Concrete()
	return mt, true
}

func rangesOf(r *spec.Response) string {
	var names []string
	for _, mt := range r.Content {
		names = append(names, mt.Range)
	}
	if names == nil {
		return "none"
	}
	return quoted(names)
}

// fillHeaders puts the scripted headers over the contract's samples.
func (b *builder) fillHeaders(r *Response, headers []namedTemplate) bool {
	for _, h := range headers {
		if h.name == "Content-Type" {
			b.says(h.value.at, ruleSyntax, "the header Content-Type is written as media_type")
			return false
		}
		delete(r.answer.header, h.name)
		if h.value.isNull() {
			continue
		}
		r.claims.Headers = append(r.claims.Headers, h.name)
		if !h.value.constant() {
			r.answer.dynamic = append(r.answer.dynamic, h)
			continue
		}
		text, err := h.value.text(b.loader.script.constants())
		if err != nil {
			b.says(h.value.at, ruleExpression, "header %s: %v", h.name, err)
			return false
		}
		if strings.ContainsAny(text, "\r\n\x00") {
			b.says(h.value.at, ruleSyntax, "header %s has a line break", h.name)
			return false
		}
		r.answer.header[h.name] = []string{text}
	}
	return true
}

// fillBody encodes the body, and notes what it claims.
func (b *builder) fillBody(r *Response, w scripted, mt *spec.MediaType, sample filling) bool {
	s := segmenter{vars: b.loader.script.constants(), lang: b.lang}
	var err error
	switch {
	case w.problem != nil:
		return b.fillProblem(r, w.problem, mt)
	case w.body != nil && w.body.isNull() && len(sample.Body) == 0:
		r.MediaType = ""
	case w.body != nil && isJSON(r.MediaType):
		r.claims.Members = membersOf(w.body, "", nil)
		err = s.add(w.body)
	case w.body != nil:
		err = s.plain(w.body)
	case r.MediaType != "" && len(sample.Body) > 0:
		s.bytes(sample.Body...)
	default:
		r.MediaType = ""
	}
	if err != nil {
		b.says(w.at, ruleExpression, "%v", err)
		return false
	}
	r.claims.MediaType = r.MediaType
	r.answer.segments = s.out
	return true
}

// plain adds a text as it stands: the body of a media type that is no JSON.
func (s *segmenter) plain(t *template) error {
	if !t.constant() {
		for _, p := range t.parts {
			if p.expr == nil {
				s.bytes([]byte(p.text)...)
				continue
			}
			s.out = append(s.out, segment{expr: p.expr, raw: true})
		}
		return nil
	}
	text, err := t.text(s.vars)
	if err != nil {
		return err
	}
	s.bytes([]byte(text)...)
	return nil
}

// membersOf lists the members that a scripted body names, as JSON pointers. Of
// a list only the list itself is claimed: another server has other items.
func membersOf(t *template, pointer string, out []string) []string {
	for _, m := range t.members {
		at := pointer + "/" + source.EscapePointer(m.name)
		out = append(out, at)
		out = membersOf(m.value, at, out)
	}
	return out
}

// problem reads a problem: its members, and extension members (RFC 9457 §3.2).
func (b *builder) problem(n *yaml.Node, env *cel.Env) *template {
	if n == nil || n.Kind != yaml.MappingNode {
		b.fault(n, ruleSyntax, "a problem must be a mapping, not %s", kindOf(n))
		return nil
	}
	return b.template(n, env)
}

// fillProblem encodes a problem (RFC 9457) with what is left out of it: `type`
// from the script's table, `title`, `status`, `detail` and `instance`.
func (b *builder) fillProblem(r *Response, t *template, mt *spec.MediaType) bool {
	known, ok := b.problemType(r, t)
	if !ok {
		return false
	}
	claim := &ProblemClaim{Type: known.URI}
	vars := b.loader.script.constants()
	s := segmenter{vars: vars, lang: b.lang}
	closed := anything
	if mt != nil {
		closed = b.loader.languages.shapeOf(mt.Schema)
	}
	failed := false
	add := func(name string, write func() error) {
		if closed.fields != nil && closed.fields[name] == nil && !r.Offspec {
			if m := t.member(name); m != nil {
				b.says(m.at, ruleContract, "the problem of status %d has no member %q%s", r.Status, name, didYouMean(name, closed.order))
				failed = true
			}
			return
		}
		separator := byte(',')
		if len(s.out) == 0 {
			separator = '{'
		}
		s.bytes(separator, '"')
		err := s.text(name)
		s.bytes('"', ':')
		if err == nil {
			err = write()
		}
		if err != nil {
			b.says(t.at, ruleExpression, "problem %s: %v", name, err)
			failed = true
		}
	}
	text := func(value string) func() error {
		return func() error {
			s.bytes('"')
			err := s.text(value)
			s.bytes('"')
			return err
		}
	}
	given := func(name string, otherwise func() error) func() error {
		if m := t.member(name); m != nil {
			return func() error { return s.add(m) }
		}
		return otherwise
	}
	add("type", text(known.URI))
	add("title", given("title", text(known.Title)))
	add("status", given("status", func() error { s.bytes([]byte(strconv.Itoa(r.Status))...); return nil }))
	add("detail", given("detail", text(known.Title+".")))
	add("instance", given("instance", func() error { s.out = append(s.out, segment{path: true}); return nil }))
	for _, m := range t.members {
		switch m.name {
		case "type", "title", "status", "detail", "instance":
		default:
			add(m.name, func() error { return s.add(m.value) })
		}
		r.claims.Members = append(r.claims.Members, "/"+source.EscapePointer(m.name))
	}
	s.bytes('}')
	if failed {
		return false
	}
	claim.Code = constantText(t.member("code"), vars)
	if errors := t.member("errors"); errors != nil {
		for _, item := range errors.items {
			claim.Items = append(claim.Items, ProblemItem{constantText(item.member("param"), vars), constantText(item.member("code"), vars)})
		}
	}
	r.claims.Problem, r.claims.MediaType = claim, r.MediaType
	r.answer.segments = s.out
	return true
}

func constantText(t *template, vars cel.Activation) string {
	if t == nil || !t.constant() || t.isNull() {
		return ""
	}
	text, err := t.text(vars)
	if err != nil {
		return ""
	}
	return text
}

// problemType finds the type of a problem: by its name or URI in the script's
// table, or, where it is left out, by its status.
func (b *builder) problemType(r *Response, t *template) (ProblemType, bool) {
	table := b.loader.script.Behaviour.Problems
	blank := ProblemType{URI: "about:blank", Status: r.Status, Title: http.StatusText(r.Status)}
	written := t.member("type")
	if written == nil {
		if known := table.For(r.Status); known != nil {
			return *known, true
		}
		return blank, true
	}
	name := constantText(written, b.loader.script.constants())
	known := table.ByName(name)
	switch {
	case known != nil && known.Status != 0 && known.Status != r.Status && !r.Offspec:
		b.says(written.at, ruleContract, "problem type %q is of status %d, not %d", name, known.Status, r.Status)
		return blank, false
	case known != nil:
		return *known, true
	case strings.Contains(name, ":"):
		blank.URI = name
		return blank, true
	}
	var names []string
	if table != nil {
		for _, p := range table.Types {
			names = append(names, p.Name)
		}
	}
	b.says(written.at, ruleUnknown, "problem type %q is not in the table behaviour.problems.types%s", name, didYouMean(name, names))
	return blank, false
}
