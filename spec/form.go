package spec

import (
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// mostFields bounds the fields of a form and the parts of a multipart body.
const mostFields = 10_000

// decodeForm reads a body of application/x-www-form-urlencoded (OpenAPI 3.1
// §4.8.14.3), each member as its encoding says.
func (mt *MediaType) decodeForm(body []byte) (schema.Value, error) {
	raw := string(body)
	if strings.Count(raw, "&") >= mostFields {
		return nil, syntaxf("has more than %d fields", mostFields)
	}
	if s := mt.shape(); !s.types.Has(schema.TypeObject) && s.types != 0 {
		// A form is an object; a schema of something else is about its text.
		text, err := formEncoded.decode(raw)
		if err != nil {
			return nil, err
		}
		return s.appendNested(nil, text)
	}
	var q query
	q.parse(raw)
	for _, pair := range q.pairs {
		if pair.bad {
			return nil, syntaxf("has a name with a broken percent-encoding")
		}
	}
	return mt.shape().form(mt, &q)
}

// form reads an object of a form's fields.
func (s *shape) form(mt *MediaType, q *query) (schema.Value, error) {
	v, err := s.formOnce(mt, q)
	if err != nil || len(s.alternatives()) == 0 || s.accepts(v) {
		return v, err
	}
	for _, branch := range s.alternatives() {
		if w, err := branch.formOnce(mt, q); err == nil && s.accepts(w) {
			return w, nil
		}
	}
	return v, nil
}

func (s *shape) formOnce(mt *MediaType, q *query) (schema.Value, error) {
	out := schema.Value{'{'}
	done := map[string]bool{}
	for i := range q.pairs {
		name := s.fieldName(q.pairs[i].name)
		if object := s.explodedInto(mt, name); object != "" {
			name = object
		}
		if done[name] {
			continue
		}
		done[name] = true
		v, err := s.field(mt.encoding(name), name, q)
		if err != nil {
			return nil, syntaxf("%s", "member "+name+" "+syntaxDetail(err))
		}
		if v == nil {
			continue
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		if out, err = appendText(out, name); err != nil {
			return nil, err
		}
		out = append(append(out, ':'), v...)
	}
	return append(out, '}'), nil
}

// fieldName returns the member that a field belongs to: a[b] belongs to a,
// unless a member is called so.
func (s *shape) fieldName(name string) string {
	if i := strings.IndexByte(name, '['); i > 0 && strings.HasSuffix(name, "]") && !s.declares(name) {
		return name[:i]
	}
	return name
}

// explodedInto returns the member that is an object whose members stand in the
// form by themselves, a field among them; "" where there is none.
func (s *shape) explodedInto(mt *MediaType, field string) string {
	if s.declares(field) {
		return ""
	}
	for i := range mt.Encoding {
		e := &mt.Encoding[i]
		if e.exploded() && s.member(e.Name).types.Has(schema.TypeObject) && s.member(e.Name).declares(field) {
			return e.Name
		}
	}
	return ""
}

// field reads one member of a form.
func (s *shape) field(e *Encoding, name string, q *query) (schema.Value, error) {
	member := s.member(name)
	values := q.values(name)
	if e != nil && e.ContentType != "" && e.Style == "" && mediaKind(e.ContentType) == jsonKind && len(values) == 1 {
		text, err := q.escaping.decode(values[0])
		if err != nil {
			return nil, err
		}
		return decodeJSON([]byte(text))
	}
	if e != nil && e.Style != "" && e.Style != "form" || e != nil && e.Style == "form" && !e.Explode {
		p := Parameter{Name: name, In: InQuery, Style: e.Style, Explode: e.Explode}
		p.slot.once.Do(func() { p.slot.is = parameterCodec{shape: member, deep: e.Style == "deepObject"} })
		return p.decodeQuery(q, nil)
	}
	if e.exploded() && member.types.Has(schema.TypeObject) && len(q.values(name)) == 0 {
		if fields, err := q.exploded(member, name, s.others(name)); err != nil || len(fields) > 0 {
			if err != nil {
				return nil, err
			}
			return member.object(fields)
		}
	}
	t, err := q.tree(name)
	if err != nil || t == nil {
		return nil, err
	}
	ways := []way{func() (schema.Value, error) { return member.readTree(t) }}
	if len(t.values) == 1 && len(t.nodes) == 0 && (isJSON(t.values[0], '{') || isJSON(t.values[0], '[')) {
		// An object or array in one field of no style is JSON.
		ways = append(ways, func() (schema.Value, error) { return member.appendNested(nil, t.values[0]) })
	}
	if len(ways) == 1 {
		return ways[0]()
	}
	return member.choose(ways)
}

// others are the members beside one.
func (s *shape) others(name string) map[string]bool {
	out := map[string]bool{}
	for _, other := range s.names {
		out[other] = other != name
	}
	return out
}

// encoding returns how a member is written, nil where nothing is said.
func (mt *MediaType) encoding(name string) *Encoding {
	for i := range mt.Encoding {
		if mt.Encoding[i].Name == name {
			return &mt.Encoding[i]
		}
	}
	return nil
}
