package spec

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/concord-api/concord/spec/schema"
)

// ParameterValue is a parameter and the value to send for it.
type ParameterValue struct {
	Parameter *Parameter
	Value     schema.Value
}

// RequestParts is a request as it goes over the wire, without the server that
// it goes to.
type RequestParts struct {
	Path        string // escaped, without the base path of a server
	Query       string // raw, without "?"
	Header      http.Header
	Body        []byte
	ContentType string // "" where there is no body; not in Header
}

// EncodeRequest writes a request of the operation: each value in its
// parameter's style, in the order given, and the body as the media type says,
// whether or not they are valid. Empty arrays and objects are left out where
// their style has no text for them (RFC 6570 §2.3). A nil body or media type
// means none. The error names the parameter whose style cannot carry its value,
// or that the path lacks.
func (o *Operation) EncodeRequest(values []ParameterValue, body schema.Value, mt *MediaType) (RequestParts, error) {
	out := RequestParts{Path: o.Path, Header: http.Header{}}
	var query, cookies []string
	for _, pv := range values {
		p := pv.Parameter
		text, err := p.encode(pv.Value)
		if err != nil {
			return RequestParts{}, fmt.Errorf("%s parameter %s of %s: %w", p.In, p.Name, o.ID, err)
		}
		switch p.In {
		case InPath:
			out.Path = strings.ReplaceAll(out.Path, "{"+p.Name+"}", text)
		case InQuery, InQueryString:
			if text != "" {
				query = append(query, text)
			}
		case InHeader:
			if text != "" || string(pv.Value) == `""` {
				out.Header.Set(p.Name, text)
			}
		case InCookie:
			if text != "" {
				cookies = append(cookies, text)
			}
		}
	}
	for _, p := range o.Parameters {
		if p.In == InPath && strings.Contains(out.Path, "{"+p.Name+"}") {
			return RequestParts{}, fmt.Errorf("path parameter %s of %s: no value is given", p.Name, o.ID)
		}
	}
	out.Path, query = splitQuery(out.Path, query)
	out.Query = strings.Join(query, "&")
	if cookies != nil {
		out.Header.Set("Cookie", strings.Join(cookies, "; "))
	}
	if body != nil && mt != nil {
		var err error
		if out.Body, out.ContentType, err = mt.encodeBody(body, ""); err != nil {
			return RequestParts{}, fmt.Errorf("body of %s: %w", o.ID, err)
		}
	}
	return out, nil
}

// encode writes a value as its parameter travels: a path's segment, the
// name=value pairs of a query or of cookies, or a header's value; "" where
// there is nothing to send. It is the inverse of decoding for values that have
// the parameter's type.
func (p *Parameter) encode(v schema.Value) (string, error) {
	switch p.In {
	case InPath:
		return p.encodePath(v)
	case InHeader:
		return p.encodeHeader(v)
	case InCookie:
		return p.encodeCookie(v)
	case InQueryString:
		return p.encodeQueryString(v)
	}
	return p.encodeQuery(v)
}

// inexpressible says that a style has no text for a value.
func inexpressible(style, why string, args ...any) error {
	return fmt.Errorf("style %s cannot carry it: %s", style, fmt.Sprintf(why, args...))
}

func (p *Parameter) encodePath(v schema.Value) (string, error) {
	if p.Content != nil {
		return p.encodeContent(v, escaper{})
	}
	e := escaper{}
	var text string
	var err error
	switch p.Style {
	case "matrix":
		text, err = p.encodeMatrix(v, e)
	case "label":
		e.dots = p.Explode && (v.Kind() == '[' || v.Kind() == '{')
		delimiter := ","
		if p.Explode {
			delimiter = "."
		}
		text, err = joined(v, delimiter, p.Explode, e)
		text = "." + text
	default:
		text, err = joined(v, ",", p.Explode, e)
	}
	if err != nil {
		return "", err
	}
	switch text {
	case "":
		return "", inexpressible(p.Style, "a segment of a path cannot be empty")
	case ".", "..":
		// RFC 3986 §5.2.4 takes such segments away, however they are escaped.
		if p.Style != "label" {
			return "", inexpressible(p.Style, "the segment %q has a meaning of its own", text)
		}
	}
	return text, nil
}

