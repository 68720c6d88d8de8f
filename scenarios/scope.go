package scenarios

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// scope is what expressions see of a request. It implements cel.Activation and
// makes each value when it is first asked for.
type scope struct {
	in       *Input
	lang     *dialect
	fixtures map[string]any
	response map[string]any

	path, query, server, request map[string]any
	headers                      ref.Val
	now                          time.Time
	body                         any
	bodyErr                      error
	bodyRead                     bool
}

// bind readies the scope of an input; a second call does nothing.
func (in *Input) bind(d *dialect, fixtures map[string]any) *scope {
	if in.scope.in == nil {
		in.scope.in, in.scope.lang, in.scope.fixtures = in, d, fixtures
	}
	return &in.scope
}

// Parent implements cel.Activation.
func (s *scope) Parent() cel.Activation { return nil }

// ResolveName implements cel.Activation.
func (s *scope) ResolveName(name string) (any, bool) {
	switch name {
	case "method":
		return s.in.Method, true
	case "path":
		return s.pathValues(), true
	case "query":
		return s.queryValues(), true
	case "headers":
		return s.headerValues(), true
	case "body":
		v, err := s.bodyValue()
		if err != nil {
			return types.NewErr("the body cannot be read: %v", err), true
		}
		return v, true
	case "fixtures":
		return s.fixtures, true
	case "server":
		if s.server == nil {
			s.server = map[string]any{"url": s.in.ServerURL}
		}
		return s.server, true
	case nowName:
		return s.time(), true
	case "request":
		return s.requestValues(), true
	case "response":
		return s.response, s.response != nil
	}
	return nil, false
}

// time is the time of the exchange, the same for all its expressions, in whole
// seconds.
func (s *scope) time() time.Time {
	if s.now.IsZero() {
		now := s.in.Now
		if now.IsZero() {
			now = time.Now()
		}
		s.now = time.Unix(now.Unix(), 0).UTC()
	}
	return s.now
}

func (s *scope) requestValues() map[string]any {
	if s.request == nil {
		s.request = map[string]any{
			"method": s.in.Method, "path": s.pathValues(), "query": s.queryValues(), "headers": s.headerValues(),
		}
		if v, err := s.bodyValue(); err == nil {
			s.request["body"] = v
		}
	}
	return s.request
}

func (s *scope) pathValues() map[string]any {
	if s.path == nil {
		s.path = map[string]any{}
		for _, name := range s.lang.path.order {
			if raw, ok := s.in.pathParam(name); ok {
				s.path[name] = decodeText(raw, s.lang.path.fields[name])
			}
		}
	}
	return s.path
}

// pathParam returns a path parameter, decoded.
func (in *Input) pathParam(name string) (string, bool) {
	if in.Params == nil {
		return "", false
	}
	raw, ok := in.Params.Get(name)
	if ok && strings.IndexByte(raw, '%') >= 0 {
		if s, err := url.PathUnescape(raw); err == nil {
			raw = s
		}
	}
	return raw, ok
}

// queryParam returns the first value of a query parameter, decoded.
func (in *Input) queryParam(name string) (string, bool) {
	for rest := in.RawQuery; rest != ""; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		key, value, _ := strings.Cut(pair, "=")
		if !sameText(key, name, true) {
			continue
		}
		if strings.IndexByte(value, '%') >= 0 || strings.IndexByte(value, '+') >= 0 {
			decoded, err := url.QueryUnescape(value)
			return decoded, err == nil
		}
		return value, true
	}
	return "", false
}

func (s *scope) queryValues() map[string]any {
	if s.query == nil {
		s.query = map[string]any{}
		values, _ := url.ParseQuery(s.in.RawQuery) // what can be read of it
		for name, list := range values {
			object, member, deep := strings.Cut(name, "[")
			if is := s.lang.query.fields[object]; deep && is != nil && is.elem == nil && s.lang.query.fields[name] == nil {
				into, _ := s.query[object].(map[string]any)
				if into == nil {
					into = map[string]any{}
					s.query[object] = into
				}
				into[strings.TrimSuffix(member, "]")] = list[0]
				continue
			}
			s.query[name] = decodeTexts(list, s.lang.query.fields[name])
		}
	}
	return s.query
}

func (s *scope) headerValues() ref.Val {
	if s.headers == nil {
		s.headers = newHeaders(s.in.Header)
	}
	return s.headers
}

// bodyValue decodes the body, once.
func (s *scope) bodyValue() (any, error) {
	if !s.bodyRead {
		s.bodyRead = true
		s.body, s.bodyErr = decodeBody(s.in.MediaType, s.in.Header.Get("Content-Type"), s.in.Body, s.lang.body)
	}
	return s.body, s.bodyErr
}

// headers are a message's header fields: a map whose names are compared without
// regard to case.
type headers struct {
	traits.Mapper
	fields http.Header
}

func newHeaders(h http.Header) headers {
	m := make(map[string]string, len(h))
	for name, values := range h {
		m[strings.ToLower(name)] = strings.Join(values, ", ")
	}
	return headers{types.NewStringStringMap(types.DefaultTypeAdapter, m), h}
}

// Find implements traits.Mapper.
func (h headers) Find(key ref.Val) (ref.Val, bool) {
	name, ok := key.(types.String)
	if !ok {
		return nil, false
	}
	return h.Mapper.Find(types.String(strings.ToLower(string(name))))
}

// Get implements traits.Mapper.
func (h headers) Get(key ref.Val) ref.Val {
	if v, ok := h.Find(key); ok {
		return v
	}
	return types.NewErr("there is no header %v", key)
}

// Contains implements traits.Mapper.
func (h headers) Contains(key ref.Val) ref.Val {
	_, ok := h.Find(key)
	return types.Bool(ok)
}
