package conformance

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/concord-api/concord/spec"
	"github.com/concord-api/concord/spec/problem"
)

// bodyChecks look at bodies beyond their schemas.
var bodyChecks = []*Check{&bodyEncoding, &bodyCharset, &bodyMark, &bodyUTF8, &bodyDuplicates, &bodyUndeclared, &bodyWriteOnly, &bodyWriteOnlyLoosely, &bodyURLs, &bodyDatesAhead, &bodyDatesPast}

// bodyEncoding demands a body that can be decoded as Content-Encoding says.
var bodyEncoding = Check{
	ID:       "body.encoding",
	Severity: Must,
	Says:     "a body is in the encoding that Content-Encoding names",
	Source:   "RFC 9110 §8.4",
	Why:      "Clients decode what is said to be encoded, and fail on what is not.",
	Right:    "Content-Encoding: gzip, and a body that begins with 1f 8b",
	Wrong:    "Content-Encoding: gzip, and {\"name\":\"Ana\"}",
	For:      anyStep(expectsBody),
	Applies:  func(x *Exchange) bool { return x.Response.Header.Get("Content-Encoding") != "" },
	Run: func(x *Exchange) error {
		if x.Response.Undecoded != "" {
			return &Mismatch{"a body encoded as Content-Encoding: " + x.Response.Header.Get("Content-Encoding"), x.Response.Undecoded}
		}
		return nil
	},
}

// byteOrderMark is U+FEFF in UTF-8.
var byteOrderMark = []byte("\ufeff")

// bodyMark demands JSON that begins with its value.
var bodyMark = Check{
	ID:       "body.byte-order-mark",
	Severity: Must,
	Says:     "a JSON body does not begin with a byte order mark",
	Source:   "RFC 8259 §8.1",
	Why:      "Parsers may take it for a part of the text, and many refuse the whole then.",
	Right:    "the bytes 7b 7d for {}",
	Wrong:    "the bytes ef bb bf 7b 7d",
	For:      anyStep(expectsBody),
	Applies:  isJSONAnswer,
	Run: func(x *Exchange) error {
		if bytes.HasPrefix(x.Response.Body, byteOrderMark) {
			return &Mismatch{"a body that begins with its value", "the bytes ef bb bf in front of it"}
		}
		return nil
	},
}

// bodyCharset demands that JSON does not claim to be in another charset.
var bodyCharset = Check{
	ID:       "body.charset",
	Severity: Must,
	Says:     "a JSON body is not declared as another charset than UTF-8",
	Source:   "RFC 8259 §8.1, §11",
	Why:      "Clients that believe the charset read every letter beyond ASCII wrong; JSON has one encoding.",
	Right:    "Content-Type: application/json",
	Wrong:    "Content-Type: application/json; charset=ISO-8859-1",
	For:      anyStep(expectsBody),
	Applies:  isJSONAnswer,
	Run: func(x *Exchange) error {
		charset := charsetOf(x)
		switch {
		case charset == "", charset == "utf-8", charset == "utf8", charset == "us-ascii" && isASCII(x.Response.Body):
			return nil
		}
		return &Mismatch{"UTF-8", "Content-Type: " + x.Response.Header.Get("Content-Type")}
	},
}

// bodyUTF8 demands text that is in the charset it is said to be in.
var bodyUTF8 = Check{
	ID:       "body.utf-8",
	Severity: Must,
	Says:     "a body of JSON, or one declared as UTF-8, is valid UTF-8",
	Source:   "RFC 8259 §8.1; RFC 3629 §3",
	Why:      "Parsers refuse the whole text, or put a replacement character where a letter was.",
	Right:    "the bytes 63 c3 a3 6f for \"cão\"",
	Wrong:    "the bytes 63 e3 6f, which are Latin-1",
	For:      anyStep(expectsBody),
	Applies: func(x *Exchange) bool {
		return len(x.Response.Body) > 0 && x.Response.Cut == "" && x.Response.Header.Get("Content-Encoding") == "" &&
			(isJSONAnswer(x) || charsetOf(x) == "utf-8")
	},
	Run: func(x *Exchange) error {
		for i, rest := 0, x.Response.Body; len(rest) > 0; {
			r, n := utf8.DecodeRune(rest)
			if r == utf8.RuneError && n == 1 {
				return fmt.Errorf("byte %d, %#x, is no UTF-8", i, rest[0])
			}
			i, rest = i+n, rest[n:]
		}
		return nil
	},
}

// bodyDuplicates demands that no name of an object comes twice.
var bodyDuplicates = Check{
	ID:       "body.duplicate-members",
	Severity: Should,
	Says:     "the names within a JSON object are unique",
	Source:   "RFC 8259 §4",
	Why:      "Parsers differ in which of the two they take, so that two clients see two answers.",
	Right:    "{\"id\": \"a\", \"name\": \"b\"}",
	Wrong:    "{\"id\": \"a\", \"id\": \"b\"}",
	For:      anyStep(expectsBody),
	Applies:  isJSONAnswer,
	Run: func(x *Exchange) error {
		_, err := jsontext.NewDecoder(bytes.NewReader(x.Response.Body)).ReadValue()
		var at *jsontext.SyntacticError
		if errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &at) {
			return fmt.Errorf("the member %s comes twice", at.JSONPointer)
		}
		return nil
	},
}

// bodyUndeclared reports members that the contract does not have.
var bodyUndeclared = Check{
	ID:       "body.undeclared-members",
	Severity: Should,
	Says:     "the contract has each member of the body, where it lists members and says nothing of further ones",
	Source:   "OpenAPI 3.1 §4.8.24 (properties); JSON Schema 2020-12 allows further members, so that clients must expect them",
	Why:      "What is sent is soon relied on; what the contract does not have can be taken away without a word.",
	Right:    "only members that the schema lists, or additionalProperties in the schema",
	Wrong:    "{\"id\": \"a\", \"debug\": true} where the contract has only id",
	For:      anyStep(expectsBody),
	Applies: func(x *Exchange) bool {
		return isJSONAnswer(x) && documentedType(x) && x.MediaType() != problem.MediaType
	},
	Run: func(x *Exchange) error {
		var found []error
		for _, p := range bodyPlaces(x) {
			if p.undeclared() {
				found = append(found, &violationError{
					spec.Violation{In: spec.BodyPart, Pointer: p.pointer, Keyword: spec.KeywordUnknown, Detail: "is not in the contract"},
					fmt.Sprintf("body %s is not in the contract", p.pointer),
				})
			}
		}
		return errors.Join(found...)
	},
}

// isJSONAnswer tells whether an answer says that its body is JSON, and has one.
func isJSONAnswer(x *Exchange) bool {
	return len(x.Response.Body) > 0 && spec.IsJSON(x.Response.Header.Get("Content-Type")) && x.Response.Header.Get("Content-Encoding") == ""
}

// charsetOf is the charset that an answer declares, in lower case; "" for none.
func charsetOf(x *Exchange) string {
	_, params, _ := mime.ParseMediaType(x.Response.Header.Get("Content-Type"))
	return strings.ToLower(params["charset"])
}

func isASCII(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}
