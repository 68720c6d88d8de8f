package spec

// Params are the raw values of path parameters, percent-encoded as they came.
type Params struct {
	names []string
	few   [4]string
	more  []string
}

// Get returns a parameter's raw value.
func (p *Params) Get(name string) (string, bool) {
	for i, n := range p.names {
		if n == name {
			return p.at(i), true
		}
	}
	return "", false
}

func (p *Params) at(i int) string {
	if i < len(p.few) {
		return p.few[i]
	}
	return p.more[i-len(p.few)]
}

// values collects the values of a match while the router walks a path, without
// allocating for the first few.
type values struct {
	few  [4]string
	more []string
	n    int
}

func (v *values) push(s string) {
	if v.n < len(v.few) {
		v.few[v.n] = s
	} else {
		v.more = append(v.more[:v.n-len(v.few)], s)
	}
	v.n++
}

// set replaces a value that was pushed.
func (v *values) set(i int, s string) {
	if i < len(v.few) {
		v.few[i] = s
	} else {
		v.more[i-len(v.few)] = s
	}
}

func (v *values) params(names []string) Params {
	return Params{names: names, few: v.few, more: v.more}
}
