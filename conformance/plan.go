package conformance

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"sync"

	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// Plan is what a run will try: all cases of its phases, built from the contract
// and the script alone. Nothing has been sent for it.
type Plan struct {
	Config Config
	Cases  []*Case

	known report.Failures // the baseline, nil without one
	hide  *masks

	asked    map[*Case][]bool // which checks of cases the run asks for; nil is all of all
	progress *progress        // of the exchanges, nil for none

	keepFailed bool // keeps the exchanges of cases with a failure, for other processes
}

// NewPlan builds the cases of a configuration. Its error is a [*UsageError].
func NewPlan(c Config) (*Plan, error) {
	if err := c.complete(); err != nil {
		return nil, err
	}
	p := &Plan{Config: c, hide: c.masks()}
	if c.Baseline != "" {
		known, err := report.ReadBaseline(c.Baseline)
		if err != nil && !(c.UpdateBaseline && errors.Is(err, fs.ErrNotExist)) {
			return nil, &UsageError{err}
		}
		p.known = known
		if known == nil {
			p.known = report.Failures{}
		}
	}
	seen := map[string]bool{}
	for _, ph := range phases {
		if len(c.Phases) > 0 && !slices.Contains(c.Phases, ph.name) {
			continue
		}
		for _, made := range ph.cases(&p.Config) {
			if made.checks == nil {
				made.within(&p.Config, ph.name)
			}
			if seen[made.ID] {
				return nil, fmt.Errorf("two cases have the id %s", made.ID)
			}
			seen[made.ID] = true
			p.Cases = append(p.Cases, made)
		}
	}
	return p, nil
}

// within makes a case one of a phase.
func (c *Case) within(config *Config, phase string) {
	c.Phase, c.script, c.longest = phase, config.Script, config.MaxResponseTime
	if !c.Alone {
		c.Repeat = config.Repeat
	}
	c.checks = checksFor(c)
}

// session is a plan with its target.
type session struct {
	plan   *Plan
	target *target
	player *player
	Mock   bool // the target is Concord's mock

	tidied sync.Once
	guest  *Guest
}

// open reaches the target. Its errors are [*UsageError] and [*UnreachableError].
func (p *Plan) open(ctx context.Context) (*session, error) {
	c := &p.Config
	fixtures, err := c.fixtures()
	if err != nil {
		return nil, err
	}
	credentials, err := c.credentials()
	if err != nil {
		return nil, err
	}
	t, err := newTarget(c)
	if err != nil {
		return nil, err
	}
	marks := newMarks()
	t.agent += " run/" + marks.run
	mock, err := t.reach(ctx, noSuchPath(c.Document))
	if err != nil {
		t.close()
		return nil, err
	}
	if prefix := t.serverPath(ctx, c.Document); prefix != "" {
		t.base.Path, t.base.RawPath = prefix, ""
		if unescaped, err := url.PathUnescape(prefix); err == nil && unescaped != prefix {
			t.base.Path, t.base.RawPath = unescaped, prefix
		}
	}
	s := &session{plan: p, target: t, Mock: mock, player: &player{
		pace:     newPace(c.Rate),
		maxWait:  c.MaxWait,
		progress: p.progress,
		workers:  c.Concurrency,
		safe:     c.Safe,
		ledger:   newLedger(c.Document),
		builder: &builder{
			target: t,
			mock:   mock,
			script: c.Script,
			seed:   c.Seed,
			marks:  marks,
			env: &scenarios.Env{
				BaseURL:     t.base.String(),
				Fixtures:    fixtures,
				Credentials: credentials,
				Defaults:    c.Defaults == DefaultsAlways || c.Defaults == DefaultsAuto && mock,
			},
		},
	}}
	s.player.builder.place = func(op *spec.Operation) string { return s.player.place(context.WithoutCancel(ctx), op) }
	return s, nil
}

// tidy removes, once, what the run made, also where ctx has ended.
func (s *session) tidy(ctx context.Context) *Guest {
	s.tidied.Do(func() { s.guest = s.player.tidy(ctx) })
	return s.guest
}

func (s *session) close() { s.target.close() }

// Run plays the whole plan and judges it, without Ginkgo. Its error is a
// [*UsageError] or an [*UnreachableError]; faults of the target are in Results.
func (p *Plan) Run(ctx context.Context) (*Results, error) {
	s, err := p.open(ctx)
	if err != nil {
		return nil, err
	}
	defer s.close()
	results := newResults(p)
	results.Mock = s.Mock
	s.player.all(ctx, p.Cases, p.judge, results.take)
	results.Guest = s.tidy(ctx)
	results.Sent += int(s.player.aside.Load())
	results.Cut = ctx.Err() != nil
	results.finish()
	return results, nil
}

// Run plays the plan of a configuration; see [Plan.Run].
func Run(ctx context.Context, c Config) (*Results, error) {
	p, err := NewPlan(c)
	if err != nil {
		return nil, err
	}
	return p.Run(ctx)
}
