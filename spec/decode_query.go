package spec

import (
	"strings"
	"sync"

	"github.com/concord-api/concord/spec/schema"
)

// pair is one name=value of a query, form or cookie, its value still escaped.
type pair struct {
	name  string // decoded; "" and broken where it cannot be
	value string
	bad   bool
}

// query is a query string, a form's body or a Cookie header, taken apart.
type query struct {
	pairs    []pair
	escaping escaping
	few      [8]pair
}

var queries = sync.Pool{New: func() any { return new(query) }}

// release gives a query back that came from queries, and lets go of its texts.
func (q *query) release() {
	*q = query{}
	queries.Put(q)
}

// parse takes a query string apart. Texts without escapes are not copied.
func (q *query) parse(raw string) {
	q.escaping = formEncoded
	q.pairs = q.few[:0]
	for raw != "" {
		var part string
		part, raw, _ = strings.Cut(raw, "&")
		q.add(part)
	}
}

func (q *query) add(part string) {
	if part == "" {
		return
	}
	name, value, _ := strings.Cut(part, "=")
	decoded, err := q.escaping.decode(name)
	q.pairs = append(q.pairs, pair{decoded, value, err != nil})
}

// parseCookies takes the lines of a Cookie header apart (RFC 6265 §4.2). Where
// exploded is set, a form of several pairs inside one cookie counts as well:
// that is what style form makes of an exploded array.
func (q *query) parseCookies(lines []string, style string, exploded bool) {
	q.escaping = percentEncoded
	if style == "cookie" {
		q.escaping = unescaped
	}
	q.pairs = q.few[:0]
	for _, line := range lines {
		for line != "" {
			var part string
			part, line, _ = strings.Cut(line, ";")
			part = strings.Trim(part, " \t")
			for exploded && q.escaping == percentEncoded && strings.Contains(part, "&") {
				var first string
				first, part, _ = strings.Cut(part, "&")
				q.add(first)
			}
			q.add(part)
		}
	}
}

// values returns the escaped values of a name.
func (q *query) values(name string) []string {
	var out []string
	for i := range q.pairs {
		if q.pairs[i].name == name && !q.pairs[i].bad {
			out = append(out, q.pairs[i].value)
		}
	}
	return out
}

// only returns the value of a name that is given exactly once.
func (q *query) only(name string) (value string, n int) {
	for i := range q.pairs {
		if q.pairs[i].name == name && !q.pairs[i].bad {
			if n == 0 {
				value = q.pairs[i].value
			}
			n++
		}
	}
	return value, n
}

// queryWire returns the wire form of a parameter in a query or cookie, nil where
// it is not given. taken are the names of other parameters, which are no
// members of an exploded object.
func (p *Parameter) queryWire(q *query, taken map[string]bool) wire {
	s := p.codec().shape
	values := q.values(p.Name)
	if p.Explode || p.Style == "deepObject" {
		r := repeated{name: p.Name, values: values, escaping: q.escaping}
		r.fields = func() ([]field, error) { return q.exploded(s, p.Name, taken) }
		if len(values) == 0 {
			if !s.types.Has(objectType) {
				return nil
			}
			if fields, err := r.fields(); err == nil && len(fields) == 0 {
				return nil
			}
		}
		return r
	}
	if len(values) == 0 {
		return nil
	}
	if len(values) > 1 {
		return broken{syntaxf("is given %d times where one text is needed", len(values))}
	}
	f := flat{text: values[0], delimiter: ",", escaping: q.escaping}
	switch p.Style {
	case "spaceDelimited":
		f.text = strings.ReplaceAll(f.text, "+", "%20")
		f.delimiter = "%20"
	case "pipeDelimited":
		f.text = strings.NewReplacer("%7C", "|", "%7c", "|").Replace(f.text)
		f.delimiter = "|"
	}
	return f
}

// exploded collects the pairs that are members of an exploded object: those
// that its schema declares, and further ones where it is open and no other
// parameter has the name.
func (q *query) exploded(s *shape, own string, taken map[string]bool) ([]field, error) {
	var g gathering
	for _, pair := range q.pairs {
		declared := s.declares(pair.name)
		if pair.bad || !declared && (taken[pair.name] || s.additional == nil || pair.name == own) {
			continue
		}
		value, err := q.escaping.decode(pair.value)
		if err != nil {
			return nil, err
		}
		g.add(pair.name, value)
	}
	return g.fields, nil
}

// decodeQuery reads a parameter from a query. The value is nil where it is not
// given.
func (p *Parameter) decodeQuery(q *query, taken map[string]bool) (schema.Value, error) {
	c := p.codec()
	if p.Content != nil {
		value, n := q.only(p.Name)
		switch n {
		case 0:
			return nil, nil
		case 1:
			return p.decodeContent(value, q.escaping)
		}
		return nil, syntaxf("is given %d times where one text is needed", n)
	}
	if c.deep {
		t, err := q.tree(p.Name)
		if err != nil || t == nil {
			return nil, err
		}
		return c.shape.readTree(t)
	}
	w := p.queryWire(q, taken)
	if w == nil {
		return nil, nil
	}
	return c.shape.read(w)
}

const objectType = schema.TypeObject
