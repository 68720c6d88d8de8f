package spec

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/pb33f/jsonschema/v6"
	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi-validator/config"
	"github.com/pb33f/libopenapi-validator/schema_validation"
	"github.com/pb33f/libopenapi/datamodel"

	"github.com/concord-api/concord/spec/sample"
	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// Audit lists all that is wrong with a document: its [Document.Findings], what
// the description of OpenAPI itself objects to, schemas that cannot be compiled
// or that no value satisfies, and examples that break their schemas. It compiles
// every schema, so it takes its time with a large document; progress, if not
// nil, is told how many operations are done.
func (d *Document) Audit(ctx context.Context, progress func(done, of int)) ([]Finding, error) {
	a := auditor{doc: d, judged: map[judgement]bool{}}
	a.findings = append(d.metaschema(), d.Findings()...)
	all := slices.Concat(d.Operations(), d.Webhooks())
	for i, op := range all {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("audit %s: %w", d.Location, err)
		}
		if progress != nil {
			progress(i, len(all))
		}
		a.operation(op)
	}
	if progress != nil {
		progress(len(all), len(all))
	}
	slices.SortStableFunc(a.findings, byPosition)
	return slices.Compact(a.findings), nil
}

func byPosition(a, b Finding) int {
	switch {
	case a.Position.Before(b.Position):
		return -1
	case b.Position.Before(a.Position):
		return 1
	}
	return strings.Compare(a.Message, b.Message)
}

// metaschema holds the document to the JSON Schema that OpenAPI publishes for
// its version. What it objects to can mostly be served all the same.
func (d *Document) metaschema() []Finding {
	settings := datamodel.NewDocumentConfiguration()
	settings.BypassDocumentCheck = true
	settings.Logger = slog.New(slog.DiscardHandler)
	doc, err := libopenapi.NewDocumentWithConfiguration(d.text, settings)
	if err != nil {
		return []Finding{{Warning, "openapi", err.Error(), source.Position{File: d.Location}, ""}}
	}
	valid, faults := schema_validation.ValidateOpenAPIDocument(doc, config.WithRegexEngine(pattern))
	if valid {
		return nil
	}
	var out []Finding
	for _, f := range faults {
		if len(f.SchemaValidationErrors) == 0 {
			out = append(out, Finding{Warning, "openapi", f.Message + ": " + f.Reason, source.Position{File: d.Location, Line: f.SpecLine, Column: f.SpecCol}, ""})
		}
		pointers := make([]string, len(f.SchemaValidationErrors))
		for i, s := range f.SchemaValidationErrors {
			for _, token := range s.InstancePath {
				pointers[i] += "/" + source.EscapePointer(token)
			}
		}
		for i, s := range f.SchemaValidationErrors {
			pointer := pointers[i]
			if noReference(s.Reason) && within(pointer, i, pointers) {
				continue
			}
			at := source.Position{File: d.Location, Line: s.Line, Column: s.Column}
			if n, err := source.Walk(d.root.Root, pointer); err == nil {
				at = d.root.Position(n)
			}
			out = append(out, Finding{Warning, "openapi", "OpenAPI " + d.OpenAPI + " does not allow this: " + s.Reason, at, pointer})
		}
	}
	return out
}

// noReference tells that a fault only says that an object is no reference,
// which may stand wherever OpenAPI 3.0 wants a schema, a parameter and such.
func noReference(reason string) bool { return reason == "missing property '$ref'" }

// within tells whether another fault lies at or below a place, and so says what
// is wrong with what is there.
func within(pointer string, at int, pointers []string) bool {
	for i, other := range pointers {
		if i != at && (other == pointer || strings.HasPrefix(other, pointer+"/")) {
			return true
		}
	}
	return false
}

// pattern compiles as ECMA-262 has it what OpenAPI 3.0's description holds to
// the format "regex" (JSON Schema validation wright-00 §5.8): RE2 is narrower.
func pattern(text string) (jsonschema.Regexp, error) {
	return schema.CompilePattern(text)
}

type judgement struct {
	schema *schema.Schema
	dir    schema.Direction
}

type auditor struct {
	doc      *Document
	findings []Finding
	judged   map[judgement]bool
}

func (a *auditor) add(severity Severity, rule string, at source.Position, pointer, format string, args ...any) {
	a.findings = append(a.findings, Finding{severity, rule, fmt.Sprintf(format, args...), at, pointer})
}

