package problem

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/concord-api/concord/spec/uri"
)

// Rules are the demands on the shape of an answer, in the order of the RFC. The
// ids and their order are stable; it must not be modified.
var Rules = []Rule{
	{
		ID: "problem.media-type", Severity: Must,
		Says:    "the media type is application/problem+json",
		Source:  "RFC 9457 §3, §6.1",
		Why:     "Clients know a problem by its media type, and treat anything else as an error without details.",
		Right:   "Content-Type: application/problem+json",
		Wrong:   "Content-Type: application/json",
		Applies: always, Check: checkMediaType,
	},
	{
		ID: "problem.body", Severity: Must,
		Says:    "the body is one JSON object",
		Source:  "RFC 9457 §3",
		Why:     "A problem is an object with named members; nothing can be read from anything else.",
		Right:   `{"title":"Not Found","status":404}`,
		Wrong:   `"Not Found"`,
		Applies: always, Check: func(a *Answer) error { return a.bodyErr },
	},
	{
		ID: "problem.type", Severity: Must,
		Says:    "type is a string that holds a URI reference",
		Source:  "RFC 9457 §3.1.1, RFC 3986 §4.1",
		Why:     "Clients compare type to tell one problem from another; the RFC makes it a URI reference.",
		Right:   `"type": "https://example.com/errors/not-found"`,
		Wrong:   `"type": 404`,
		Applies: has("type"), Check: referenceRule("type"),
	},
	{
		ID: "problem.type-absolute", Severity: Should,
		Says:    "type is an absolute URI, so that it names the same type wherever it is read",
		Source:  "RFC 9457 §3.1.1",
		Why:     "A relative type means something else under each address that it is read from. The RFC allows it, and recommends against it.",
		Right:   `"type": "https://example.com/errors/not-found"`,
		Wrong:   `"type": "not-found"`,
		Applies: hasText("type"), Check: checkTypeAbsolute,
	},
	{
		ID: "problem.status", Severity: Must,
		Says:    "status is a whole number",
		Source:  "RFC 9457 §3.1.2, appendix A",
		Why:     "Members of another type than the RFC's must be ignored by clients, so that they are lost.",
		Right:   `"status": 404`,
		Wrong:   `"status": "404"`,
		Applies: has("status"), Check: checkStatus,
	},
	{
		ID: "problem.status-equal", Severity: Must,
		Says:    "status is the status of the HTTP response",
		Source:  "RFC 9457 §3.1.2",
		Why:     "Where the two differ, one of them is wrong, and logs, clients and proxies each believe another.",
		Right:   `404 Not Found with "status": 404`,
		Wrong:   `404 Not Found with "status": 400`,
		Applies: hasStatus, Check: checkStatusEqual,
	},
	{
		ID: "problem.title", Severity: Must,
		Says:    "title is a string",
		Source:  "RFC 9457 §3.1.3",
		Why:     "Members of another type than the RFC's must be ignored by clients, so that they are lost.",
		Right:   `"title": "Not Found"`,
		Wrong:   `"title": ["Not Found"]`,
		Applies: has("title"), Check: textRule("title"),
	},
	{
		ID: "problem.title-empty", Severity: Should,
		Says:    "title says something",
		Source:  "RFC 9457 §3.1.3",
		Why:     "The title is what people read in a log or a form; an empty one says nothing. The RFC demands no text, so that this is a should.",
		Right:   `"title": "Not Found"`,
		Wrong:   `"title": ""`,
		Applies: hasText("title"), Check: checkTitleEmpty,
	},
	{
		ID: "problem.detail", Severity: Must,
		Says:    "detail is a string",
		Source:  "RFC 9457 §3.1.4",
		Why:     "Members of another type than the RFC's must be ignored by clients, so that they are lost.",
		Right:   `"detail": "No customer has the id 7."`,
		Wrong:   `"detail": {"id": 7}`,
		Applies: has("detail"), Check: textRule("detail"),
	},
	{
		ID: "problem.instance", Severity: Must,
		Says:    "instance is a string that holds a URI reference",
		Source:  "RFC 9457 §3.1.5, RFC 3986 §4.1",
		Why:     "It names this occurrence; what is no URI reference cannot be followed or compared.",
		Right:   `"instance": "/customers/7"`,
		Wrong:   `"instance": "a b"`,
		Applies: has("instance"), Check: referenceRule("instance"),
	},
	{
		ID: "problem.errors", Severity: Should,
		Says:    "errors is an array of objects",
		Source:  "RFC 9457 §3, the extension of its second example",
		Why:     "The RFC shows several errors of one request as an array of objects, and clients read that form.",
		Right:   `"errors": [{"detail": "is required", "pointer": "#/name"}]`,
		Wrong:   `"errors": "name is required"`,
		Applies: has("errors"), Check: checkErrors,
	},
	{
		ID: "problem.errors-detail", Severity: Should,
		Says:    "each of errors says in detail, a string, what is wrong",
		Source:  "RFC 9457 §3, the extension of its second example",
		Why:     "An item without words cannot be shown to anybody.",
		Right:   `{"param": "name", "detail": "is required"}`,
		Wrong:   `{"param": "name"}`,
		Applies: hasErrors, Check: checkErrorsDetail,
	},
	{
		ID: "problem.errors-place", Severity: Should,
		Says:    "each of errors says in param or pointer, a string, where it is wrong",
		Source:  "RFC 9457 §3, the extension of its second example",
		Why:     "An item without a place cannot be shown beside its field.",
		Right:   `{"param": "name", "detail": "is required"}`,
		Wrong:   `{"detail": "is required"}`,
		Applies: hasErrors, Check: checkErrorsPlace,
	},
}

