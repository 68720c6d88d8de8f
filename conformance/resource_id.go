package conformance

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/concord-api/concord/spec"
)

// id finds how a created thing is called in the path of one of its operations:
// in the member of the answer that has the parameter's name, in `id`, else in
// the Location header. ok is false where nothing tells, or what tells is no
// value of the parameter.
func (r *resource) id(op *spec.Operation, created *Exchange) (id string, ok bool) {
	path := r.collectionOf(created)
	for _, candidate := range r.candidates(op, created) {
		if candidate != "" && validPath(op, itemPath(op, path, candidate)) {
			return candidate, true
		}
	}
	return "", false
}

// collectionOf is the path that a creation was sent to.
func (r *resource) collectionOf(created *Exchange) string {
	if created.Request.Scripted == nil {
		return r.create.Path
	}
	return created.Request.Scripted.Path
}

// itemPath is the path of one thing below a collection's.
func itemPath(op *spec.Operation, collection, id string) string {
	path := strings.TrimSuffix(collection, "/") + "/" + url.PathEscape(id)
	if strings.HasSuffix(op.Path, "/") {
		path += "/"
	}
	return path
}

func (r *resource) candidates(op *spec.Operation, created *Exchange) []string {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(created.Response.Body, &members)
	var out []string
	for _, name := range r.idMembers(op) {
		out = append(out, textOf(memberLike(members, name)))
	}
	for _, envelope := range []string{"data", "result", r.singular()} {
		var inner map[string]json.RawMessage
		if json.Unmarshal(memberLike(members, plain(envelope)), &inner) == nil {
			for _, name := range r.idMembers(op) {
				out = append(out, textOf(memberLike(inner, name)))
			}
		}
	}
	if location := created.Response.Header.Get("Location"); location != "" {
		if u, err := url.Parse(location); err == nil {
			if m, err := op.Document().Match(op.Method, u.EscapedPath()); err == nil && m.Operation == op {
				raw, _ := m.Params.Get(param(op))
				out = append(out, unescaped(raw))
			}
		}
	}
	return out
}

// idMembers names the members, as plain writes them, that can hold the value of
// a path parameter. `id` is one for parameters that ask for an id, or that are
// called as the thing is: another name (number, slug) asks for something else.
func (r *resource) idMembers(op *spec.Operation) []string {
	name, thing := plain(param(op)), plain(r.singular())
	names := []string{name}
	if strings.HasSuffix(name, "id") || name == thing {
		names = append(names, "id", thing+"id", "uuid")
	}
	return names
}

var separators = strings.NewReplacer("_", "", "-", "", ".", "")

// plain is a name without case and separators: "thing_id" and "thingId" are one.
func plain(name string) string {
	return separators.Replace(strings.ToLower(name))
}

func memberLike(members map[string]json.RawMessage, name string) json.RawMessage {
	if v, ok := members[name]; ok {
		return v
	}
	for _, key := range sortedKeys(members) {
		if plain(key) == name {
			return members[key]
		}
	}
	return nil
}

// textOf is a JSON text or integer as it stands in a path, "" for anything else.
func textOf(v json.RawMessage) string {
	var s string
	if json.Unmarshal(v, &s) == nil {
		return s
	}
	var n json.Number
	if json.Unmarshal(v, &n) == nil && !strings.ContainsAny(n.String(), ".eE") {
		return n.String()
	}
	return ""
}

// neverCreated changes an id into one of its form that nothing has, "" where
// none is found that the parameter allows.
func neverCreated(op *spec.Operation, collection, id string) string {
	for try := range 20 {
		other := scramble(id, uint64(try))
		if other != id && validPath(op, itemPath(op, collection, other)) {
			return other
		}
	}
	return ""
}

// scramble replaces the last characters of an id by random ones of their kind. A
// number becomes one of nine digits, far from those that are given out in turn. Of
// an id that has a prefix, or digits that are decimal ones, every other try changes
// digits to digits, and every third and fourth leaves letters as they are.
func scramble(id string, try uint64) string {
	noise := newKey() + newKey()
	if strings.Trim(id, "0123456789") == "" {
		digits := "9" + strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, noise+"12345678")
		return digits[:max(9-int(try)/4, 1)]
	}
	noise = strings.ReplaceAll(noise, "-", "")
	decimal, letters := try%2 == 1, try%4 < 2
	out := []byte(id)
	changed := 0
	for i := len(out) - 1; i >= 0 && changed < 12; i-- {
		with := noise[changed%len(noise)]
		switch c := out[i]; {
		case !letters && (c < '0' || c > '9'):
			continue
		case decimal && c >= '0' && c <= '9':
			out[i] = '0' + with%10
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f':
			if i > 0 || with > '0' {
				out[i] = with
			}
		case c >= 'g' && c <= 'z':
			out[i] = 'g' + with%20
		case c >= 'A' && c <= 'Z':
			out[i] = 'A' + with%26
		default:
			continue
		}
		changed++
	}
	return string(out)
}

// creates tells whether an answer says that the request made a thing: 201, or
// 202, or where the contract knows neither, another success (RFC 9110 §15.3.2).
func (r *resource) creates(x *Exchange) bool {
	switch status := x.Response.Status; {
	case !x.Answered():
		return false
	case status == http.StatusCreated, status == http.StatusAccepted:
		return true
	case status/100 == 2:
		return !documents(r.create, "201") && !documents(r.create, "202")
	}
	return false
}

func documents(op *spec.Operation, status string) bool {
	for _, r := range op.Responses {
		if r.Status == status {
			return true
		}
	}
	return false
}
