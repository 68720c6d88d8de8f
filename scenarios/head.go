package scenarios

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// readHead reads what a file says for the whole script, and keeps its scenarios
// for the time when all heads are known.
func (l *loader) readHead(r *reader) {
	r.object(r.file.Root, "a script", []field{
		{"$schema", func(*yaml.Node) {}},
		{"fixtures", func(n *yaml.Node) { l.readFixtures(r, n) }},
		{"credentials", func(n *yaml.Node) { l.readCredentials(r, n) }},
		{"behaviour", func(n *yaml.Node) { l.readBehaviour(r, n) }},
		{"scenarios", func(n *yaml.Node) {
			r.list(n, "scenarios", func(item *yaml.Node) { l.pending = append(l.pending, pending{r, item}) })
		}},
	})
}

// identifier is what a fixture or credential may be called: expressions and
// environment variables can say it.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (l *loader) readFixtures(r *reader, n *yaml.Node) {
	members, _ := r.members(n, "fixtures")
	for _, m := range members {
		f := Fixture{Name: m.Name(), Position: r.at(m.Key)}
		if !identifier.MatchString(f.Name) {
			r.fault(m.Key, ruleSyntax, "%q cannot be the name of a fixture: letters, digits and _ can", f.Name)
			continue
		}
		if before, ok := l.script.Fixture(f.Name); ok {
			if before.Position.File == f.Position.File {
				continue // told already, as a name that a mapping has twice
			}
			r.fault(m.Key, ruleDuplicate, "fixture %q is given twice, first at %s", f.Name, before.Position)
			continue
		}
		value := source.Resolve(m.Value)
		if value != nil && value.Kind == yaml.ScalarNode && strings.Contains(value.Value, "${") {
			r.fault(value, ruleExpression, "fixture %q holds an expression: fixtures are constants", f.Name)
		}
		var v schema.Value
		r.constant(&v, "fixture "+f.Name)(value)
		if v != nil && v.Kind() != 'n' {
			f.Value = v
		}
		l.script.Fixtures = append(l.script.Fixtures, f)
	}
}

func (l *loader) readCredentials(r *reader, n *yaml.Node) {
	members, _ := r.members(n, "credentials")
	schemes := schemeNames(l.script.Document)
	for _, m := range members {
		name := m.Name()
		if before := l.script.Credential(name); before != nil {
			if before.Position.File == r.file.Name {
				continue // told already
			}
			r.fault(m.Key, ruleDuplicate, "credential %q is given twice, first at %s", name, before.Position)
			continue
		}
		if !identifier.MatchString(name) {
			r.fault(m.Key, ruleSyntax, "%q cannot be the name of a credential: letters, digits and _ can", name)
			continue
		}
		c := &Credential{Name: name, Position: r.at(m.Key)}
		values, _ := r.members(source.Resolve(m.Value), "credential "+name)
		for _, v := range values {
			node := source.Resolve(v.Value)
			switch {
			case v.Name() == "refuse":
				c.refuse = &refusal{reader: r, node: node}
			case slices.Contains(schemes, v.Name()) && name == None:
				r.fault(v.Key, ruleSyntax, "credential %q presents nothing: it can only be refused", None)
			case slices.Contains(schemes, v.Name()):
				c.Secrets = append(c.Secrets, l.readSecret(r, v.Name(), node))
			default:
				r.fault(v.Key, ruleUnknown, "%q is no key of a credential: a security scheme (%s) or refuse is%s",
					v.Name(), quoted(schemes), didYouMean(v.Name(), append(schemes, "refuse")))
			}
		}
		l.script.Credentials = append(l.script.Credentials, c)
	}
}

// readSecret reads a value, or a value and a pattern.
func (l *loader) readSecret(r *reader, scheme string, n *yaml.Node) Secret {
	s := Secret{Scheme: scheme}
	if n != nil && n.Kind == yaml.ScalarNode {
		r.text(&s.Value, "a credential")(n)
		return s
	}
	r.object(n, "a credential", []field{
		{"value", r.text(&s.Value, "value")},
		{"pattern", func(n *yaml.Node) {
			var pattern string
			r.text(&pattern, "pattern")(n)
			re, err := regexp.Compile("^(?:" + pattern + ")$")
			if err != nil {
				r.fault(n, ruleSyntax, "pattern %q: %v", pattern, err)
				return
			}
			s.Pattern = re
		}},
	})
	return s
}

func (l *loader) readBehaviour(r *reader, n *yaml.Node) {
	b := &l.script.Behaviour
	once := func(given bool, before func() source.Position, name string, read func(*yaml.Node)) field {
		return field{name, func(n *yaml.Node) {
			if given {
				r.fault(n, ruleDuplicate, "behaviour %s is given twice, first at %s", name, before())
				return
			}
			read(n)
		}}
	}
	r.object(n, "behaviour", []field{
		once(b.Idempotency != nil, func() source.Position { return b.Idempotency.Position }, "idempotency",
			func(n *yaml.Node) { b.Idempotency = readIdempotency(r, n) }),
		once(b.RateLimit != nil, func() source.Position { return b.RateLimit.Position }, "rate_limit",
			func(n *yaml.Node) { b.RateLimit = l.readRateLimit(r, n) }),
		once(b.RequestID != nil, func() source.Position { return b.RequestID.Position }, "request_id",
			func(n *yaml.Node) { b.RequestID = readRequestID(r, n) }),
		once(b.Problems != nil, func() source.Position { return b.Problems.Position }, "problems",
			func(n *yaml.Node) { b.Problems = readProblems(r, n) }),
	})
}

