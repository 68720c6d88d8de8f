package schema

// A plan is a schema compiled to be held to JSON texts quickly: one pass over
// the bytes, no allocation. It answers for the cases that it is sure of and
// leaves the others to the library, so it may know less than the library but
// must never contradict it.
//
// A plan is the conjunction of everything that applies to one value: a schema,
// what its $ref means and all of its allOf are merged when it is compiled. It is
// not changed afterwards, and may contain itself.
type plan struct {
	kinds  Types // kinds of value that are allowed; TypeNumber comes with TypeInteger
	opaque Types // kinds of value that the plan cannot judge

	literals []*literals // enum and const
	text     *textRules
	number   *numberRules
	array    *arrayRules
	object   *objectRules
	combined []combination // anyOf, oneOf, not, if
	covers   bool          // one of combined reads the whole value before it says valid
}

// verdict is what a plan says of a value.
type verdict uint8

// A text that is no JSON is unsure. Invalid is used only to tell alternatives
// apart: it holds for a value of well-formed objects with unique names, which
// whoever says valid of the same value has made sure of.
const (
	unsure verdict = iota
	valid
	invalid
)

const (
	allKinds = TypeNull | TypeBoolean | TypeObject | TypeArray | TypeNumber | TypeInteger | TypeString
	numeric  = TypeNumber | TypeInteger
)

// anything is the plan of the schema that accepts everything, opaque that of
// one that only the library understands.
var (
	anything   = &plan{kinds: allKinds}
	opaquePlan = &plan{kinds: allKinds, opaque: allKinds}
	noObject   = &objectRules{rest: anything, max: None}
	noArray    = &arrayRules{rest: anything, max: None}
)

// sure tells whether a JSON text is certainly one valid value (RFC 8259 in
// UTF-8, unique names) that is valid under the plan. Its time is linear in the
// text, its stack bounded.
func (p *plan) sure(text []byte) bool {
	r := run{text: text, depth: maxDepth, fuel: minFuel + fuelPerByte*len(text)}
	ok := false
	r.space()
	if r.value(p) == valid {
		r.space()
		ok = r.at == len(text)
	}
	r.release()
	return ok
}

// sureText is sure for a string that is given as it is, not as JSON.
func (p *plan) sureText(s []byte) bool {
	r := run{depth: maxDepth, fuel: minFuel}
	v, ok := textItem(s)
	ok = ok && r.scalar(p, &v) == valid
	r.release()
	return ok
}

// What a run may use before it gives up and says unsure.
const (
	maxDepth    = 256  // levels of arrays, objects and nested alternatives
	minFuel     = 1024 // units of reading values again for alternatives: a byte costs one
	fuelPerByte = 16
)

// run is one reading of one text.
type run struct {
	text    []byte
	at      int // the next byte
	depth   int
	fuel    int
	scratch *scratch // nil until it is needed
}

// item is a value that has been met: a scalar that has been read, or where an
// array or object starts.
type item struct {
	kind   Types
	truth  bool   // of a boolean
	text   []byte // of a string: its characters
	ascii  bool   // text is ASCII
	number number
	start  int // of an array or object
}

// value reads the value at r.at and judges it.
func (r *run) value(p *plan) verdict {
	if r.at >= len(r.text) {
		return unsure
	}
	switch c := r.text[r.at]; c {
	case '"':
		v := item{kind: TypeString}
		var ok bool
		if v.text, v.ascii, ok = r.str(); !ok {
			return unsure
		}
		return r.scalar(p, &v)
	case '{':
		return r.container(p, TypeObject)
	case '[':
		return r.container(p, TypeArray)
	case 't':
		return r.word(p, "true", item{kind: TypeBoolean, truth: true})
	case 'f':
		return r.word(p, "false", item{kind: TypeBoolean})
	case 'n':
		return r.word(p, "null", item{kind: TypeNull})
	default:
		v := item{kind: TypeNumber}
		if !r.num(&v.number) {
			return unsure
		}
		if v.number.whole {
			v.kind = TypeInteger
		}
		return r.scalar(p, &v)
	}
}

func (r *run) word(p *plan, word string, v item) verdict {
	if len(r.text)-r.at < len(word) || string(r.text[r.at:r.at+len(word)]) != word {
		return unsure
	}
	r.at += len(word)
	return r.scalar(p, &v)
}

// scalar judges a null, boolean, number or string.
func (r *run) scalar(p *plan, v *item) verdict {
	if p.kinds&v.kind == 0 {
		if v.kind == TypeNumber && v.number.exponent && p.kinds&TypeInteger != 0 {
			return unsure // 1e3 is an integer
		}
		return invalid
	}
	if p.opaque&v.kind != 0 {
		return unsure
	}
	for _, l := range p.literals {
		if got := l.find(v); got != valid {
			return got
		}
	}
	switch v.kind {
	case TypeString:
		if p.text != nil {
			if got := p.text.check(v); got != valid {
				return got
			}
		}
	case TypeNumber, TypeInteger:
		if p.number != nil {
			if got := p.number.check(&v.number); got != valid {
				return got
			}
		}
	}
	if p.combined != nil {
		return r.combine(p, v)
	}
	return valid
}

// container judges the array or object at r.at and leaves r.at behind it.
func (r *run) container(p *plan, kind Types) verdict {
	if p.kinds&kind == 0 {
		return invalid
	}
	if p.opaque&kind != 0 {
		return unsure
	}
	if p.literals != nil {
		for _, l := range p.literals {
			if l.composite&kind == 0 {
				return invalid
			}
		}
		return unsure
	}
	if r.depth == 0 {
		return unsure
	}
	r.depth--
	v := item{kind: kind, start: r.at}
	got := valid
	switch {
	case kind == TypeObject && p.object != nil:
		got = r.object(p.object)
	case kind == TypeArray && p.array != nil:
		got = r.array(p.array)
	case p.covers:
	case kind == TypeObject:
		got = r.object(noObject)
	default:
		got = r.array(noArray)
	}
	if got == valid && p.combined != nil {
		got = r.combine(p, &v)
	}
	r.depth++
	return got
}

// again judges a value that has been met before by another plan. It leaves r.at
// behind an array or object only where it says valid.
func (r *run) again(p *plan, v *item) verdict {
	r.fuel--
	if r.fuel < 0 {
		return unsure
	}
	if v.kind&(TypeArray|TypeObject) == 0 {
		if r.depth == 0 {
			return unsure
		}
		r.depth--
		got := r.scalar(p, v)
		r.depth++
		return got
	}
	r.at = v.start
	got := r.container(p, v.kind)
	r.fuel -= r.at - v.start
	return got
}
