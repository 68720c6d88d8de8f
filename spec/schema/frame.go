package schema

// Span is where a value stands in a text: the index of its first byte, and the
// one behind its last.
type Span struct{ Start, End int }

// A Frame is a valid JSON text around values that change from one text to the
// next. A text that differs from it only there is valid where each of these
// values is valid by itself, so that the rest is not read again.
type Frame struct{ holds []*plan } // what each value is held to, in their order

// Frame looks for what is demanded of the values at some places of a valid text,
// which are in their order and apart. It returns nil where a keyword looks at
// such a value together with what is around it (anyOf, oneOf, not, if,
// dependentSchemas, contains, uniqueItems, enum and const of an array or
// object), and where only the library understands what applies to it.
func (c *Checker) Frame(text []byte, at []Span) *Frame {
	f := framer{run: run{text: text, depth: maxDepth, fuel: minFuel + fuelPerByte*len(text)}, left: at}
	defer f.release()
	f.space()
	if !f.frame(c.plan) || len(f.left) > 0 {
		return nil
	}
	return &Frame{f.holds}
}

// Sure tells whether a text that differs from the frame's only in the values at
// some places, as many as the frame has, is valid for certain. Like that of
// [Checker], false means nothing.
func (f *Frame) Sure(text []byte, at []Span) bool {
	if len(at) != len(f.holds) {
		return false
	}
	r := run{text: text, depth: maxDepth, fuel: minFuel + fuelPerByte*len(text)}
	ok := true
	for i, p := range f.holds {
		r.at = at[i].Start
		if ok = r.value(p) == valid && r.at == at[i].End; !ok {
			break
		}
	}
	r.release()
	return ok
}

// framer follows a text and its plan to the values that change.
type framer struct {
	run
	left  []Span // that are not met yet
	holds []*plan
}

// frame follows the value at f.at, of which all is valid under p, and tells
// whether each value that changes within it is held to one plan by itself.
func (f *framer) frame(p *plan) bool {
	v := item{start: f.at}
	if f.value(anything) != valid {
		return false
	}
	end := f.at
	switch {
	case len(f.left) == 0 || f.left[0].Start >= end:
		return true
	case f.left[0] == Span{v.start, end}:
		f.holds = append(f.holds, p)
		f.left = f.left[1:]
		return true
	case p.literals != nil || p.combined != nil:
		return false
	}
	within := false
	f.at = v.start + 1
	switch f.text[v.start] {
	case '{':
		within = p.opaque&TypeObject == 0 && f.members(p.object)
	case '[':
		within = p.opaque&TypeArray == 0 && f.items(p.array)
	}
	f.at = end
	return within && (len(f.left) == 0 || f.left[0].Start >= end)
}

func (f *framer) members(o *objectRules) bool {
	if o == nil {
		o = noObject
	}
	if o.applies != nil || o.layers != nil {
		return false
	}
	for f.next() != '}' {
		i, _, ok := f.name(o, 0)
		if !ok {
			return false
		}
		f.next()
		f.at++ // the colon
		f.next()
		p := o.rest
		if i >= 0 {
			p = o.members[i]
		}
		if !f.frame(p) {
			return false
		}
		if f.next() == ',' {
			f.at++
		}
	}
	return true
}

func (f *framer) items(a *arrayRules) bool {
	if a == nil {
		a = noArray
	}
	if a.unique || a.contains != nil {
		return false
	}
	for i := 0; f.next() != ']'; i++ {
		p := a.rest
		if i < len(a.first) {
			p = a.first[i]
		}
		if !f.frame(p) {
			return false
		}
		if f.next() == ',' {
			f.at++
		}
	}
	return true
}
