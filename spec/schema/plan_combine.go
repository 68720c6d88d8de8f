package schema

// combination is one keyword that judges a value by the verdicts of others.
type combination struct {
	keyword   keyword
	of        []*plan
	then, els *plan // of if
}

type keyword uint8

const (
	anyOf keyword = iota
	oneOfThem
	not
	ifThen
)

// combine judges a value by the combinations of a plan. Of an array or object
// r.at stands behind it, unless only the combinations read it.
func (r *run) combine(p *plan, v *item) verdict {
	end := r.at
	for i := range p.combined {
		c := &p.combined[i]
		var got verdict
		switch c.keyword {
		case anyOf:
			got = r.anyOf(c, v)
		case oneOfThem:
			got = r.oneOf(c, v)
		case not:
			got = r.not(c, v)
		case ifThen:
			got = r.ifThen(c, v)
		}
		if got != valid {
			return got
		}
		// A combination that read all of the value tells where it ends; the
		// others leave r.at anywhere before that.
		end = max(end, r.at)
	}
	r.at = end
	return valid
}

func (r *run) anyOf(c *combination, v *item) verdict {
	out := invalid
	for _, p := range c.of {
		switch r.again(p, v) {
		case valid:
			return valid
		case unsure:
			out = unsure
		}
	}
	return out
}

func (r *run) oneOf(c *combination, v *item) verdict {
	matched, doubtful, end := 0, false, 0
	for _, p := range c.of {
		switch r.again(p, v) {
		case valid:
			matched++
			end = r.at
			if matched > 1 {
				return invalid
			}
		case unsure:
			doubtful = true
		}
	}
	switch {
	case doubtful:
		return unsure
	case matched == 0:
		return invalid
	}
	r.at = end
	return valid
}

func (r *run) not(c *combination, v *item) verdict {
	switch r.again(c.of[0], v) {
	case valid:
		return invalid
	case invalid:
		return valid
	}
	return unsure
}

func (r *run) ifThen(c *combination, v *item) verdict {
	next := c.then
	switch r.again(c.of[0], v) {
	case unsure:
		return unsure
	case invalid:
		next = c.els
	}
	if next == nil {
		return valid
	}
	return r.again(next, v)
}
