package conformance

import (
	"bytes"
	"encoding/gob"
	"fmt"
	"slices"
	"time"
)

// Played is what came of one case. It is judged as soon as it was played, and
// then the answers that nothing is wrong with are let go, so that a long run
// needs no more memory than a short one.
type Played struct {
	// Exchanges are those of the steps that were sent, one for each: until the
	// case is judged, and after it with [Config.KeepExchanges].
	Exchanges []*Exchange
	Skip      string        // why it was not tried to its end, "" where it was
	Outcomes  []Outcome     // of each of its checks
	Sent      int           // of its steps
	Took      time.Duration // all of its answers

	failures map[int][]Failure // by the place of the check
}

// fail notes what is wrong by the i-th check of the case.
func (p *Played) fail(i int, failures []Failure) {
	if p.failures == nil {
		p.failures = map[int][]Failure{}
	}
	p.failures[i] = failures
}

// verdict is that of the i-th check of a case.
func (p *Played) verdict(c *Case, i int) Verdict {
	v := Verdict{Case: c, Check: c.checks[i], Outcome: p.Outcomes[i], Failures: p.failures[i]}
	if v.Outcome == Skipped {
		v.Reason = p.Skip
	}
	return v
}

// broken tells whether a check of the case is.
func (p *Played) broken() bool { return slices.Contains(p.Outcomes, Broken) }

// release lets go of the exchanges of a case that is judged: of all but those
// that its failures are about, or, where they are kept, of what was worked out of
// them.
func (p *Played) release(c *Case, keep bool) {
	rounds := p.rounds(c)
	for _, x := range rounds {
		x.forget()
	}
	if keep {
		return
	}
	for _, x := range rounds {
		x.earlier, x.Again = nil, nil
	}
	p.Exchanges = nil
}

// Record is what came of cases, by their ids.
type Record map[string]*Played

// encode writes a record for another process.
func (r Record) encode() ([]byte, error) {
	var buf bytes.Buffer
	if err := gob.NewEncoder(&buf).Encode(r); err != nil {
		return nil, fmt.Errorf("write the record of %d cases: %w", len(r), err)
	}
	return buf.Bytes(), nil
}

// decodeRecord reads what encode wrote.
func decodeRecord(data []byte) (Record, error) {
	var r Record
	if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&r); err != nil {
		return nil, fmt.Errorf("read the record of the first process: %w", err)
	}
	return r, nil
}

// recall works out again what is wrong with a case that another process played
// and judged: outcomes travel, and of cases with a failure the exchanges.
func (p *Plan) recall(c *Case, played *Played) {
	if played.failures != nil || len(played.Exchanges) == 0 {
		return
	}
	c.lend()
	defer c.giveBack()
	for i, outcome := range played.Outcomes {
		if outcome == Broken || outcome == Warned || outcome == Known {
			played.fail(i, p.settle(judge(c, c.checks[i], played)).Failures)
		}
	}
}
