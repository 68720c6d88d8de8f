package schema

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/jsonschema/v6"

	"github.com/concord-api/concord/spec/source"
)

// judge returns what a plan says of a whole text.
func (p *plan) judge(text []byte) verdict {
	r := run{text: text, depth: maxDepth, fuel: minFuel + fuelPerByte*len(text)}
	defer r.release()
	r.space()
	got := r.value(p)
	r.space()
	if got == valid && r.at != len(text) {
		return unsure
	}
	return got
}

// tally counts what plans said of texts.
type tally struct{ sure, accepted, texts int }

// hold holds a plan's verdict on a text against the library's.
func (n *tally) hold(t testing.TB, c *Checker, text string) {
	t.Helper()
	got, want := c.plan.judge([]byte(text)), libraryAccepts(c, []byte(text))
	n.texts++
	if want {
		n.accepted++
	}
	if got == valid {
		n.sure++
	}
	if c.Sure([]byte(text)) != (got == valid) {
		t.Errorf("Sure(%s) = %v, judged %d", text, got != valid, got)
	}
	switch {
	case got == valid && !want:
		t.Errorf("the library refuses what is called sure: %s\nunder %s\n%s", text, c.schema.Pointer, show(emitted(c)))
	case got == invalid && want && Value(text).IsValid():
		t.Errorf("the library accepts what is called invalid: %s\nunder %s\n%s", text, c.schema.Pointer, show(emitted(c)))
	}
}

func emitted(c *Checker) any {
	e := emitter{c.dir, map[*Schema]bool{}}
	return e.emit(c.schema)
}

// holdRandom holds a schema and values that are made from bytes.
func holdRandom(t testing.TB, n *tally, data []byte) {
	c := &choices{data: data, plain: true}
	text := fmt.Sprintf(`{"S":%s,"A":%s,"B":%s}`, c.schema(0), c.schema(2), c.schema(2))
	s, err := parseSchema(V31, text)
	if err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	c.plain = false
	checker := s.Checker(Direction(c.n(2)))
	if checker.Err() != nil {
		return // everything is valid then
	}
	for range 8 {
		var b strings.Builder
		c.sample(&b, s, 0)
		value := c.mutate(b.String())
		if tooLong(value) {
			continue
		}
		n.hold(t, checker, value)
		if t.Failed() {
			t.Logf("schemas: %s", text)
			return
		}
	}
}

// tooLong tells of numbers that the library takes minutes to expand.
func tooLong(text string) bool {
	for i := range len(text) {
		if text[i]|0x20 == 'e' && i > 0 && text[i-1]-'0' <= 9 {
			digits := 0
			for _, c := range strings.TrimLeft(text[i+1:], "+-") {
				if c < '0' || c > '9' {
					break
				}
				digits++
			}
			if digits > 3 {
				return true
			}
		}
	}
	return false
}

// FuzzPlan holds every verdict of a plan against the library, for schemas and
// values made from bytes.
func FuzzPlan(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		f.Add(randomBytes(random, 300))
	}
	f.Fuzz(func(t *testing.T, data []byte) { holdRandom(t, &tally{}, data) })
}

func randomBytes(random *rand.Rand, n int) []byte {
	data := make([]byte, 0, n+8)
	for len(data) < n {
		data = binary.LittleEndian.AppendUint64(data, random.Uint64())
	}
	return data
}

// TestPlanAgreesWithLibrary is FuzzPlan for fixed seeds, and demands that plans
// do not leave too much to the library. With SOAK=1m it goes on for a minute
// with seeds of its own.
func TestPlanAgreesWithLibrary(t *testing.T) {
	n := tally{}
	soak(t, 400, func(random *rand.Rand) { holdRandom(t, &n, randomBytes(random, 100+random.IntN(500))) })
	t.Logf("%d texts, %d accepted, %d sure", n.texts, n.accepted, n.sure)
	if n.sure*10 < n.accepted*7 {
		t.Errorf("sure of %d of %d valid texts", n.sure, n.accepted)
	}
}

