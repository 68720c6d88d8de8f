package scenarios

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/concord-api/concord/spec"
)

// filling is what the contract itself gives for an answer: what a script leaves
// out is filled in from it.
type filling struct {
	Header http.Header
	Body   []byte
}

// sampleOf makes the contract's own answer of a status and media type, from the
// named example where one is asked for.
func sampleOf(op *spec.Operation, status int, mt *spec.MediaType, mediaType, example string) (filling, error) {
	documented := op.Response(status)
	if documented == nil {
		if example != "" {
			return filling{}, fmt.Errorf("example %q: status %d is not documented for %s", example, status, op.ID)
		}
		return filling{Header: http.Header{}}, nil
	}
	s, err := documented.Sample(status, mt, mediaType, spec.SampleOptions{Example: example})
	if err != nil {
		if errors.Is(err, spec.ErrNoExample) {
			return filling{}, fmt.Errorf("%w%s", err, didYouMean(example, exampleNames(mt)))
		}
		return filling{}, err
	}
	return filling{s.Header, s.Body}, nil
}

func exampleNames(mt *spec.MediaType) []string {
	if mt == nil {
		return nil
	}
	var names []string
	for _, e := range mt.Examples {
		names = append(names, e.Name)
	}
	return names
}
