package conformance_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concord-api/concord/conformance"
)

// faultElsewhere is a fault that the default contract has no place for, or that
// needs a server of its own.
type faultElsewhere struct {
	check string
	run   func(t *testing.T) *conformance.Results
}

// onShelf is a fault of a server that remembers.
func onShelf(check string, s *shelf) faultElsewhere {
	return faultElsewhere{check, func(t *testing.T) *conformance.Results { return steps(t, s) }}
}

// faultsElsewhere are the faults of other contracts than the default one.
var faultsElsewhere = map[string]faultElsewhere{
	"what was made cannot be read":           onShelf("created.readable", &shelf{unreadable: true}),
	"what was made is not in the list":       onShelf("created.listed", &shelf{unlisted: true}),
	"what was made cannot be changed":        onShelf("created.changeable", &shelf{unchangeable: true}),
	"what was made cannot be removed":        onShelf("created.removable", &shelf{unremovable: true}),
	"what was removed is still there":        onShelf("removed.gone", &shelf{undead: true}),
	"Location leads nowhere":                 onShelf("created.location", &shelf{location: func(p string) string { return p + "0000" }}),
	"Location leads to another resource":     onShelf("created.location", &shelf{location: func(string) string { return "/nowhere" }}),
	"a link that leads nowhere":              onShelf("link.resolves", &shelf{unlinked: true}),
	"a thing that anybody may read":          {"created.private", func(t *testing.T) *conformance.Results { return privately(t, 0) }},
	"a change that is echoed and not stored": {"changed.applied", func(t *testing.T) *conformance.Results { return changing(t, &cups{store: ignores}) }},
	"a change that is answered with what was before": {"changed.applied", func(t *testing.T) *conformance.Results {
		return changing(t, &cups{store: ignores, answer: asKept})
	}},
	"a key that is not looked at": {"idempotency.one-thing", func(t *testing.T) *conformance.Results { return paying(t, "ignores") }},
	"a member of a change that is ignored": {"changed.whole", func(t *testing.T) *conformance.Results {
		return changing(t, &cups{store: nameOnly, answer: asKept})
	}},
	"a password that is writeOnly in an answer": {"body.write-only", func(t *testing.T) *conformance.Results {
		return userList(t, "3.1.0", "[name]", "", `[{"name": "ana", "password": "s3cret"}]`)
	}},
	"a password that OpenAPI 3.0 advises against": {"body.write-only-loosely", func(t *testing.T) *conformance.Results {
		return userList(t, "3.0.3", "[name]", "", `[{"name": "ana", "password": "s3cret"}]`)
	}},
	"a length that is counted in bytes": {"positive.accepted", func(t *testing.T) *conformance.Results { return labelling(t, inBytes, all) }},
	"a length that is counted in units of UTF-16": {"positive.accepted", func(t *testing.T) *conformance.Results {
		return labelling(t, inUTF16, all)
	}},
	"a thing that anybody may change":    {"created.private", func(t *testing.T) *conformance.Results { return privately(t, 404, "PATCH book") }},
	"a list with what others made":       {"created.private", func(t *testing.T) *conformance.Results { return privately(t, 404, "GET books") }},
	"a creation that is not kept":        onShelf("created.kept", &shelf{loses: true}),
	"what was removed is still listed":   onShelf("removed.unlisted", &shelf{ghosts: true}),
	"a key that is good for all clients": {"idempotency.private", func(t *testing.T) *conformance.Results { return sharingKeys(t, true) }},
	"a token of which the beginning is compared": {"authentication.refused", func(t *testing.T) *conformance.Results {
		return presenting(t, asBearer, opaque, bearer(func(s string) bool { return strings.HasPrefix(s, opaque) }))
	}},
	"a token whose signature is not verified": {"authentication.refused", func(t *testing.T) *conformance.Results {
		return presenting(t, asBearer, jwt, bearer(func(s string) bool { return claimsOf(s, func(string) bool { return false }) }))
	}},
	"a step of a workflow that answers otherwise": {"workflow.criteria", func(t *testing.T) *conformance.Results {
		return shelving(t, &shelf{lazy: true}, "evening")
	}},
	"a page of one more than was asked for":      {"list.limit", func(t *testing.T) *conformance.Results { return listing(t, lister{oneMore: true}) }},
	"a filter that filters nothing":              {"list.filter", func(t *testing.T) *conformance.Results { return listing(t, lister{unfiltered: true}) }},
	"an answer after the limit":                  {"response-time", func(t *testing.T) *conformance.Results { return slowThings(t, 600*time.Millisecond) }},
	"a 400 where 415 is documented":              {"negotiation.unsupported-type", func(t *testing.T) *conformance.Results { return notes(t, 400) }},
	"another media type where 415 is documented": {"negotiation.unsupported-type", func(t *testing.T) *conformance.Results { return notes(t, 201) }},
}

