package conformance

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
)

// creationTries is how many requests a creation is tried with, as the first may
// be for what is there already.
const creationTries = 3

// creation is the n-th request, from 0, that makes a thing: what the script or
// the contract gives as an example, then one with values of its own, then the
// example word for word. A collection that belongs to a thing gets the path of
// the one made before.
func (b *builder) creation(r *resource, parent *Exchange, n int) (*Request, error) {
	var made *scenarios.Request
	var err error
	if n == 1 {
		made, err = b.sampleWith(r.create, spec.RequestOptions{Seed: b.seed + b.marks.next(), Dynamic: true, Body: true})
	} else {
		made, err = b.valid(r.create, false)
	}
	if err != nil {
		return nil, err
	}
	if parent != nil {
		if made.Path, err = r.below(parent); err != nil {
			return nil, err
		}
	}
	made = agree(r.create, made)
	if n < creationTries-1 {
		made = b.mark(r.create, made)
	}
	return b.finish(r.create, made)
}

// below is the path of the collection that belongs to a thing made before.
func (r *resource) below(parent *Exchange) (string, error) {
	op := r.parent.read
	if op == nil {
		op = r.parent.remove
	}
	path, err := r.parent.path(op, parent)
	if err != nil {
		return "", err
	}
	return trimSlash(path) + r.create.Path[strings.LastIndexByte(trimSlash(r.create.Path), '/'):], nil
}

// path is the path of an operation of the thing that an exchange made.
func (r *resource) path(op *spec.Operation, created *Exchange) (string, error) {
	if link, ok := r.links[op]; ok {
		parts, err := linked(op, link, created)
		return parts.Path, err
	}
	id, ok := r.id(op, created)
	if !ok {
		return "", skipError(fmt.Sprintf("the answer of %s does not tell the %s of what it made", r.create.ID, param(op)))
	}
	return itemPath(op, r.collectionOf(created), id), nil
}

// item is a request of an operation of the thing that an exchange made.
func (b *builder) item(r *resource, op *spec.Operation, created *Exchange) (*Request, error) {
	path, err := r.path(op, created)
	if err != nil {
		return nil, err
	}
	return b.at(op, path, created)
}

// at is a request of an operation at a path, with the credential of an earlier
// one.
func (b *builder) at(op *spec.Operation, path string, earlier *Exchange) (*Request, error) {
	made, err := b.sampleWith(op, spec.RequestOptions{Seed: b.seed, Optional: op.RequestBody != nil && !op.RequestBody.Required})
	if err != nil {
		return nil, err
	}
	made.Path = path
	freshKeys(made)
	made = b.mark(op, agree(op, made))
	if s := earlier.Request.Scripted; s != nil {
		made.Credential, made.Secret = s.Credential, s.Secret
	}
	return b.finish(op, made)
}

// freshKeys replaces idempotency keys that are samples: one that was used before
// would have the answer of another request.
func freshKeys(r *scenarios.Request) {
	for name := range r.Header {
		if strings.Contains(strings.ToLower(name), "idempoten") {
			r.Header[name] = []string{newKey()}
		}
	}
}

// linked evaluates where a link leads from an answer. Parameters that the link
// does not give are samples.
func linked(op *spec.Operation, link spec.Link, from *Exchange) (spec.RequestParts, error) {
	s, err := op.SampleRequest(spec.RequestOptions{Seed: 1})
	if err != nil {
		return spec.RequestParts{}, err
	}
	scope := runtimeContext(from)
	for _, name := range sortedKeys(link.Parameters) {
		p := linkParameter(op, name)
		if p == nil {
			return spec.RequestParts{}, skipError(fmt.Sprintf("link %s gives a parameter %q that %s does not have", link.Name, name, op.ID))
		}
		v, err := evaluate(link.Parameters[name], scope)
		if err != nil {
			return spec.RequestParts{}, skipError(fmt.Sprintf("link %s cannot be followed: %s", link.Name, err))
		}
		value, err := jsonOf(v)
		if err != nil {
			return spec.RequestParts{}, err
		}
		s.Values = slices.DeleteFunc(s.Values, func(pv spec.ParameterValue) bool { return pv.Parameter == p })
		s.Values = append(s.Values, spec.ParameterValue{Parameter: p, Value: value})
	}
	if link.RequestBody != "" && op.RequestBody != nil {
		v, err := evaluate(link.RequestBody, scope)
		if err != nil {
			return spec.RequestParts{}, skipError(fmt.Sprintf("link %s cannot be followed: %s", link.Name, err))
		}
		if s.Body, err = jsonOf(v); err != nil {
			return spec.RequestParts{}, err
		}
		s.MediaType = op.RequestBody.Preferred()
	}
	return op.EncodeRequest(s.Values, s.Body, s.MediaType)
}

