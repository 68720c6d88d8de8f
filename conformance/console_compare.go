package conformance

import "github.com/concord-api/concord/conformance/report"

// comparison prints how another target differs, each difference once.
func (c *console) comparison(found *report.Comparison) {
	if found == nil {
		return
	}
	c.line("%scompared with %s%s: %s in %s", c.bold, found.BaseURL, c.off, count(len(found.Differences), "difference"), count(found.Exchanges, "exchange"))
	for _, d := range found.Differences {
		first := d.At[0]
		c.line("  %s≠%s %s", c.red, c.off, d.Place)
		c.line("      %s- %s%s", c.green, d.One, c.off)
		c.line("      %s+ %s%s", c.red, d.Other, c.off)
		more := ""
		if n := len(d.At) - 1; n > 0 {
			more = ", and " + count(n, "further exchange")
		}
		c.line("      in %s%s", first.Case, more)
		c.line("      %s", first.Curl)
	}
	c.line("")
}

// baseline prints how the run stands to its baseline.
func (c *console) baseline(b *report.Baseline) {
	if b == nil {
		return
	}
	c.line("%sbaseline %s%s: %d known, %d new", c.bold, b.File, c.off, b.Known, b.New)
	for _, e := range b.Healed {
		c.line("  %s✓%s healed, please remove: %s in %s", c.green, c.off, e.Check, e.Case)
	}
	for _, e := range b.Gone {
		c.line("  %s–%s gone, please remove: %s in %s", c.dim, c.off, e.Check, e.Case)
	}
	if len(b.Healed)+len(b.Gone) > 0 {
		c.line("  --update-baseline removes them")
	}
	c.line("")
}
