package report_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/pb33f/jsonschema/v6"
	"golang.org/x/net/html"

	"github.com/concord-api/concord/conformance/report"
)

// sample is a run with something of everything, its texts those of a hostile
// target.
func sample(hostile string) *report.Run {
	body := func(text string) *report.Body {
		return &report.Body{Text: text, Encoding: "utf-8", Bytes: len(text)}
	}
	failure := func(check, operation, name string, places ...report.Place) report.Failure {
		id := "scenarios/" + operation + "/" + name
		return report.Failure{
			Fingerprint: report.Entry{Check: check, Operation: operation, Case: id}.Fingerprint(),
			Check:       check, Case: id, Operation: operation, Name: name, Step: "first",
			Expected: "the body is valid", Because: []string{"RFC 9457 §3", hostile}, Came: "HTTP/1.1 200 OK, " + hostile,
			Difference: []string{"- a number", "+ " + hostile}, Places: append([]report.Place{}, places...), Curl: "curl -sS '" + hostile + "'",
			Position: report.Position{File: "api,v1:2.yaml", Line: 12, Column: 3},
			Exchange: report.Exchange{
				Request: report.Request{Method: "POST", URL: "http://127.0.0.1/" + hostile, Headers: []report.Header{{Name: "Authorization", Value: "Bearer $CONCORD_TOKEN"}}, Body: body(`{"name":"x"}`)},
				Response: &report.Response{Status: 200, Text: "200 OK", Proto: "HTTP/1.1", Headers: []report.Header{{Name: "X-Total", Value: hostile}},
					Body: body(`{"items":[{"id":1,"name":""}],"` + "note" + `":"` + hostile + `"}`), Cut: hostile},
				TookMS: 1.5,
			},
		}
	}
	silent := failure("transport.answered", "getThing", "silent")
	silent.Exchange.Response, silent.Exchange.Error = nil, hostile
	return &report.Run{
		Schema: report.SchemaURL, Version: report.Version, Tool: report.Tool{Name: "concord", Version: "v1.2.3"},
		Contract: report.Contract{Title: "Things " + hostile, Version: "1", Location: "api.yaml"}, Target: report.Target{BaseURL: "http://127.0.0.1:4010"},
		Started: time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC), DurationMS: 1234.5, Outcome: report.Breaks, Why: hostile,
		Counts: report.Counts{Held: 10, Broken: 3, Warned: 1, Known: 1, Cases: 6, Requests: 6},
		Checks: []report.Check{
			{ID: "body.schema", Severity: "must", Says: "the body is valid against its schema", Source: "OpenAPI 3.1 §4.8.14", Why: "clients read it"},
			{ID: "retry-after.readable", Severity: "should", Says: "a 429 carries Retry-After", Source: "RFC 6585 §4"},
			{ID: "transport.answered", Severity: "must", Says: "the request is answered", Source: "RFC 9110 §3.4"},
		},
		Findings: []report.Finding{
			{Check: "body.schema", Outcome: report.Broken, Cause: []string{hostile}, Failures: []report.Failure{
				failure("body.schema", "listThings", "one", report.Place{In: "body", Pointer: "/items/0/name"}, report.Place{In: "header", Name: "X-Total"}),
				failure("body.schema", "listThings", "two", report.Place{In: "status"}, report.Place{In: "body", Pointer: "/items/7"}),
			}},
			{Check: "transport.answered", Outcome: report.Broken, Cause: []string{"no answer"}, Failures: []report.Failure{silent}},
			{Check: "retry-after.readable", Outcome: report.Warned, Cause: []string{"x"}, Failures: []report.Failure{failure("retry-after.readable", "listThings", "throttled")}},
			{Check: "body.schema", Outcome: report.Known, Cause: []string{"x"}, Failures: []report.Failure{failure("body.schema", "getThing", "old")}},
		},
		Cases: []report.Case{
			{ID: "scenarios/listThings/one", Phase: "scenarios", Operation: "listThings", Name: "one", TookMS: 2, Checks: []report.Verdict{{Check: "body.schema", Outcome: report.Broken}}},
			{ID: "scenarios/listThings/two", Phase: "scenarios", Operation: "listThings", Name: "two", Checks: []report.Verdict{{Check: "body.schema", Outcome: report.Broken}}},
			{ID: "scenarios/listThings/throttled", Phase: "scenarios", Operation: "listThings", Name: "throttled", Checks: []report.Verdict{{Check: "retry-after.readable", Outcome: report.Warned}}},
			{ID: "scenarios/getThing/silent", Phase: "scenarios", Operation: "getThing", Name: "silent", Checks: []report.Verdict{{Check: "transport.answered", Outcome: report.Broken}}},
			{ID: "scenarios/getThing/old", Phase: "scenarios", Operation: "getThing", Name: "old", Checks: []report.Verdict{{Check: "body.schema", Outcome: report.Known}}},
			{ID: "protocol/skipped", Phase: "protocol", Name: "skipped", Skip: hostile, Checks: []report.Verdict{}},
		},
		Matrix: []report.Row{
			{Operation: "listThings", Method: "GET", Path: "/things", Broken: 2, Warned: 1, Cells: []report.Cell{
				{Status: "200", MediaType: "application/json", State: report.Broken, Answers: 3, Broken: 2},
				{Status: "401", MediaType: "application/problem+json", State: report.Held, Answers: 1},
				{Status: "429", State: report.Unexercised, Why: hostile},
			}},
			{Operation: "getThing", Method: "GET", Path: "/things/{id}", Known: 1, Cells: []report.Cell{{Status: "200", MediaType: "application/json", State: report.Known, Answers: 1}}},
		},
		Skipped:    []report.Skip{{Reason: hostile, Cases: []string{"protocol/skipped"}}},
		Timings:    []report.Timing{{Operation: "listThings", Answers: 3, P50: 1, P95: 2, P99: 2, Max: 2}},
		Baseline:   &report.Baseline{File: "known.json", Known: 1, New: 3, Healed: []report.Entry{{Check: "body.schema", Operation: "getThing", Case: "scenarios/getThing/healed"}}, Gone: []report.Entry{}},
		Comparison: &report.Comparison{BaseURL: "http://other", Exchanges: 6, Differences: []report.Difference{{Place: report.Place{In: "status"}, One: "200 OK", Other: hostile, At: []report.Different{{Case: "scenarios/listThings/one", Operation: "listThings", Name: "one", Curl: "curl"}}}}},
	}
}

