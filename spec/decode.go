package spec

import (
	"net/textproto"
	"strings"
	"sync"
	"unsafe"

	"github.com/concord-api/concord/spec/schema"
)

// parameterCodec is what is worked out of a parameter once, at its first use.
type parameterCodec struct {
	shape *shape
	deep  bool           // style deepObject
	holds *schema.Schema // what its value is held to; nil for nothing
	quick quickKind      // a value that needs no taking apart
	part  In
	lines string // the canonical name of a header
}

// quickKind names the commonest parameters, which are read without a detour.
type quickKind uint8

const (
	slow quickKind = iota
	quickText
	quickInteger
)

type codecSlot struct {
	once sync.Once
	is   parameterCodec
}

func (p *Parameter) codec() *parameterCodec {
	p.slot.once.Do(func() {
		c := &p.slot.is
		c.part = partOf(p.In)
		c.shape = anything
		c.holds = p.Schema
		c.deep = p.Style == "deepObject"
		c.lines = textproto.CanonicalMIMEHeaderKey(p.Name)
		if p.Content != nil {
			c.holds = p.Content.Schema
			return
		}
		if p.Schema == nil {
			return
		}
		c.shape = newShape([]*schema.Schema{p.Schema})
		if p.Style == "label" || p.Style == "matrix" || c.deep {
			return
		}
		switch c.shape.types {
		case schema.TypeString:
			c.quick = quickText
		case schema.TypeInteger, schema.TypeInteger | schema.TypeNumber:
			c.quick = quickInteger
		}
	})
	return &p.slot.is
}

func partOf(in Location) In {
	switch in {
	case InPath:
		return PathPart
	case InHeader:
		return HeaderPart
	case InCookie:
		return CookiePart
	}
	return QueryPart
}

// decodePath reads a path parameter from its segment, as it came.
func (p *Parameter) decodePath(raw string) (schema.Value, error) {
	if p.Content != nil {
		return p.decodeContent(raw, percentEncoded)
	}
	return p.codec().shape.read(p.pathWire(raw))
}

// decodeHeader reads a header from its lines, of which there is at least one.
// It reads the headers of requests and responses alike.
func (p *Parameter) decodeHeader(values []string) (schema.Value, error) {
	if p.Content != nil {
		return p.decodeContent(strings.Trim(strings.Join(values, ", "), " \t"), unescaped)
	}
	return p.codec().shape.read(p.headerWire(values))
}

// decodeCookie reads a parameter from the lines of a Cookie header. The value
// is nil where it is not given.
func (p *Parameter) decodeCookie(lines []string) (schema.Value, error) {
	s := p.codec().shape
	q := query{}
	q.parseCookies(lines, p.Style, p.Explode && s.types&(schema.TypeArray|schema.TypeObject) != 0)
	return p.decodeQuery(&q, nil)
}

// decodeContent reads a parameter that is described by a media type.
func (p *Parameter) decodeContent(raw string, e escaping) (schema.Value, error) {
	if mediaKind(p.Content.Range) == formKind && p.In == InQueryString {
		return p.Content.decodeBody(p.Content.Range, []byte(raw))
	}
	text, err := e.decode(raw)
	if err != nil {
		return nil, err
	}
	if mediaKind(p.Content.Range) == binaryKind {
		return p.Content.decodeText(p.Content.Range, []byte(text)) // a parameter is a text
	}
	return p.Content.decodeBody(p.Content.Range, []byte(text))
}

// ignoredHeaders are described elsewhere in a contract: what a document says of
// them as parameters is ignored (OpenAPI 3.1 §4.8.12.1).
func ignoredHeader(canonical string) bool {
	return canonical == "Accept" || canonical == "Content-Type" || canonical == "Authorization"
}

// checkParameters appends the violations of a request's path, query, headers
// and cookies.
func (o *Operation) checkParameters(r *Request, out []Violation) []Violation {
	var q *query // parsed when a parameter first asks for it
	for _, p := range o.Parameters {
		c := p.codec()
		var v schema.Value
		var err error
		switch p.In {
		case InPath:
			raw, ok := r.Path.Get(p.Name)
			if !ok {
				continue // the path has no such place
			}
			if c.quickly(raw, percentEncoded) {
				continue
			}
			v, err = p.decodePath(raw)
		case InQuery:
			if q == nil {
				q = queries.Get().(*query)
				q.parse(r.Query)
			}
			raw, n := q.only(p.Name)
			if n == 1 && (c.quickly(raw, formEncoded) || raw == "" && p.AllowEmptyValue) {
				continue
			}
			if n == 0 && c.quick != slow {
				break
			}
			v, err = p.decodeQuery(q, o.taken(p))
		case InQueryString:
			if r.Query != "" {
				v, err = p.decodeQueryString(r.Query)
			}
		case InHeader:
			if ignoredHeader(c.lines) {
				continue
			}
			lines := r.Header[c.lines]
			if len(lines) == 0 {
				break
			}
			if len(lines) == 1 && c.quickly(lines[0], unescaped) {
				continue
			}
			v, err = p.decodeHeader(lines)
		case InCookie:
			if lines := r.Header["Cookie"]; len(lines) > 0 {
				v, err = p.decodeCookie(lines)
			}
		default:
			continue
		}
		out = p.judge(v, err, out)
	}
	if q != nil {
		q.release()
	}
	return out
}

