package scenarios

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"
)

// answerTemplate is an answer as far as it is known when a script is loaded.
type answerTemplate struct {
	header   http.Header     // what no request changes
	dynamic  []namedTemplate // the rest
	segments []segment       // of the body
}

// Play makes the answer of a scenario at a position of its sequence, counted
// from 0; false where the sequence has ended and the scenario falls through to
// those after it. The error says which expression failed.
func (sc *Scenario) Play(in *Input, position int64) (Answer, bool, error) {
	r, ok := sc.At(position)
	if !ok {
		return Answer{}, false, nil
	}
	a, err := r.Play(in)
	return a, true, err
}

// Play makes the answer. Where no expression is in it, its header and body are
// those that were encoded when the script was loaded.
func (r *Response) Play(in *Input) (Answer, error) {
	a := Answer{
		Scenario: r.scenario, Response: r, Status: r.Status, ContentType: r.MediaType,
		Header: r.answer.header, Delay: r.Delay.pick(), Fault: r.Fault, Offspec: r.Offspec,
	}
	if r.scenario.Name == "" {
		a.Scenario = nil
	}
	switch segments := r.answer.segments; {
	case len(segments) == 1 && segments[0].static != nil:
		a.Body = segments[0].static
	case len(segments) > 0:
		vars := in.bind(r.scenario.lang, r.scenario.script.fixtures)
		scratch := in.Scratch
		if scratch == nil {
			scratch = new(Scratch)
		}
		if err := scratch.render(segments, vars); err != nil {
			return a, r.failure(err)
		}
		a.Body, a.Splices = scratch.body, scratch.splices
	}
	if len(r.answer.dynamic) > 0 {
		vars := in.bind(r.scenario.lang, r.scenario.script.fixtures)
		a.Header = r.answer.header.Clone()
		for _, h := range r.answer.dynamic {
			text, err := h.value.text(vars)
			if err != nil {
				return a, r.failure(err)
			}
			a.Header[h.name] = []string{oneLine.Replace(text)}
		}
	}
	return a, nil
}

// oneLine keeps what a request sent from ending a header (RFC 9110 §5.5).
var oneLine = strings.NewReplacer("\r", " ", "\n", " ", "\x00", " ")

func (r *Response) failure(err error) error {
	return fmt.Errorf("%s: play scenario %q: %w", r.Position, r.scenario.Name, err)
}

func (d Delay) pick() time.Duration {
	if d.Max > d.Min {
		return d.Min + rand.N(d.Max-d.Min+1)
	}
	return d.Min
}

// Claims are what the answer demands of every server.
func (r *Response) Claims() Claims { return r.claims }

// Static tells whether the header of the response, and its body, are the same
// in every answer, so that a mock may keep them as they were sent.
func (r *Response) Static() (header, body bool) {
	segments := r.answer.segments
	return len(r.answer.dynamic) == 0, len(segments) == 0 || len(segments) == 1 && segments[0].static != nil
}
