package mockserver

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/concord-api/concord/spec"
)

// pick is the answer of the contract that a request gets where no scenario
// plays: which response, as what media type, by which example.
type pick struct {
	status      int
	media       *spec.MediaType // nil where the response documents no content
	contentType string
	example     string
	dynamic     bool
	seed        uint64
	chosen      bool // by the client, so that no scenario plays

	ready   *answer  // made beforehand; nil where it is made at the request
	trouble *trouble // in place of what the contract finds wrong with the request
	unmade  *trouble // in place of the contract's own answer, which cannot be made
}

// mostPicks bounds how many values of Accept an operation remembers.
const mostPicks = 32

// picks remembers what answers a client that chooses nothing, by its Accept.
type picks struct {
	byAccept atomic.Pointer[map[string]*pick]
}

func (p *picks) get(accept string) *pick {
	if known := p.byAccept.Load(); known != nil {
		return (*known)[accept]
	}
	return nil
}

func (p *picks) put(accept string, is *pick) {
	for {
		known := p.byAccept.Load()
		next := map[string]*pick{}
		if known != nil {
			if len(*known) >= mostPicks {
				return
			}
			for k, v := range *known {
				next[k] = v
			}
		}
		next[strings.Clone(accept)] = is
		if p.byAccept.CompareAndSwap(known, &next) {
			return
		}
	}
}

// choose settles which answer of the contract the client gets, by what it can
// read (RFC 9110 §12.5.1) and by what it chose (RFC 7240).
func (x *exchange) choose() *answer {
	if x.prefer.asked {
		return x.chooseAsked()
	}
	accept := acceptOf(x.r.Header)
	p := x.op.picks.get(accept)
	if p == nil {
		p = x.op.pick(x.r.Header["Accept"])
		x.op.picks.put(accept, p)
	}
	x.pick = p
	return nil
}

func acceptOf(h http.Header) string {
	switch lines := h["Accept"]; len(lines) {
	case 0:
		return ""
	case 1:
		return lines[0]
	default:
		return strings.Join(lines, ",")
	}
}

// pick settles the answer for a client that chooses nothing.
func (o *operation) pick(accept []string) *pick {
	response, status := o.Success()
	if response == nil {
		return &pick{unmade: &trouble{statuses: []int{http.StatusNotImplemented},
			detail: o.ID + " documents no response, so there is nothing to answer"}}
	}
	p := &pick{status: status, dynamic: o.server.dynamic, seed: o.server.seed}
	o.negotiate(p, response, accept, response.Content)
	if p.trouble == nil && !p.dynamic {
		ready, err := o.answer(p.status, p.media, p.contentType, p.example)
		if err != nil {
			p.unmade = o.cannotSample(p.status, err)
		}
		p.ready = ready
	}
	return p
}

// negotiate settles the media type among some of a response.
func (o *operation) negotiate(p *pick, response *spec.Response, accept []string, offers []*spec.MediaType) {
	if len(offers) == 0 || !hasBody(p.status) {
		return
	}
	p.media, p.contentType = spec.Negotiate(accept, offers)
	switch {
	case p.media != nil:
	case p.status >= http.StatusBadRequest:
		// An error is sent as what it is; a client that asked for it by Prefer
		// would otherwise never see it (RFC 9110 §12.5.1).
		p.media, p.contentType = offers[0], offers[0].Concrete()
	default:
		p.trouble = &trouble{
			statuses: []int{http.StatusNotAcceptable},
			detail:   fmt.Sprintf("no media type of the %s fits the Accept header %q: it has %s", response.Status, strings.Join(accept, ", "), rangesOf(offers)),
		}
	}
}

// cannotSample is the error for a schema that nothing satisfies, or that cannot
// be read.
func (o *operation) cannotSample(status int, err error) *trouble {
	o.server.log.Error("an answer of the contract cannot be made", "operation", o.ID, "status", status, "error", err)
	return &trouble{statuses: []int{http.StatusInternalServerError},
		detail: fmt.Sprintf("the contract's %d of %s cannot be made: %v", status, o.ID, err)}
}

