package scenarios

import (
	"iter"
	"slices"
	"sync"

	"github.com/concord-api/concord/spec"
)

// cast holds the scenarios of a script, by operation and by name. Those of a
// script that was opened are read operation by operation, at first use.
type cast struct {
	list   []*Scenario // of a script that was loaded
	byName map[string]*Scenario
	unread *loader // of a script that was opened; nil of others

	byOperation sync.Map // *spec.Operation → func() []*Scenario
}

// fill puts in all scenarios of a script.
func (c *cast) fill(list []*Scenario) {
	c.list = list
	c.byName = make(map[string]*Scenario, len(list))
	byOperation := map[*spec.Operation][]*Scenario{}
	for _, sc := range list {
		if c.byName[sc.Name] == nil {
			c.byName[sc.Name] = sc
		}
		byOperation[sc.Operation] = append(byOperation[sc.Operation], sc)
	}
	for op, scenarios := range byOperation {
		c.byOperation.Store(op, func() []*Scenario { return scenarios })
	}
}

func (c *cast) size() int {
	if c.unread != nil {
		return len(c.unread.pending)
	}
	return len(c.list)
}

// those are all scenarios, without those that are not worth reading.
func (c *cast) those(worth func(pending) bool) iter.Seq[*Scenario] {
	if c.unread == nil {
		return slices.Values(c.list)
	}
	return func(yield func(*Scenario) bool) {
		for _, p := range c.unread.pending {
			if !worth(p) {
				continue
			}
			if sc := c.find(p); sc != nil && !yield(sc) {
				return
			}
		}
	}
}

func (c *cast) named(name string) *Scenario {
	if c.unread == nil {
		return c.byName[name]
	}
	for _, p := range c.unread.pending {
		if p.name() == name {
			return c.find(p)
		}
	}
	return nil
}

// find returns the scenario that a pending one is once it is read; nil where it
// cannot be read.
func (c *cast) find(p pending) *Scenario {
	op := operationOf(c.unread.script.Document, p.operation())
	for _, sc := range c.of(op) {
		if sc.Name == p.name() {
			return sc
		}
	}
	return nil
}

func (c *cast) of(op *spec.Operation) []*Scenario {
	known, ok := c.byOperation.Load(op)
	if !ok {
		if c.unread == nil || op == nil {
			return nil
		}
		known, _ = c.byOperation.LoadOrStore(op, sync.OnceValue(func() []*Scenario { return c.unread.readOperation(op) }))
	}
	return known.(func() []*Scenario)()
}
