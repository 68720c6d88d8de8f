package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concord-api/concord/conformance/report"
)

// matrix prints each operation with its documented statuses and, where a status
// has several, their media types.
func (c *console) matrix(r *Results) {
	rows := r.Matrix()
	width := 0
	for _, row := range rows {
		width = max(width, len(row.Operation))
	}
	c.line("%soperations and their documented answers%s: ✓ held, ✗ broken, ! warning, ~ known, – not exercised", c.bold, c.off)
	for _, row := range rows {
		cells := make([]string, len(row.Cells))
		for i, cell := range row.Cells {
			cells[i] = c.state(cell.State, cellName(row, cell))
		}
		state := report.Held
		switch {
		case row.Broken > 0:
			state = report.Broken
		case !slices.ContainsFunc(row.Cells, func(cell report.Cell) bool { return cell.Answers > 0 }):
			state = report.Unexercised
		}
		c.line("  %s %-*s  %s", c.mark(state), width, row.Operation, strings.Join(cells, "  "))
	}
	c.line("")
	c.unexercised(rows)
}

// cellName is a cell's status, and its media type where the status has several.
func cellName(row report.Row, cell report.Cell) string {
	for _, other := range row.Cells {
		if other.Status == cell.Status && other.MediaType != cell.MediaType {
			return cell.Status + " " + cell.MediaType
		}
	}
	return cell.Status
}

// looks is the colour and mark of a state.
func (c *console) looks(state string) (colour, mark string) {
	switch state {
	case report.Held:
		return c.green, "✓"
	case report.Broken:
		return c.red, "✗"
	case report.Warned:
		return c.yellow, "!"
	case report.Known:
		return c.yellow, "~"
	}
	return c.dim, "–"
}

func (c *console) mark(state string) string {
	colour, mark := c.looks(state)
	return colour + mark + c.off
}

// state is a text with the colour and mark of a state.
func (c *console) state(state, text string) string {
	colour, mark := c.looks(state)
	return colour + text + " " + mark + c.off
}

// unexercised prints why cells are not exercised, each reason once.
func (c *console) unexercised(rows []report.Row) {
	cells := map[string][]string{}
	for _, row := range rows {
		for _, cell := range row.Cells {
			if cell.State == report.Unexercised {
				cells[cell.Why] = append(cells[cell.Why], row.Operation+" "+cellName(row, cell))
			}
		}
	}
	if len(cells) == 0 {
		return
	}
	c.line("%snot exercised%s", c.bold, c.off)
	for _, why := range sortedKeys(cells) {
		c.line("  %s%s%s", c.yellow, why, c.off)
		names := cells[why]
		if rest := len(names) - maxAlso; rest > 1 {
			names = append(names[:maxAlso:maxAlso], fmt.Sprintf("and %d more", rest))
		}
		c.line("      %s", strings.Join(names, ", "))
	}
	c.line("")
}
