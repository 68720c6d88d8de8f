package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/arazzo/expression"

	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// runtimeContext is what runtime expressions (OpenAPI 3.1 §4.8.20.4, Arazzo 1.0
// §4.7) see of an exchange.
func runtimeContext(x *Exchange) *expression.Context {
	c := &expression.Context{
		URL:             x.Request.URL,
		Method:          x.Request.Method,
		StatusCode:      x.Response.Status,
		RequestHeaders:  firstValues(x.Request.Header),
		ResponseHeaders: firstValues(x.Response.Header),
		RequestPath:     map[string]string{},
		RequestQuery:    map[string]string{},
		RequestBody:     bodyNode(x.Request.Body),
		ResponseBody:    bodyNode(x.Response.Body),
	}
	if u, err := url.Parse(x.Request.URL); err == nil {
		for name, values := range u.Query() {
			c.RequestQuery[name] = values[0]
		}
	}
	if op := x.step.Operation; op != nil && x.Request.Scripted != nil {
		if m, err := op.Document().Match(op.Method, x.Request.Scripted.Path); err == nil {
			for _, p := range op.Parameters {
				if raw, ok := m.Params.Get(p.Name); ok {
					c.RequestPath[p.Name] = unescaped(raw)
				}
			}
		}
	}
	return c
}

func firstValues(h http.Header) map[string]string {
	out := make(map[string]string, len(h))
	for name, values := range h {
		if len(values) > 0 {
			out[name] = values[0]
		}
	}
	return out
}

func unescaped(segment string) string {
	if text, err := url.PathUnescape(segment); err == nil {
		return text
	}
	return segment
}

// bodyNode reads a JSON body, nil where it is none.
func bodyNode(body []byte) *yaml.Node {
	if !schema.Value(body).IsValid() {
		return nil
	}
	var doc yaml.Node
	if yaml.Unmarshal(body, &doc) != nil || len(doc.Content) == 0 {
		return nil
	}
	return doc.Content[0]
}

// evaluate is the value of a runtime expression, or of a constant. Text in which
// expressions stand in braces is put together.
func evaluate(text string, c *expression.Context) (any, error) {
	if strings.HasPrefix(text, "$") {
		return evaluateExpression(text, c)
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{$")
		inner, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			b.WriteString(text)
			return b.String(), nil
		}
		v, err := evaluateExpression("$"+inner, c)
		if err != nil {
			return nil, err
		}
		b.WriteString(before)
		b.WriteString(plainText(v))
		text = after
	}
}

func evaluateExpression(text string, c *expression.Context) (any, error) {
	e, err := expression.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read the expression %q: %w", text, err)
	}
	if e.Type == expression.RequestHeader || e.Type == expression.ResponseHeader {
		e.Property = http.CanonicalHeaderKey(e.Property)
	}
	v, err := expression.Evaluate(e, c)
	if err != nil {
		return nil, fmt.Errorf("%s has no value: %w", text, err)
	}
	return v, nil
}

// jsonOf is a value of an expression as JSON.
func jsonOf(v any) (schema.Value, error) {
	if node, ok := v.(*yaml.Node); ok {
		return source.AppendJSON(nil, node)
	}
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %v as JSON: %w", v, err)
	}
	return data, nil
}

// plainText is a value of an expression as it stands in a path: text without its
// quotes, anything else as JSON.
func plainText(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	data, err := jsonOf(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(data)
}
