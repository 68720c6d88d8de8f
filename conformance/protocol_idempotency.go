package conformance

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/concord-api/concord/spec"
)

// errNoOther says that a case needs a second request and there is none.
var errNoOther = errors.New("the contract gives no second request that differs from the first")

// idempotencyCases repeat a request, and send another with the same key, as the
// script says that keys work.
func idempotencyCases(c *Config, op *spec.Operation) []*Case {
	idempotency := c.Script.Behaviour.Idempotency
	if !idempotency.Applies(op.Method) || !takesHeader(op, idempotency.Header) {
		return nil
	}
	because := fmt.Sprintf("the script's idempotency, %s, and the IETF draft httpapi-idempotency-key-header §2", idempotency.Position)
	first := func(name string) *Step {
		return &Step{Name: name, Operation: op, Setup: true, Expect: Expect{Status: []string{"2XX"}, Because: because},
			build: func(b *builder, _ []*Exchange) (*Request, error) {
				r, err := b.valid(op, false)
				if err != nil {
					return nil, err
				}
				return b.keyed(op, r, idempotency.Header, "")
			}}
	}
	return []*Case{
		{
			ID: protocolID(op, "idempotent-replay"), Topic: Replay, Operation: op,
			Name: "the same request and " + idempotency.Header + " again",
			Steps: []*Step{first("first"), {
				Name: "again", Operation: op, Expect: Expect{Status: []string{"2XX"}, Because: because},
				build: func(_ *builder, earlier []*Exchange) (*Request, error) { return again(earlier[0]), nil },
			}},
		},
		{
			ID: protocolID(op, "key-reuse"), Topic: KeyReuse, Operation: op,
			Name: "another request with an " + idempotency.Header + " that was used",
			Steps: []*Step{first("first"), {
				Name: "another", Operation: op,
				Expect: Expect{Status: reuseStatuses(op), Because: because},
				build: func(b *builder, earlier []*Exchange) (*Request, error) {
					return other(b, op, earlier[0])
				},
			}},
		},
	}
}

func takesHeader(op *spec.Operation, header string) bool {
	return slices.ContainsFunc(op.Parameters, func(p *spec.Parameter) bool {
		return p.In == spec.InHeader && strings.EqualFold(p.Name, header)
	})
}

// reuseStatuses are how a key that belongs to another request may be refused:
// 422 where it is documented (draft §2.7), else as the contract refuses. Where the
// other request is another path, nobody made what it is about: a server that looks
// for that first says 404.
func reuseStatuses(op *spec.Operation) []string {
	var statuses []string
	if op.RequestBody == nil || !op.RequestBody.Required {
		statuses = []string{"404", "410"}
	}
	if r := op.Response(http.StatusUnprocessableEntity); r != nil {
		return append(statuses, "422")
	}
	for _, r := range op.Responses {
		if strings.HasPrefix(r.Status, "4") && !slices.Contains([]string{"401", "403", "404", "429"}, r.Status) {
			statuses = append(statuses, r.Status)
		}
	}
	if len(statuses) == 0 {
		return []string{"422"}
	}
	return statuses
}

// other is a request with the key of an earlier one that asks for something
// else: another body where the operation takes one, else another path.
func other(b *builder, op *spec.Operation, first *Exchange) (*Request, error) {
	r := again(first)
	if first.Request.Body != nil {
		for seed := b.seed; seed < b.seed+10; seed++ {
			s, err := op.SampleRequest(spec.RequestOptions{Seed: seed, Dynamic: true, Optional: true})
			if err != nil {
				return nil, err
			}
			if s.MediaType != nil && string(s.Parts.Body) != string(r.Body) {
				r.Body = s.Parts.Body
				r.Header.Set("Content-Type", s.Parts.ContentType)
				return r, nil
			}
		}
	}
	path := otherPath(op, first.Request.Scripted.Path)
	if path == "" {
		return nil, errNoOther
	}
	changed := *first.Request.Scripted
	changed.Path = path
	return b.finish(op, &changed)
}

// otherPath changes the last character of the first path parameter that still
// has its form then, "" where there is none.
func otherPath(op *spec.Operation, path string) string {
	segments := strings.Split(path, "/")
	template := strings.Split(op.Path, "/")
	for i, segment := range segments {
		if i >= len(template) || !strings.HasPrefix(template[i], "{") || segment == "" {
			continue
		}
		last := segment[len(segment)-1]
		for _, c := range []byte("0123456789abcdef") {
			if c == last {
				continue
			}
			changed := slices.Clone(segments)
			changed[i] = segment[:len(segment)-1] + string(c)
			if validPath(op, strings.Join(changed, "/")) {
				return strings.Join(changed, "/")
			}
		}
	}
	return ""
}

// validPath tells whether a path's parameters are as the operation wants them.
func validPath(op *spec.Operation, path string) bool {
	m, err := op.Document().Match(op.Method, path)
	if err != nil || m.Operation != op {
		return false
	}
	for _, v := range op.CheckRequest(&spec.Request{Path: m.Params, Header: http.Header{}}) {
		if v.In == spec.PathPart {
			return false
		}
	}
	return true
}

// newKey is a key that no request had before, a UUID (RFC 9562 §5.4).
func newKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
