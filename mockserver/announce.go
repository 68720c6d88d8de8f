package mockserver

import (
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/concord-api/concord/scenarios"
	"github.com/concord-api/concord/spec"
)

// announce tells a person what is served, where, and how to try it.
func (s *Server) announce(w io.Writer, base string) {
	title := strings.TrimSpace(s.doc.Title + " " + s.doc.Version)
	if title == "" {
		title = s.doc.Location
	}
	fmt.Fprintf(w, "Serving %s (OpenAPI %s, %s) with %s.\n", title, s.doc.OpenAPI,
		count(s.doc.Size(), "operation"), count(s.script.Size(), "scenario"))
	fmt.Fprintf(w, "Listening at %s", base)
	var bases []string
	for _, server := range s.doc.Servers {
		if server.BasePath != "" && !slices.Contains(bases, server.BasePath) {
			bases = append(bases, server.BasePath)
		}
	}
	if len(bases) > 0 {
		fmt.Fprintf(w, ", also under %s", strings.Join(bases, " and "))
	}
	fmt.Fprintln(w, ".")
	if command := s.tryout(base); command != "" {
		fmt.Fprintf(w, "\nTry it:\n\n  %s\n\n", command)
	}
}

// mostWarnings bounds how many faults are logged at start.
const mostWarnings = 20

// warn logs the faults of contract and script that do not keep them from being
// played, once.
func (s *Server) warn() {
	findings := slices.Concat(s.doc.Findings(), s.script.Findings)
	for i, f := range findings {
		if i == mostWarnings {
			s.log.Warn(fmt.Sprintf("and %d more faults: `concord check` lists all", len(findings)-i))
			return
		}
		if f.Severity != spec.Note {
			s.log.Warn(f.String())
		}
	}
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// tryout is a command that gets a success from the mock: the first that a
// script plays, else that of the first operation that is harmless.
func (s *Server) tryout(base string) string {
	for sc := range s.script.Successes() {
		request, err := sc.Request(&scenarios.Env{BaseURL: base, Defaults: true, Now: s.clock})
		if err != nil {
			continue
		}
		return s.curl(base, sc.Operation, &spec.RequestParts{
			Path: request.Path, Query: request.RawQuery, Header: request.Header,
			Body: request.Body, ContentType: request.ContentType,
		})
	}
	operations := s.doc.Operations()
	if len(operations) == 0 {
		return ""
	}
	op := operations[max(0, slices.IndexFunc(operations, func(op *spec.Operation) bool { return op.Method == http.MethodGet }))]
	sample, err := op.SampleRequest(spec.RequestOptions{Seed: s.seed})
	if err != nil {
		return ""
	}
	return s.curl(base, op, &sample.Parts)
}

// curl is the command that sends a request.
func (s *Server) curl(base string, op *spec.Operation, parts *spec.RequestParts) string {
	words := []string{"curl", "-i"}
	if op.Method != http.MethodGet {
		words = append(words, "-X", op.Method)
	}
	query, credential := s.credentialWords(op)
	if query = strings.Trim(parts.Query+"&"+query, "&"); query != "" {
		query = "?" + query
	}
	words = append(words, shell(base+parts.Path+query))
	words = append(words, credential...)
	for _, name := range slices.Sorted(maps.Keys(parts.Header)) {
		words = append(words, "-H", shell(name+": "+parts.Header.Get(name)))
	}
	if parts.Body != nil {
		words = append(words, "-H", shell("Content-Type: "+parts.ContentType), "-d", shell(string(parts.Body)))
	}
	return strings.Join(words, " ")
}

// credentialWords are the words of a command that present the script's own
// credential to an operation, and what of it goes into the query.
func (s *Server) credentialWords(op *spec.Operation) (query string, words []string) {
	if len(op.Security) == 0 {
		return "", nil
	}
	for _, use := range op.Security[0] {
		l := s.clients.locks.of(use.Scheme)
		secret := "token"
		if own, ok := s.script.Credential(scenarios.Own).Secret(use.Scheme); ok && own.Value != "" {
			secret = own.Value
		}
		switch l.kind {
		case lockBasic:
			if !strings.Contains(secret, ":") {
				secret = "user:password"
			}
			words = append(words, "-u", shell(secret))
		case lockAuthorization:
			words = append(words, "-H", shell("Authorization: "+l.word+" "+secret))
		case lockHeader:
			words = append(words, "-H", shell(l.name+": "+secret))
		case lockCookie:
			words = append(words, "-b", shell(l.name+"="+secret))
		case lockQuery:
			query = url.QueryEscape(l.name) + "=" + url.QueryEscape(secret)
		}
	}
	return query, words
}

// shell quotes a word for a POSIX shell.
func shell(word string) string {
	if word != "" && strings.IndexFunc(word, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:=@%+,", r)
	}) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
