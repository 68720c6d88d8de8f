package scenarios

import (
	"cmp"
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"cel.dev/cel-go/cel"
	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/source"
)

// Load reads a script and holds it to a contract. Several sources, and the
// files of each by name, are one script: fixtures, credentials and behaviour
// may be given in any of them, each once. Where files can be read but are at
// fault, the error is an [*Error] that tells of all faults.
func Load(ctx context.Context, doc *spec.Document, sources ...Source) (*Script, error) {
	l, err := load(ctx, doc, sources)
	if err != nil {
		return nil, err
	}
	if l.failed() {
		return nil, &Error{l.sorted()}
	}
	l.script.Findings = l.sorted()
	return l.script, nil
}

// Open is Load for a script that was held to this contract before, as that of
// a binary which its tests hold: it is not held again, and the scenarios of an
// operation are read when they are first asked for, to be played: without what
// they expect and give. One that is at fault all the same is never played. The
// contract is read at the same time as the files: the error may be of either.
func Open(ctx context.Context, contract func(context.Context) (*spec.Document, error), sources ...Source) (*Script, error) {
	var (
		doc     *spec.Document
		fault   error
		reading sync.WaitGroup
	)
	reading.Go(func() { doc, fault = contract(ctx) })
	reading.Go(warmUp)
	l := newLoader()
	files, err := l.parseFiles(ctx, sources)
	reading.Wait()
	if err := cmp.Or(fault, err); err != nil {
		return nil, err
	}
	if err := l.readHeads(doc, files); err != nil {
		return nil, err
	}
	if l.failed() {
		return nil, &Error{l.sorted()}
	}
	l.script.cast.unread = l
	return l.script, nil
}

// loader builds a script.
type loader struct {
	findings
	script    *Script
	languages *languages
	pending   []pending
	programs  programs
	declared  map[string]source.Position // scenarios by name, those at fault too
	held      bool                       // to the contract: what only answers are checked by is read as well
}

// pending is a scenario that was seen and not yet read.
type pending struct {
	reader *reader
	node   *yaml.Node
}

func newLoader() *loader {
	return &loader{script: &Script{}, declared: map[string]source.Position{}}
}

func load(ctx context.Context, doc *spec.Document, sources []Source) (*loader, error) {
	l := newLoader()
	l.held = true
	go doc.Operations() // each is read once: while the files are
	files, err := l.parseFiles(ctx, sources)
	if err != nil {
		return nil, err
	}
	if err := l.readHeads(doc, files); err != nil {
		return nil, err
	}
	if err := l.readScenarios(ctx); err != nil {
		return nil, err
	}
	l.checkGiven()
	if err := l.hold(ctx); err != nil {
		return nil, err
	}
	return l, nil
}

func (l *loader) parseFiles(ctx context.Context, sources []Source) ([]*source.File, error) {
	var files []*source.File
	for _, s := range sources {
		texts, err := s.files(ctx)
		if err != nil {
			return nil, err
		}
		for _, t := range texts {
			if file := l.parse(t); file != nil {
				files = append(files, file)
			}
		}
	}
	return files, nil
}

// readHeads reads all that files say but their scenarios.
func (l *loader) readHeads(doc *spec.Document, files []*source.File) error {
	l.script.Document = doc
	for _, file := range files {
		l.readHead(newReader(&l.findings, file, &l.programs))
	}
	var err error
	if l.languages, err = newLanguages(l.script.Fixtures); err != nil {
		return err
	}
	l.script.loader = l
	l.script.fixtures = fixtureValues(l.script.Fixtures)
	l.script.addCredentials()
	return nil
}

// readScenarios reads the scenarios that were seen.
func (l *loader) readScenarios(ctx context.Context) error {
	read := make([]*Scenario, len(l.pending))
	for i, p := range l.pending {
		twice := !l.declare(p)
		if read[i] = l.readNames(p.reader, p.node); read[i] != nil {
			read[i].faulty = read[i].faulty || twice
		}
	}
	err := l.each(ctx, len(read), func(i int, fs *findings) {
		if p := l.pending[i]; read[i] != nil && !l.readScenario(p.reader.into(fs), p.node, read[i]) {
			read[i] = nil
		}
	})
	l.pending = nil
	l.script.cast.fill(slices.DeleteFunc(read, func(sc *Scenario) bool { return sc == nil }))
	return err
}

