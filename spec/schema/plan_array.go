package schema

import "bytes"

// arrayRules are what an array must keep to.
type arrayRules struct {
	first    []*plan // of the first items
	rest     *plan
	min, max int
	unique   bool
	contains []contained
}

// contained is contains, minContains and maxContains.
type contained struct {
	plan     *plan
	min, max int
}

const (
	maxUnique   = 64 // items of an array that are compared with each other
	maxContains = 4  // contains that apply to one array
)

// array reads the array at r.at.
func (r *run) array(a *arrayRules) verdict {
	r.at++
	count := 0
	var found [maxContains]int
	spans := 0
	if a.unique {
		spans = len(r.scratchpad().spans)
		defer func() { r.scratch.spans = r.scratch.spans[:spans] }()
	}
	if r.next() == ']' {
		r.at++
		return a.closed(0, &found)
	}
	for {
		p := a.rest
		if count < len(a.first) {
			p = a.first[count]
		}
		start := r.at
		if got := r.value(p); got != valid {
			return got
		}
		count++
		end := r.at
		if a.unique {
			if got := r.unlike(Span{start, end}, spans); got != valid {
				return got
			}
		}
		for i := range a.contains {
			r.at = start
			r.fuel -= 1 + end - start
			if r.fuel < 0 {
				return unsure
			}
			switch r.value(a.contains[i].plan) {
			case valid:
				found[i]++
			case unsure:
				return unsure
			}
			r.at = end
		}
		switch r.next() {
		case ',':
			r.at++
			r.next()
		case ']':
			r.at++
			return a.closed(count, &found)
		default:
			return unsure
		}
	}
}

func (a *arrayRules) closed(count int, found *[maxContains]int) verdict {
	if count < a.min || count > a.max {
		return invalid
	}
	for i := range a.contains {
		if c := &a.contains[i]; found[i] < c.min || found[i] > c.max {
			return invalid
		}
	}
	return valid
}

// unlike tells whether an item differs from those noted after base, and notes
// it. It compares scalars as they are written, where that says whether they are
// equal.
func (r *run) unlike(s Span, base int) verdict {
	pad := r.scratch
	others := pad.spans[base:]
	b := r.text[s.Start:s.End]
	if len(others) == maxUnique || len(others) > 0 && !asWritten(b) {
		return unsure
	}
	for _, o := range others {
		other := r.text[o.Start:o.End]
		if bytes.Equal(b, other) {
			return invalid
		}
		if len(others) == 1 && !asWritten(other) {
			return unsure
		}
	}
	pad.spans = append(pad.spans, s)
	return valid
}

// asWritten tells whether no other text means the same value.
func asWritten(b []byte) bool {
	switch c := b[0]; {
	case c == '[', c == '{':
		return false
	case c == '"':
		return bytes.IndexByte(b, '\\') < 0
	case c == '-' || c <= '9':
		return !bytes.ContainsAny(b, ".eE") && string(b) != "-0"
	}
	return true
}
