package conformance

import "sync"

// A lender has the steps of the coverage cases of one operation. In a large
// contract they are made again when the first of the cases is played, in place of
// being kept: there are some hundred for each operation, of a kilobyte or two.
type lender struct {
	most int // steps of one case

	mu    sync.Mutex
	make  func() []*Case     // the cases with their steps
	steps map[string][]*Step // not yet asked for, by the ids of cases
}

// lend gives a case its steps, as long as it is played and judged.
func (c *Case) lend() {
	if c.lender == nil || c.Steps != nil {
		return
	}
	l := c.lender
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.steps[c.ID] == nil {
		made := map[string][]*Step{}
		for _, one := range l.make() {
			made[one.ID] = one.Steps
		}
		l.steps = made
	}
	c.Steps = l.steps[c.ID]
	if delete(l.steps, c.ID); len(l.steps) == 0 {
		l.steps = nil
	}
}

// giveBack takes the steps from a case that got them by lend.
func (c *Case) giveBack() {
	if c.lender != nil {
		c.Steps = nil
	}
}

// lendSteps takes the steps from cases of one operation, which are made again
// when they are asked for.
func lendSteps(cases []*Case, again func() []*Case) {
	l := &lender{make: again}
	for _, c := range cases {
		l.most = max(l.most, len(c.Steps))
	}
	for _, c := range cases {
		c.lender, c.Steps = l, nil
	}
}

// weight orders cases: those of many steps are played first, and together those
// whose steps are made together.
func (c *Case) weight() int {
	if c.lender != nil {
		return c.lender.most
	}
	return len(c.Steps)
}
