package mockserver

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/concord-api/concord/mockserver/state"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// claimLease is how long a request may hold its key. It is longer than any
// answer takes, and ends a claim whose process died.
const claimLease = 10 * time.Minute

// claim is a request's hold on its idempotency key.
type claim struct {
	held        bool
	key         string // as the client gave it; "" where it gave none
	name        string // of the key, to the store
	fingerprint [sha256.Size]byte
}

// isKeyed tells whether requests of an operation may carry an idempotency key:
// the script names its method, and the operation declares the header. Where no
// operation of a contract declares it, the script has the word for all.
func (s *Server) isKeyed(op *spec.Operation) bool {
	if !s.idempotent.Applies(op.Method) {
		return false
	}
	if op.Parameter(spec.InHeader, s.idempotent.Header) != nil {
		return true
	}
	s.declared.once.Do(func() { s.declared.is = declaresHeader(s.doc, s.idempotent.Header) })
	return !s.declared.is
}

func declaresHeader(doc *spec.Document, name string) bool {
	for _, op := range doc.Operations() {
		if op.Parameter(spec.InHeader, name) != nil {
			return true
		}
	}
	return false
}

// remember answers a request whose idempotency key was used before: with the
// first answer again, with 422 where it was another request, with 409 where the
// first still runs (IETF draft-ietf-httpapi-idempotency-key-header-07 §2.6). A
// key belongs to a credential and an operation.
func (x *exchange) remember() *answer {
	if !x.op.keyed {
		return nil
	}
	s := x.server
	key := s.idempotent.Key(x.r.Header)
	if key == "" {
		return nil
	}
	x.claim.key, x.claim.name = key, x.keyName(key)
	x.claim.fingerprint = x.fingerprint()
	found, err := s.store.Reserve(x.r.Context(), x.claim.name, x.claim.fingerprint, claimLease)
	if err != nil {
		s.log.Error("an idempotency key is not kept", "operation", x.op.ID, "error", err)
		return nil
	}
	switch found.Outcome {
	case state.Claimed:
		x.claim.held = true
		return nil
	case state.Done:
		a, err := decodeAnswer(found.Answer)
		if err != nil {
			s.log.Error("a remembered answer cannot be read", "operation", x.op.ID, "error", err)
			return x.broken("the first answer for this idempotency key cannot be read")
		}
		return a
	case state.InFlight:
		return x.fail(&trouble{
			statuses: []int{http.StatusConflict},
			code:     s.problems.Code(scenarios.IdempotencyInProgress),
			detail:   "the first request with this " + s.idempotent.Header + " is still being answered; try again shortly",
		})
	}
	return x.fail(&trouble{
		statuses: []int{http.StatusUnprocessableEntity, http.StatusBadRequest},
		code:     s.problems.Code(scenarios.IdempotencyReused),
		detail:   "this " + s.idempotent.Header + " was used for another request; use a new one for each",
	})
}

// keyName names a key to the store: who, where, which.
func (x *exchange) keyName(key string) string {
	h := sha256.New()
	who := ""
	if x.client != nil {
		who = x.client.id
	}
	for _, part := range []string{who, x.op.ID, key} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return "key " + string(h.Sum(nil))
}

// fingerprint tells one request from another.
func (x *exchange) fingerprint() (sum [sha256.Size]byte) {
	h := sha256.New()
	for _, part := range []string{x.r.Method, x.path[len(x.match.BasePath):], x.query} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	h.Write(x.body)
	h.Sum(sum[:0])
	return sum
}

// settle ends the claim on a key: the answer is remembered, or, where the
// script says that it is to be forgotten, the next request is the first again.
func (x *exchange) settle(a *answer) *answer {
	if len(x.applied) > 0 {
		with := *a
		with.header = append(slices.Clone(a.header), field{"Preference-Applied", []string{strings.Join(x.applied, ", ")}})
		a = &with
	}
	if !x.claim.held {
		return a
	}
	s, ctx := x.server, x.r.Context()
	x.claim.held = false
	if a.fleeting || a.fault != scenarios.NoFault || !s.idempotent.Remembers(a.status) {
		if err := s.store.Release(ctx, x.claim.name, x.claim.fingerprint); err != nil {
			s.log.Error("an idempotency key is not given back", "operation", x.op.ID, "error", err)
		}
		return a
	}
	ttl := s.idempotent.TTL
	if ttl <= 0 {
		ttl = 24 * time.Hour
	}
	if err := s.store.Complete(ctx, x.claim.name, x.claim.fingerprint, a.encode(), ttl); err != nil {
		s.log.Error("an answer is not remembered", "operation", x.op.ID, "error", err)
	}
	return a
}

// header is the request's header as the contract is to see it: an idempotency
// key that came by another name stands under the contract's.
func (x *exchange) header() http.Header {
	if x.claim.key == "" || len(x.r.Header[x.server.idempotent.Header]) > 0 {
		return x.r.Header
	}
	h := x.r.Header.Clone()
	h[x.server.idempotent.Header] = []string{x.claim.key}
	return h
}

// encode writes an answer for the store: status, scenario, headers, body, each
// text with its length in front.
func (a *answer) encode() []byte {
	out := make([]byte, 0, len(a.body)+512)
	out = binary.AppendUvarint(out, uint64(a.status))
	text := func(s string) {
		out = binary.AppendUvarint(out, uint64(len(s)))
		out = append(out, s...)
	}
	text(a.scenario)
	out = binary.AppendUvarint(out, uint64(len(a.header)))
	for _, f := range a.header {
		text(f.name)
		out = binary.AppendUvarint(out, uint64(len(f.values)))
		for _, v := range f.values {
			text(v)
		}
	}
	return append(out, a.body...)
}

var errTruncated = errors.New("it ends too early")

// decodeAnswer reads what encode wrote.
func decodeAnswer(in []byte) (*answer, error) {
	failed := false
	number := func() int {
		n, size := binary.Uvarint(in)
		if size <= 0 || n > uint64(len(in)) && n > 1<<20 {
			failed = true
			return 0
		}
		in = in[size:]
		return int(n)
	}
	text := func() string {
		n := number()
		if n > len(in) {
			failed = true
			return ""
		}
		s := string(in[:n])
		in = in[n:]
		return s
	}
	a := &answer{status: number(), scenario: text()}
	for range number() {
		if failed {
			break
		}
		f := field{name: text()}
		for range number() {
			if failed {
				break
			}
			f.values = append(f.values, text())
		}
		a.header = append(a.header, f)
	}
	if failed {
		return nil, errTruncated
	}
	if a.body = in; hasBody(a.status) {
		a.measure()
	}
	return a, nil
}
