package conformance

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonpath/pkg/jsonpath"
	jsonpathconfig "github.com/pb33f/jsonpath/pkg/jsonpath/config"
	"github.com/pb33f/libopenapi"
	"github.com/pb33f/libopenapi/arazzo"
	"github.com/pb33f/libopenapi/arazzo/expression"
	high "github.com/pb33f/libopenapi/datamodel/high/arazzo"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// workflow is one workflow of an Arazzo 1.0 document, held to the contract.
type workflow struct {
	name      string
	says      string
	dependsOn []string
	inputs    map[string]*yaml.Node // their schemas, by name
	steps     []*workflowStep
}

// workflowStep is one step of a workflow.
type workflowStep struct {
	workflow   *workflow
	name       string
	position   source.Position
	operation  *spec.Operation
	parameters []workflowParameter
	body       *yaml.Node // nil for none
	mediaType  *spec.MediaType
	criteria   []criterion
	outputs    []workflowOutput // in the order of the document
}

type workflowParameter struct {
	parameter *spec.Parameter // nil for a header that the contract does not know
	name      string
	value     *yaml.Node
}

type workflowOutput struct{ name, expression string }

// criterion is one demand on the answer of a step.
type criterion struct {
	text     string
	position source.Position
	context  string // what regex and path look at
	simple   *condition
	regex    *regexp.Regexp
	path     *jsonpath.JSONPath
}

// arazzoReader reads one document, and collects what is wrong with it.
type arazzoReader struct {
	file     string
	doc      *spec.Document
	model    *high.Arazzo
	problems []error
}

// readArazzo reads the workflows of an Arazzo document. Its error is a
// [*UsageError] that names all that is wrong or not supported, with its place.
func readArazzo(file string, doc *spec.Document) ([]*workflow, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("read workflows: %w", err)
	}
	model, err := libopenapi.NewArazzoDocument(data)
	if err != nil {
		return nil, usage("%s: read workflows: %w", file, err)
	}
	r := &arazzoReader{file: file, doc: doc, model: model}
	if result := arazzo.Validate(model); result != nil && result.HasErrors() {
		for _, e := range result.Errors {
			r.problems = append(r.problems, fmt.Errorf("%s:%d:%d: %s: %w", file, e.Line, e.Column, e.Path, e.Cause))
		}
		return nil, &UsageError{errors.Join(r.problems...)}
	}
	var out []*workflow
	for _, w := range model.Workflows {
		out = append(out, r.workflow(w))
	}
	if r.problems != nil {
		return nil, &UsageError{errors.Join(r.problems...)}
	}
	return out, nil
}

// readWorkflows reads the documents of Arazzo.
func (c *Config) readWorkflows() error {
	c.workflows = nil
	names := map[string]string{}
	for _, file := range c.Arazzo {
		read, err := readArazzo(file, c.Document)
		if err != nil {
			return err
		}
		for _, w := range read {
			if other, taken := names[w.name]; taken {
				return usage("%s and %s both have a workflow %q", other, file, w.name)
			}
			names[w.name] = file
		}
		c.workflows = append(c.workflows, read...)
	}
	return nil
}

// inputs names the inputs of the workflows.
func (c *Config) inputs() []string {
	var names []string
	for _, w := range c.workflows {
		names = append(names, sortedKeys(w.inputs)...)
	}
	return names
}

func (r *arazzoReader) at(n *yaml.Node) source.Position {
	if n == nil {
		return source.Position{File: r.file}
	}
	return source.Position{File: r.file, Line: n.Line, Column: n.Column}
}

func (r *arazzoReader) problem(at source.Position, format string, args ...any) {
	r.problems = append(r.problems, fmt.Errorf("%s: "+format, append([]any{at}, args...)...))
}

func (r *arazzoReader) workflow(w *high.Workflow) *workflow {
	out := &workflow{name: w.WorkflowId, says: w.Summary, dependsOn: w.DependsOn, inputs: map[string]*yaml.Node{}}
	for _, m := range source.Members(source.Get(w.Inputs, "properties")) {
		out.inputs[m.Name()] = m.Value
	}
	at := r.at(w.GoLow().GetRootNode())
	for _, name := range w.DependsOn {
		if strings.HasPrefix(name, "$") {
			r.problem(at, "workflow %q depends on %s: workflows of other documents are not supported", w.WorkflowId, name)
		}
	}
	if len(w.SuccessActions) > 0 || len(w.FailureActions) > 0 {
		r.problem(at, "workflow %q: successActions and failureActions of a workflow are not supported", w.WorkflowId)
	}
	before := map[string]bool{}
	for _, s := range w.Steps {
		out.steps = append(out.steps, r.step(w, s, out, before))
		before[s.StepId] = true
	}
	return out
}

