package schema

// objectRules are what an object must keep to.
type objectRules struct {
	names    *names  // every name that some keyword speaks of
	members  []*plan // by position in names
	required nameSet
	needs    []need
	applies  []dependent

	rest     *plan   // of members that are not among names, where layers is nil
	layers   []layer // else
	restName *plan   // of the names of such members; nil where any will do

	min, max int
}

// maxNames is how many names a plan of an object may know.
const maxNames = 256

// nameSet is a set of positions in names.
type nameSet [maxNames / 64]uint64

func (s *nameSet) has(i int) bool { return s[i>>6]&(1<<(i&63)) != 0 }
func (s *nameSet) add(i int)      { s[i>>6] |= 1 << (i & 63) }

// covers tells whether s holds all of other.
func (s *nameSet) covers(other *nameSet) bool {
	return other[0]&^s[0]|other[1]&^s[1]|other[2]&^s[2]|other[3]&^s[3] == 0
}

// need is dependentRequired, dependent is dependentSchemas.
type need struct {
	name     int
	required nameSet
}

type dependent struct {
	name int
	plan *plan
}

// layer is what one schema says of the members that are not among names.
type layer struct {
	patterns []patternRule
	other    *plan
}

type patternRule struct {
	name *matcher
	plan *plan
}

// object reads the object at r.at.
func (r *run) object(o *objectRules) verdict {
	start := r.at
	r.at++
	var seen nameSet
	count, expected, self := 0, 0, uint32(0)
	c := r.next()
	if c == '}' {
		r.at++
		return r.closed(o, &seen, 0, start)
	}
	for {
		if c != '"' {
			return unsure
		}
		i, name, ok := r.name(o, expected)
		if !ok {
			return unsure
		}
		if r.next() != ':' {
			return unsure
		}
		r.at++
		r.next()
		count++
		var got verdict
		if i >= 0 {
			if seen.has(i) {
				return unsure
			}
			seen.add(i)
			expected = i + 1
			got = r.value(o.members[i])
		} else {
			pad := r.scratchpad()
			if self == 0 {
				self = pad.object()
			}
			if !pad.meet(r.text, self, name) {
				return unsure
			}
			got = r.unnamed(o, name)
		}
		if got != valid {
			return got
		}
		switch c = r.next(); c {
		case ',':
			r.at++
			c = r.next()
		case '}':
			r.at++
			return r.closed(o, &seen, count, start)
		default:
			return unsure
		}
	}
}

// name reads a member's name. It first tries the one that stands next in the
// schema, since members mostly come in that order. Names with escapes are not
// read.
func (r *run) name(o *objectRules, expected int) (i int, name Span, ok bool) {
	from := r.at + 1
	if o.names != nil && o.names.plain && expected < len(o.names.list) {
		want := o.names.list[expected]
		if end := from + len(want); end < len(r.text) && r.text[end] == '"' && string(r.text[from:end]) == want {
			r.at = end + 1
			return expected, Span{}, true
		}
	}
	s, _, ok := r.str()
	name = Span{from, r.at - 1}
	if !ok || name.End-name.Start != len(s) || name.End > 1<<32-1 {
		return 0, Span{}, false
	}
	if o.names == nil {
		return -1, name, true
	}
	return o.names.find(s), name, true
}

// unnamed judges a member that the schemas do not name.
func (r *run) unnamed(o *objectRules, name Span) verdict {
	text := r.text[name.Start:name.End]
	if o.restName != nil {
		v, _ := textItem(text)
		if got := r.again(o.restName, &v); got != valid {
			return got
		}
	}
	if o.layers == nil {
		return r.value(o.rest)
	}
	start := r.at
	judge := func(p *plan) verdict {
		r.fuel -= 1 + r.at - start
		if r.fuel < 0 {
			return unsure
		}
		r.at = start
		return r.value(p)
	}
	for i := range o.layers {
		l := &o.layers[i]
		matched := false
		for _, p := range l.patterns {
			if p.name.match(text) {
				matched = true
				if got := judge(p.plan); got != valid {
					return got
				}
			}
		}
		if !matched {
			if got := judge(l.other); got != valid {
				return got
			}
		}
	}
	return valid
}

// closed judges an object of which all members are valid.
func (r *run) closed(o *objectRules, seen *nameSet, count, start int) verdict {
	if count < o.min || count > o.max || !seen.covers(&o.required) {
		return invalid
	}
	for i := range o.needs {
		if n := &o.needs[i]; seen.has(n.name) && !seen.covers(&n.required) {
			return invalid
		}
	}
	end := r.at
	for _, d := range o.applies {
		if seen.has(d.name) {
			v := item{kind: TypeObject, start: start}
			if got := r.again(d.plan, &v); got != valid {
				return got
			}
			r.at = end
		}
	}
	return valid
}