func (a *auditor) operation(op *Operation) {
	if len(op.Responses) == 0 {
		a.add(Warning, "responses", op.Position, op.Pointer, "%s documents no response: there is nothing to answer, and nothing to hold a server to", op.ID)
	}
	for _, p := range op.Parameters {
		a.parameter(op, p, schema.Request)
	}
	if op.RequestBody != nil {
		for _, m := range op.RequestBody.Content {
			a.mediaType(op, m, schema.Request, "request body")
		}
	}
	for _, r := range op.Responses {
		for _, h := range r.Headers {
			a.parameter(op, h, schema.Response)
		}
		for _, m := range r.Content {
			a.mediaType(op, m, schema.Response, r.Status)
		}
	}
}

func (a *auditor) parameter(op *Operation, p *Parameter, dir schema.Direction) {
	if p.Content != nil {
		a.mediaType(op, p.Content, dir, string(p.In)+" parameter "+p.Name)
	}
	if p.Schema == nil || !a.schema(p.Schema, dir) {
		return
	}
	for _, e := range p.Examples {
		a.example(p.Schema.Checker(dir), e.Value, e.Position, fmt.Sprintf("example of the %s parameter %s of %s", p.In, p.Name, op.ID))
	}
}

func (a *auditor) mediaType(op *Operation, m *MediaType, dir schema.Direction, what string) {
	if m.Schema == nil || !a.schema(m.Schema, dir) {
		return
	}
	for _, e := range m.Examples {
		name := "example"
		if e.Name != "" {
			name += fmt.Sprintf(" %q", e.Name)
		}
		name = fmt.Sprintf("%s of the %s of %s as %s", name, what, op.ID, m.Range)
		if e.Verbatim == nil {
			a.example(m.Schema.Checker(dir), e.Value, e.Position, name)
			continue
		}
		written := m.check(BodyPart, m.Concrete(), e.Verbatim, dir, nil)
		if len(written) == 0 || !e.written && m.Schema.Checker(dir).Valid(e.Value) {
			continue // as data it is valid where as text it is not
		}
		fs := make([]schema.Fault, len(written))
		for i, v := range written {
			fs[i] = schema.Fault{Pointer: v.Pointer, Keyword: v.Keyword, Detail: v.Detail}
		}
		a.broken(fs, e.Position, name)
	}
}

func (a *auditor) example(c *schema.Checker, v schema.Value, at source.Position, what string) {
	fs, err := c.Check(v)
	if err != nil {
		a.add(Warning, "example.invalid", at, "", "%s: %v", what, err)
		return
	}
	if len(fs) > 0 {
		a.broken(fs, at, what)
	}
}

// broken tells that an example breaks its schema.
func (a *auditor) broken(fs []schema.Fault, at source.Position, what string) {
	const most = 3
	var said []string
	for _, f := range fs[:min(most, len(fs))] {
		place := f.Pointer
		if place == "" {
			place = "the value"
		}
		said = append(said, place+" "+f.Detail)
	}
	if len(fs) > most {
		said = append(said, fmt.Sprintf("and %d more", len(fs)-most))
	}
	a.add(Warning, "example.invalid", at, fs[0].Pointer, "%s breaks its schema, so it is mended before it is sent: %s", what, strings.Join(said, "; "))
}

// schema judges a schema once in each direction: whether it compiles, whether
// anything satisfies it, and its own examples and default. It tells whether
// values can be held to it.
func (a *auditor) schema(s *schema.Schema, dir schema.Direction) bool {
	key := judgement{s, dir}
	if ok, known := a.judged[key]; known {
		return ok
	}
	c := s.Checker(dir)
	ok := c.Err() == nil
	a.judged[key] = ok
	if !ok {
		a.add(Error, "schema.compile", s.Position, s.Pointer, "%v", c.Err())
		return false
	}
	if _, err := sample.Generate(s, sample.Options{Direction: dir}); err != nil {
		a.add(Warning, "schema.unsatisfiable", s.Position, s.Pointer, "no valid %s can be made: %v", dir, err)
	}
	a.walk(s, dir, map[*schema.Schema]bool{})
	return true
}

// walk holds the examples inside a schema to it.
func (a *auditor) walk(s *schema.Schema, dir schema.Direction, seen map[*schema.Schema]bool) {
	if s == nil || seen[s] {
		return
	}
	seen[s] = true
	inner := judgement{s, dir}
	if _, known := a.judged[inner]; !known || len(seen) == 1 {
		a.judged[inner] = true
		for _, e := range s.Examples {
			a.example(s.Checker(dir), e, s.Position, "example of the schema "+s.Pointer)
		}
		if s.Default != nil {
			a.example(s.Checker(dir), s.Default, s.Position, "default of the schema "+s.Pointer)
		}
	} else {
		return
	}
	for _, child := range s.Children() {
		a.walk(child, dir, seen)
	}
}
