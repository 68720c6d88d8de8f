package coverage_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concord-api/concord/conformance/coverage"
)

// casesOf makes the cases of the one operation of a small contract.
func casesOf(t *testing.T, operation string, o coverage.Options) (*coverage.Base, *coverage.Set) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "contract.yaml")
	text := "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  /things:\n    post:\n      operationId: send\n" + operation +
		"      responses: {'200': {description: Done.}}\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	base, err := coverage.SampleBase(mustLoad(t, file).Operation("send"), 1)
	if err != nil {
		t.Fatal(err)
	}
	return base, coverage.Cases(base, o)
}

// body is an operation with a JSON body of one required member.
func body(schema string) string {
	return "      requestBody: {required: true, content: {application/json: {schema: {type: object, required: [m], properties: {m: " + schema + "}}}}}\n"
}

// query is an operation with a query parameter.
func query(schema string) string {
	return "      parameters: [{name: m, in: query, required: true, schema: " + schema + "}]\n"
}

func TestCasesOfKeywords(t *testing.T) {
	tests := map[string]struct {
		operation string
		want      []string // "accept", "refuse" or "refuse?" where it is not sure, and what is sent
		never     []string
	}{
		"the bounds of an integer and the next beyond": {
			body("{type: integer, minimum: 2, maximum: 5, example: 3}"),
			[]string{`refuse {"m":1}`, `accept {"m":2}`, `accept {"m":5}`, `refuse {"m":6}`, `refuse {"m":1.5}`, `refuse {"m":null}`, `refuse {}`, `refuse? {"m":"1"}`}, nil,
		},
		"bounds that exclude themselves": {
			body("{type: integer, exclusiveMinimum: 2, exclusiveMaximum: 6, example: 4}"),
			[]string{`refuse {"m":2}`, `accept {"m":3}`, `accept {"m":5}`, `refuse {"m":6}`}, nil,
		},
		"a number between multiples": {
			body("{type: integer, multipleOf: 4, minimum: 4, example: 8}"),
			[]string{`refuse {"m":10}`, `accept {"m":4}`, `refuse {"m":0}`}, nil,
		},
		"a bound beyond what a float holds": {
			body("{type: integer, maximum: 9007199254740993}"),
			[]string{`accept {"m":9007199254740993}`, `refuse {"m":9007199254740994}`}, nil,
		},
		"the lengths of a text": {
			body("{type: string, minLength: 2, maxLength: 4, example: abc}"),
			[]string{`refuse {"m":"a"}`, `accept {"m":"ab"}`, `accept {"m":"abcc"}`, `refuse {"m":"abccc"}`, `refuse {"m":5}`}, nil,
		},
		"a pattern": {
			body(`{type: string, pattern: "^[a-z]{3}$", example: abc}`),
			[]string{`refuse {"m":"abc!"}`}, []string{"emoji"},
		},
		"a format, which may be an annotation": {
			body("{type: string, format: date}"),
			[]string{`refuse? {"m":"2026-13-45"}`}, []string{`refuse {"m":"2026-13-45"}`},
		},
		"each value of an enum and one that it has not": {
			body("{type: string, enum: [a, b]}"),
			[]string{`accept {"m":"b"}`, `refuse {"m":"concord-unknown"}`}, nil,
		},
		"null where it may be": {
			body(`{type: [string, "null"], example: x}`),
			[]string{`accept {"m":null}`, `accept {"m":""}`}, []string{`refuse {"m":null}`},
		},
		"the items of an array": {
			body("{type: array, minItems: 1, maxItems: 2, uniqueItems: true, items: {type: integer}, example: [1]}"),
			[]string{`refuse {"m":[]}`, `refuse {"m":[1,1]}`, `refuse {"m":["concord"]}`}, nil,
		},
		"members where none may be": {
			body("{type: object, additionalProperties: false, properties: {a: {type: integer}}, example: {a: 1}}"),
			[]string{`refuse {"m":{"a":1,"concord_unknown":"concord"}}`, `accept {"m":{}}`}, nil,
		},
		"members where some may be": {
			body("{type: object, properties: {a: {type: integer}}, example: {a: 1}}"),
			nil, []string{"concord_unknown"},
		},
		"members that only answers have": {
			body("{type: object, properties: {a: {type: integer, readOnly: true}, b: {type: integer}}}"),
			nil, []string{`"a":"concord"`, `"a":null`},
		},
		"null and numbers in the query, which are texts there": {
			query("{type: string, example: x}"), []string{`refuse `}, []string{"refuse m=null", "refuse m=5", "refuse? m=null", "refuse? m=5"},
		},
		"a number in the query": {
			query("{type: integer, minimum: 1, example: 3}"),
			[]string{"refuse m=concord", "refuse m=1.5", "refuse m=0", "accept m=1", "refuse? m=null"}, nil,
		},
		"a query that is empty, which may mean that it is not there": {
			query("{type: string, minLength: 1, maxLength: 3, example: ab}"),
			[]string{"refuse? m=", "accept m=a", "refuse m=abbb"}, []string{"refuse m=\n"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			base, set := casesOf(t, tt.operation, coverage.Options{Seed: 1})
			if len(set.Faulty) > 0 {
				t.Errorf("faults of the generator: %v", set.Faulty)
			}
			var got []string
			for _, c := range set.Cases {
				r, err := c.Apply(base)
				if err != nil {
					t.Fatal(err)
				}
				want := string(c.Want)
				if !c.Sure && c.Want == coverage.Refuse {
					want += "?"
				}
				sent := string(r.Body)
				if !r.HasBody {
					sent = r.Query
				}
				got = append(got, want+" "+sent)
			}
			for _, want := range tt.want {
				if !slices.Contains(got, want) {
					t.Errorf("%s is missing among\n%s", want, strings.Join(got, "\n"))
				}
			}
			for _, never := range tt.never {
				if strings.Contains(strings.Join(got, "\n")+"\n", never) {
					t.Errorf("%s is among\n%s", never, strings.Join(got, "\n"))
				}
			}
		})
	}
}

