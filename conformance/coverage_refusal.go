package conformance

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// refusals says by which statuses a server refuses a request for what a case
// changed in it. Any other 4xx says something else of the request (who sent it,
// what is there, how often), so that it is no verdict; a 2xx accepts it, and a
// 5xx is a fault whatever was sent. --refused-with adds to it, by operation.
var refusals = map[coverage.Kind][]int{
	coverage.Path:   {400, 404, 410, 414, 422},
	coverage.Query:  {400, 414, 422},
	coverage.Header: {400, 412, 416, 417, 422, 428, 431},
	coverage.Cookie: {400, 422, 431},
	coverage.Member: {400, 413, 422},
	coverage.Media:  {400, 415, 422},
	coverage.Syntax: {400, 413, 415, 422},
}

// refusedWith lists the statuses that refuse a case of an operation.
func (c *Config) refusedWith(op *spec.Operation, kind coverage.Kind) []int {
	return slices.Concat(refusals[kind], c.furtherRefusals[op])
}

// readRefusals reads Refusals.
func (c *Config) readRefusals() error {
	c.furtherRefusals = map[*spec.Operation][]int{}
	for _, id := range sortedKeys(c.Refusals) {
		op := c.Document.Operation(id)
		if op == nil {
			return usage("--refused-with %s: the contract has no operation %q", id, id)
		}
		for _, text := range strings.Split(c.Refusals[id], ",") {
			status, err := strconv.Atoi(strings.TrimSpace(text))
			if err != nil || status < 400 || status > 499 {
				return usage("--refused-with %s=%s: %q is no status from 400 to 499", id, c.Refusals[id], text)
			}
			c.furtherRefusals[op] = append(c.furtherRefusals[op], status)
		}
	}
	return nil
}

// httpItself tells whether a status is one that servers give to requests which
// never reach an operation, so that few contracts document it.
func httpItself(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusLengthRequired, http.StatusRequestEntityTooLarge, http.StatusRequestURITooLong,
		http.StatusUnsupportedMediaType, http.StatusExpectationFailed, http.StatusRequestHeaderFieldsTooLarge:
		return true
	}
	return false
}

// spares tells whether a status that the contract does not have is no fault of
// the server: HTTP itself gives it, or the contract leaves no way to refuse.
func (t *trial) spares(status int) bool {
	if t == nil {
		return false
	}
	return httpItself(status) || slices.Contains(t.refusals, status) && !slices.ContainsFunc(t.refusals, func(s int) bool {
		return s != http.StatusNotFound && s != http.StatusGone && t.op.Response(s) != nil
	})
}

// statusList is a list of statuses for a sentence.
func statusList(statuses []int) string {
	texts := make([]string, len(statuses))
	for i, s := range statuses {
		texts[i] = strconv.Itoa(s)
	}
	return strings.Join(texts, ", ")
}

// whyUndecided tells why an answer to a trial is no verdict, "" where it is one.
// control is the answer to the valid request that the trial differs from.
func (t *trial) whyUndecided(b *builder, x, control *Exchange) string {
	status := x.Response.Status
	if status >= 500 || status < 200 {
		return ""
	}
	controlled := control.Response.Status
	if t.at.Want == coverage.Survive {
		return ""
	}
	if status < 300 {
		return ""
	}
	said := statusText(status)
	switch {
	case status < 400:
		return "the target answers " + said
	case !control.Answered():
		return "the valid request that it differs from is not answered"
	case controlled/100 != 2 && (status == controlled || t.at.Want == coverage.Accept):
		return fmt.Sprintf("the valid request that it differs from is answered %s: give fixtures and credentials by which it succeeds", statusText(controlled))
	case !slices.Contains(t.refusals, status):
		return "the target answers " + said + ", which says nothing of the change"
	case t.at.Want == coverage.Accept && (t.at.Meant || speaksOfState(x) || b.scriptsRefusal(t.op, status, x)):
		return "the target answers " + said + ", which may be for what the value means"
	}
	return ""
}

// refusedAs tells whether an answer is the problem that a script claims: by its
// code, or by one of its items.
func refusedAs(claim *scenarios.ProblemClaim, x *Exchange) bool {
	if claim == nil || claim.Code == "" && len(claim.Items) == 0 {
		return true
	}
	if claim.Code != "" {
		return claim.Code == textAt(x.Response.Body, "/code")
	}
	for i := range 100 {
		at := "/errors/" + strconv.Itoa(i)
		if valueAt(x.Response.Body, at) == "" {
			break
		}
		item := scenarios.ProblemItem{Param: textAt(x.Response.Body, at+"/param"), Code: textAt(x.Response.Body, at+"/code")}
		if slices.Contains(claim.Items, item) {
			return true
		}
	}
	return false
}

// stateWords are in the codes of problems that say what is there, not what is
// wrong with a request.
var stateWords = []string{"exist", "already", "duplicate", "taken", "in_use", "unique", "conflict", "not_found", "unknown", "expired", "unavailable", "locked", "exceeded", "insufficient"}

// speaksOfState tells by the codes of a problem whether it is for what is there.
func speaksOfState(x *Exchange) bool {
	codes := textAt(x.Response.Body, "/code") + " " + textAt(x.Response.Body, "/type")
	for i := range 8 {
		codes += " " + textAt(x.Response.Body, "/errors/"+strconv.Itoa(i)+"/code")
	}
	codes = strings.ReplaceAll(strings.ToLower(codes), "-", "_")
	return slices.ContainsFunc(stateWords, func(word string) bool { return strings.Contains(codes, word) })
}

// scriptsRefusal tells whether the script has an answer with the status and code
// of this one to a request that keeps the contract: such a refusal is for what
// the request means.
func (b *builder) scriptsRefusal(op *spec.Operation, status int, x *Exchange) bool {
	for _, sc := range b.script.Of(op) {
		for _, r := range sc.Responses {
			if r.Status != status {
				continue
			}
			if !refusedAs(r.Claims().Problem, x) {
				continue
			}
			request, err := sc.Request(b.env)
			if err != nil {
				continue
			}
			sent := wired(request)
			if violations, routed := sent.Violations(op); routed && len(violations) == 0 {
				return true
			}
		}
	}
	return false
}
