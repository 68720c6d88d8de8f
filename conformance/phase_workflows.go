package conformance

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/arazzo/expression"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// workflowCases plays the workflows of Arazzo documents, each a case. Those that
// it depends on are played before, in the same case.
func workflowCases(c *Config) []*Case {
	byName := map[string]*workflow{}
	for _, w := range c.workflows {
		byName[w.name] = w
	}
	var cases []*Case
	for _, w := range c.workflows {
		made := &Case{
			ID: "workflows/" + w.name, Topic: Workflow, Name: "workflow " + w.name, Alone: true,
			Operation: w.steps[0].operation,
		}
		w.addTo(made, byName, map[string]bool{})
		cases = append(cases, made)
	}
	return cases
}

// addTo appends the steps of a workflow, after those of the ones it depends on.
func (w *workflow) addTo(c *Case, byName map[string]*workflow, added map[string]bool) {
	if added[w.name] {
		return
	}
	added[w.name] = true
	for _, name := range w.dependsOn {
		if before := byName[name]; before != nil {
			before.addTo(c, byName, added)
		}
	}
	first := len(c.Steps)
	for _, s := range w.steps {
		c.Steps = append(c.Steps, s.step(first))
	}
}

// step plays a step of a workflow whose steps begin at a place of the case.
func (s *workflowStep) step(first int) *Step {
	return &Step{
		Name: s.workflow.name + "." + s.name, Operation: s.operation, workflow: s, first: first,
		Expect: Expect{Because: fmt.Sprintf("workflow %s, %s", s.workflow.name, s.position)},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			return s.request(b, s.scope(b, earlier[first:]))
		},
		ends: func(x *Exchange) bool { return !x.Answered() || len(x.Unmet) > 0 },
	}
}

// scope is what the expressions of a step see of the run: the inputs, and the
// outputs of the workflow's steps before it.
func (s *workflowStep) scope(b *builder, before []*Exchange) *expression.Context {
	scope := &expression.Context{Inputs: s.workflow.inputValues(b), Steps: map[string]*expression.StepContext{}}
	for i, x := range before {
		if i >= len(s.workflow.steps) {
			break
		}
		step := s.workflow.steps[i]
		outputs := map[string]any{}
		seen := step.sees(scope, x)
		for _, o := range step.outputs {
			if v, err := evaluate(o.expression, seen); err == nil {
				outputs[o.name] = v
			}
		}
		scope.Steps[step.name] = &expression.StepContext{Outputs: outputs}
	}
	return scope
}

// sees adds a step's own exchange to what is known.
func (s *workflowStep) sees(scope *expression.Context, x *Exchange) *expression.Context {
	own := runtimeContext(x)
	own.Inputs, own.Steps = scope.Inputs, scope.Steps
	return own
}

// inputValues are a workflow's inputs: the target's fixtures, else the defaults
// of the workflow, else the script's fixtures.
func (w *workflow) inputValues(b *builder) map[string]any {
	out := map[string]any{}
	for _, name := range sortedKeys(w.inputs) {
		text, ok := b.env.Fixtures[name]
		if !ok {
			if v, err := source.AppendJSON(nil, source.Get(w.inputs[name], "default")); err == nil && source.Get(w.inputs[name], "default") != nil {
				text, ok = string(v), true
			} else if f, known := b.script.Fixture(name); known && b.env.Defaults && f.Value != nil {
				text, ok = string(f.Value), true
			}
			if ok {
				out[name] = decodeInput(text)
			}
			continue
		}
		if kind := source.Get(w.inputs[name], "type"); kind != nil && kind.Value != "string" {
			out[name] = decodeInput(text)
			continue
		}
		out[name] = text
	}
	return out
}

// decodeInput reads an input as JSON, as text where it is none.
func decodeInput(text string) any {
	var node yaml.Node
	if !schema.Value(text).IsValid() || yaml.Unmarshal([]byte(text), &node) != nil || len(node.Content) == 0 {
		return text
	}
	var v any
	if node.Content[0].Kind == yaml.ScalarNode && json.Unmarshal([]byte(text), &v) == nil {
		return v
	}
	return node.Content[0]
}