// readOperation reads the scenarios of one operation, for a script that is not
// held.
func (l *loader) readOperation(op *spec.Operation) []*Scenario {
	var of []pending
	for _, p := range l.pending {
		if id := p.operation(); id == op.ID || id == op.Method+" "+op.Path {
			of = append(of, p)
		}
	}
	list := make([]*Scenario, len(of))
	var workers sync.WaitGroup
	for i, p := range of {
		workers.Go(func() {
			var found findings
			r := p.reader.into(&found)
			sc := l.readNames(r, p.node)
			if sc == nil || !l.readScenario(r, p.node, sc) {
				return
			}
			if !sc.faulty {
				holder{&found, l.script}.send(sc)
			}
			list[i] = sc
		})
	}
	workers.Wait()
	return slices.DeleteFunc(list, func(sc *Scenario) bool { return sc == nil })
}

// name is what the scenario is called; "" where it has no name.
func (p pending) name() string { return p.word("name") }

// operation is what the scenario says that it is of.
func (p pending) operation() string { return p.word("operation") }

// maySucceed tells whether it is worth reading in search of a success: it says
// nothing else.
func (p pending) maySucceed() bool {
	status := p.word("response", "status")
	return p.word("request", "credentials") == "" && (status == "" || status[0] == '2')
}

// word is the scalar at a path of keys, "" where there is none.
func (p pending) word(keys ...string) string {
	n := p.node
	for _, key := range keys {
		if n == nil || n.Kind != yaml.MappingNode {
			return ""
		}
		n = source.Resolve(source.Get(n, key))
	}
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	return n.Value
}

// each does n independent pieces of work, several at a time. What they find is
// kept in their order.
func (l *loader) each(ctx context.Context, n int, work func(i int, fs *findings)) error {
	found := make([]findings, n)
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				work(i, &found[i])
			}
		})
	}
	workers.Wait()
	for i := range found {
		l.merge(&found[i])
	}
	return ctx.Err()
}

// fixtureValues are the fixtures as expressions see them.
func fixtureValues(fixtures []Fixture) map[string]any {
	out := make(map[string]any, len(fixtures))
	for _, f := range fixtures {
		if f.Value == nil {
			continue
		}
		if v, err := decodeJSON(f.Value, shapeOf(f.Value)); err == nil {
			out[f.Name] = v
		}
	}
	return out
}

// constants are the variables that are the same for every request to the mock.
func (s *Script) constants() cel.Activation {
	return &scope{in: &Input{}, fixtures: s.fixtures}
}

// readScenario reads one scenario; false where there is nothing to play.
func (l *loader) readScenario(r *reader, n *yaml.Node, sc *Scenario) bool {
	before := len(r.findings.list)
	d, err := l.languages.dialect(sc.Operation)
	if err != nil {
		r.fault(n, ruleExpression, "scenario %q: %v", sc.Name, err)
		return false
	}
	sc.lang = d
	b := builder{reader: r, loader: l, scenario: sc, lang: d}
	sc.sends.at = sc.Position
	var responses, expect *yaml.Node
	read := r.object(n, "a scenario", []field{
		{"name", func(*yaml.Node) {}},
		{"operation", func(*yaml.Node) {}},
		{"description", r.text(&sc.Description, "description")},
		{"request", b.request},
		{"response", func(n *yaml.Node) { b.one(&responses, n) }},
		{"responses", func(n *yaml.Node) { b.one(&responses, n) }},
		{"then", word(r, &sc.Then, "then", Stay, Cycle, Fallthrough)},
		{"when", func(n *yaml.Node) { sc.when = b.condition(n, d.env) }},
		{"expect", func(n *yaml.Node) { expect = n }},
		{"verify", b.verify},
	})
	if !read {
		return false
	}
	if sc.when != nil {
		sc.When = sc.when.text
	}
	b.responses(responses)
	if len(sc.Responses) == 0 {
		if responses == nil {
			r.fault(n, ruleMissing, "scenario %q has no response", sc.Name)
		}
		return false
	}
	if last := sc.Responses[len(sc.Responses)-1]; expect != nil && l.held {
		b.expect(last, expect)
	}
	if b.gifts != nil && l.held {
		b.gives(sc.Responses[len(sc.Responses)-1], b.gifts)
	}
	for _, resp := range sc.Responses {
		sc.total += int64(resp.Repeat)
	}
	b.samples()
	sc.match = b.matcher()
	sc.faulty = sc.faulty || len(r.findings.list) > before
	sc.match.never = sc.match.never || sc.faulty
	return true
}