// rightsElsewhere are right servers of other contracts than the default one.
var rightsElsewhere = map[string]func(t *testing.T) *conformance.Results{
	"a key that was used and is refused":      func(t *testing.T) *conformance.Results { return paying(t, "refuses") },
	"a thing that can be read a little later": func(t *testing.T) *conformance.Results { return steps(t, &shelf{settles: 300 * time.Millisecond}) },
	"a thing that only others may read":       func(t *testing.T) *conformance.Results { return steps(t, &shelf{forbidden: true}) },
	"a thing that is made later":              func(t *testing.T) *conformance.Results { return steps(t, &shelf{accepted: time.Hour}) },
	"a thing that is kept with a status":      func(t *testing.T) *conformance.Results { return steps(t, &shelf{soft: true}) },
	"a Location on another host": func(t *testing.T) *conformance.Results {
		return steps(t, &shelf{location: func(p string) string { return "https://books.example" + p }})
	},
	"a change that is seen a little later": func(t *testing.T) *conformance.Results {
		return changing(t, &cups{later: 300 * time.Millisecond})
	},
	"values written in the server's own way": func(t *testing.T) *conformance.Results {
		return changing(t, &cups{store: inItsOwnWay, answer: asKept})
	},
	"a password that is masked": func(t *testing.T) *conformance.Results {
		return userList(t, "3.1.0", "[name]", "", `[{"name": "ana", "password": "********"}]`)
	},
	"a token whose signature is verified": func(t *testing.T) *conformance.Results {
		return presenting(t, asBearer, jwt, bearer(func(s string) bool { return claimsOf(s, func(string) bool { return true }) }))
	},
	"keys of each client's own":        func(t *testing.T) *conformance.Results { return sharingKeys(t, false) },
	"a right server of shelves":        func(t *testing.T) *conformance.Results { return steps(t, &shelf{}) },
	"a thing hidden from others":       func(t *testing.T) *conformance.Results { return privately(t, http.StatusNotFound) },
	"a workflow on a right server":     func(t *testing.T) *conformance.Results { return shelving(t, &shelf{}, "evening") },
	"an answer before the limit":       func(t *testing.T) *conformance.Results { return slowThings(t, 10*time.Millisecond) },
	"lists of what was asked for":      func(t *testing.T) *conformance.Results { return listing(t, lister{}) },
	"a 415 where it is documented":     func(t *testing.T) *conformance.Results { return notes(t, http.StatusUnsupportedMediaType) },
	"a 404 before a 415":               func(t *testing.T) *conformance.Results { return absentNotes(t) },
	"values that differ, of one shape": func(t *testing.T) *conformance.Results { return renamingThings(t) },
}

