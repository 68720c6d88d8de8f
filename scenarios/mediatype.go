package scenarios

import "strings"

// essence is a media type without its parameters, lower case.
func essence(mediaType string) string {
	base, _, _ := strings.Cut(mediaType, ";")
	return strings.ToLower(strings.TrimSpace(base))
}

// isJSON tells whether a media type is read as JSON (RFC 6839 §3.1).
func isJSON(mediaType string) bool {
	base := essence(mediaType)
	return base == "application/json" || base == "text/json" || strings.HasSuffix(base, "+json")
}

// isForm tells whether a media type is a set of named fields.
func isForm(mediaType string) bool {
	base := essence(mediaType)
	return base == formType || base == multipartType
}

const (
	jsonType      = "application/json"
	problemType   = "application/problem+json"
	formType      = "application/x-www-form-urlencoded"
	multipartType = "multipart/form-data"
)
