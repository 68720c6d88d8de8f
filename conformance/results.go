package conformance

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/concord-api/concord/spec"
)

// Results is all that a run found: what the console prints, and what each
// report reads.
type Results struct {
	Plan     *Plan
	Started  time.Time
	Took     time.Duration
	Verdicts []Verdict          // in the order of the plan
	Played   map[string]*Played // by the id of the case
	Sent     int                // requests, repeats not counted
	Silent   int                // of them without an answer
	Waits    []Wait             // for throttling that no case asked for
}

func newResults(p *Plan) *Results {
	return &Results{Plan: p, Started: time.Now(), Played: map[string]*Played{}}
}

func (r *Results) add(v Verdict) { r.Verdicts = append(r.Verdicts, v) }

// played adds what came of a case.
func (r *Results) played(c *Case, p *Played) {
	if p == nil || r.Played[c.ID] != nil {
		return
	}
	r.Played[c.ID] = p
	for _, x := range p.Exchanges {
		r.Sent++
		if !x.Answered() {
			r.Silent++
		}
		r.Waits = append(r.Waits, x.Waits...)
	}
}

// finish puts the verdicts into the order of the plan.
func (r *Results) finish() {
	r.Took = time.Since(r.Started)
	place := make(map[*Case]int, len(r.Plan.Cases))
	for i, c := range r.Plan.Cases {
		place[c] = i
	}
	slices.SortStableFunc(r.Verdicts, func(a, b Verdict) int { return place[a.Case] - place[b.Case] })
}

// A Finding is what is wrong for one cause: the verdicts of one check whose
// answers differ in the same way.
type Finding struct {
	Check    *Check
	Outcome  Outcome // Broken or Warned
	Verdicts []Verdict
}

// Findings groups what is broken by cause, in the order of the plan.
func (r *Results) Findings(outcome Outcome) []*Finding {
	var findings []*Finding
	byCause := map[string]*Finding{}
	for _, v := range r.Verdicts {
		if v.Outcome != outcome {
			continue
		}
		cause := v.Check.ID + "\n" + strings.Join(v.Failures[0].Difference, "\n")
		if byCause[cause] == nil {
			byCause[cause] = &Finding{Check: v.Check, Outcome: outcome}
			findings = append(findings, byCause[cause])
		}
		byCause[cause].Verdicts = append(byCause[cause].Verdicts, v)
	}
	return findings
}

// Count is how many verdicts have an outcome.
func (r *Results) Count(o Outcome) int {
	n := 0
	for _, v := range r.Verdicts {
		if v.Outcome == o {
			n++
		}
	}
	return n
}

// Checked is how many verdicts were reached.
func (r *Results) Checked() int { return r.Count(Held) + r.Count(Broken) + r.Count(Warned) }

// Conforms tells whether no check is broken, and at least one was held.
func (r *Results) Conforms() bool {
	broken := r.Count(Broken)
	if r.Plan.Config.Strict {
		broken += r.Count(Warned)
	}
	return broken == 0 && r.Checked() > 0
}

// SkippedCases maps why cases were skipped to their ids.
func (r *Results) SkippedCases() map[string][]string {
	out := map[string][]string{}
	for _, c := range r.Plan.Cases {
		if p := r.Played[c.ID]; p != nil && p.Skip != "" {
			out[p.Skip] = append(out[p.Skip], c.ID)
		}
	}
	return out
}

// Cell is one documented status of an operation in the matrix of a run.
type Cell struct {
	Status    string // as the contract has it
	Exercised int    // answers with it
	Broken    int    // checks that such answers broke
	Skipped   string // why a case that expects it was not tried, "" where there is none
}

// Row is one operation in the matrix of a run.
type Row struct {
	Operation string
	Cells     []Cell // in the order of the contract
	Broken    int    // checks that are broken in its cases
	Warned    int
}

// Matrix tells, for each operation and documented status, whether it was
// exercised and held.
func (r *Results) Matrix() []Row {
	rows := make([]Row, 0, r.Plan.Config.Document.Size())
	for _, op := range r.Plan.Config.Document.Operations() {
		row := Row{Operation: op.ID}
		for _, response := range op.Responses {
			row.Cells = append(row.Cells, Cell{Status: response.Status})
		}
		cell := func(status int) *Cell {
			d := op.Response(status)
			i := slices.IndexFunc(op.Responses, func(o *spec.Response) bool { return o == d })
			if d == nil || i < 0 {
				return nil
			}
			return &row.Cells[i]
		}
		for _, c := range r.Plan.Cases {
			if c.Operation != op {
				continue
			}
			r.count(c, cell)
		}
		for _, v := range r.Verdicts {
			if v.Case.Operation != op {
				continue
			}
			switch v.Outcome {
			case Broken:
				row.Broken++
			case Warned:
				row.Warned++
			default:
				continue
			}
			if c := cell(r.judgedStatus(v)); c != nil && v.Outcome == Broken {
				c.Broken++
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// count adds what a case exercised to the cells of its operation.
func (r *Results) count(c *Case, cell func(status int) *Cell) {
	p := r.Played[c.ID]
	if p == nil {
		return
	}
	if p.Skip != "" {
		for _, step := range c.Steps {
			for _, s := range step.Expect.Status {
				if n, err := strconv.Atoi(s); err == nil && !step.Setup {
					if at := cell(n); at != nil && at.Skipped == "" {
						at.Skipped = p.Skip
					}
				}
			}
		}
		return
	}
	for i, x := range p.Exchanges {
		if at := cell(x.Response.Status); x.Answered() && at != nil && c.Steps[i].Operation != nil {
			at.Exercised++
		}
	}
}

// judgedStatus is the status of the answer that a verdict is about.
func (r *Results) judgedStatus(v Verdict) int {
	p := r.Played[v.Case.ID]
	if p == nil || len(p.Exchanges) == 0 {
		return 0
	}
	return p.Exchanges[len(p.Exchanges)-1].Response.Status
}
