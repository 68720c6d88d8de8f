package mockserver_test

import (
	"context"
	"time"

	"github.com/concord-api/concord/mockserver"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/dinie"
)

func load(location string) (*spec.Document, error) {
	return spec.Load(context.Background(), location, spec.Embedded("dinie", dinie.Document))
}

// dinieServer is the mock of the default contract.
func dinieServer() (*mockserver.Server, error) {
	doc, err := load("dinie")
	if err != nil {
		return nil, err
	}
	sc := scenarios.Empty(doc)
	sc.Behaviour = scenarios.Behaviour{
		Idempotency: &scenarios.Idempotency{Header: "Idempotency-Key", Aliases: []string{"X-Idempotency-Key"}, Methods: []string{"POST"}, TTL: time.Hour},
		RateLimit:   &scenarios.RateLimit{Requests: 60000000, Per: time.Minute, By: scenarios.ByCredential, Headers: scenarios.RateLimitHeaders{Limit: "X-Ratelimit-Limit", Remaining: "X-Ratelimit-Remaining", Reset: "X-Ratelimit-Reset"}},
		RequestID:   &scenarios.RequestID{Header: "X-Request-Id", Prefix: "req_"},
	}
	return mockserver.New(doc, sc)
}