func (p *Parameter) encodeMatrix(v schema.Value, e escaper) (string, error) {
	name := e.escape(p.Name)
	if p.Explode && (v.Kind() == '[' || v.Kind() == '{') {
		pairs, err := exploded(v, name, e)
		if err == nil && pairs == nil {
			return ";" + name, nil
		}
		for i := range pairs {
			pairs[i] = strings.TrimSuffix(pairs[i], "=")
		}
		return ";" + strings.Join(pairs, ";"), err
	}
	text, err := joined(v, ",", false, e)
	if text == "" {
		return ";" + name, err
	}
	return ";" + name + "=" + text, err
}

func (p *Parameter) encodeQuery(v schema.Value) (string, error) {
	e := escaper{reserved: p.AllowReserved}
	name := escaper{}.escape(p.Name)
	if p.Content != nil {
		text, err := p.encodeContent(v, e)
		return name + "=" + text, err
	}
	compound := v.Kind() == '[' || v.Kind() == '{'
	if p.Style == "deepObject" {
		var pairs []string
		err := deepPairs(&pairs, p.Name, v, e, 0)
		return strings.Join(pairs, "&"), err
	}
	if p.Explode && compound {
		pairs, err := exploded(v, name, e)
		return strings.Join(pairs, "&"), err
	}
	delimiter := ","
	switch p.Style {
	case "spaceDelimited":
		delimiter = "%20"
	case "pipeDelimited":
		delimiter = "%7C"
	}
	if compound {
		e.commas = true
	}
	text, err := joined(v, delimiter, false, e)
	if text == "" && compound && !isEmptyText(v) {
		return "", err
	}
	return name + "=" + text, err
}

func (p *Parameter) encodeHeader(v schema.Value) (string, error) {
	if p.Content != nil {
		body, _, err := p.Content.encodeBody(v, "")
		if err == nil {
			err = headerText(string(body))
		}
		return string(body), err
	}
	text, err := joined(v, ",", p.Explode, escaper{raw: true})
	if err == nil {
		err = headerText(text)
	}
	return text, err
}

// headerText holds a text to what a header can carry (RFC 9110 §5.5).
func headerText(text string) error {
	if strings.Trim(text, " \t") != text {
		return inexpressible("simple", "a header's value neither begins nor ends with a space")
	}
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\t' || c == 0x7f {
			return inexpressible("simple", "a header cannot hold the byte %#x", c)
		}
	}
	return nil
}

func (p *Parameter) encodeCookie(v schema.Value) (string, error) {
	e := escaper{raw: p.Style == "cookie"}
	name := e.escape(p.Name)
	if p.Content != nil {
		text, err := p.encodeContent(v, escaper{})
		return name + "=" + text, err
	}
	var pairs []string
	if compound := v.Kind() == '[' || v.Kind() == '{'; p.Explode && compound {
		var err error
		if pairs, err = exploded(v, name, e); err != nil {
			return "", err
		}
	} else {
		value, err := joined(v, ",", false, e)
		if err != nil {
			return "", err
		}
		pairs = []string{name + "=" + value}
	}
	if !e.raw {
		// One cookie, as the standard's table has it; style cookie is its remedy.
		return strings.Join(pairs, "&"), nil
	}
	for _, pair := range pairs {
		if _, value, _ := strings.Cut(pair, "="); !cookieText(value) {
			return "", inexpressible(p.Style, "cookies cannot hold %q", value)
		}
	}
	return strings.Join(pairs, "; "), nil
}

// cookieText tells whether a cookie can hold a text as it is (RFC 6265 §4.1.1).
func cookieText(text string) bool {
	for i := range len(text) {
		if c := text[i]; c <= ' ' || c >= 0x7f || c == '"' || c == ';' || c == '\\' {
			return false
		}
	}
	return true
}

func (p *Parameter) encodeQueryString(v schema.Value) (string, error) {
	if p.Content == nil {
		return scalarText(v), nil
	}
	if mediaKind(p.Content.Range) == formKind {
		body, _, err := p.Content.encodeBody(v, "")
		return string(body), err
	}
	return p.encodeContent(v, escaper{})
}

func (p *Parameter) encodeContent(v schema.Value, e escaper) (string, error) {
	body, _, err := p.Content.encodeBody(v, "")
	return e.escape(string(body)), err
}
