package conformance

import (
	"errors"
	"net/http"
	"slices"
	"strings"
)

// refusesUnknownPath demands 404 for a path that the contract does not have.
var refusesUnknownPath = Check{
	ID:       "path.unknown",
	Severity: Must,
	Says:     "a path that does not exist is answered with 404",
	Source:   "RFC 9110 §15.5.5",
	Why:      "Anything but 404 for what is not there hides a misspelt address from its author.",
	Right:    "GET /no-such-thing: 404 Not Found",
	Wrong:    "GET /no-such-thing: 200 OK with the page of a front end",
	For:      topic(UnknownPath),
	Run:      statusExpected,
}

// refusesWrongMethod demands 405 for a method that the contract does not have.
var refusesWrongMethod = Check{
	ID:       "method.refused",
	Severity: Must,
	Says:     "a method that a path does not have is answered with 405",
	Source:   "RFC 9110 §15.5.6",
	Why:      "A client learns that the address is right and the method is not. A 404 sends it looking for another address.",
	Right:    "PUT /customers, where there are GET and POST: 405 Method Not Allowed",
	Wrong:    "PUT /customers: 404 Not Found",
	For:      topic(WrongMethod),
	Run:      statusExpected,
}

// refusesMalformed demands a client error for a body that cannot be read.
var refusesMalformed = Check{
	ID:       "body.malformed-refused",
	Severity: Must,
	Says:     "a body that cannot be read is refused with a 4xx",
	Source:   "RFC 9110 §15.5, §15.5.1",
	Why:      "A body that cannot be read is the client's fault, to be said so: a 5xx makes it repeat the request, a 2xx makes it believe that it was understood.",
	Right:    `POST with {"name": : 400 Bad Request`,
	Wrong:    `POST with {"name": : 500 Internal Server Error`,
	For:      topic(Malformed),
	Run:      statusExpected,
}

// allow demands that a 405 says which methods there are.
var allow = Check{
	ID:       "method.allow",
	Severity: Must,
	Says:     "a 405 carries Allow",
	Source:   "RFC 9110 §10.2.1, §15.5.6",
	Why:      "The standard demands it of each 405: it is how a client finds the method that it needs.",
	Right:    "405 Method Not Allowed\nAllow: GET, POST",
	Wrong:    "405 Method Not Allowed, without Allow",
	For:      expects("405"),
	Applies:  answers(http.StatusMethodNotAllowed),
	Run: func(x *Exchange) error {
		if _, ok := x.Response.Header["Allow"]; !ok {
			return errors.New("header Allow is missing")
		}
		return nil
	},
}

// allowTruthful demands that Allow does not offer what was just refused.
var allowTruthful = Check{
	ID:       "method.allow-truthful",
	Severity: Must,
	Says:     "Allow does not list the method that was refused",
	Source:   "RFC 9110 §10.2.1",
	Why:      "A method that is offered and refused at the same time cannot be acted upon.",
	Right:    "PUT is refused: Allow: GET, POST",
	Wrong:    "PUT is refused: Allow: GET, POST, PUT",
	For:      expects("405"),
	Applies:  hasAllow,
	Run: func(x *Exchange) error {
		if slices.Contains(allowed(x), x.Request.Method) {
			return &Mismatch{"methods other than " + x.Request.Method, "Allow: " + strings.Join(allowed(x), ", ")}
		}
		return nil
	},
}

// allowComplete demands that Allow lists what the contract has.
var allowComplete = Check{
	ID:       "method.allow-complete",
	Severity: Must,
	Says:     "Allow lists each method that the contract has for the path",
	Source:   "RFC 9110 §15.5.6; the contract's path item",
	Why:      "Allow must list what the target supports; what is missing from it will not be tried by careful clients.",
	Right:    "the contract has GET and POST: Allow: GET, HEAD, POST",
	Wrong:    "the contract has GET and POST: Allow: GET",
	For:      topic(WrongMethod),
	Applies:  hasAllow,
	Run: func(x *Exchange) error {
		op := x.Case().Operation
		for _, method := range pathMethods(op.Document(), op) {
			if !slices.Contains(allowed(x), method) {
				return &Mismatch{method + " among the methods", "Allow: " + strings.Join(allowed(x), ", ")}
			}
		}
		return nil
	},
}

func hasAllow(x *Exchange) bool {
	return x.Response.Status == http.StatusMethodNotAllowed && x.Response.Header["Allow"] != nil
}

// allowed lists the methods of an answer's Allow header.
func allowed(x *Exchange) []string {
	var methods []string
	for _, m := range strings.Split(strings.Join(x.Response.Header.Values("Allow"), ","), ",") {
		if m = strings.TrimSpace(m); m != "" {
			methods = append(methods, m)
		}
	}
	return methods
}