func (r *arazzoReader) step(w *high.Workflow, s *high.Step, of *workflow, before map[string]bool) *workflowStep {
	out := &workflowStep{workflow: of, name: s.StepId, position: r.at(s.GoLow().GetRootNode())}
	wrong := func(format string, args ...any) {
		r.problem(out.position, "workflow %q, step %q: %s", w.WorkflowId, s.StepId, fmt.Sprintf(format, args...))
	}
	switch {
	case s.WorkflowId != "":
		wrong("workflowId: steps that are workflows are not supported")
		return out
	case len(s.OnSuccess) > 0:
		wrong("onSuccess is not supported: steps follow each other as they are written")
	}
	for _, action := range s.OnFailure {
		if action.Type != "end" || len(action.Criteria) > 0 || action.IsReusable() {
			wrong("onFailure: only the plain type end is supported")
		}
	}
	for _, name := range s.DependsOn {
		if !before[name] {
			wrong("it depends on %q, which is no step before it", name)
		}
	}
	if out.operation = r.operation(s); out.operation == nil {
		wrong("the contract has no operation %q", s.OperationId+s.OperationPath)
		return out
	}
	for _, p := range append(append([]*high.Parameter{}, w.Parameters...), s.Parameters...) {
		r.parameter(out, p, wrong)
	}
	for _, p := range out.operation.Parameters {
		if p.In == spec.InPath && !out.gives(p) {
			wrong("%s needs the path parameter %q, and no value is given", out.operation.ID, p.Name)
		}
	}
	if b := s.RequestBody; b != nil {
		r.body(out, b, wrong)
	}
	for _, c := range s.SuccessCriteria {
		made, err := r.criterion(c)
		if err != nil {
			r.problem(made.position, "workflow %q, step %q: %s", w.WorkflowId, s.StepId, err)
		}
		out.criteria = append(out.criteria, made)
	}
	for name, value := range s.Outputs.FromOldest() {
		text, ok := value.GetExpression()
		if !ok || expression.Validate(text) != nil {
			wrong("output %q is no runtime expression", name)
		}
		out.outputs = append(out.outputs, workflowOutput{name, text})
	}
	return out
}

func (s *workflowStep) gives(p *spec.Parameter) bool {
	for _, given := range s.parameters {
		if given.parameter == p {
			return true
		}
	}
	return false
}

// operation finds what a step asks for: by operationId, or by operationPath
// (Arazzo 1.0 §4.6.5).
func (r *arazzoReader) operation(s *high.Step) *spec.Operation {
	if s.OperationId != "" {
		id := s.OperationId
		if strings.HasPrefix(id, "$sourceDescriptions.") {
			id = id[strings.LastIndexByte(id, '.')+1:]
		}
		return r.doc.Operation(id)
	}
	_, pointer, _ := strings.Cut(s.OperationPath, "#")
	for _, op := range r.doc.Operations() {
		if op.Pointer == pointer {
			return op
		}
	}
	return nil
}

func (r *arazzoReader) parameter(out *workflowStep, p *high.Parameter, wrong func(string, ...any)) {
	value := p.Value
	if p.IsReusable() {
		name := strings.TrimPrefix(p.Reference, "$components.parameters.")
		var referred *high.Parameter
		if c := r.model.Components; c != nil && c.Parameters != nil {
			referred, _ = c.Parameters.Get(name)
		}
		if referred == nil {
			wrong("there is no %s", p.Reference)
			return
		}
		if value == nil {
			value = referred.Value
		}
		p = referred
	}
	known := out.operation.Parameter(spec.Location(p.In), p.Name)
	if known == nil && p.In != string(spec.InHeader) {
		wrong("%s has no %s parameter %q", out.operation.ID, p.In, p.Name)
		return
	}
	kept := out.parameters[:0:0]
	for _, given := range out.parameters { // a step's takes the place of the workflow's
		if given.name != p.Name || given.parameter != known {
			kept = append(kept, given)
		}
	}
	out.parameters = append(kept, workflowParameter{known, p.Name, value})
}

func (r *arazzoReader) body(out *workflowStep, b *high.RequestBody, wrong func(string, ...any)) {
	switch {
	case len(b.Replacements) > 0:
		wrong("replacements of a payload are not supported: write expressions into the payload")
	case out.operation.RequestBody == nil:
		wrong("%s takes no body", out.operation.ID)
	case b.ContentType != "":
		if out.mediaType = out.operation.RequestMediaType(b.ContentType); out.mediaType == nil {
			wrong("%s takes no %s", out.operation.ID, b.ContentType)
		}
	default:
		out.mediaType = out.operation.RequestBody.Preferred()
	}
	out.body = b.Payload
}

// criterion compiles a criterion. Its place is there with an error too.
func (r *arazzoReader) criterion(c *high.Criterion) (out criterion, err error) {
	out = criterion{text: c.Condition, context: c.Context, position: r.at(c.GoLow().Condition.ValueNode)}
	if c.Context != "" {
		out.text = c.Context + " " + c.GetEffectiveType() + " " + c.Condition
	}
	kind := c.GetEffectiveType()
	switch {
	case kind == "simple":
		out.simple, err = parseCondition(c.Condition)
		return out, err
	case kind != "regex" && kind != "jsonpath":
		return out, fmt.Errorf("criteria of type %s are not supported: simple, regex and jsonpath are", kind)
	case expression.Validate(c.Context) != nil:
		return out, fmt.Errorf("the context %q of a %s criterion is no runtime expression", c.Context, kind)
	case kind == "regex":
		if out.regex, err = regexp.Compile(c.Condition); err != nil {
			err = fmt.Errorf("read the regex %q: %w", c.Condition, err)
		}
		return out, err
	}
	if out.path, err = jsonpath.NewPath(c.Condition, jsonpathconfig.WithStrictRFC9535()); err != nil {
		err = fmt.Errorf("read the JSONPath %q: %w", c.Condition, err)
	}
	return out, err
}