// declare keeps the name of a scenario; false where another has it.
func (l *loader) declare(p pending) bool {
	name := p.name()
	if name == "" {
		return true
	}
	n := source.Get(p.node, "name")
	if before, ok := l.declared[name]; ok {
		p.reader.fault(n, ruleDuplicate, "scenario %q is given twice, first at %s", name, before)
		return false
	}
	l.declared[name] = p.reader.at(n)
	return true
}

// readNames reads what a scenario is called and which operation it is of; nil
// where the rest cannot be understood without them.
func (l *loader) readNames(r *reader, n *yaml.Node) *Scenario {
	before := len(r.findings.list)
	sc := &Scenario{Then: Stay, Position: r.at(n), script: l.script}
	if n == nil || n.Kind != yaml.MappingNode {
		r.fault(n, ruleSyntax, "a scenario must be a mapping, not %s", kindOf(n))
		return nil
	}
	name := source.Get(n, "name")
	if name == nil {
		r.fault(n, ruleMissing, "a scenario needs a name")
		return nil
	}
	r.text(&sc.Name, "name")(name)
	operation := source.Get(n, "operation")
	if operation == nil {
		r.fault(n, ruleMissing, "scenario %q needs an operation: an operationId of the contract, or METHOD /path", sc.Name)
		return nil
	}
	var id string
	r.text(&id, "operation")(operation)
	if id == "" {
		return nil
	}
	if sc.Operation = operationOf(l.script.Document, id); sc.Operation == nil {
		r.fault(operation, ruleUnknown, "scenario %q: operation %q is not in the contract%s",
			sc.Name, id, didYouMean(id, operationIDs(l.script.Document)))
		return nil
	}
	sc.faulty = len(r.findings.list) > before
	return sc
}

// operationOf finds an operation by its id, or by METHOD /path.
func operationOf(doc *spec.Document, id string) *spec.Operation {
	if op := doc.Operation(id); op != nil {
		return op
	}
	for _, op := range doc.Operations() {
		if op.Method+" "+op.Path == id {
			return op
		}
	}
	return nil
}

func operationIDs(doc *spec.Document) []string {
	var ids []string
	for _, op := range doc.Operations() {
		ids = append(ids, op.ID)
	}
	return ids
}

// checkGiven finds the scenarios that others need first.
func (l *loader) checkGiven() {
	names := slices.Sorted(maps.Keys(l.declared))
	for sc := range l.script.Scenarios() {
		for _, g := range sc.given {
			if _, ok := l.declared[g.name]; !ok {
				l.errorf(g.at, ruleUnknown, "scenario %q: given scenario %q does not exist%s",
					sc.Name, g.name, didYouMean(g.name, names))
			}
		}
	}
	for sc := range l.script.Scenarios() {
		if way := circle(sc, nil); way != nil {
			l.errorf(sc.given[0].at, ruleUnknown, "scenario %q is given by itself: %s", sc.Name, quoted(way))
			sc.given = nil
		}
	}
}

// circle finds a way from a scenario by its givens back to itself.
func circle(sc *Scenario, way []string) []string {
	if len(way) > 0 && way[0] == sc.Name {
		return append(way, sc.Name)
	}
	if slices.Contains(way, sc.Name) {
		return nil // a circle that others are in
	}
	way = append(way, sc.Name)
	for _, g := range sc.Given() {
		if found := circle(g, slices.Clip(way)); found != nil {
			return found
		}
	}
	return nil
}
