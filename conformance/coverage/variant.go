package coverage

import "github.com/concord-api/concord/spec/schema"

// variant is another value for a place.
type variant struct {
	id      string // "above-maximum"
	name    string // "is 101, above the maximum 100"
	keyword string
	value   schema.Value // nil takes the place away
	want    Want
	sure    bool
	meant   bool
	witness schema.Value // see Case.Witness
}

// variants lists the other values of a place, the most telling first. Whether
// one is what it says is for the contract's validation to find out.
func (p *place) variants() []variant {
	var out []variant
	for _, make := range []func(*place) []variant{
		presence, wrongTypes, enums, texts, numbers, arrays, objects,
	} {
		out = append(out, make(p)...)
	}
	return out
}

// presence drops a place, and sends null.
func presence(p *place) []variant {
	var out []variant
	switch {
	case p.required:
		out = append(out, variant{id: "missing", name: "is missing", keyword: "required", want: Refuse, sure: true})
	case p.sent:
		out = append(out, variant{id: "left-out", name: "is left out, as it may", keyword: "required", want: Accept, sure: !p.isBody()})
	}
	if p.types().Has(schema.TypeNull) && p.types() != anyType && p.value.Kind() != 'n' {
		out = append(out, variant{id: "null", name: "is null, as it may be", keyword: "type", value: schema.Value("null"), want: Accept, sure: true})
	}
	return out
}

// wrongTypes sends a value of each type that is not allowed. Texts that many
// servers read as the value they stand for weigh less.
func wrongTypes(p *place) []variant {
	types := p.types()
	if types == anyType || p.in != nil && p.pointer == "" && types.Has(schema.TypeString) {
		return nil // in a parameter, each value is a text as well
	}
	if p.root != nil && p.root.textual && p.depth == 1 && types.Has(schema.TypeString) {
		return nil // and so is each part of a form, a file too
	}
	var out []variant
	add := func(is schema.Types, id, text string, sure bool) {
		if types&is == 0 {
			out = append(out, variant{id: "type-" + id, name: "is " + text + ", not " + (types &^ implied(types)).String(), keyword: "type", value: schema.Value(text), want: Refuse, sure: sure})
		}
	}
	numeric := types&(schema.TypeNumber|schema.TypeInteger) != 0
	add(schema.TypeString, "string", `"concord"`, true)
	add(schema.TypeNull, "null", "null", true)
	add(schema.TypeObject, "object", "{}", true)
	add(schema.TypeArray, "array", "[]", true)
	add(schema.TypeNumber|schema.TypeInteger, "number", "5", types&schema.TypeBoolean == 0)
	add(schema.TypeBoolean, "boolean", "true", !numeric)
	if numeric && !types.Has(schema.TypeNumber) {
		add(0, "fraction", "1.5", true)
	}
	if numeric {
		add(schema.TypeString, "number-as-string", `"1"`, false)
	}
	if types&schema.TypeBoolean != 0 {
		add(schema.TypeString, "boolean-as-string", `"true"`, false)
	}
	return out
}

// implied is what a set of types need not say.
func implied(types schema.Types) schema.Types {
	if types.Has(schema.TypeNumber) {
		return schema.TypeInteger
	}
	return 0
}

// enums sends each value of an enum, and one that is none of them.
func enums(p *place) []variant {
	var out []variant
	for _, s := range p.parts {
		values, keyword := s.Enum, "enum"
		if s.Const != nil {
			values, keyword = []schema.Value{s.Const}, "const"
		}
		if values == nil {
			continue
		}
		for i, v := range values {
			if i == maxEnum {
				break
			}
			if string(v) != string(p.value) || !p.sent {
				out = append(out, variant{id: keyword + "-" + show(v), name: "is " + show(v) + ", one of the " + keyword, keyword: keyword, value: v, want: Accept, sure: true})
			}
		}
		unknown := schema.Value(`"concord-unknown"`)
		switch values[0].Kind() {
		case '0':
			unknown = schema.Value("987654321")
		case 't', 'f':
			unknown = schema.Value("false")
			if values[0].Kind() == 'f' {
				unknown = schema.Value("true")
			}
		}
		out = append(out, variant{id: "not-in-" + keyword, name: "is " + string(unknown) + ", which the " + keyword + " does not have", keyword: keyword, value: unknown, want: Refuse, sure: true})
	}
	return out
}

// maxEnum bounds how many values of one enum are tried.
const maxEnum = 24