// soak runs a test n times with fixed seeds, and as long as SOAK says with
// others.
func soak(t *testing.T, n int, test func(*rand.Rand)) {
	random := rand.New(rand.NewPCG(3, 4))
	for range n {
		test(random)
	}
	if long := os.Getenv("SOAK"); long != "" {
		d, err := time.ParseDuration(long)
		if err != nil {
			t.Fatal(err)
		}
		random = rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64()))
		for end := time.Now().Add(d); time.Now().Before(end) && !t.Failed(); {
			test(random)
		}
	}
}

// FuzzPlanText holds the scanner against encoding/json and jsontext.
func FuzzPlanText(f *testing.F) {
	for _, text := range []string{`{"a":[1,-0.5e3,"x\u00e9\n",true,false,null,{}]}`, `"\ud83d\ude00"`, ` [ ] `, `{"a":1,"a":2}`, "\"\xff\"", `1.`, `"0123456789abcdefä0123456789"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		sure := anything.sure(text)
		if sure && !(json.Valid(text) && Value(text).IsValid()) {
			t.Errorf("%q is called JSON", text)
		}
		plain := !strings.Contains(string(text), `\`) && len(text) < 200
		if !sure && plain && Value(text).IsValid() {
			t.Errorf("%q is not called JSON", text)
		}
	})
}

// FuzzFormat holds the formats of a plan against the library's.
func FuzzFormat(f *testing.F) {
	for name := range planFormats {
		for _, text := range someTexts {
			f.Add(name, text)
		}
	}
	checkers := map[string]*jsonschema.Schema{}
	for name := range planFormats {
		checkers[name] = readSchema(f, V31, "S: {type: string, format: "+name+"}").Checker(Request).library()
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if planFormats[name] != nil {
			holdFormat(t, name, checkers[name], text)
		}
	})
}

func holdFormat(t *testing.T, name string, lib *jsonschema.Schema, text string) {
	if planFormats[name]([]byte(text)) && lib.Validate(text) != nil {
		t.Errorf("%q is no %s to the library: %v", text, name, lib.Validate(text))
	}
}

// TestFormatsAgreeWithLibrary is FuzzFormat for values near the edge.
func TestFormatsAgreeWithLibrary(t *testing.T) {
	for name := range planFormats {
		lib := readSchema(t, V31, "S: {type: string, format: "+name+"}").Checker(Request).library()
		soak(t, 3000, func(random *rand.Rand) {
			text := []byte(someTexts[random.IntN(len(someTexts))])
			for range random.IntN(4) {
				const alphabet = "0123456789:.-@/%#?[]+TtZzaAfFgxX~\"\\ \x00\x7fä_!"
				i, c := random.IntN(len(text)+1), alphabet[random.IntN(len(alphabet))]
				switch random.IntN(3) {
				case 0:
					text = append(text[:i:i], append([]byte{c}, text[i:]...)...)
				case 1:
					text = append(text[:i:i], text[min(i+1, len(text)):]...)
				default:
					text = append(text, text[i:]...)
				}
			}
			holdFormat(t, name, lib, string(text))
		})
	}
}

// TestMatcherAgreesWithRE2 is FuzzMatcher for patterns made of common parts.
func TestMatcherAgreesWithRE2(t *testing.T) {
	parts := []string{"a", "b", "[ab]", "[^a]", ".", `\d`, `\w`, `\s`, "(a)", "(ab)", "(?:b)", "a|b", "ä", "[ä-ü]", "-", "[a-c]", ""}
	times := []string{"", "", "", "*", "+", "?", "{2}", "{1,2}", "{0,1}", "{2,}", "*?", "+?"}
	letters := []string{"a", "b", "c", "1", "-", "ä", "\n", " ", "_", "\xff"}
	walked := 0
	soak(t, 5000, func(random *rand.Rand) {
		pattern := []string{"^", "^", ""}[random.IntN(3)]
		for range random.IntN(5) {
			pattern += parts[random.IntN(len(parts))] + times[random.IntN(len(times))]
		}
		pattern += []string{"$", "$", ""}[random.IntN(3)]
		if random.IntN(4) == 0 { // a choice
			pattern = "^(?:" + strings.Trim(pattern, "^$") + "|" + parts[random.IntN(len(parts))] + ")$"
		}
		p, err := CompilePattern(pattern)
		if err != nil {
			return
		}
		m := newMatcher(p)
		if m == nil || m.ways == nil {
			return
		}
		walked++
		for range 10 {
			text := ""
			for range random.IntN(6) {
				text += letters[random.IntN(len(letters))]
			}
			if m.match([]byte(text)) != p.MatchString(text) {
				t.Errorf("%q on %q: the table walk says %v", pattern, text, m.match([]byte(text)))
			}
		}
	})
	if walked < 500 {
		t.Errorf("the table walk took only %d patterns", walked)
	}
}

// FuzzMatcher holds the table walk of patterns against RE2.
func FuzzMatcher(f *testing.F) {
	for _, pattern := range somePatterns {
		for _, text := range []string{"", "a", "abc", "aaab", "x-1", "ä/", "a\n"} {
			f.Add(pattern, text)
		}
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		p, err := CompilePattern(pattern)
		if err != nil {
			return
		}
		m := newMatcher(p)
		if m != nil && m.ways != nil && m.match([]byte(text)) != p.MatchString(text) {
			t.Errorf("%q on %q: the table walk says %v", pattern, text, m.match([]byte(text)))
		}
	})
}

// smallDocument stands in for a real one.
const smallDocument = `components:
  schemas:
    Pet: {type: object, required: [id, name], properties: {id: {type: integer, format: int64}, name: {type: string, minLength: 1}, tag: {type: string, nullable: true}, kind: {type: string, enum: [cat, dog]}, friends: {type: array, items: {$ref: '#/components/schemas/Pet'}}}}
    Problem: {type: object, required: [type, status], properties: {type: {type: string, format: uri-reference, example: /a}, status: {type: integer, minimum: 0, maximum: 5}, detail: {type: string}}}
    Either: {oneOf: [{$ref: '#/components/schemas/Problem'}, {type: array, items: {$ref: '#/components/schemas/Pet'}}, {type: string}]}
    Both: {allOf: [{$ref: '#/components/schemas/Problem'}, {type: object, required: [code], properties: {code: {type: string}}}]}
`

// TestPlanOfRealDocument holds the plans of every schema of a document against
// the library; BIG_SPEC names the document.
func TestPlanOfRealDocument(t *testing.T) {
	data := []byte(smallDocument)
	if path := os.Getenv("BIG_SPEC"); path != "" {
		var err error
		if data, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	file := &source.File{Location: "/big.json", Name: "big.json", Root: &root}
	files := &source.Set{}
	files.Add(file)
	reader, random := NewReader(V30, files), rand.New(rand.NewPCG(5, 6))
	n := tally{}
	for _, place := range schemasOf(source.Place{File: file, Node: &root}) {
		s := reader.Read(place)
		c := s.Checker(Response)
		if c.Err() != nil {
			t.Logf("the library refuses %s: %v", s.Pointer, c.Err())
			continue
		}
		for range 10 {
			choices := &choices{data: randomBytes(random, 3000)}
			var b strings.Builder
			choices.sample(&b, s, 0)
			n.hold(t, c, b.String())
			n.hold(t, c, choices.mutate(b.String()))
		}
	}
	t.Logf("%d texts, %d accepted, %d sure", n.texts, n.accepted, n.sure)
	if n.accepted*5 < n.texts || n.sure*10 < n.accepted*8 {
		t.Errorf("sure of %d of %d valid texts", n.sure, n.accepted)
	}
}

// schemasOf lists where a document has schemas: its components, and every
// member "schema".
func schemasOf(at source.Place) []source.Place {
	var out []source.Place
	var walk func(source.Place)
	walk = func(at source.Place) {
		switch at.Node.Kind {
		case yaml.SequenceNode, yaml.DocumentNode:
			for i, item := range at.Node.Content {
				walk(at.Child(strconv.Itoa(i), item))
			}
		case yaml.MappingNode:
			for _, m := range source.Members(at.Node) {
				child := at.Child(m.Name(), m.Value)
				if m.Name() == "schema" && m.Value.Kind == yaml.MappingNode || strings.HasPrefix(child.Pointer, "/components/schemas/") {
					out = append(out, child)
				} else {
					walk(child)
				}
			}
		}
	}
	if at.Node.Kind == yaml.DocumentNode {
		at.Node = at.Node.Content[0]
	}
	walk(at)
	return out
}
