package scenarios

import (
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"github.com/pb33f/go-yaml"
)

// gift is the value of a fixture as the answer to a scenario has it: what a run
// makes for itself where a target has no value of its own.
type gift struct {
	fixture string
	take    *program
}

// Gives lists the fixtures that the scenario's last answer has values for.
func (sc *Scenario) Gives() []string {
	var names []string
	for _, g := range sc.gifts {
		names = append(names, g.fixture)
	}
	return names
}

// Giver returns the first scenario that gives a fixture a value, nil where none
// does.
func (s *Script) Giver(fixture string) *Scenario {
	for sc := range s.Scenarios() {
		if slices.ContainsFunc(sc.gifts, func(g gift) bool { return g.fixture == fixture }) {
			return sc
		}
	}
	return nil
}

// Gifts takes the values of fixtures from an answer to the scenario's request, as
// [Env] has them.
func (sc *Scenario) Gifts(o *Observed, env *Env) (map[string]string, error) {
	vars, err := sc.Responses[len(sc.Responses)-1].observed(o, env)
	if err != nil {
		return nil, fmt.Errorf("take what scenario %q gives: %w", sc.Name, err)
	}
	values := map[string]string{}
	for _, g := range sc.gifts {
		v, err := g.take.eval(vars)
		if err != nil {
			return nil, fmt.Errorf("take fixture %s from the answer to scenario %q: %w", g.fixture, sc.Name, err)
		}
		text, ok := v.(types.String)
		if !ok {
			value, err := appendValue(nil, v)
			if err != nil {
				return nil, fmt.Errorf("take fixture %s from the answer to scenario %q: %w", g.fixture, sc.Name, err)
			}
			text = types.String(value)
		}
		values[g.fixture] = string(text)
	}
	return values, nil
}

// gives reads where an answer has the values of fixtures.
func (b *builder) gives(r *Response, n *yaml.Node) {
	env, err := b.lang.conditions(r.Status, r.MediaType)
	if err != nil {
		b.says(b.at(n), ruleExpression, "%v", err)
		return
	}
	members, _ := b.members(n, "gives")
	for _, m := range members {
		name := m.Name()
		if _, ok := b.loader.script.Fixture(name); !ok {
			b.says(b.at(m.Key), ruleUnknown, "gives %q, which is no fixture%s", name, didYouMean(name, b.loader.fixtureNames()))
			continue
		}
		if p := b.taking(m.Value, env); p != nil {
			b.scenario.gifts = append(b.scenario.gifts, gift{name, p})
		}
	}
}

// taking reads a CEL expression of any type.
func (b *builder) taking(n *yaml.Node, env *cel.Env) *program {
	var text string
	b.text(&text, "an expression")(n)
	if text == "" {
		return nil
	}
	at := b.inside(n, 0)
	p, err := b.compile(env, text, at)
	if err != nil {
		b.says(at, ruleExpression, "expression %q: %v", text, err)
		return nil
	}
	return p
}

func (l *loader) fixtureNames() []string {
	var names []string
	for _, f := range l.script.Fixtures {
		names = append(names, f.Name)
	}
	return names
}