func readIdempotency(r *reader, n *yaml.Node) *Idempotency {
	i := &Idempotency{Header: "Idempotency-Key", Methods: []string{"POST"}, TTL: defaultTTL, Position: r.at(n)}
	var methods, forget []string
	r.object(n, "idempotency", []field{
		{"header", r.text(&i.Header, "header")},
		{"aliases", r.texts(&i.Aliases, "aliases")},
		{"methods", r.texts(&methods, "methods")},
		{"ttl", r.duration(&i.TTL, "ttl")},
		{"forget", r.texts(&forget, "forget")},
	})
	i.Header = canonical(i.Header)
	for k := range i.Aliases {
		i.Aliases[k] = canonical(i.Aliases[k])
	}
	if methods != nil {
		i.Methods = nil
	}
	for _, m := range methods {
		i.Methods = append(i.Methods, strings.ToUpper(m))
	}
	for _, f := range forget {
		status, ok := parseStatusRange(f)
		if !ok {
			r.fault(n, ruleSyntax, "%q is no status to forget: write 408 or 5XX", f)
			continue
		}
		i.Forget = append(i.Forget, status)
	}
	return i
}

func parseStatusRange(s string) (StatusRange, bool) {
	if hundred, ok := strings.CutSuffix(strings.ToUpper(s), "XX"); ok {
		h, err := strconv.Atoi(hundred)
		return StatusRange{h * 100, h*100 + 99}, err == nil && 1 <= h && h <= 5
	}
	status, err := strconv.Atoi(s)
	return StatusRange{status, status}, err == nil && 100 <= status && status <= 599
}

func (l *loader) readRateLimit(r *reader, n *yaml.Node) *RateLimit {
	limit := &RateLimit{By: ByCredential, Position: r.at(n)}
	r.object(n, "rate_limit", []field{
		{"requests", r.integer(&limit.Requests, "requests", 1)},
		{"per", r.duration(&limit.Per, "per")},
		{"except", func(n *yaml.Node) {
			r.list(n, "except", func(item *yaml.Node) {
				var id string
				r.text(&id, "an operation")(item)
				if op := operationOf(l.script.Document, id); op != nil {
					limit.Except = append(limit.Except, op)
				} else if id != "" {
					r.fault(item, ruleUnknown, "operation %q is not in the contract%s", id, didYouMean(id, operationIDs(l.script.Document)))
				}
			})
		}},
		{"by", word(r, &limit.By, "by", ByCredential, ByAddress, ByAll)},
		{"headers", func(n *yaml.Node) {
			r.object(n, "headers of rate_limit", []field{
				{"limit", r.text(&limit.Headers.Limit, "limit")},
				{"remaining", r.text(&limit.Headers.Remaining, "remaining")},
				{"reset", r.text(&limit.Headers.Reset, "reset")},
			})
		}},
	})
	if limit.Requests == 0 || limit.Per == 0 {
		r.fault(n, ruleMissing, "rate_limit needs requests and per: how many, in what time")
		return nil
	}
	for _, name := range []*string{&limit.Headers.Limit, &limit.Headers.Remaining, &limit.Headers.Reset} {
		*name = canonical(*name)
	}
	return limit
}

func readRequestID(r *reader, n *yaml.Node) *RequestID {
	id := &RequestID{Header: "X-Request-Id", Position: r.at(n)}
	r.object(n, "request_id", []field{
		{"header", r.text(&id.Header, "header")},
		{"prefix", r.text(&id.Prefix, "prefix")},
	})
	id.Header = canonical(id.Header)
	return id
}

func readProblems(r *reader, n *yaml.Node) *Problems {
	p := &Problems{Codes: map[Situation]string{}, Position: r.at(n)}
	var types *yaml.Node
	r.object(n, "problems", []field{
		{"base", r.text(&p.Base, "base")},
		{"types", func(n *yaml.Node) { types = n }},
		{"codes", func(n *yaml.Node) {
			fields := make([]field, len(situations))
			for i, s := range situations {
				fields[i] = field{string(s), func(n *yaml.Node) {
					var code string
					r.text(&code, string(s))(n)
					p.Codes[s] = code
				}}
			}
			r.object(n, "codes of problems", fields)
		}},
	})
	if types != nil {
		members, _ := r.members(types, "types of problems")
		for _, m := range members {
			p.Types = append(p.Types, readProblemType(r, p.Base, m))
		}
	}
	return p
}

func readProblemType(r *reader, base string, m source.Member) ProblemType {
	t := ProblemType{Name: m.Name(), URI: base + m.Name(), Position: r.at(m.Key)}
	r.object(source.Resolve(m.Value), "a problem type", []field{
		{"status", r.integer(&t.Status, "status", 100)},
		{"title", r.text(&t.Title, "title")},
		{"uri", r.text(&t.URI, "uri")},
	})
	if _, err := url.Parse(t.URI); err != nil {
		r.fault(m.Key, ruleSyntax, "problem type %q: %v", t.Name, err)
	}
	if t.Status > 599 {
		r.fault(m.Key, ruleSyntax, "problem type %q: %d is no status of HTTP", t.Name, t.Status)
	}
	return t
}
