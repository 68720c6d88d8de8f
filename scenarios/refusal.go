package scenarios

import (
	"sync"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec"
)

// refusal is the answer to a credential that is not let in, where no scenario
// has one. It is made for each operation when it is first needed, in terms of
// what the contract documents there.
type refusal struct {
	reader *reader
	node   *yaml.Node
	byOp   sync.Map // *spec.Operation → *Response, nil where the operation documents no such status
}

// Refusal answers a request whose credential is refused. It is false where the
// script does not say how, or the operation does not document that status.
func (s *Script) Refusal(in *Input) (Answer, bool, error) {
	if !in.Credential.Refused() {
		return Answer{}, false, nil
	}
	r := s.refusal(in.Credential.refuse, in.Operation, &findings{})
	if r == nil {
		return Answer{}, false, nil
	}
	a, err := r.Play(in)
	return a, true, err
}

func (s *Script) refusal(of *refusal, op *spec.Operation, into *findings) *Response {
	if known, ok := of.byOp.Load(op); ok {
		return known.(*Response)
	}
	l := s.loader
	var made *Response
	if d, err := l.languages.dialect(op); err == nil {
		r := newReader(into, of.reader.file, of.reader.programs)
		b := builder{reader: r, loader: l, scenario: &Scenario{Operation: op, script: s, lang: d}, lang: d}
		made = b.response(of.node)
	}
	if into.failed() {
		made = nil
	}
	known, _ := of.byOp.LoadOrStore(op, made)
	return known.(*Response)
}
