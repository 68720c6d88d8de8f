package conformance

import (
	"fmt"
	"net/http"

	"github.com/concord-api/concord/spec"
)

// limitRequests is how many requests show whether they are counted.
const limitRequests = 4

// rateLimitCase sends one request several times, one after another.
func rateLimitCase(c *Config) []*Case {
	limit := c.Script.Behaviour.RateLimit
	if limit == nil || limit.Headers.Remaining == "" {
		return nil
	}
	var op *spec.Operation
	for _, other := range c.Document.Operations() {
		if other.Method == http.MethodGet && !limit.Spares(other) {
			op = other
			break
		}
	}
	if op == nil {
		return nil
	}
	out := &Case{
		ID: protocolID(op, "rate-limit"), Topic: RateLimit, Operation: op, Alone: true,
		Name: "one request after another, which are counted",
	}
	because := fmt.Sprintf("the script's rate limit, %s", limit.Position)
	for i := range limitRequests {
		step := plainly(op)
		step.Name, step.Setup, step.Expect.Because = fmt.Sprintf("request %d", i+1), false, because
		out.Steps = append(out.Steps, step)
	}
	return []*Case{out}
}
