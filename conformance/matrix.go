package conformance

import (
	"slices"
	"strings"

	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/spec"
)

// Matrix tells, for each operation and each documented status with each of its
// media types, whether it was exercised and held, and if not, why.
func (r *Results) Matrix() []report.Row {
	grid := r.grid.clone()
	for v := range r.Verdicts() {
		if v.Case.Operation != nil {
			grid.judge(v)
		}
	}
	return grid.finish()
}

// grid is a matrix as it fills up.
type grid struct {
	rows []*gridRow
	at   map[*spec.Operation]*gridRow
}

type gridRow struct {
	report.Row
	operation *spec.Operation
	responses []*spec.Response  // of each cell
	types     []*spec.MediaType // of each cell, nil for an answer without content
	tried     []string          // why cases that expect each cell were not tried, or what came of them
	instead   string            // what the valid request is answered
}

func newGrid(doc *spec.Document) *grid {
	g := &grid{at: map[*spec.Operation]*gridRow{}}
	for _, op := range doc.Operations() {
		row := &gridRow{operation: op, Row: report.Row{Operation: op.ID, Method: op.Method, Path: op.Path, Cells: []report.Cell{}}}
		for _, response := range op.Responses {
			for _, mt := range response.Content {
				row.add(response, mt)
			}
			if len(response.Content) == 0 {
				row.add(response, nil)
			}
		}
		g.rows = append(g.rows, row)
		g.at[op] = row
	}
	return g
}

// clone is a matrix that can fill up further without this one.
func (g *grid) clone() *grid {
	out := &grid{at: make(map[*spec.Operation]*gridRow, len(g.at))}
	for _, row := range g.rows {
		also := *row
		also.Cells = slices.Clone(row.Cells)
		out.rows = append(out.rows, &also)
		out.at[row.operation] = &also
	}
	return out
}

func (row *gridRow) add(response *spec.Response, mt *spec.MediaType) {
	cell := report.Cell{Status: response.Status}
	if mt != nil {
		cell.MediaType = mt.Range
	}
	row.Cells = append(row.Cells, cell)
	row.responses = append(row.responses, response)
	row.types = append(row.types, mt)
	row.tried = append(row.tried, "")
}

// cell is where an answer belongs: by status and media type, else the first of
// its status; -1 where the status is not documented.
func (row *gridRow) cell(x *Exchange) int {
	d := row.operation.Response(x.Response.Status)
	if d == nil || !x.Answered() {
		return -1
	}
	mt := d.MediaType(x.Response.Header.Get("Content-Type"))
	first := -1
	for i, response := range row.responses {
		switch {
		case response != d:
		case mt == row.types[i]:
			return i
		case first < 0:
			first = i
		}
	}
	return first
}

// exercise counts what a case exercised, and notes what it meant to.
func (g *grid) exercise(c *Case, p *Played) {
	for i, step := range c.Steps {
		row := g.at[step.Operation]
		if row == nil {
			continue
		}
		if i < len(p.Exchanges) {
			if n := row.cell(p.Exchanges[i]); n >= 0 {
				row.Cells[n].Answers++
			}
			if step.trial != nil && step.trial.alone && p.Exchanges[i].Answered() {
				row.instead = statusText(p.Exchanges[i].Response.Status)
			}
		}
		why := "cases ask for it, and something else came"
		switch {
		case p.Skip != "":
			why = p.Skip
		case i < len(p.Exchanges) && step.Expect.Accepts(p.Exchanges[i].Response.Status):
			why = "cases that accept it got another status that they accept"
		}
		if step.Setup || len(step.Expect.Status) == 0 {
			continue
		}
		for n, response := range row.responses {
			if row.tried[n] == "" && slices.Contains(step.Expect.Status, response.Status) {
				row.tried[n] = why
			}
		}
	}
}

// judge counts what a verdict says of its operation and of the answers that it is
// about.
func (g *grid) judge(v Verdict) {
	row := g.at[v.Case.Operation]
	if row == nil {
		return
	}
	state := report.Broken
	switch v.Outcome {
	case Broken:
		row.Broken++
	case Warned:
		row.Warned++
		state = report.Warned
	case Known:
		row.Known++
		state = report.Known
	default:
		return
	}
	for _, f := range v.Failures {
		at := g.at[f.Exchange.Operation()]
		if at == nil {
			continue
		}
		if n := at.cell(f.Exchange); n >= 0 {
			if state == report.Broken {
				at.Cells[n].Broken++
			}
			at.Cells[n].State = worse(at.Cells[n].State, state)
		}
	}
}

// worse is the state that says more.
func worse(a, b string) string {
	order := []string{"", report.Warned, report.Known, report.Broken}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}

func (g *grid) finish() []report.Row {
	out := make([]report.Row, len(g.rows))
	for i, row := range g.rows {
		for n := range row.Cells {
			cell := &row.Cells[n]
			switch {
			case cell.State != "":
			case cell.Answers > 0:
				cell.State = report.Held
			default:
				cell.State, cell.Why = report.Unexercised, row.why(n)
			}
		}
		out[i] = row.Row
	}
	return out
}

// why tells why a cell is not exercised.
func (row *gridRow) why(n int) string {
	for i, response := range row.responses {
		if response == row.responses[n] && row.Cells[i].Answers > 0 {
			return "its status came with another media type"
		}
	}
	if row.tried[n] != "" {
		return row.tried[n]
	}
	if row.instead != "" && strings.HasPrefix(row.responses[n].Status, "2") {
		return "the valid request made from the contract is answered " + row.instead
	}
	return "nothing in contract or script leads to it"
}
