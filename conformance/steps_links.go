package conformance

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// linkCases follow the links of an operation's successes that lead to a GET
// (OpenAPI 3.1 §4.8.20). r is what the operation makes, nil for nothing.
func linkCases(c *Config, op *spec.Operation, r *resource) []*Case {
	var cases []*Case
	seen := map[string]bool{}
	for _, response := range op.Responses {
		if !strings.HasPrefix(response.Status, "2") {
			continue
		}
		for _, link := range response.Links {
			to := c.Document.Operation(link.OperationID)
			name := "link-" + response.Status + "-" + link.Name
			if to == nil || to.Method != http.MethodGet || seen[name] {
				continue
			}
			seen[name] = true
			cases = append(cases, &Case{
				ID: stepsID(op, name), Topic: Link, Operation: op,
				Name:  fmt.Sprintf("link %s of %s leads to %s", link.Name, response.Status, to.ID),
				Steps: append(linkSource(c, op, r, response), linkStep(to, link)),
			})
		}
	}
	return cases
}

// linkSource makes the exchange that a link leads from.
func linkSource(c *Config, op *spec.Operation, r *resource, response *spec.Response) []*Step {
	var steps []*Step
	if r != nil {
		steps = r.made(c)
	} else {
		steps = []*Step{{
			Name: "ask for the link", Operation: op, Setup: true,
			Expect: Expect{Status: []string{"2XX"}},
			build: func(b *builder, _ []*Exchange) (*Request, error) {
				request, err := b.valid(op, false)
				if err != nil {
					return nil, err
				}
				return b.finish(op, request)
			},
		}}
	}
	last := *steps[len(steps)-1]
	last.gate = func(x *Exchange) string {
		if op.Response(x.Response.Status) != response {
			return fmt.Sprintf("the link is of %s, and %s came", response.Status, statusText(x.Response.Status))
		}
		return ""
	}
	steps[len(steps)-1] = &last
	return steps
}

func linkStep(to *spec.Operation, link spec.Link) *Step {
	return &Step{
		Name: "follow it", Operation: to, role: linkedTo,
		Expect: Expect{Because: "the contract links to it"},
		build: func(b *builder, earlier []*Exchange) (*Request, error) {
			from := earlier[len(earlier)-1]
			parts, err := linked(to, link, from)
			if err != nil {
				return nil, err
			}
			request := unscripted(to, parts, to.RequestBody != nil && len(parts.Body) > 0)
			if s := from.Request.Scripted; s != nil && s.Credential != scenarios.None {
				request.Credential, request.Secret = s.Credential, s.Secret
			}
			return b.finish(to, request)
		},
		follow: func(b *builder, x *Exchange, tried int) (*Request, time.Duration) {
			return settling(func(x *Exchange) bool { return !missing(x) }, len(x.earlier)-1)(b, x, tried)
		},
		gate: func(x *Exchange) string { return notYet(x, x.earlier[len(x.earlier)-1]) },
	}
}
