package conformance

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/concord-api/concord/conformance/coverage"
	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/schema"
	"github.com/concord-api/concord/spec/source"
)

// placeMembers are the members by which items of errors name a place, as APIs
// call them.
var placeMembers = []string{"param", "parameter", "pointer", "field", "property", "path", "loc", "location"}

// namesPlaces tells whether the contract documents an answer whose errors name
// places.
func namesPlaces(r *spec.Response) bool {
	if r == nil {
		return false
	}
	return slices.ContainsFunc(r.Content, func(mt *spec.MediaType) bool {
		items := property(mt.Schema, "errors")
		if items == nil || items.Items == nil {
			return false
		}
		return slices.ContainsFunc(placeMembers, func(name string) bool { return property(items.Items, name) != nil })
	})
}

// property is the schema of an object's member, nil where there is none.
func property(s *schema.Schema, name string) *schema.Schema {
	if s == nil {
		return nil
	}
	s = s.Target()
	for _, p := range s.Properties {
		if p.Name == name {
			return p.Schema.Target()
		}
	}
	for _, part := range s.AllOf {
		if found := property(part, name); found != nil {
			return found
		}
	}
	return nil
}

// blamed lists the places that the errors of a body name.
func blamed(body []byte) []string {
	var answer struct{ Errors []map[string]json.RawMessage }
	if json.Unmarshal(body, &answer) != nil {
		return nil
	}
	var places []string
	for _, item := range answer.Errors {
		for _, member := range placeMembers {
			if text := placeText(item[member]); text != "" {
				places = append(places, text)
				break
			}
		}
	}
	return places
}

// placeText is a place as one text: a string, or the list of its steps.
func placeText(value json.RawMessage) string {
	if text := textOf(value); text != "" {
		return text
	}
	var steps []json.RawMessage
	if json.Unmarshal(value, &steps) != nil {
		return ""
	}
	texts := make([]string, len(steps))
	for i, step := range steps {
		texts[i] = textOf(step)
	}
	return strings.Join(texts, "/")
}

// misplaced lists the places that a refusal blames, where none of them is what
// the trial broke; nil where one is, or where nothing can be told.
func (t *trial) misplaced(x *Exchange) []string {
	if t.at == nil || t.at.Want != coverage.Refuse || t.at.Kind == coverage.Media || t.at.Kind == coverage.Syntax ||
		!slices.Contains(t.refusals, x.Response.Status) || !namesPlaces(x.Documented()) || speaksOfState(x) {
		return nil
	}
	places := blamed(x.Response.Body)
	for _, place := range places {
		if strings.ContainsFunc(place, unicode.IsSpace) {
			return nil // words for people
		}
		if slices.ContainsFunc(t.at.Broken, func(at coverage.Where) bool { return names(place, at) }) {
			return nil
		}
	}
	return places
}

// locations are words for the parts of a request, with which places may begin.
var locations = []string{"body", "requestbody", "request", "payload", "data", "attributes", "input", "root",
	"query", "querystring", "path", "header", "headers", "cookie", "cookies", "param", "params", "parameter", "parameters"}

// names tells whether a text means a place, what holds it or what is in it: a
// JSON pointer with or without its slash, dotted, with brackets, with the part of
// the request in front, in any spelling of names.
func names(text string, at coverage.Where) bool {
	given, wanted := tokens(text), append(tokens(at.Name), tokens(at.Pointer)...)
	for len(given) > 0 && contains(locations, given[0]) && (len(wanted) == 0 || given[0] != wanted[0]) {
		given = given[1:]
	}
	if len(given) == 0 || len(wanted) == 0 {
		return true // the whole
	}
	return contains(wanted, given[len(given)-1]) || contains(given, wanted[len(wanted)-1])
}

// tokens are the names in the text of a place, without the numbers of items.
func tokens(text string) []string {
	var out []string
	for _, token := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(`/.[]'"$#:`, r) }) {
		if _, err := strconv.Atoi(token); err == nil {
			continue
		}
		if token = plain(source.UnescapePointer(token)); token != "" {
			out = append(out, token)
		}
	}
	return out
}

// blamesTheBroken demands that errors[] lead to what is wrong.
var blamesTheBroken = Check{
	ID:       "negative.place-named",
	Severity: Should,
	Says:     "where errors name places, one of them is what is wrong with the request",
	Source:   "RFC 9457 §3.1.4, and its second example; the schema of the contract's errors",
	Why:      "A form shows each error beside its field: one that blames another field sends people to change what was right.",
	Right:    `{"age": "many"}: {"errors": [{"param": "age", "detail": "must be a number"}]}`,
	Wrong:    `{"age": "many"}: {"errors": [{"param": "name", "detail": "must be a number"}]}`,
	For: anyStep(func(s *Step) bool {
		return s.trial != nil && s.trial.at != nil && s.trial.at.Want == coverage.Refuse && slices.ContainsFunc(s.Operation.Responses, namesPlaces)
	}),
	Applies: func(x *Exchange) bool {
		return x.step.trial != nil && !x.Excused && slices.Contains(x.step.trial.refusals, x.Response.Status) && len(blamed(x.Response.Body)) > 0
	},
	Run: func(x *Exchange) error {
		if places := x.step.trial.misplaced(x); len(places) > 0 {
			return &Mismatch{"an item for " + x.step.trial.at.Place, "items for " + strings.Join(slices.Compact(places), ", ")}
		}
		return nil
	},
}
