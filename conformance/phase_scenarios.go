package conformance

import (
	"fmt"
	"strconv"

	"github.com/concord-api/concord/scenarios"
)

// scenarioCases makes a case of each scenario of the script: its request is
// sent, after those of the scenarios that lead up to it, and its answers are
// expected in their order.
func scenarioCases(c *Config) []*Case {
	var cases []*Case
	for sc := range c.Script.Scenarios() {
		cases = append(cases, scenarioCase(c, sc))
	}
	return cases
}

func scenarioCase(c *Config, sc *scenarios.Scenario) *Case {
	responses := sc.Steps()
	out := &Case{
		ID:        "scenarios/" + sc.Operation.ID + "/" + sc.Name,
		Topic:     Scripted,
		Operation: sc.Operation,
		Name:      sc.Name,
		Skip:      whyNot(c, sc),
		Alone:     len(sc.Given()) > 0 || sc.Verify.Burst > 0 || sc.Sequential(),
	}
	if sc.Verify.Noisy {
		out.Labels = append(out.Labels, "noisy")
	}
	for _, given := range sc.Given() {
		for _, r := range given.Steps() {
			step := scenarioStep(given, r)
			step.Setup = true
			step.Name = "given " + given.Name
			out.Steps = append(out.Steps, step)
		}
	}
	for i, r := range responses {
		step := scenarioStep(sc, r)
		if len(responses) > 1 {
			step.Name = fmt.Sprintf("answer %d of %d", i+1, len(responses))
		}
		out.Steps = append(out.Steps, step)
	}
	return out
}

func scenarioStep(sc *scenarios.Scenario, r *scenarios.Response) *Step {
	return &Step{
		Operation: sc.Operation,
		Burst:     sc.Verify.Burst,
		Harmless:  sc.Verify.Harmless,
		Expect: Expect{
			Status:  []string{strconv.Itoa(r.Status)},
			Because: fmt.Sprintf("scenario %s, %s", sc.Name, r.Position),
			Answer:  r,
		},
		build: func(b *builder, _ []*Exchange) (*Request, error) { return b.scripted(sc) },
	}
}

// whyNot says why a scenario is for no target, "" where it is for each.
func whyNot(c *Config, sc *scenarios.Scenario) string {
	if sc.Verify.Noisy && !c.Noisy {
		return "marked as noisy: play it with --noisy"
	}
	for _, r := range sc.Responses {
		switch {
		case r.Offspec:
			return "its answer breaks the contract on purpose (offspec)"
		case r.Fault != scenarios.NoFault:
			return "its answer is a fault of transport (" + string(r.Fault) + "), which nobody is held to"
		}
	}
	return ""
}
