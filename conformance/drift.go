package conformance

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/concord-api/concord/spec/problem"
)

// Drift is one way in which an answer departs from an earlier answer of the same
// kind in the run.
type Drift struct {
	Member string // of a problem: "type", "title"
	Kind   string // what both answers are: "404 with the code not_found"
	Was    string // in the earlier answer
	In     string // the case of the earlier answer
}

// memory is what a run remembers of its answers.
type memory struct {
	mu   sync.Mutex
	seen map[string]Drift // by kind
}

// note looks at the answers of a case and remembers them. It tells whether any
// departs from earlier ones.
func (m *memory) note(c *Case, p *Played) (drifts bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range p.Exchanges {
		if !x.Answered() || x.MediaType() != problem.MediaType {
			continue
		}
		var said struct{ Type, Title, Code any }
		if json.Unmarshal(x.Response.Body, &said) != nil {
			continue
		}
		kind, hasType := said.Type.(string)
		code, hasCode := said.Code.(string)
		title, hasTitle := said.Title.(string)
		language := x.Request.Header.Get("Accept-Language") + x.Response.Header.Get("Content-Language")
		if hasType && hasCode {
			m.hold(x, Drift{"type", fmt.Sprintf("%d with the code %s", x.Response.Status, code), kind, c.ID})
		}
		if hasType && hasTitle {
			of := "problem of the type " + kind
			if kind == "about:blank" {
				of = fmt.Sprintf("%s and status %d", of, x.Response.Status)
			}
			if language != "" {
				of += " in " + language
			}
			m.hold(x, Drift{"title", of, title, c.ID})
		}
		drifts = drifts || len(x.Drifts) > 0
	}
	return drifts
}

// hold holds a member to what it was before.
func (m *memory) hold(x *Exchange, now Drift) {
	key := now.Member + " " + now.Kind
	before, seen := m.seen[key]
	if !seen {
		if m.seen == nil {
			m.seen = map[string]Drift{}
		}
		m.seen[key] = now
		return
	}
	if before.Was != now.Was {
		x.Drifts = append(x.Drifts, before)
	}
}

// driftChecks hold answers to earlier ones.
var driftChecks = []*Check{
	stable("problem.type-stable", "type", "problems of one status and code have one type", "RFC 9457 §3.1.1, §4",
		"Clients decide by type and code; one that changes breaks whoever relies on it.",
		"type \".../not-found\" for each 404 with the code customer_not_found",
		"now \".../not-found\", now \".../missing\" for one code"),
	stable("problem.title-stable", "title", "problems of one type have one title, but for its language", "RFC 9457 §3.1.3",
		"A title names the type for people, who look for it in documents and logs.",
		"title \"Not Found\" for each problem of the type",
		"now \"Not Found\", now \"No customer 7\""),
}

// stable makes the check of a member of problems that does not change from one
// to the next.
func stable(id, member, says, source, why, right, wrong string) *Check {
	return &Check{
		ID: id, Severity: Should, Says: says, Source: source, Why: why, Right: right, Wrong: wrong,
		For:     anyStep(expectsProblem),
		Applies: func(x *Exchange) bool { return x.MediaType() == problem.MediaType },
		Run: func(x *Exchange) error {
			for _, d := range x.Drifts {
				if d.Member == member {
					return &Mismatch{
						fmt.Sprintf("%q, as for a %s before (%s)", d.Was, d.Kind, d.In),
						fmt.Sprintf("%q", memberText(x.Response.Body, member)),
					}
				}
			}
			return nil
		},
	}
}