// nearest names, for each check, the right server that comes nearest to its
// faults.
var nearest = map[string]string{
	"transport.answered":  "a server that takes its time",
	"transport.whole":     "bodies in chunks",
	"scenario.status":     "a server that throttles now and then",
	"scenario.media-type": "a charset in the media type",
	"scenario.problem":    "other words for people",
	"scenario.errors":     "further items in errors",
	"scenario.headers":    "another Retry-After",
	"scenario.members":    "other ids and URLs",
	"scenario.expect":     "other dates, with an offset",

	"authentication.refused":      "a token whose signature is verified",
	"authentication.challenge":    "several challenges",
	"authentication.scheme":       "several challenges",
	"authentication.scheme-known": "a challenge in small letters",
	"authentication.scheme-case":  "a scheme in any letters",
	"authentication.first":        "a page of HTML for what is not there",
	"path.unknown":                "a page of HTML for what is not there",
	"path.exact":                  "a redirect from a slash too many",
	"method.refused":              "a longer Allow in another order",
	"method.allow":                "a longer Allow in another order",
	"method.allow-truthful":       "a longer Allow in another order",
	"method.allow-complete":       "a longer Allow in another order",
	"body.malformed-refused":      "a malformed body called invalid",

	"idempotency.status":        "a word on replays",
	"idempotency.headers":       "a word on replays",
	"idempotency.body":          "a replay that waits for the first",
	"idempotency.bytes":         "a replay that waits for the first",
	"idempotency.reuse-refused": "a 409 while the first runs",
	"idempotency.one-thing":     "a key that was used and is refused",
	"request-id.prefix":         "a 409 while the first runs",
	"request-id.fresh":          "a replay with the first request's id",
	"idempotency.at-once":       "a 409 while the first runs",
	"idempotency.forgotten":     "a word on replays",
	"idempotency.error-status":  "a word on replays",
	"idempotency.error-body":    "a word on replays",
	"idempotency.key-longest":   "a key too long called unreadable",
	"idempotency.key-too-long":  "a key too long called unreadable",

	"workflow.criteria":   "a workflow on a right server",
	"created.readable":    "a thing that can be read a little later",
	"created.listed":      "a thing that is made later",
	"created.changeable":  "a thing that only others may read",
	"changed.applied":     "a change that is seen a little later",
	"changed.whole":       "values written in the server's own way",
	"created.removable":   "a thing that only others may read",
	"created.location":    "a Location on another host",
	"removed.gone":        "a thing that is kept with a status",
	"created.private":     "a thing hidden from others",
	"list.limit":          "lists of what was asked for",
	"list.filter":         "lists of what was asked for",
	"link.resolves":       "a thing that can be read a little later",
	"removed.unlisted":    "a thing that is kept with a status",
	"created.kept":        "a right server of shelves",
	"idempotency.private": "keys of each client's own",

	"head.served":  "a HEAD without headers of content",
	"head.status":  "a HEAD without headers of content",
	"head.headers": "a HEAD without headers of content",
	"head.body":    "a HEAD without headers of content",

	"status.documented":         "a redirect from a slash too many",
	"status.refusal-documented": "a guard in front that takes no large bodies",
	"media-type.documented":     "a charset in the media type",
	"body.present":              "a HEAD without headers of content",
	"body.readable":             "indented bodies",
	"body.schema":               "further members in problems",
	"body.encoding":             "gzip that nobody asked for",
	"body.byte-order-mark":      "characters beyond the first plane",
	"body.charset":              "a charset in another spelling",
	"body.utf-8":                "characters beyond the first plane",
	"body.duplicate-members":    "members in another order",
	"body.undeclared-members":   "further members in problems",
	"body.write-only":           "a password that is masked",
	"body.write-only-loosely":   "a password that is masked",
	"body.urls":                 "URLs with ports, addresses and escapes",
	"body.dates-ahead":          "an end that is near",
	"body.dates-past":           "a clock that is ahead",
	"headers.present":           "further headers",
	"headers.schema":            "further headers",
	"headers.single":            "lists on several lines",
	"date.present":              "an answer from a cache",
	"date.sane":                 "a Date in an old form",
	"location.readable":         "a Location that is relative",
	"retry-after.readable":      "a Retry-After that is a date",
	"retry-after.ahead":         "a Retry-After that is a date",
	"response-time":             "an answer before the limit",
	"answer.steady":             "values that differ, of one shape",
	"server-error":              "a server that throttles now and then",

	"coverage.no-server-error":  "a guard in front that takes no large bodies",
	"coverage.survives":         "a guard in front that takes no large bodies",
	"negative.refused":          "a server that names the media type where the contract does not",
	"negative.refused-strictly": "nothing that anybody knows the id of",
	"negative.place-named":      "errors that name places in other forms",
	"positive.accepted":         "customers that exist by now, said as a fault of the request",
	"positive.accepted-widely":  "a guard in front that lets no emoji through",

	"problem.media-type":    "a charset in the media type",
	"problem.body":          "characters escaped",
	"problem.type":          "a 406 for what nothing suits",
	"problem.type-absolute": "a 406 for what nothing suits",
	"problem.type-stable":   "other words for people",
	"problem.status":        "no optional members in problems",
	"problem.status-equal":  "no optional members in problems",
	"problem.title":         "other words for people",
	"problem.title-empty":   "other words for people",
	"problem.title-stable":  "other words for people",
	"problem.detail":        "characters beyond the first plane",
	"problem.instance":      "no optional members in problems",
	"problem.errors":        "further items in errors",
	"problem.errors-detail": "other words in each item of errors",
	"problem.errors-place":  "further items in errors",

	"leaks.stack-trace":           "words that sound like the inside of a program",
	"leaks.path":                  "words that sound like the inside of a program",
	"leaks.credential":            "the end of a token in an error",
	"leaks.credential-in-success": "the end of a token in an error",
	"leaks.password":              "a user's name that comes back",

	"rate-limit.remaining": "a limit that other clients use too",
	"rate-limit.falls":     "a limit that other clients use too",
	"rate-limit.reset":     "a window that ends now",

	"negotiation.accept":           "an Accept that is disregarded",
	"negotiation.unknown-type":     "a 415 that the contract does not have",
	"negotiation.unsupported-type": "a 404 before a 415",
}
