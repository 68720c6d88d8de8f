package conformance

import (
	"encoding/json"
	"net/url"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// agree lets the body of a request say of its path what the path says: where
// PUT /things/{id} has a member id in its body, that is the same id. A contract
// has no words for it, and servers refuse a body that is for another thing. A
// body that has no such member, or breaks the contract with it, stays.
func agree(op *spec.Operation, r *scenarios.Request) *scenarios.Request {
	var body map[string]json.RawMessage
	if !r.HasBody || json.Unmarshal(r.Body, &body) != nil || body == nil {
		return r
	}
	m, err := op.Document().Match(op.Method, r.Path)
	if err != nil || m.Operation != op {
		return r
	}
	changed := false
	for _, p := range op.Parameters {
		if p.In != spec.InPath || body[p.Name] == nil {
			continue
		}
		raw, _ := m.Params.Get(p.Name)
		if value := retold(raw, body[p.Name]); value != nil {
			body[p.Name], changed = value, true
		}
	}
	if !changed {
		return r
	}
	out := *r
	if out.Body, err = json.Marshal(body); err != nil || !validRequest(op, &out) {
		return r
	}
	return &out
}

// retold is what a segment of a path says, as a value of the type of another; nil
// where it says the same, or no value of that type.
func retold(segment string, like json.RawMessage) json.RawMessage {
	text, err := url.PathUnescape(segment)
	if err != nil {
		return nil
	}
	value := json.RawMessage(text)
	if like[0] == '"' {
		value, _ = json.Marshal(text)
	}
	if !json.Valid(value) || (value[0] == '"') != (like[0] == '"') || string(value) == string(like) {
		return nil
	}
	return value
}