func TestBodiesAreSpoilt(t *testing.T) {
	base, set := casesOf(t, body("{type: string, example: abc}"), coverage.Options{})
	want := []coverage.Spoil{
		coverage.NoBody, coverage.Truncated, coverage.NotAtAll, coverage.Trailing, coverage.DuplicateName, coverage.InvalidUTF8,
		coverage.OtherCharset, coverage.DeeplyNested, coverage.PlainText, coverage.AsXML, coverage.Huge,
	}
	for _, spoil := range want {
		i := slices.IndexFunc(set.Cases, func(c *coverage.Case) bool { return c.Keyword == string(spoil) })
		if i < 0 {
			t.Errorf("no case is %s", spoil)
			continue
		}
		if r, err := set.Cases[i].Apply(base); err != nil || string(r.Body) == string(base.Request.Body) && r.ContentType == base.Request.ContentType {
			t.Errorf("%s changes nothing (%v)", spoil, err)
		}
	}
}

func TestCasesAreTheSameForASeed(t *testing.T) {
	operation := body("{type: array, items: {type: string, pattern: '^[a-f]{4,9}$'}, uniqueItems: true, maxItems: 5}")
	list := func() string {
		base, set := casesOf(t, operation, coverage.Options{Seed: 7})
		var b strings.Builder
		for _, c := range set.Cases {
			r, err := c.Apply(base)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%s %s %.200s\n", c.ID, r.Query, r.Body)
		}
		return b.String()
	}
	if first, second := list(), list(); first != second {
		t.Errorf("one seed made\n%s\nand\n%s", first, second)
	}
}

func TestMostKeepsTheMostTelling(t *testing.T) {
	_, all := casesOf(t, body("{type: integer, minimum: 1, maximum: 9}"), coverage.Options{})
	_, few := casesOf(t, body("{type: integer, minimum: 1, maximum: 9}"), coverage.Options{Most: 5})
	if len(few.Cases) != 5 || few.Cut != len(all.Cases)-5 {
		t.Errorf("%d of %d cases were kept, %d cut", len(few.Cases), len(all.Cases), few.Cut)
	}
	if few.Cases[0].Keyword != "required" {
		t.Errorf("the first is about %s", few.Cases[0].Keyword)
	}
}

