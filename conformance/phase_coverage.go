package conformance

import (
	"runtime"
	"strings"
	"sync"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// coverageCases makes a case of each parameter, member and body of each
// operation; each change of it is a step.
func coverageCases(c *Config) []*Case {
	operations := c.Document.Operations()
	made := make([][]*Case, len(operations))
	queue := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range queue {
				op := operations[i]
				made[i] = coverageOf(c, op)
				for _, one := range made[i] {
					one.within(c, "coverage")
				}
				if len(operations) > lendFrom {
					lendSteps(made[i], func() []*Case { return coverageOf(c, op) })
				}
			}
		})
	}
	for i := range operations {
		queue <- i
	}
	close(queue)
	wg.Wait()
	var cases []*Case
	for _, list := range made {
		cases = append(cases, list...)
	}
	return cases
}

// lendFrom is from how many operations on the steps of their cases are made when
// they are played, and not kept from the beginning.
const lendFrom = 32

// coverageOf makes the cases of an operation. They are those of the script's own
// names: a target's differ in values, not in what can be changed.
func coverageOf(c *Config, op *spec.Operation) []*Case {
	b := &builder{script: c.Script, seed: c.Seed, env: &scenarios.Env{BaseURL: c.BaseURL, Defaults: true}}
	valid := &Case{
		ID: coverageID(op, "valid"), Topic: Coverage, Operation: op, Name: "a valid request", Late: true,
		Steps: []*Step{{Name: "as it is", Operation: op, trial: &trial{op: op, alone: true}}},
	}
	base, _, err := b.base(op)
	if err != nil {
		valid.Skip = "no valid request can be made: " + err.Error()
		return []*Case{valid}
	}
	cases := []*Case{valid}
	at := map[string]*Case{}
	for _, one := range coverage.Cases(base, coverage.Options{Seed: c.Seed, Most: c.MaxCases}).Cases {
		in := at[one.Place]
		if in == nil {
			in = &Case{
				ID: coverageID(op, strings.ReplaceAll(strings.ReplaceAll(one.Place, " /", "/"), " ", "-")), Topic: Coverage,
				Operation: op, Name: one.Place, Late: true,
			}
			at[one.Place] = in
			cases = append(cases, in)
		}
		in.Steps = append(in.Steps, trialStep(c, op, one))
	}
	for _, in := range cases[1:] {
		// Once more the valid request: always where it costs nothing, and after
		// the bodies that may have upset the server.
		if safeMethod(op.Method) || in.Name == "body as a whole" {
			in.Steps = append(in.Steps, &Step{Name: "the valid request again", trial: &trial{op: op}, Operation: op})
		}
	}
	return cases
}

func coverageID(op *spec.Operation, name string) string { return "coverage/" + op.ID + "/" + name }

func trialStep(c *Config, op *spec.Operation, one *coverage.Case) *Step {
	t := &trial{op: op, at: one, refusals: c.refusedWith(op, one.Kind)}
	because := "the contract allows it: " + one.Keyword
	switch one.Want {
	case coverage.Refuse:
		because = "the contract does not allow it (" + one.Keyword + "); refused is " + statusList(t.refusals)
	case coverage.Survive:
		because = "it may be accepted or refused, but not upset the server"
	}
	return &Step{
		Name: one.Place + " " + one.Name, Operation: op, trial: t,
		Expect: Expect{Because: because},
	}
}

// skipUnsafe says why a request is not sent in a safe run.
func skipUnsafe(method string) string {
	return method + " may change something, and --safe sends only what does not"
}

// undecided says why none of the trials of a case is a verdict, "" where one is.
func (p *Played) undecided() string {
	why := ""
	for _, x := range p.Exchanges {
		if x.Undecided == "" {
			return ""
		}
		if why == "" {
			why = x.Undecided
		}
	}
	return why
}