// judge appends what is wrong with a decoded parameter.
func (p *Parameter) judge(v schema.Value, err error, out []Violation) []Violation {
	c := p.codec()
	if err != nil {
		return append(out, Violation{In: c.part, Name: p.Name, Keyword: KeywordSyntax, Detail: syntaxDetail(err)})
	}
	if v == nil {
		if p.Required {
			out = append(out, Violation{In: c.part, Name: p.Name, Keyword: KeywordRequired, Detail: "is required"})
		}
		return out
	}
	if c.holds == nil {
		return out
	}
	checker := c.holds.Checker(schema.Request)
	if checker.Valid(v) {
		return out
	}
	faults, err := checker.Check(v)
	if err != nil {
		return append(out, Violation{In: c.part, Name: p.Name, Keyword: KeywordSyntax, Detail: "cannot be read: " + err.Error()})
	}
	for _, f := range faults {
		out = append(out, Violation{In: c.part, Name: p.Name, Pointer: f.Pointer, Keyword: f.Keyword, Detail: f.Detail})
	}
	return out
}

// quickly tells whether a value is surely valid, without an allocation. False
// means that it is not known yet.
func (c *parameterCodec) quickly(raw string, e escaping) bool {
	if c.quick == slow || c.holds == nil {
		return false
	}
	for i := range len(raw) {
		b := raw[i]
		if b < ' ' || b > '~' || b == '"' || b == '\\' ||
			b == '%' && e != unescaped || b == '+' && e == formEncoded {
			return false
		}
	}
	if c.quick == quickInteger && (len(raw) > 18 || !isNumber(raw)) {
		return false
	}
	if c.quick == quickText {
		return c.holds.Checker(schema.Request).ValidString(raw)
	}
	// The bytes of raw are only read, and not kept.
	return c.holds.Checker(schema.Request).Valid(unsafe.Slice(unsafe.StringData(raw), len(raw)))
}

// decodeQueryString reads a parameter that is the whole query (OpenAPI 3.2
// §4.12.1).
func (p *Parameter) decodeQueryString(raw string) (schema.Value, error) {
	if p.Content == nil {
		return p.codec().shape.appendScalar(nil, raw)
	}
	return p.decodeContent(raw, percentEncoded)
}

// taken returns the names of the other query parameters, where p is an object
// whose members stand beside them.
func (o *Operation) taken(p *Parameter) map[string]bool {
	if !p.Explode || p.Style != "form" || !p.codec().shape.types.Has(objectType) {
		return nil
	}
	names := map[string]bool{}
	for _, other := range o.Parameters {
		if other != p && other.In == InQuery {
			names[other.Name] = true
		}
	}
	return names
}

// UnknownQuery lists the names of a raw query that the operation does not
// document, in their order, each once. Members of exploded and deep objects are
// documented, and so are the names of apiKey schemes.
func (o *Operation) UnknownQuery(raw string) []string {
	var q query
	q.parse(raw)
	var out []string
	for i, pair := range q.pairs {
		if !o.knowsQuery(pair.name) && !seen(q.pairs[:i], pair.name) {
			out = append(out, pair.name)
		}
	}
	return out
}

func seen(pairs []pair, name string) bool {
	for i := range pairs {
		if pairs[i].name == name {
			return true
		}
	}
	return false
}

func (o *Operation) knowsQuery(name string) bool {
	for _, p := range o.Parameters {
		switch {
		case p.In == InQueryString:
			return true
		case p.In != InQuery:
		case p.Name == name:
			return true
		case p.Content != nil:
		case p.Style == "deepObject":
			if rest, ok := strings.CutPrefix(name, p.Name); ok && strings.HasPrefix(rest, "[") && strings.HasSuffix(rest, "]") {
				return true
			}
		case p.Explode && p.codec().shape.types.Has(objectType):
			if s := p.codec().shape; s.declares(name) || s.additional != nil {
				return true
			}
		}
	}
	for _, alternative := range o.Security {
		for _, use := range alternative {
			if s := use.Scheme; s != nil && s.Type == "apiKey" && s.In == InQuery && s.Name == name {
				return true
			}
		}
	}
	return false
}
