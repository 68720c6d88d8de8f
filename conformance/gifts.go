package conformance

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/concord-api/concord/scenarios"
)

// build makes the request of a step. Where the target has no value for a fixture
// and a scenario of the script gives one, that is played first, for this case
// alone: what a case uses up, no other case needs. The builder that comes back
// knows what was given.
func (p *player) build(ctx context.Context, c *Case, b *builder, step *Step, earlier []*Exchange) (*builder, *Request, error) {
	if p.safe {
		request, err := step.build(b, earlier)
		return b, request, err
	}
	giving := *b
	giving.gifts = true
	b = &giving
	for {
		request, err := step.build(b, earlier)
		var unset *scenarios.UnsetError
		if !errors.As(err, &unset) {
			return b, request, err
		}
		giver := b.giver(unset)
		if giver == nil || slices.Contains(c.giving, giver) {
			return b, nil, err
		}
		given, failure := p.give(ctx, c, b, giver, unset.Name)
		if failure != nil {
			b.gifts = false // what is there may do
			if request, err = step.build(b, earlier); err != nil {
				err = failure
			}
			return b, request, err
		}
		b = given
	}
}

// giver is the scenario that gives a fixture which the target has no value for.
// What a scenario gives belongs together, so that it gives nothing where the
// target has a value for some of it.
func (b *builder) giver(unset *scenarios.UnsetError) *scenarios.Scenario {
	if unset.Kind != "fixture" {
		return nil
	}
	giver := b.script.Giver(unset.Name)
	if giver == nil || slices.ContainsFunc(giver.Gives(), func(name string) bool { _, ok := b.env.Fixtures[name]; return ok }) {
		return nil
	}
	return giver
}

// give plays a scenario and returns a builder that knows what its answer gives.
func (p *player) give(ctx context.Context, c *Case, b *builder, giver *scenarios.Scenario, fixture string) (*builder, error) {
	last := giver.Responses[len(giver.Responses)-1]
	played := p.play(ctx, &Case{Operation: giver.Operation, Steps: []*Step{scenarioStep(giver, last)}, giving: append(slices.Clone(c.giving), giver)})
	p.aside.Add(int64(len(played.Exchanges)))
	says := func(why string) error {
		return skipError(fmt.Sprintf("fixture %q has no value for this target, and scenario %s, which gives one, did not come about: %s", fixture, giver.Name, why))
	}
	if played.Skip != "" {
		return b, says(played.Skip)
	}
	x := played.Exchanges[len(played.Exchanges)-1]
	if !x.Answered() || x.Response.Status != last.Status {
		return b, says("wanted " + statusText(last.Status) + ", got " + cameInShort(x))
	}
	values, err := giver.Gifts(observed(x), x.Request.env)
	if err != nil {
		return b, says(err.Error())
	}
	env := *b.env
	env.Fixtures = maps.Clone(env.Fixtures)
	if env.Fixtures == nil {
		env.Fixtures = map[string]string{}
	}
	maps.Copy(env.Fixtures, values)
	knowing := *b
	knowing.env = &env
	return &knowing, nil
}

// observed is an exchange as scripts look at it.
func observed(x *Exchange) *scenarios.Observed {
	return &scenarios.Observed{
		Request: x.Request.Scripted,
		Status:  x.Response.Status,
		Header:  x.Response.Header,
		Body:    x.Response.Body,
	}
}