func TestOptionalThingsComeTogetherInPairs(t *testing.T) {
	members := []string{"a", "b", "c", "d", "e"}
	schema := "{type: object, properties: {"
	for i, m := range members {
		if i > 0 {
			schema += ", "
		}
		schema += m + ": {type: integer, example: 1}"
	}
	base, set := casesOf(t, "      requestBody: {required: true, content: {application/json: {schema: "+schema+"}}}}}\n", coverage.Options{})
	seen := map[string]bool{}
	note := func(body string) {
		for _, a := range members {
			for _, b := range members {
				has := func(m string) bool { return strings.Contains(body, `"`+m+`"`) }
				seen[fmt.Sprint(a, has(a), b, has(b))] = true
			}
		}
	}
	note(string(base.Request.Body))
	for _, c := range set.Cases {
		if c.Want == coverage.Accept {
			r, err := c.Apply(base)
			if err != nil {
				t.Fatal(err)
			}
			note(string(r.Body))
		}
	}
	for _, a := range members {
		for _, b := range members {
			for _, hasA := range []bool{true, false} {
				for _, hasB := range []bool{true, false} {
					if a != b && !seen[fmt.Sprint(a, hasA, b, hasB)] {
						t.Errorf("no request has %s=%t with %s=%t", a, hasA, b, hasB)
					}
				}
			}
		}
	}
}

func TestCaseIsDroppedWhereItNoLongerShows(t *testing.T) {
	base, set := casesOf(t, query("{type: integer, minimum: 1, example: 3}"), coverage.Options{})
	i := slices.IndexFunc(set.Cases, func(c *coverage.Case) bool { return c.Want == coverage.Refuse && c.Keyword == "minimum" })
	r, err := set.Cases[i].Apply(base)
	if err != nil {
		t.Fatal(err)
	}
	r.Query = "m=4" // somebody on the way made it valid again
	var dropped *coverage.DroppedError
	if err := set.Cases[i].Holds(base.Operation, r); !errors.As(err, &dropped) {
		t.Errorf("Holds = %v, want a DroppedError", err)
	}
}

func TestBodyThatMayBeLeftOutIsSentAndLeftOut(t *testing.T) {
	base, set := casesOf(t, "      requestBody: {content: {application/json: {schema: {type: object, required: [m], properties: {m: {type: integer}}}}}}\n", coverage.Options{})
	if !base.Request.HasBody {
		t.Fatal("the base has no body")
	}
	var leftOut, member bool
	for _, c := range set.Cases {
		r, err := c.Apply(base)
		if err != nil {
			t.Fatal(err)
		}
		if !r.HasBody {
			leftOut = c.Want == coverage.Accept && !c.Sure && r.ContentType == ""
		}
		member = member || c.Pointer == "/m" && c.Want == coverage.Refuse && c.Sure
	}
	if !leftOut || !member {
		t.Errorf("left out, as it may: %t; broken at its member: %t; want both", leftOut, member)
	}
}

func TestCompanyChangesOneOtherThing(t *testing.T) {
	base, set := casesOf(t, "      parameters:\n"+
		"        - {name: by, in: query, schema: {type: string, enum: [alpha, score]}, example: alpha}\n"+
		"        - {name: search, in: query, schema: {type: string}, example: tea}\n"+
		"        - {name: must, in: query, required: true, schema: {type: string, enum: [a, b]}, example: a}\n", coverage.Options{})
	got := map[string][]string{}
	for _, c := range set.Cases {
		for _, with := range c.Company() {
			r, err := with.Apply(base)
			if err != nil {
				t.Fatal(err)
			}
			got[c.ID] = append(got[c.ID], r.Query)
		}
	}
	if want := []string{"must=a&by=score&search=tea"}; !slices.Equal(got["query/by/enum--score-"], want) {
		t.Errorf("the company of by=score is %q, want %q; all: %v", got["query/by/enum--score-"], want, got)
	}
	for id := range got {
		if strings.HasPrefix(id, "query/must/") {
			t.Errorf("%s has company, though its place is required", id)
		}
	}
}
