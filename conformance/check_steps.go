package conformance

import (
	"encoding/json"
	"net/http"
	"strings"
)

// What must come of things that were made, each a step of a role.
var (
	createdReadable = Check{
		ID: "created.readable", Severity: Must,
		Says:    "what was made can be read",
		Source:  "RFC 9110 §15.3.2: the request has resulted in a new resource being created",
		Why:     "A client that made a thing asks for it next; one that cannot be read was not made, whatever the answer said.",
		Right:   "POST /things answers 201 with id 7; GET /things/7 answers 200",
		Wrong:   "POST /things answers 201 with id 7; GET /things/7 answers 404",
		For:     shows(reads),
		Applies: withRole(reads),
		Run:     found,
	}
	createdListed = Check{
		ID: "created.listed", Severity: Should,
		Says:    "what was made is in the list of its collection",
		Source:  "the contract's paths: the thing is below its collection, whose GET lists",
		Why:     "People look for what they made in the list, and tools that keep two systems the same read nothing else.",
		Right:   "GET /things holds the thing with id 7, on one of its pages",
		Wrong:   "GET /things, read to its end, is without the thing with id 7",
		For:     shows(lists),
		Applies: withRole(lists),
		Run: func(x *Exchange) error {
			r := x.step.resource
			made := x.earlier[len(x.earlier)-3]
			id, ok := r.id(r.read, made)
			if !ok || mentions(x.Response.Body, id, r.idMembers(r.read)) {
				return nil
			}
			return &Mismatch{"a list with the thing whose " + param(r.read) + " is " + id, "a list without it, to its end"}
		},
	}
	createdChangeable = Check{
		ID: "created.changeable", Severity: Must,
		Says:    "what was made can be changed where the contract says so",
		Source:  "RFC 9110 §15.3.2, and the contract's path",
		Why:     "A method that the contract has for the thing's path is one that its maker may use.",
		Right:   "PATCH /things/7 answers 200",
		Wrong:   "PATCH /things/7 answers 404 or 405 right after the thing was made",
		For:     shows(changes),
		Applies: withRole(changes),
		Run:     foundWithMethod,
	}
	createdRemovable = Check{
		ID: "created.removable", Severity: Must,
		Says:    "what was made can be removed where the contract says so",
		Source:  "RFC 9110 §9.3.5, and the contract's path",
		Why:     "Who makes things must be able to remove them, tests above all.",
		Right:   "DELETE /things/7 answers 204",
		Wrong:   "DELETE /things/7 answers 404 or 405 right after the thing was made",
		For:     shows(removes),
		Applies: withRole(removes),
		Run:     foundWithMethod,
	}
	removedGone = Check{
		ID: "removed.gone", Severity: Must,
		Says:   "what was removed is not there any more",
		Source: "RFC 9110 §9.3.5: DELETE removes the association of the resource with its functionality",
		Why:    "A thing that answers after it was removed is used after it is free: data that somebody wanted gone is still there.",
		Right:  "after DELETE /things/7, GET /things/7 answers 404, 410 or a thing that says it is deleted",
		Wrong:  "after DELETE /things/7, GET /things/7 answers 200 with the thing as it was",
		For:    shows(isGone),
		Applies: func(x *Exchange) bool {
			return x.step.role == isGone && (succeeded(x) || missing(x))
		},
		Run: func(x *Exchange) error {
			before := x.earlier[len(x.earlier)-3]
			if missing(x) || tellsRemoval(before.Response.Body, x.Response.Body) {
				return nil
			}
			return &Mismatch{"404 Not Found or 410 Gone, or an answer that tells of the removal", statusText(x.Response.Status) + " with the thing"}
		},
	}
	locationResolves = Check{
		ID: "created.location", Severity: Should,
		Says:    "Location leads to what was made",
		Source:  "RFC 9110 §10.2.2, §15.3.2",
		Why:     "Clients that follow Location need no knowledge of how addresses are made.",
		Right:   "Location: /things/7, and GET /things/7 answers 200",
		Wrong:   "Location: /things/8, and GET /things/8 answers 404",
		For:     shows(locates),
		Applies: func(x *Exchange) bool { return x.step.role == locates && !noRight(x) },
		Run:     found,
	}
	linkResolves = Check{
		ID: "link.resolves", Severity: Should,
		Says:    "a link of the contract leads to something",
		Source:  "OpenAPI 3.1 §4.8.20",
		Why:     "A link is the contract's own word on where an answer leads.",
		Right:   "the link getThing takes id 7 from the answer; GET /things/7 answers 200",
		Wrong:   "the link getThing takes id 7 from the answer; GET /things/7 answers 404",
		For:     shows(linkedTo),
		Applies: withRole(linkedTo),
		Run:     found,
	}
)

func shows(wanted role) func(*Case) bool {
	return anyStep(func(s *Step) bool { return s.role == wanted })
}

func withRole(wanted role) func(*Exchange) bool {
	return func(x *Exchange) bool { return x.step.role == wanted }
}

func found(x *Exchange) error {
	if missing(x) {
		return &Mismatch{"a success", statusText(x.Response.Status)}
	}
	return nil
}

func foundWithMethod(x *Exchange) error {
	if x.Response.Status == http.StatusMethodNotAllowed {
		return &Mismatch{"a success", statusText(x.Response.Status)}
	}
	return found(x)
}

// removalWords are parts of the names and values by which answers tell that a
// thing is not in use any more.
var removalWords = []string{"delet", "remov", "archiv", "cancel", "disabl", "inactiv", "deactivat", "revok", "terminat", "closed", "trash", "destroy", "expired", "discard"}

// tellsRemoval tells whether an answer for a thing that was removed says so, as
// servers do that keep things: another status, a deletion's time, a flag.
func tellsRemoval(before, after []byte) bool {
	var was, is map[string]json.RawMessage
	if json.Unmarshal(after, &is) != nil {
		return len(after) == 0
	}
	_ = json.Unmarshal(before, &was)
	for name, value := range is {
		if string(was[name]) == string(value) {
			continue
		}
		if speaksOfRemoval(name) || speaksOfRemoval(textOf(value)) || plain(name) == "active" || plain(name) == "enabled" || strings.HasSuffix(plain(name), "status") || strings.HasSuffix(plain(name), "state") {
			return true
		}
		var inner map[string]json.RawMessage
		if json.Unmarshal(value, &inner) == nil && inner != nil && tellsRemoval(was[name], value) {
			return true
		}
	}
	return false
}

func speaksOfRemoval(text string) bool {
	text = plain(text)
	for _, word := range removalWords {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}