// linkParameter finds a parameter by its name, or by "in.name" (OpenAPI 3.1
// §4.8.20).
func linkParameter(op *spec.Operation, name string) *spec.Parameter {
	in, rest, qualified := strings.Cut(name, ".")
	for _, p := range op.Parameters {
		if p.Name == name || qualified && string(p.In) == in && p.Name == rest {
			return p
		}
	}
	return nil
}

// sampleWith makes a request from the contract alone.
func (b *builder) sampleWith(op *spec.Operation, options spec.RequestOptions) (*scenarios.Request, error) {
	s, err := op.SampleRequest(options)
	if err != nil {
		return nil, err
	}
	return unscripted(op, s.Parts, s.MediaType != nil), nil
}

// unscripted is a request of the run's own credential.
func unscripted(op *spec.Operation, parts spec.RequestParts, hasBody bool) *scenarios.Request {
	return &scenarios.Request{
		Method: op.Method, Path: parts.Path, RawQuery: parts.Query, Header: parts.Header,
		ContentType: parts.ContentType, Body: parts.Body, HasBody: hasBody,
		Credential: scenarios.Own,
	}
}

// markable are the members that a mark may stand in, the best first.
var markable = []string{"externalid", "reference", "name", "title", "label", "displayname", "description", "note", "notes", "comment"}

// mark names what a request makes so that it can be found: in the first member
// for it that the contract has and that takes the text. A request that has none
// stays what it is.
func (b *builder) mark(op *spec.Operation, r *scenarios.Request) *scenarios.Request {
	var members map[string]json.RawMessage
	if !r.HasBody || json.Unmarshal(r.Body, &members) != nil || members == nil {
		return r
	}
	mt := op.RequestMediaType(r.ContentType)
	if mt == nil || mt.Schema == nil || !mt.IsJSON() {
		return r
	}
	names := propertyNames(mt.Schema, map[*schema.Schema]bool{})
	for _, wanted := range markable {
		for _, name := range names {
			if plain(name) != wanted {
				continue
			}
			changed := *r
			text, _ := json.Marshal(b.marks.text())
			body := map[string]json.RawMessage{}
			for k, v := range members {
				body[k] = v
			}
			body[name] = text
			changed.Body, _ = json.Marshal(body)
			if validRequest(op, &changed) {
				return &changed
			}
		}
	}
	return r
}

// propertyNames lists the members that an object's schema describes.
func propertyNames(s *schema.Schema, seen map[*schema.Schema]bool) []string {
	s = s.Target()
	if seen[s] {
		return nil
	}
	seen[s] = true
	var names []string
	for _, p := range s.Properties {
		if p.Schema == nil || !p.Schema.Target().ReadOnly {
			names = append(names, p.Name)
		}
	}
	for _, part := range s.AllOf {
		names = append(names, propertyNames(part, seen)...)
	}
	return names
}

// validRequest holds a request to the contract, as it will travel.
func validRequest(op *spec.Operation, r *scenarios.Request) bool {
	m, err := op.Document().Match(op.Method, r.Path)
	if err != nil || m.Operation != op {
		return false
	}
	header := r.Header.Clone()
	if header == nil {
		header = map[string][]string{}
	}
	if r.ContentType != "" {
		header.Set("Content-Type", r.ContentType)
	}
	return len(op.CheckRequest(&spec.Request{Path: m.Params, Query: r.RawQuery, Header: header, Body: r.Body})) == 0
}

// within makes a request for an address that an answer gave. ok is false where
// it leads away from the target's host.
func (b *builder) within(from *Exchange, reference string) (address *url.URL, ok bool) {
	base, err := url.Parse(from.Request.URL)
	if err != nil {
		return nil, false
	}
	address, err = base.Parse(reference)
	if err != nil || address.Host != b.target.base.Host || address.Scheme != b.target.base.Scheme {
		return nil, false
	}
	return address, true
}

// locationRequest is a GET with the credential of the request that made a thing.
func locationRequest(made *Exchange) *scenarios.Request {
	out := &scenarios.Request{Method: http.MethodGet, Path: "/", Credential: scenarios.Own}
	if s := made.Request.Scripted; s != nil {
		out.Credential, out.Secret = s.Credential, s.Secret
	}
	return out
}

// readdress sends a request elsewhere, with the credential that its query may
// hold.
func readdress(r *Request, to *url.URL) {
	address := *to
	address.Fragment = ""
	if u, err := url.Parse(r.URL); err == nil && u.RawQuery != "" {
		address.RawQuery = strings.TrimPrefix(address.RawQuery+"&"+u.RawQuery, "&")
	}
	r.URL = address.String()
}
