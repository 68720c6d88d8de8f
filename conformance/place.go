package conformance

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/concord-api/concord/conformance/report"
	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// violationError is a violation of the contract, told with the value at its
// place.
type violationError struct {
	violation spec.Violation
	text      string
}

// Error implements error.
func (e *violationError) Error() string { return e.text }

// parts lists the errors that an error of a check joins.
func parts(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var out []error
	for _, e := range joined.Unwrap() {
		out = append(out, parts(e)...)
	}
	return out
}

// places tells which parts of the answer an error of a check is about, as far as
// that can be told.
func places(check *Check, err error) []report.Place {
	var out []report.Place
	add := func(p report.Place) {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	for _, e := range parts(err) {
		if p, ok := placeOf(check, e); ok {
			add(p)
		}
	}
	return out
}

func placeOf(check *Check, err error) (report.Place, bool) {
	var claim *claimError
	var broken *violationError
	switch {
	case errors.As(err, &broken):
		v := broken.violation
		switch {
		case v.In == spec.StatusPart:
			return report.Place{In: "status"}, true
		case v.Keyword == spec.KeywordMediaType:
			return report.Place{In: "header", Name: "Content-Type"}, true
		case v.In == spec.HeaderPart:
			return report.Place{In: "header", Name: v.Name}, true
		}
		return report.Place{In: "body", Pointer: v.Pointer}, true
	case errors.As(err, &claim):
		return claimPlace(claim.difference.Path)
	}
	if name := headerNamed(err.Error()); name != "" {
		return report.Place{In: "header", Name: name}, true
	}
	if p, ok := checkPlaces[check.ID]; ok {
		return p, true
	}
	if member, ok := strings.CutPrefix(check.ID, "problem."); ok {
		member, _, _ = strings.Cut(member, "-")
		return report.Place{In: "body", Pointer: "/" + member}, true
	}
	return report.Place{}, false
}

// claimPlace reads the path of a claim: "status", "header Retry-After", "/errors".
func claimPlace(path string) (report.Place, bool) {
	switch {
	case path == "status":
		return report.Place{In: "status"}, true
	case path == "media type", path == "content type":
		return report.Place{In: "header", Name: "Content-Type"}, true
	case strings.HasPrefix(path, "header "):
		return report.Place{In: "header", Name: strings.TrimPrefix(path, "header ")}, true
	case strings.HasPrefix(path, "/"):
		return report.Place{In: "body", Pointer: path}, true
	}
	return report.Place{}, false
}

var headerInText = regexp.MustCompile(`(?:^|wanted .*, got )(?:header )?([A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*)(?:: | is missing)`)

// headerNamed is the header that an error is about: "header Allow is missing".
func headerNamed(text string) string {
	if m := headerInText.FindStringSubmatch(text); m != nil && (strings.HasPrefix(text, "header ") || strings.Contains(m[0], ": ")) {
		return m[1]
	}
	return ""
}

// checkPlaces is what checks look at whose errors do not tell.
var checkPlaces = map[string]report.Place{
	"authentication.refused":    {In: "status"},
	"authentication.scheme":     {In: "header", Name: "Www-Authenticate"},
	"path.unknown":              {In: "status"},
	"method.refused":            {In: "status"},
	"body.malformed-refused":    {In: "status"},
	"idempotency.status":        {In: "status"},
	"idempotency.reuse-refused": {In: "status"},
	"idempotency.body":          {In: "body"},
	"idempotency.bytes":         {In: "body"},
	"head.served":               {In: "status"},
	"head.status":               {In: "status"},
	"head.body":                 {In: "body"},
	"status.documented":         {In: "status"},
	"status.refusal-documented": {In: "status"},
	"transport.whole":           {In: "body"},
	"problem.media-type":        {In: "header", Name: "Content-Type"},
	"problem.body":              {In: "body"},
}

var (
	indexes = regexp.MustCompile(`/\d+(/|$)`)
	longIDs = regexp.MustCompile(`[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\b[A-Za-z0-9_-]*\d[A-Za-z0-9_-]{11,}\b|\d{4,}`)
)

// onlyMissing is the header that an error says is missing, where it says nothing
// else. Several checks may notice it, and it is still one cause.
func onlyMissing(check *Check, err error) string {
	all := parts(err)
	if len(all) != 1 {
		return ""
	}
	p, ok := placeOf(check, all[0])
	var broken *violationError
	var claim *claimError
	missing := strings.HasSuffix(err.Error(), "is missing")
	switch {
	case errors.As(err, &broken):
		missing = broken.violation.Keyword == spec.KeywordRequired
	case errors.As(err, &claim):
		missing = claim.difference.Claim == scenarios.ClaimHeader && claim.difference.Got == "none"
	}
	if !ok || p.In != "header" || !missing {
		return ""
	}
	return http.CanonicalHeaderKey(p.Name)
}

// oneCause are checks of which every failure has one cause, whatever the values.
var oneCause = []string{
	"body.utf-8",
	"problem.type-absolute", "rate-limit.remaining", "rate-limit.reset", "rate-limit.falls",
	"retry-after.ahead", "retry-after.readable", "date.sane", "authentication.scheme", "authentication.scheme-known", "leaks.stack-trace",
}

// cause is what failures of one cause have in common: the broken rule and its
// place, without the values that differ from answer to answer.
func cause(check *Check, err error) string {
	if name := onlyMissing(check, err); name != "" {
		return "missing header " + name
	}
	if slices.Contains(oneCause, check.ID) {
		return check.ID
	}
	lines := []string{check.ID}
	for _, e := range parts(err) {
		if m := (*Mismatch)(nil); check.ByAnswer && errors.As(e, &m) {
			lines = append(lines, m.Got)
			continue
		}
		var broken *violationError
		if errors.As(e, &broken) {
			v := broken.violation
			lines = append(lines, strings.Join([]string{string(v.In), v.Name, indexes.ReplaceAllString(v.Pointer, "/*$1"), v.Keyword}, " "))
			continue
		}
		lines = append(lines, longIDs.ReplaceAllString(indexes.ReplaceAllString(e.Error(), "/*$1"), "#"))
	}
	slices.Sort(lines[1:])
	return strings.Join(slices.Compact(lines), "\n")
}