// hostile are texts that a target may send to break what shows them.
var hostile = map[string]string{
	"plain text":          "plain",
	"markup":              `</script><script>alert(1)</script><img src=x onerror=alert(2)>&lt;]]>--><!--`,
	"control bytes":       "a\x00b\x1b[31mred\x07\x08\x7f\u0085\u2028",
	"no UTF-8":            "\xff\xfe\xc3\x28 end",
	"workflow commands":   "x\n::error::pwned\n::set-output name=a::b\r\n##[command]rm",
	"fences and tables":   "``` \n````\n| a | b |\n[x](javascript:alert(1)) <details> @someone",
	"right-to-left marks": "\u202eevil\u202c",
	"quotes":              `'"\${jndi:x}$(id)` + "`id`",
	"megabytes":           strings.Repeat("0123456789abcdef", 1<<13),
}

// write writes a sample in a format.
func write(t testing.TB, format string, run *report.Run) []byte {
	t.Helper()
	for _, f := range report.Formats {
		if f.Name == format {
			var b bytes.Buffer
			if err := f.Write(&b, run); err != nil {
				t.Fatal(err)
			}
			return b.Bytes()
		}
	}
	t.Fatalf("there is no format %s", format)
	return nil
}

// strictSchema is the published schema, closed: a member that it does not name is
// a fault.
func strictSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	closed := bytes.ReplaceAll(report.Schema, []byte(`"additionalProperties": true`), []byte(`"additionalProperties": false`))
	if bytes.Equal(closed, report.Schema) {
		t.Fatal("the schema is not open to new members")
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(closed))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(report.SchemaURL, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(report.SchemaURL)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestJSONIsValidAgainstItsSchema(t *testing.T) {
	schema := strictSchema(t)
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			checkJSON(t, schema, write(t, "json", sample(text)))
		})
	}
}

