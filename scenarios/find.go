package scenarios

// Find returns the scenario that answers a request: the first of its operation,
// in file order, that matches. nil means that none does, and the contract's own
// sample plays. Where nothing looks into the request's body it allocates
// nothing.
func (s *Script) Find(in *Input) *Scenario {
	return first(s.Of(in.Operation), in)
}

// FindAfter returns the next scenario that answers a request, after one that
// has fallen through.
func (s *Script) FindAfter(in *Input, sc *Scenario) *Scenario {
	list := s.Of(in.Operation)
	for i := range list {
		if list[i] == sc {
			return first(list[i+1:], in)
		}
	}
	return nil
}

func first(list []*Scenario, in *Input) *Scenario {
	for _, sc := range list {
		if sc.fits(in) {
			return sc
		}
	}
	return nil
}
