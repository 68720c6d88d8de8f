package sample

import (
	"errors"
	"fmt"
	"math/rand/v2"

	"github.com/concord-api/concord/spec/schema"
)

// Options say what kind of value is wanted. The zero value asks for the static
// sample of a request.
type Options struct {
	// Seed chooses among the valid values; one seed gives one text.
	Seed uint64
	// Direction leaves readOnly members out of requests and writeOnly members
	// out of responses (OpenAPI 3.1 §4.8.24).
	Direction schema.Direction
	// Dynamic asks for fresh data: examples and defaults are not used, optional
	// members come and go, and each seed gives another value. Without it every
	// optional member that does not lead back into itself is there.
	Dynamic bool
	// Verbatim makes [Choose] hand out examples as they are written, even where
	// they break their schema.
	Verbatim bool
}

// ErrUnsatisfiable says that no valid value of a schema could be found, which
// nearly always means that there is none. It is wrapped in an error that names
// the schema's place and the reason.
var ErrUnsatisfiable = errors.New("no valid value can be made")

// Generate makes a value that is valid under a schema in the direction asked
// for. The error wraps [ErrUnsatisfiable]. The work is bounded, whatever the
// schema.
func Generate(s *schema.Schema, o Options) (schema.Value, error) {
	return produce(s, nil, o)
}

// Choose makes the value that is sent where a media type has examples: the
// first example, mended where it breaks the schema, else a generated value.
// Changed tells that the example was mended. With [Options].Dynamic a value is
// generated whatever the examples; without a schema (nil) examples are all there
// is.
func Choose(examples []schema.Value, s *schema.Schema, o Options) (v schema.Value, changed bool, err error) {
	switch {
	case len(examples) > 0 && (s == nil || o.Verbatim && !o.Dynamic):
		return examples[0], false, nil
	case len(examples) > 0 && !o.Dynamic:
		return Mend(examples[0], s, o)
	case s == nil:
		return nil, false, errors.New("neither an example nor a schema says what to send; add one of them to the contract")
	}
	v, err = Generate(s, o)
	return v, false, err
}

// Mend makes an example valid under a schema. A valid one comes back as it is.
// Of a broken one the valid members are kept, broken ones replaced and missing
// ones added; where nothing can be kept, a value is generated. The error wraps
// [ErrUnsatisfiable].
func Mend(example schema.Value, s *schema.Schema, o Options) (v schema.Value, changed bool, err error) {
	if s.Checker(o.Direction).Valid(example) {
		return example, false, nil
	}
	if !example.IsValid() {
		example = nil
	}
	v, err = produce(s, example, o)
	return v, true, err
}

// rounds is how often a whole value is tried.
const rounds = 8

// produce makes one value: from a hint to keep what is valid of it, if not nil.
func produce(s *schema.Schema, hint schema.Value, o Options) (schema.Value, error) {
	checker := s.Checker(o.Direction)
	var first error
	var distrusted map[string]bool
	common := shared{unmatched: map[string]bool{}}
	for round := range rounds {
		if common.slow >= slowMost {
			break
		}
		g := newGenerator(o, uint64(round))
		g.shared = &common
		g.trust = !o.Dynamic && round < rounds/2
		g.distrusted = distrusted
		g.bare = round == rounds-2
		n := node{all: []*schema.Schema{s}, hint: hint}
		if round >= rounds-2 {
			n.hint = nil
		}
		v, err := g.build(nil, n)
		if err == nil {
			if checker.Valid(v) {
				return v, nil
			}
			if distrusted == nil {
				distrusted = map[string]bool{}
			}
			err = distrust(checker, v, distrusted)
		}
		if first == nil {
			first = err
		}
	}
	at := where([]*schema.Schema{s})
	if p, ok := first.(*placed); ok && p.at == at {
		return nil, fmt.Errorf("%s: %w: %s", at, ErrUnsatisfiable, p.why)
	}
	return nil, fmt.Errorf("%s: %w: %w", at, ErrUnsatisfiable, first)
}

// distrust notes where a value is wrong, so that no example is used there in
// the next round, and tells one of the reasons.
func distrust(c *schema.Checker, v schema.Value, at map[string]bool) error {
	faults, err := c.Check(v)
	if err != nil {
		return err
	}
	if len(faults) == 0 {
		return errors.New("the value made is not valid")
	}
	for _, f := range faults {
		at[f.Pointer] = true
	}
	return fmt.Errorf("%s %s", orRoot(faults[0].Pointer), faults[0].Detail)
}

func orRoot(pointer string) string {
	if pointer == "" {
		return "(root)"
	}
	return pointer
}

func newGenerator(o Options, round uint64) *generator {
	return &generator{
		o:     o,
		rng:   rand.New(rand.NewPCG(o.Seed, 0x5eed<<32|round)),
		steps: hardSteps,
		floor: hardSteps - softSteps,
	}
}