func always(*Answer) bool { return true }

func checkMediaType(a *Answer) error {
	if a.ContentType == "" {
		return errors.New("header Content-Type is missing")
	}
	mediaType, _, err := mime.ParseMediaType(a.ContentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return fmt.Errorf("header Content-Type %q cannot be read: %w", a.ContentType, err)
	}
	if mediaType != MediaType {
		return fmt.Errorf("the media type is %s, not %s", mediaType, MediaType)
	}
	return nil
}

// textRule returns a Check that a member is a string.
func textRule(name string) func(*Answer) error {
	return func(a *Answer) error {
		_, err := a.text(name)
		return err
	}
}

// referenceRule returns a Check that a member is a URI reference.
func referenceRule(name string) func(*Answer) error {
	return func(a *Answer) error {
		text, err := a.text(name)
		if err != nil {
			return err
		}
		if _, err := uri.Check(text); err != nil {
			return fmt.Errorf("%s %q is no URI reference: %w", name, text, err)
		}
		return nil
	}
}

func checkTypeAbsolute(a *Answer) error {
	text, err := a.text("type")
	if err != nil {
		return err
	}
	if absolute, err := uri.Check(text); err == nil && !absolute {
		return fmt.Errorf("type %q has no scheme", text)
	}
	return nil
}

func checkStatus(a *Answer) error {
	value, _ := a.members.Get("status")
	if _, ok := statusValue(value); ok {
		return nil
	}
	if kind := kindOf(value); kind != '0' {
		return fmt.Errorf("status is %s, not a number", kindName(kind))
	}
	return fmt.Errorf("status %s is not a whole number", value)
}

func hasStatus(a *Answer) bool {
	value, _ := a.members.Get("status")
	_, ok := statusValue(value)
	return ok
}

func checkStatusEqual(a *Answer) error {
	value, _ := a.members.Get("status")
	if status, _ := statusValue(value); status != a.Status {
		return fmt.Errorf("status is %s, but the HTTP status is %s", value, httpStatus(a.Status))
	}
	return nil
}

func httpStatus(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
}

func checkTitleEmpty(a *Answer) error {
	text, err := a.text("title")
	if err != nil {
		return err
	}
	if strings.TrimSpace(text) == "" {
		return fmt.Errorf("title is %q", text)
	}
	return nil
}
