package spec

import (
	"mime"
	"strings"
)

// parsed splits a media type or range from its parameters, lower case; both are
// empty where it cannot be read.
func parsed(s string) (string, map[string]string) {
	t, params, err := mime.ParseMediaType(s)
	if err != nil {
		t, _, _ = strings.Cut(s, ";")
		return strings.ToLower(strings.TrimSpace(t)), nil
	}
	return t, params
}

// IsJSON tells whether bodies of the media type are JSON texts: application/json,
// text/json and the structured suffix +json (RFC 6839 §3.1).
func (m *MediaType) IsJSON() bool {
	t, _ := parsed(m.Range)
	return IsJSON(t)
}

// IsForm tells whether bodies of the media type are the fields of a form in one
// line: application/x-www-form-urlencoded. One without fields has no bytes.
func (m *MediaType) IsForm() bool { return mediaKind(m.Range) == formKind }

// IsJSON tells whether a Content-Type says JSON.
func IsJSON(contentType string) bool {
	t, _, _ := strings.Cut(contentType, ";")
	t = strings.TrimSpace(t)
	if t == "application/json" {
		return true
	}
	t = strings.ToLower(t)
	return t == "application/json" || t == "text/json" || strings.HasSuffix(t, "+json")
}

// ranges lists media types for a message.
func ranges(content []*MediaType) string {
	out := make([]string, len(content))
	for i, m := range content {
		out[i] = m.Range
	}
	return strings.Join(out, ", ")
}

// covering returns the media type whose range covers a Content-Type, the most
// specific where several do (OpenAPI 3.1 §4.8.14), or nil.
func covering(content []*MediaType, contentType string) *MediaType {
	if contentType == "" {
		return nil
	}
	for _, m := range content {
		if m.Range == contentType {
			return m
		}
	}
	t, params := parsed(contentType)
	var best *MediaType
	bestRank := 0
	for _, m := range content {
		r, wanted := parsed(m.Range)
		if rank := coverage(r, wanted, t, params); rank > bestRank {
			best, bestRank = m, rank
		}
	}
	return best
}

// coverage ranks how closely a range covers a media type, 0 for not at all.
// Parameters of the range that the media type has too make it closer; charset
// and boundary say nothing about which is meant, and others must not differ.
func coverage(r string, wanted map[string]string, t string, params map[string]string) int {
	rank := 0
	switch {
	case r == t:
		rank = 40
	case r == "*/*":
		rank = 10
	case strings.HasSuffix(r, "/*") && strings.HasPrefix(t, r[:len(r)-1]):
		rank = 20
	case strings.Contains(r, "/*+") && suffixRange(r, t):
		rank = 30
	default:
		return 0
	}
	for name, value := range wanted {
		if name == "charset" || name == "boundary" || name == "q" {
			continue
		}
		got, ok := params[name]
		switch {
		case ok && strings.EqualFold(got, value):
			rank++
		case ok:
			return 0
		}
	}
	return rank
}

// suffixRange tells whether a range such as application/*+json covers a type.
func suffixRange(r, t string) bool {
	major, suffix, _ := strings.Cut(r, "*")
	return strings.HasPrefix(t, major) && strings.HasSuffix(t, suffix)
}