// request makes the request of a step.
func (s *workflowStep) request(b *builder, scope *expression.Context) (*Request, error) {
	var values []spec.ParameterValue
	further := map[string]string{}
	for _, p := range s.parameters {
		v, err := s.value(p.value, scope)
		if err != nil {
			return nil, err
		}
		if p.parameter == nil {
			further[p.name] = plainText(decodeInput(string(v)))
			continue
		}
		values = append(values, spec.ParameterValue{Parameter: p.parameter, Value: v})
	}
	var body schema.Value
	if s.body != nil {
		var err error
		if body, err = s.value(s.body, scope); err != nil {
			return nil, err
		}
		if s.body.Kind == yaml.ScalarNode { // a payload written as JSON text
			var text string
			if json.Unmarshal(body, &text) == nil && schema.Value(text).IsValid() {
				body = schema.Value(text)
			}
		}
	}
	parts, err := s.operation.EncodeRequest(values, body, s.mediaType)
	if err != nil {
		return nil, err
	}
	for name, value := range further {
		parts.Header.Set(name, value)
	}
	return b.finish(s.operation, unscripted(s.operation, parts, body != nil && s.mediaType != nil))
}

// value is a value of a workflow, with its expressions evaluated. An input that
// the target has no value for is a [*scenarios.UnsetError].
func (s *workflowStep) value(n *yaml.Node, scope *expression.Context) (schema.Value, error) {
	n = source.Resolve(n)
	switch {
	case n == nil:
		return schema.Value("null"), nil
	case n.Kind == yaml.ScalarNode && source.ScalarKind(n) == source.String:
		v, err := evaluate(n.Value, scope)
		if err != nil {
			return nil, s.missing(n.Value, scope, err)
		}
		return jsonOf(v)
	case n.Kind == yaml.SequenceNode:
		out := []byte{'['}
		for i, item := range n.Content {
			v, err := s.value(item, scope)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(out, v...)
		}
		return append(out, ']'), nil
	case n.Kind == yaml.MappingNode:
		out := []byte{'{'}
		for i, m := range source.Members(n) {
			v, err := s.value(m.Value, scope)
			if err != nil {
				return nil, err
			}
			if i > 0 {
				out = append(out, ',')
			}
			out = append(append(append(out, schema.Text(m.Name())...), ':'), v...)
		}
		return append(out, '}'), nil
	}
	return source.AppendJSON(nil, n)
}

// missing tells an input that is not set from an expression without a value.
func (s *workflowStep) missing(text string, scope *expression.Context, err error) error {
	for name := range s.workflow.inputs {
		if _, set := scope.Inputs[name]; !set && strings.Contains(text, "$inputs."+name) {
			return &scenarios.UnsetError{Kind: "fixture", Name: name}
		}
	}
	return fmt.Errorf("%s: %w", s.position, err)
}

// unmet lists the criteria that an answer does not meet, and the outputs that it
// gives no value for.
func (s *workflowStep) unmet(b *builder, x *Exchange, first int) []string {
	scope := s.sees(s.scope(b, x.earlier[first:]), x)
	var out []string
	for _, c := range s.criteria {
		ok, err := c.holds(scope)
		switch {
		case err != nil:
			out = append(out, fmt.Sprintf("%s (%s): %s", c.text, c.position, err))
		case !ok:
			out = append(out, fmt.Sprintf("%s (%s) does not hold", c.text, c.position))
		}
	}
	for _, o := range s.outputs {
		if _, err := evaluate(o.expression, scope); err != nil {
			out = append(out, fmt.Sprintf("output %s (%s): %s", o.name, s.position, err))
		}
	}
	return out
}

// holds tells whether an answer meets the criterion.
func (c *criterion) holds(scope *expression.Context) (bool, error) {
	if c.simple != nil {
		return c.simple.holds(scope)
	}
	v, err := evaluate(c.context, scope)
	if err != nil {
		return false, err
	}
	if c.regex != nil {
		return c.regex.MatchString(plainText(v)), nil
	}
	data, err := jsonOf(v)
	if err != nil {
		return false, err
	}
	node := bodyNode(data)
	return node != nil && len(c.path.Query(node)) > 0, nil
}

// workflowCriteria demands what the steps of workflows do.
var workflowCriteria = Check{
	ID: "workflow.criteria", Severity: Must,
	Says:    "each success criterion of the step holds, and each of its outputs has a value",
	Source:  "the Arazzo document; Arazzo 1.0 §4.6.5",
	Why:     "A workflow is how a partner works with the API; a step that does not come out as it says stops there.",
	Right:   "successCriteria: $statusCode == 201; the step answers 201",
	Wrong:   "successCriteria: $statusCode == 201; the step answers 200",
	For:     topic(Workflow),
	Applies: func(x *Exchange) bool { return x.step.workflow != nil },
	Run: func(x *Exchange) error {
		var errs []error
		for _, text := range x.Unmet {
			errs = append(errs, errors.New(text))
		}
		return errors.Join(errs...)
	},
}