// chooseAsked settles the answer for a client that chose something. What it
// chose and cannot have is an error, unless it asked for lenient handling.
func (x *exchange) chooseAsked() *answer {
	p := &x.prefer
	lenient := p.lenient && !x.server.strict
	if p.lenient {
		x.applied = append(x.applied, "handling=lenient")
	}
	if p.faulty != "" && !lenient {
		return x.fail(unmet(p.faulty))
	}
	chosen, applied, wrong := x.op.pickAsked(p, x.r.Header["Accept"])
	if wrong != "" {
		if !lenient {
			return x.fail(unmet(wrong))
		}
		rest := preferences{dynamic: p.dynamic, seed: p.seed, seeded: p.seeded}
		chosen, applied, _ = x.op.pickAsked(&rest, x.r.Header["Accept"])
	}
	x.pick, x.applied = chosen, append(applied, x.applied...)
	return nil
}

// unmet is the error for a choice of the client's that cannot be met. Which
// status says so is nobody's standard; 400 is the closest.
func unmet(detail string) *trouble {
	return &trouble{
		statuses: []int{http.StatusBadRequest, http.StatusUnprocessableEntity},
		detail:   detail + "; send Prefer: handling=lenient to pass over choices that cannot be met",
	}
}

// pickAsked settles the answer by a client's choices. It returns what goes into
// Preference-Applied, and a sentence where a choice cannot be met.
func (o *operation) pickAsked(p *preferences, accept []string) (is *pick, applied []string, wrong string) {
	response, status := o.Success()
	if p.status != 0 {
		if response, status = o.Response(p.status), p.status; response == nil {
			return nil, nil, fmt.Sprintf("the preference code=%d cannot be met: %s documents %s", p.status, o.ID, o.Statuses())
		}
		applied = append(applied, "code="+strconv.Itoa(p.status))
	}
	if response == nil {
		return o.pick(accept), nil, ""
	}
	is = &pick{status: status, dynamic: o.server.dynamic, seed: o.server.seed, chosen: p.status != 0}
	offers := response.Content
	if p.example != "" {
		if offers = withExample(response, p.example); len(offers) == 0 && p.status == 0 {
			response, offers = o.responseWithExample(p.example)
			if response != nil {
				is.status = response.Code()
				if response.Status == "default" {
					is.status = http.StatusInternalServerError
				}
			}
		}
		if len(offers) == 0 {
			return nil, nil, fmt.Sprintf("the preference example=%s cannot be met: %s has %s", quote(p.example), o.ID, o.exampleNames(p.status))
		}
		is.example, is.chosen, is.dynamic = p.example, true, false
		applied = append(applied, "example="+quote(p.example))
	}
	switch {
	case p.dynamic == yes && is.example == "":
		is.dynamic, is.chosen = true, true
		applied = append(applied, "dynamic=true")
	case p.dynamic == no:
		is.dynamic = false
		applied = append(applied, "dynamic=false")
	}
	if p.seeded && is.dynamic {
		is.seed = p.seed
		applied = append(applied, "seed="+strconv.FormatUint(p.seed, 10))
	}
	o.negotiate(is, response, accept, offers)
	return is, applied, ""
}

// withExample lists the media types of a response that have an example.
func withExample(r *spec.Response, name string) []*spec.MediaType {
	var out []*spec.MediaType
	for _, mt := range r.Content {
		if slices.ContainsFunc(mt.Examples, func(e spec.Example) bool { return e.Name == name }) {
			out = append(out, mt)
		}
	}
	return out
}

// responseWithExample finds the first response that has an example.
func (o *operation) responseWithExample(name string) (*spec.Response, []*spec.MediaType) {
	for _, r := range o.Responses {
		if offers := withExample(r, name); len(offers) > 0 {
			return r, offers
		}
	}
	return nil, nil
}

// exampleNames lists the examples that can be chosen, of one status or of all.
func (o *operation) exampleNames(status int) string {
	var names []string
	for _, r := range o.Responses {
		if status != 0 && r != o.Response(status) {
			continue
		}
		for _, mt := range r.Content {
			for _, e := range mt.Examples {
				if e.Name != "" && !slices.Contains(names, e.Name) {
					names = append(names, e.Name)
				}
			}
		}
	}
	where := ""
	if status != 0 {
		where = fmt.Sprintf(" for %d", status)
	}
	if len(names) == 0 {
		return "no named examples" + where
	}
	return "the examples " + strings.Join(names, ", ") + where
}

func rangesOf(content []*spec.MediaType) string {
	out := make([]string, len(content))
	for i, mt := range content {
		out[i] = mt.Range
	}
	return strings.Join(out, ", ")
}