func checkJSON(t testing.TB, schema *jsonschema.Schema, data []byte) {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(value); err != nil {
		t.Error(err)
	}
	var back report.Run
	if err := json.Unmarshal(data, &back); err != nil {
		t.Error(err)
	}
}

func TestJUnitIsWellFormed(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) { checkXML(t, write(t, "junit", sample(text))) })
	}
}

func checkXML(t testing.TB, data []byte) {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = true
	for {
		_, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestJUnitCountsWhatItLists(t *testing.T) {
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Tests int    `xml:"tests,attr"`
			Cases []struct {
				Class   string    `xml:"classname,attr"`
				Name    string    `xml:"name,attr"`
				Time    string    `xml:"time,attr"`
				Failure *struct{} `xml:"failure"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(write(t, "junit", sample("x")), &read); err != nil {
		t.Fatal(err)
	}
	tests, failures, skipped := 0, 0, 0
	for _, s := range read.Suites {
		if s.Tests != len(s.Cases) {
			t.Errorf("suite %s says %d tests and has %d", s.Name, s.Tests, len(s.Cases))
		}
		for _, c := range s.Cases {
			tests++
			if c.Failure != nil {
				failures++
			}
			if c.Skipped != nil {
				skipped++
			}
			if c.Class == "" || c.Name == "" || c.Time == "" {
				t.Errorf("a test case lacks its class, name or time: %+v", c)
			}
		}
	}
	if got, want := []int{read.Tests, read.Failures, read.Skipped}, []int{tests, failures, skipped}; !cmp.Equal(got, want) {
		t.Errorf("the root says tests, failures, skipped = %v, listed are %v", got, want)
	}
	if failures != 4 || skipped != 2 {
		t.Errorf("%d failures and %d skipped, want 4 and 2", failures, skipped)
	}
}

func TestSARIFIsValid(t *testing.T) {
	for name, text := range hostile {
		if name == "megabytes" {
			continue // the library's own validation takes minutes on it
		}
		t.Run(name, func(t *testing.T) { checkSARIF(t, write(t, "sarif", sample(text))) })
	}
}

func readSARIF(data []byte) (*sarif.Report, error) { return sarif.FromBytes(data) }

func checkSARIF(t testing.TB, data []byte) {
	t.Helper()
	read, err := readSARIF(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := read.Validate(); err != nil {
		t.Error(err)
	}
}

func TestAnnotationsHoldNoCommandOfTheTarget(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) { checkAnnotations(t, write(t, "github", sample(text))) })
	}
}

func checkAnnotations(t testing.TB, data []byte) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if !strings.HasPrefix(line, "::error ") && !strings.HasPrefix(line, "::warning ") && !strings.HasPrefix(line, "::notice ") {
			t.Fatalf("a line is no annotation of ours: %.200q", line)
		}
		if strings.Contains(line, "\r") {
			t.Fatalf("a line holds a carriage return: %.200q", line)
		}
	}
}

func TestSummaryLeavesNoMarkupOfTheTarget(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := report.Summary(&b, sample(text)); err != nil {
				t.Fatal(err)
			}
			checkSummary(t, b.String())
		})
	}
}

// checkSummary demands that a summary has no element but ours outside of code.
func checkSummary(t testing.TB, summary string) {
	t.Helper()
	if len(summary) > 1<<20 {
		t.Errorf("the summary has %d bytes; GitHub takes 1 MiB", len(summary))
	}
	z := html.NewTokenizer(strings.NewReader(outsideFences(summary)))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			if token := z.Token(); !slices.Contains([]string{"details", "summary", "b", "code", "br"}, token.Data) || len(token.Attr) > 0 {
				t.Errorf("the summary holds %s", token)
			}
		}
	}
}

// outsideFences is Markdown without its fenced code blocks.
func outsideFences(markdown string) string {
	var out []string
	fence := ""
	for _, line := range strings.Split(markdown, "\n") {
		ticks := line[:len(line)-len(strings.TrimLeft(line, "`"))]
		switch {
		case fence == "" && len(ticks) >= 3:
			fence = ticks
		case fence != "" && len(ticks) >= len(fence) && strings.TrimSpace(line) == ticks:
			fence = ""
		case fence == "":
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

func TestParseOutput(t *testing.T) {
	tests := map[string]struct{ in, format, path, wantErr string }{
		"a format and a file":               {"junit=out/report.xml", "junit", "out/report.xml", ""},
		"a file with an equals sign":        {"json=a=b.json", "json", "a=b.json", ""},
		"the standard output":               {"json=-", "json", "-", ""},
		"annotations need no file":          {"github", "github", "-", ""},
		"a format without a file":           {"sarif", "", "", "names no file"},
		"a format with an empty file":       {"junit=", "", "", "names no file"},
		"an unknown format":                 {"pdf=x", "", "", `no format "pdf"`},
		"nothing":                           {"", "", "", `no format ""`},
		"formats are written in small only": {"HTML=x", "", "", `no format "HTML"`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := report.ParseOutput(tt.in)
			if tt.wantErr != "" {
				if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
					t.Fatalf("error = %v, want one with %q", err, tt.wantErr)
				}
				return
			}
			if err != nil || got.Format.Name != tt.format || got.Path != tt.path {
				t.Errorf("= %s, %s, %v", got.Format.Name, got.Path, err)
			}
		})
	}
}

func TestOutputAppearsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	out, err := report.ParseOutput("json=" + filepath.Join(dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Write(nil, sample("x")); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil || len(files) != 1 || files[0].Name() != "run.json" {
		t.Errorf("the folder holds %v, %v", files, err)
	}
	missing, err := report.ParseOutput("json=" + filepath.Join(dir, "no", "such", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := missing.Write(nil, sample("x")); err == nil || !strings.Contains(err.Error(), "write json report to") {
		t.Errorf("error = %v", err)
	}
}

func TestBinaryBodiesKeepTheirBytes(t *testing.T) {
	run := sample("x")
	data := []byte{0xff, 0, 1, 2}
	run.Findings[0].Failures[0].Exchange.Response.Body = &report.Body{Text: base64.StdEncoding.EncodeToString(data), Encoding: "base64", Bytes: 4}
	var back report.Run
	if err := json.Unmarshal(write(t, "json", run), &back); err != nil {
		t.Fatal(err)
	}
	got, err := base64.StdEncoding.DecodeString(back.Findings[0].Failures[0].Exchange.Response.Body.Text)
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("= %v, %v", got, err)
	}
}

func TestPageLetsNoMarkupThrough(t *testing.T) {
	for name, text := range hostile {
		t.Run(name, func(t *testing.T) { checkPage(t, write(t, "html", sample(text))) })
	}
}

// checkPage demands that a page is text that can be shown, with our own script
// only, and that nothing in it leads out of it.
func checkPage(t testing.TB, data []byte) {
	t.Helper()
	if !utf8.Valid(data) {
		t.Error("the page is no UTF-8")
	}
	for i, c := range data {
		if c < ' ' && c != '\n' && c != '\t' || c == 0x7f {
			t.Fatalf("the page holds control byte %#x at %d", c, i)
		}
	}
	scripts := 0
	z := html.NewTokenizer(bytes.NewReader(data))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if scripts != 1 {
				t.Errorf("the page has %d scripts", scripts)
			}
			return
		case html.StartTagToken, html.SelfClosingTagToken:
			token := z.Token()
			switch token.Data {
			case "script":
				scripts++
			case "img", "iframe", "object", "embed", "link", "base", "form", "audio", "video":
				t.Errorf("the page has an element %s", token.Data)
			}
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "style" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s has an attribute %s=%q", token.Data, a.Key, a.Val)
				}
			}
		}
	}
}
