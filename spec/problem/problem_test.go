package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

var ignoreLayout = cmpopts.IgnoreUnexported(Problem{}, Item{})

func TestParse(t *testing.T) {
	tests := map[string]struct {
		in   string
		want Problem
	}{
		"all members find their field": {
			`{"type":"https://e.test/x","title":"T","status":422,"detail":"D","instance":"/i","code":"c","param":"p","errors":[{"param":"a","pointer":"#/a","detail":"d","code":"k"}]}`,
			Problem{
				Type: "https://e.test/x", Title: "T", Status: 422, Detail: "D", Instance: "/i", Code: "c", Param: "p",
				Errors: []Item{{Param: "a", Pointer: "#/a", Detail: "d", Code: "k"}},
			},
		},
		"an absent type is about:blank": {`{}`, Problem{Type: Blank}},
		"a standard member of a wrong type is absent": {
			`{"type":1,"title":null,"status":"404","detail":[],"instance":{}}`, Problem{Type: Blank},
		},
		"a status with a fraction is absent":   {`{"status":404.5}`, Problem{Type: Blank}},
		"a status with an exponent counts":     {`{"status":4.04e2}`, Problem{Type: Blank, Status: 404}},
		"a status beyond any number is absent": {`{"status":1e999}`, Problem{Type: Blank}},
		"extensions are kept in order": {
			`{"balance":30,"accounts":["/1"]}`,
			Problem{Type: Blank, Extensions: Extensions{{"balance", json.RawMessage(`30`)}, {"accounts", json.RawMessage(`["/1"]`)}}},
		},
		"code and errors of another shape are extensions": {
			`{"code":7,"errors":{"age":["too low"]}}`,
			Problem{Type: Blank, Extensions: Extensions{{"code", json.RawMessage(`7`)}, {"errors", json.RawMessage(`{"age":["too low"]}`)}}},
		},
		"an item keeps its extensions": {
			`{"errors":[{"detail":"d","in":"query","param":3}]}`,
			Problem{Type: Blank, Errors: []Item{{Detail: "d", Extensions: Extensions{{"in", json.RawMessage(`"query"`)}, {"param", json.RawMessage(`3`)}}}}},
		},
		"the last of a repeated name counts": {`{"title":"a","title":"b","x":1,"x":2}`, Problem{Type: Blank, Title: "b", Extensions: Extensions{{"x", json.RawMessage(`2`)}}}},
		"a byte order mark is skipped":       {"\ufeff{\"title\":\"a\"}", Problem{Type: Blank, Title: "a"}},
		"invalid UTF-8 is replaced":          {"{\"title\":\"a\xff\"}", Problem{Type: Blank, Title: "a\ufffd"}},
		"an escaped name is unescaped":       {`{"\u0074itle":"\u00e9"}`, Problem{Type: Blank, Title: "é"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(tt.in))
			if err != nil {
				t.Fatalf("Parse(%s): %v", tt.in, err)
			}
			if diff := cmp.Diff(tt.want, *got, ignoreLayout, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("Parse(%s) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	tests := map[string]struct {
		in        string
		notObject bool
	}{
		"nothing":                    {"", false},
		"half an object":             {`{"title":"a"`, false},
		"two objects":                {`{}{}`, false},
		"HTML":                       {"<html>", false},
		"an array":                   {`[]`, true},
		"null":                       {`null`, true},
		"a string":                   {`"oops"`, true},
		"a number that is not ended": {`{"status":4.}`, false},
		"a comma before the end":     {`{"a":1,}`, false},
		"an array that is not ended": {`[`, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Parse([]byte(tt.in))
			if err == nil {
				t.Fatalf("Parse(%q) = %+v, want an error", tt.in, got)
			}
			if errors.Is(err, ErrNotObject) != tt.notObject {
				t.Errorf("Parse(%q) error = %v; is ErrNotObject = %v, want %v", tt.in, err, !tt.notObject, tt.notObject)
			}
		})
	}
}

func TestAppendJSONKeepsTheOrderOfWhatWasRead(t *testing.T) {
	const in = `{"trace_id":"t","status":404,"code":"c","type":"/x","errors":[{"in":"path","detail":"d","param":"p"}],"title":"T","last":{"a": 1}}`
	p, err := Parse([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	if got := appendJSON(t, p); got != in {
		t.Errorf("written again:\n got %s\nwant %s", got, in)
	}

	p.Code, p.Instance = "", "/i" // one member goes, one is new, one extension changes
	p.Extensions.Set("trace_id", json.RawMessage(`"u"`))
	p.Extensions.Set("more", json.RawMessage(`true`))
	const want = `{"trace_id":"u","status":404,"type":"/x","errors":[{"in":"path","detail":"d","param":"p"}],"title":"T","last":{"a": 1},"instance":"/i","more":true}`
	if got := appendJSON(t, p); got != want {
		t.Errorf("changed and written again:\n got %s\nwant %s", got, want)
	}
}

func TestAppendJSON(t *testing.T) {
	tests := map[string]struct {
		in   Problem
		want string
	}{
		"the type is always written": {Problem{}, `{"type":"about:blank"}`},
		"fields come in the order of the RFC": {
			Problem{Extensions: Extensions{{"x", json.RawMessage(`1`)}}, Errors: []Item{{Param: "a", Detail: "b"}}, Param: "p", Code: "c", Instance: "/i", Detail: "d", Status: 400, Title: "t", Type: "u:r"},
			`{"type":"u:r","title":"t","status":400,"detail":"d","instance":"/i","code":"c","param":"p","errors":[{"param":"a","detail":"b"}],"x":1}`,
		},
		"an empty list is not an absent one":            {Problem{Errors: []Item{}}, `{"type":"about:blank","errors":[]}`},
		"text is escaped":                               {Problem{Title: "a\"\n\xff<é"}, `{"type":"about:blank","title":"a\"\n�<é"}`},
		"a field speaks for the extension of its name":  {Problem{Code: "c", Extensions: Extensions{{"code", json.RawMessage(`7`)}}}, `{"type":"about:blank","code":"c"}`},
		"an extension speaks where the field is silent": {Problem{Extensions: Extensions{{"code", json.RawMessage(`7`)}}}, `{"type":"about:blank","code":7}`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := appendJSON(t, &tt.in); got != tt.want {
				t.Errorf("AppendJSON:\n got %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestAppendJSONRefuses(t *testing.T) {
	tests := map[string]Problem{
		"an extension that is not JSON":             {Extensions: Extensions{{"x", json.RawMessage(`{`)}}},
		"an extension without a value":              {Extensions: Extensions{{"x", nil}}},
		"an extension of invalid UTF-8":             {Extensions: Extensions{{"x", json.RawMessage("\"\xff\"")}}},
		"an extension named twice":                  {Extensions: Extensions{{"x", json.RawMessage(`1`)}, {"x", json.RawMessage(`2`)}}},
		"an extension in a standard member's place": {Extensions: Extensions{{"title", json.RawMessage(`"t"`)}}},
		"an item with a broken extension":           {Errors: []Item{{Extensions: Extensions{{"x", json.RawMessage(`nul`)}}}}},
	}
	for name, p := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := p.AppendJSON([]byte("before"))
			if err == nil || string(got) != "before" {
				t.Errorf("AppendJSON = %s, %v; want the bytes before, and an error", got, err)
			}
		})
	}
}

func TestWrite(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		if err := Write(w, New(http.StatusNotFound, "No customer has the id 7.")); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		request, err := http.NewRequest(method, server.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		response, err := server.Client().Do(request)
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		const length = int64(len(`{"type":"about:blank","title":"Not Found","status":404,"detail":"No customer has the id 7."}`))
		if response.StatusCode != 404 || response.Header.Get("Content-Type") != MediaType || response.ContentLength != length || response.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: %s, length %d, headers %v", method, response.Status, response.ContentLength, response.Header)
		}
	}
}

func TestWriteStatus(t *testing.T) {
	tests := map[string]struct {
		status, want int // want 0: refused
	}{
		"none is 500":                   {0, 500},
		"a status without name is sent": {499, 499},
		"an interim status is refused":  {103, 0},
		"one without a body is refused": {304, 0},
		"one out of range is refused":   {1000, 0},
		"a negative one is refused":     {-1, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w := httptest.NewRecorder()
			w.Code = 0
			err := Write(w, &Problem{Status: tt.status})
			if w.Code != tt.want || (err != nil) != (tt.want == 0) {
				t.Errorf("Write with status %d sent %d, error %v; want %d", tt.status, w.Code, err, tt.want)
			}
			if faults := Check(w.Code, w.Header().Get("Content-Type"), w.Body.Bytes()); tt.want != 0 && len(faults) > 0 {
				t.Errorf("what Write sent has faults: %v", faults)
			}
		})
	}
}

func TestAppendJSONAllocatesNothing(t *testing.T) {
	p := New(422, "The request breaks the contract.")
	p.Errors = []Item{{Param: "cpf", Detail: "It has no such format.", Code: "invalid_format"}}
	buffer := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(100, func() {
		if _, err := p.AppendJSON(buffer); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("AppendJSON allocates %v times", n)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"type":"https://e.test/x","title":"T","status":422,"errors":[{"param":"a","in":1}],"x":{"y":[1.50]}}`))
	f.Add([]byte(`{"type":1,"code":2,"code":"a","errors":[[]],"status":1e400,"\ud800":"\ud800"}`))
	f.Add([]byte("\ufeff{\"title\":\"\xff\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		Check(400, string(data), data)
		p, err := Parse(data)
		if err != nil {
			return
		}
		first, err := p.AppendJSON(nil)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		if !json.Valid(first) {
			t.Fatalf("written: not JSON: %s", first)
		}
		again, err := Parse(first)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if second := appendJSON(t, again); second != string(first) {
			t.Fatalf("written twice, it differs:\n%s\n%s", first, second)
		}
		for _, fault := range Check(p.Status, MediaType, first) {
			switch id := fault.Rule.ID; {
			case fault.Rule.Severity == Should, strings.HasSuffix(id, ".type"), strings.HasSuffix(id, ".instance"):
			case id == "problem.status-equal" && p.Status == 0:
			default:
				t.Fatalf("what was written has a fault: %v", fault)
			}
		}
	})
}

func BenchmarkAppendJSON(b *testing.B) {
	p := New(422, "The request breaks the contract.")
	p.Errors = []Item{{Param: "cpf", Detail: "It has no such format.", Code: "invalid_format"}}
	buffer := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := p.AppendJSON(buffer); err != nil {
			b.Fatal(err)
		}
	}
}

func appendJSON(t *testing.T, p *Problem) string {
	t.Helper()
	out, err := p.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
