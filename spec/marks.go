package spec

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
)

// mark is what a request must have besides its path. OpenAPI has one operation
// for a path and method; documents of older APIs, which tell operations apart
// by a value in the query or a header, write it into the path all the same, as
// "/?Action=Delete" or "/#Action=Delete" (a fragment is never sent).
type mark struct {
	name   string
	header string // its canonical form as the name of a header
	value  string // "" where being there is enough
}

// splitMarks cuts what is no path from the key of a path item.
func splitMarks(key string) (path string, marks []mark) {
	end := strings.IndexAny(key, "?#")
	if end < 0 {
		return key, nil
	}
	for pair := range strings.FieldsFuncSeq(key[end:], func(r rune) bool { return strings.ContainsRune("?#&", r) }) {
		name, value, _ := strings.Cut(pair, "=")
		if strings.Contains(value, "{") {
			value = ""
		}
		marks = append(marks, mark{name, textproto.CanonicalMIMEHeaderKey(name), value})
	}
	return key[:end], marks
}

// splitQuery cuts a path as it is written in a document, with its parameters
// filled in, into the path and the query of a request. Pairs whose name the
// query has already are left out, and so is a fragment.
func splitQuery(key string, query []string) (path string, all []string) {
	key, _, _ = strings.Cut(key, "#")
	path, own, marked := strings.Cut(key, "?")
	if !marked {
		return path, query
	}
	for pair := range strings.SplitSeq(own, "&") {
		name, _, _ := strings.Cut(pair, "=")
		m := mark{name: plainText(name)}
		if pair != "" && !m.inQuery(strings.Join(query, "&")) {
			all = append(all, pair)
		}
	}
	return path, append(all, query...)
}

// plainText undoes the percent-encoding of a name or value of a query; what
// cannot be undone stays as it is.
func plainText(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// marked tells whether a request has all the marks of a route.
func (r *route) marked(query string, header http.Header) bool {
	for i := range r.marks {
		m := &r.marks[i]
		if v := header[m.header]; len(v) > 0 && (m.value == "" || v[0] == m.value) {
			continue
		}
		if !m.inQuery(query) {
			return false
		}
	}
	return true
}

func (m *mark) inQuery(query string) bool {
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		if plainText(name) == m.name && (m.value == "" || plainText(value) == m.value) {
			return true
		}
	}
	return false
}
