package scenarios

import (
	"fmt"
	"sync"
	"sync/atomic"

	"cel.dev/cel-go/cel"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// dialect is the language of one operation's expressions: what `path`, `query`
// and `body` are there.
type dialect struct {
	op                *spec.Operation
	path, query, body *shape
	env               *cel.Env            // of answers and of `when`
	expect            map[*shape]*cel.Env // of conditions, by what the answer's body is
	languages         *languages
	slots             atomic.Pointer[[]string] // members of the body that are kept at hand
}

// languages makes dialects, each once.
type languages struct {
	mu       sync.Mutex // guards what follows, and what dialects have of it
	base     *cel.Env
	sending  *cel.Env // of requests, which see no request
	shapes   *shapes
	fixtures *shape
	server   *shape
	of       map[*spec.Operation]*dialect
}

func newLanguages(fixtures []Fixture) (*languages, error) {
	base, err := language()
	if err != nil {
		return nil, err
	}
	l := &languages{base: base, shapes: newShapes(), of: map[*spec.Operation]*dialect{}}
	l.fixtures = l.shapes.object()
	for _, f := range fixtures {
		l.fixtures.add(f.Name, shapeOf(f.Value))
	}
	l.server = l.shapes.object()
	l.server.add("url", aString)
	l.sending, err = base.Extend(
		cel.CustomTypeProvider(l.shapes.with(base.CELTypeProvider())),
		cel.Variable("fixtures", l.fixtures.cel),
		cel.Variable("server", l.server.cel),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare expressions of requests: %w", err)
	}
	return l, nil
}

// dialect returns the language of an operation.
func (l *languages) dialect(op *spec.Operation) (*dialect, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if d := l.of[op]; d != nil {
		return d, nil
	}
	d := &dialect{
		op: op, path: l.shapes.parameters(op, spec.InPath), query: l.shapes.parameters(op, spec.InQuery), body: anything,
		expect: map[*shape]*cel.Env{}, languages: l,
	}
	if op.RequestBody != nil {
		d.body = l.shapes.body(op.RequestBody.Content)
	}
	env, err := l.base.Extend(
		cel.CustomTypeProvider(l.shapes.with(l.base.CELTypeProvider())),
		cel.Variable("fixtures", l.fixtures.cel),
		cel.Variable("server", l.server.cel),
		cel.Variable("method", cel.StringType),
		cel.Variable("path", d.path.cel),
		cel.Variable("query", d.query.cel),
		cel.Variable("headers", cel.MapType(cel.StringType, cel.StringType)),
		cel.Variable("body", d.body.cel),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare expressions of %s: %w", op.ID, err)
	}
	d.env = env
	l.of[op] = d
	return d, nil
}

// conditions returns the language of `expect` on answers of a status: what
// their bodies are is what the contract documents for it.
func (d *dialect) conditions(status int, mediaType string) (*cel.Env, error) {
	d.languages.mu.Lock()
	defer d.languages.mu.Unlock()
	body := d.answerBody(status, mediaType)
	if env := d.expect[body]; env != nil {
		return env, nil
	}
	shapes := d.languages.shapes
	headers := &shape{cel: cel.MapType(cel.StringType, cel.StringType)}
	request := shapes.object()
	request.add("method", aString)
	request.add("path", d.path)
	request.add("query", d.query)
	request.add("headers", headers)
	request.add("body", d.body)
	answer := shapes.object()
	answer.add("status", &shape{cel: cel.IntType})
	answer.add("headers", headers)
	answer.add("body", body)
	env, err := d.languages.base.Extend(
		cel.CustomTypeProvider(shapes.with(d.languages.base.CELTypeProvider())),
		cel.Variable("fixtures", d.languages.fixtures.cel),
		cel.Variable("server", d.languages.server.cel),
		cel.Variable("request", request.cel),
		cel.Variable("response", answer.cel),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare conditions of %s, answers %d %s: %w", d.op.ID, status, mediaType, err)
	}
	d.expect[body] = env
	return env, nil
}

// shapeOf returns the shape of a schema.
func (l *languages) shapeOf(s *schema.Schema) *shape {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.shapes.of(s)
}

// answerBody is the shape of a response's body in a media type.
func (d *dialect) answerBody(status int, mediaType string) *shape {
	response := d.op.Response(status)
	if response == nil {
		return anything
	}
	mt := response.MediaType(mediaType)
	if mt == nil {
		return anything
	}
	return d.languages.shapes.body([]*spec.MediaType{mt})
}
