package mockserver

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// play answers with the script: the scenario that the client named, else the
// first that matches, unless the client chose an answer of the contract.
func (x *exchange) play() *answer {
	s := x.server
	if name := x.prefer.scenario; name != "" {
		sc := s.script.Scenario(name)
		switch {
		case sc != nil && sc.Operation == x.op.Operation:
			x.applied = append(x.applied, "scenario="+quote(name))
			if a := x.perform(sc, x.input()); a != nil {
				return a
			}
			return x.fail(unmet(fmt.Sprintf("the preference scenario=%s cannot be met: its sequence has come to its end", quote(name))))
		case x.prefer.lenient && !s.strict:
		case sc != nil:
			return x.fail(unmet(fmt.Sprintf("the preference scenario=%s cannot be met: it belongs to %s", quote(name), sc.Operation.ID)))
		default:
			return x.fail(unmet(fmt.Sprintf("the preference scenario=%s cannot be met: %s has %s", quote(name), x.op.ID, x.scenarioNames())))
		}
	}
	if x.pick.chosen || !x.op.played {
		return nil
	}
	return x.performFirst(x.input())
}

// performFirst plays the first scenario that matches and has not come to its
// end; nil where there is none.
func (x *exchange) performFirst(in *scenarios.Input) *answer {
	for sc := x.server.script.Find(in); sc != nil; sc = x.server.script.FindAfter(in, sc) {
		if a := x.perform(sc, in); a != nil {
			return a
		}
	}
	return nil
}

func (x *exchange) scenarioNames() string {
	list := x.server.script.Of(x.op.Operation)
	if len(list) == 0 {
		return "no scenarios"
	}
	names := make([]string, len(list))
	for i, sc := range list {
		names[i] = sc.Name
	}
	return "the scenarios " + strings.Join(names, ", ")
}

// input is the request as scenarios see it.
func (x *exchange) input() *scenarios.Input {
	contentType, _, _ := strings.Cut(firstOf(x.r.Header["Content-Type"]), ";")
	// Field by field: what it has read of the request stays.
	in := &x.in
	in.Operation, in.Method, in.Path = x.op.Operation, x.r.Method, x.path
	in.Params, in.RawQuery, in.Header = &x.match.Params, x.query, x.r.Header
	in.MediaType, in.Body = strings.ToLower(strings.TrimSpace(contentType)), x.body
	in.ServerURL, in.Now, in.Scratch = x.serverURL(), x.start, &x.scratch
	in.Credential, in.Refused = nil, false
	switch {
	case x.client != nil:
		in.Credential = x.client.credential
	case len(x.op.guard.alternatives) > 0:
		in.Credential = x.server.script.Credential(scenarios.None)
	}
	return in
}

// reached is an address of the mock, as a client used it.
type reached struct {
	host, base string
	secure     bool
	url        string
}

// serverURL is where the client reached the mock, with the base path that it
// used. Most clients use the one that the last one did.
func (x *exchange) serverURL() string {
	secure := x.r.TLS != nil
	last := x.server.reached.Load()
	if last != nil && last.host == x.r.Host && last.base == x.match.BasePath && last.secure == secure {
		return last.url
	}
	scheme := "http://"
	if secure {
		scheme = "https://"
	}
	now := &reached{x.r.Host, x.match.BasePath, secure, scheme + x.r.Host + x.match.BasePath}
	x.server.reached.Store(now)
	return now.url
}

// perform plays a scenario at its client's position. It returns nil where the
// scenario has come to an end and falls through.
func (x *exchange) perform(sc *scenarios.Scenario, in *scenarios.Input) *answer {
	position := int64(0)
	if sc.Sequential() {
		var err error
		if position, err = x.server.store.Advance(x.r.Context(), "position "+sc.Name+" "+x.clientID()); err != nil {
			return x.unplayable("scenario "+sc.Name, err)
		}
	}
	played, ok, err := sc.Play(in, position)
	if err != nil {
		return x.unplayable("scenario "+sc.Name, err)
	}
	if !ok {
		return nil
	}
	return x.scripted(&played)
}

func (x *exchange) clientID() string {
	if x.client == nil {
		return ""
	}
	return x.client.id
}

// scripted is a scripted answer as it is sent. One that breaks its contract is
// not, unless the script says that it does so on purpose.
func (x *exchange) scripted(played *scenarios.Answer) *answer {
	if known, ok := x.op.scripted.Load(played.Response); ok {
		known := known.(*frameOf)
		if known.whole != nil && played.Delay == 0 {
			return known.whole
		}
		if known.fits(played) {
			x.own = *known.answer
			x.own.body, x.own.delay = played.Body, played.Delay
			x.own.measure()
			return &x.own
		}
	}
	a := &answer{status: played.Status, body: played.Body, delay: played.Delay, fault: played.Fault}
	name := "a refusal"
	if played.Scenario != nil {
		a.scenario, name = played.Scenario.Name, "scenario "+played.Scenario.Name
		a.header = append(a.header, field{"Concord-Scenario", []string{a.scenario}})
	}
	a.add(played.Header)
	a.frame(played.ContentType)
	if !played.Offspec {
		if violations := x.op.checkAnswer(a, played.ContentType); len(violations) > 0 {
			return x.unplayable(name, breach(violations))
		}
	}
	x.op.keep(played, a)
	return a
}

// frameOf is what all answers of one scripted response have in common.
type frameOf struct {
	whole  *answer         // where they are all the same
	answer *answer         // else: one of them, without its body
	media  *spec.MediaType // whose schema their bodies are held to; nil where that is not enough
	frame  *schema.Frame   // of their bodies, where the values that differ can be judged by themselves
}

// keep remembers what the answers of a scripted response have in common, once
// one of them was found to keep the contract.
func (o *operation) keep(played *scenarios.Answer, a *answer) {
	sameHeader, sameBody := played.Response.Static()
	if !sameHeader {
		return
	}
	var f frameOf
	shared := *a
	shared.delay = 0
	if sameBody {
		f.whole = &shared
	} else if r := o.Response(a.status); r != nil && !played.Offspec {
		if mt := r.MediaType(played.ContentType); mt != nil && mt.IsJSON() {
			shared.body = nil
			f.answer, f.media = &shared, mt
			if mt.Schema != nil {
				f.frame = mt.Schema.Checker(schema.Response).Frame(played.Body, played.Splices)
			}
		}
	}
	o.scripted.Store(played.Response, &f)
}

// fits tells whether another answer of the response keeps the contract. What is
// the same in all of them was looked at with the first.
func (f *frameOf) fits(played *scenarios.Answer) bool {
	switch {
	case f.media == nil:
		return false
	case f.frame != nil && f.frame.Sure(played.Body, played.Splices):
		return true
	}
	return fits(f.media, played.Body)
}

// breach is the error of an answer that breaks its contract.
func breach(violations []spec.Violation) error {
	texts := make([]string, len(violations))
	for i, v := range violations {
		texts[i] = v.String()
	}
	return fmt.Errorf("its answer breaks the contract: %s; mend it, or say offspec: true", strings.Join(texts, "; "))
}

// unplayable is the answer where the script is at fault.
func (x *exchange) unplayable(what string, err error) *answer {
	x.server.log.Error("a script cannot be played", "operation", x.op.ID, "what", what, "error", err)
	a := x.fail(&trouble{statuses: []int{http.StatusInternalServerError}, detail: what + " cannot be played: " + err.Error()})
	a.fleeting = true
	return a
}
