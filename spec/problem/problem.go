package problem

import (
	"encoding/json"
	"net/http"
)

// A Problem is one problem details object (RFC 9457 §3). A field with its zero
// value is absent, except that an absent Type is [Blank].
type Problem struct {
	Type     string // URI reference of the problem type (§3.1.1)
	Title    string // short summary, the same for each occurrence of a type (§3.1.3)
	Status   int    // HTTP status of this occurrence (§3.1.2)
	Detail   string // what happened this time, for people (§3.1.4)
	Instance string // URI reference of this occurrence (§3.1.5)

	Code   string // extension: machine-readable subtype
	Param  string // extension: the request parameter at fault
	Errors []Item // extension: single faults; written when not nil, even if empty

	// Extensions are all other members (§3.2), in order.
	Extensions Extensions

	layout []byte // the order of the members as read; see appendObject
}

// An Item is one element of the member errors.
type Item struct {
	Param   string // name of the parameter or path of the member at fault
	Pointer string // JSON Pointer of the member at fault (RFC 6901)
	Detail  string // what is wrong with it, for people
	Code    string // what is wrong with it, for machines

	// Extensions are all other members, in order.
	Extensions Extensions

	layout []byte
}

// New returns a problem of type [Blank] for an HTTP status. Its title is the
// status phrase, as RFC 9457 §4.2.1 recommends for that type.
func New(status int, detail string) *Problem {
	return &Problem{Type: Blank, Title: http.StatusText(status), Status: status, Detail: detail}
}

// A Member is one member of a JSON object: its name, not escaped, and its value as JSON.
type Member struct {
	Name  string
	Value json.RawMessage
}

// Extensions are members of an object in order, each name at most once.
type Extensions []Member

// Get returns the value of the member with the name, and whether there is one.
func (e Extensions) Get(name string) (value json.RawMessage, ok bool) {
	for i := range e {
		if e[i].Name == name {
			return e[i].Value, true
		}
	}
	return nil, false
}

// Set gives the member with the name a value, which must be valid JSON. A new
// member goes to the end; one that is there keeps its place.
func (e *Extensions) Set(name string, value json.RawMessage) {
	for i := range *e {
		if (*e)[i].Name == name {
			(*e)[i].Value = value
			return
		}
	}
	*e = append(*e, Member{name, value})
}
