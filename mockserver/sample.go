package mockserver

import (
	"math/rand/v2"

	"github.com/concord-api/concord/spec"
)

// sample answers with the contract's own answer: made beforehand, or afresh
// where the client or the server's option asks for it.
func (x *exchange) sample() *answer {
	p := x.pick
	switch {
	case p.ready != nil:
		return p.ready
	case p.unmade != nil:
		return x.fail(p.unmade)
	}
	if !p.dynamic {
		a, err := x.op.answer(p.status, p.media, p.contentType, p.example)
		if err != nil {
			return x.fail(x.op.cannotSample(p.status, err))
		}
		return a
	}
	seed := p.seed
	if !x.server.seeded && !x.prefer.seeded {
		seed = rand.Uint64()
	}
	a, err := x.op.make(p.status, p.media, p.contentType, spec.SampleOptions{Dynamic: true, Seed: seed})
	if err != nil {
		return x.fail(x.op.cannotSample(p.status, err))
	}
	return a
}
