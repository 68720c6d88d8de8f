package schema

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"

	"github.com/concord-api/concord/spec/source"
)

// keywords reads the keywords of one schema object. What needs more than one
// keyword to be understood is kept here until finish.
type keywords struct {
	*Reader
	schema           *Schema
	nullable         bool
	exclusiveMinimum bool // 3.0: minimum itself is excluded
	exclusiveMaximum bool
	minContains      bool
	then, els        *Schema
}

// readers has one row for each keyword that is understood.
var readers map[string]func(*keywords, source.Place)

func init() {
	readers = map[string]func(*keywords, source.Place){
		"title":            func(k *keywords, at source.Place) { k.schema.Title = at.Node.Value },
		"description":      func(k *keywords, at source.Place) { k.schema.Description = at.Node.Value },
		"type":             (*keywords).types,
		"nullable":         func(k *keywords, at source.Place) { k.nullable = k.version == V30 && isTrue(at) },
		"format":           func(k *keywords, at source.Place) { k.schema.Format = at.Node.Value },
		"enum":             func(k *keywords, at source.Place) { k.schema.Enum = k.values(at) },
		"const":            func(k *keywords, at source.Place) { k.schema.Const = k.value(at) },
		"default":          func(k *keywords, at source.Place) { k.schema.Default = k.value(at) },
		"example":          (*keywords).example,
		"examples":         func(k *keywords, at source.Place) { k.schema.Examples = append(k.schema.Examples, k.values(at)...) },
		"minimum":          func(k *keywords, at source.Place) { k.schema.Minimum = k.number(at) },
		"maximum":          func(k *keywords, at source.Place) { k.schema.Maximum = k.number(at) },
		"exclusiveMinimum": (*keywords).exclusiveMin,
		"exclusiveMaximum": (*keywords).exclusiveMax,
		"multipleOf":       (*keywords).multipleOf,
		"minLength":        func(k *keywords, at source.Place) { k.schema.MinLength = k.count(at, 0) },
		"maxLength":        func(k *keywords, at source.Place) { k.schema.MaxLength = k.count(at, None) },
		"pattern":          (*keywords).pattern,
		"contentEncoding":  func(k *keywords, at source.Place) { k.schema.ContentEncoding = at.Node.Value },
		"contentMediaType": func(k *keywords, at source.Place) { k.schema.ContentMediaType = at.Node.Value },
		"contentSchema":    func(k *keywords, at source.Place) { k.schema.ContentSchema = k.read(at) },

		"prefixItems":      func(k *keywords, at source.Place) { k.schema.PrefixItems = k.schemas(at) },
		"items":            (*keywords).items,
		"minItems":         func(k *keywords, at source.Place) { k.schema.MinItems = k.count(at, 0) },
		"maxItems":         func(k *keywords, at source.Place) { k.schema.MaxItems = k.count(at, None) },
		"uniqueItems":      func(k *keywords, at source.Place) { k.schema.UniqueItems = isTrue(at) },
		"contains":         func(k *keywords, at source.Place) { k.schema.Contains = k.read(at) },
		"minContains":      func(k *keywords, at source.Place) { k.schema.MinContains, k.minContains = k.count(at, 1), true },
		"maxContains":      func(k *keywords, at source.Place) { k.schema.MaxContains = k.count(at, None) },
		"unevaluatedItems": func(k *keywords, at source.Place) { k.schema.UnevaluatedItems = k.read(at) },

		"properties":            func(k *keywords, at source.Place) { k.schema.Properties = k.properties(at) },
		"patternProperties":     func(k *keywords, at source.Place) { k.schema.PatternProperties = k.properties(at) },
		"additionalProperties":  func(k *keywords, at source.Place) { k.schema.AdditionalProperties = k.read(at) },
		"propertyNames":         func(k *keywords, at source.Place) { k.schema.PropertyNames = k.read(at) },
		"unevaluatedProperties": func(k *keywords, at source.Place) { k.schema.UnevaluatedProperties = k.read(at) },
		"required":              func(k *keywords, at source.Place) { k.schema.Required = k.names(at) },
		"minProperties":         func(k *keywords, at source.Place) { k.schema.MinProperties = k.count(at, 0) },
		"maxProperties":         func(k *keywords, at source.Place) { k.schema.MaxProperties = k.count(at, None) },
		"dependentRequired":     (*keywords).dependentRequired,
		"dependentSchemas":      func(k *keywords, at source.Place) { k.schema.DependentSchemas = k.properties(at) },

		"allOf":         func(k *keywords, at source.Place) { k.schema.AllOf = k.schemas(at) },
		"anyOf":         func(k *keywords, at source.Place) { k.schema.AnyOf = k.schemas(at) },
		"oneOf":         func(k *keywords, at source.Place) { k.schema.OneOf = k.schemas(at) },
		"not":           func(k *keywords, at source.Place) { k.schema.Not = k.read(at) },
		"if":            func(k *keywords, at source.Place) { k.schema.If = k.read(at) },
		"then":          func(k *keywords, at source.Place) { k.then = k.read(at) },
		"else":          func(k *keywords, at source.Place) { k.els = k.read(at) },
		"discriminator": (*keywords).discriminator,

		"readOnly":   func(k *keywords, at source.Place) { k.schema.ReadOnly = isTrue(at) },
		"writeOnly":  func(k *keywords, at source.Place) { k.schema.WriteOnly = isTrue(at) },
		"deprecated": func(k *keywords, at source.Place) { k.schema.Deprecated = isTrue(at) },
		"xml":        (*keywords).xml,

		"$dynamicRef": (*keywords).dynamicRef,
	}
}

func isTrue(at source.Place) bool { return strings.EqualFold(at.Node.Value, "true") }

// finish settles what takes several keywords to say.
func (k *keywords) finish(at source.Place) {
	s := k.schema
	if s.If != nil {
		s.Then, s.Else = k.then, k.els
	}
	if s.Contains != nil && !k.minContains {
		s.MinContains = 1
	}
	if k.exclusiveMinimum && s.Minimum != "" {
		s.ExclusiveMinimum, s.Minimum = s.Minimum, ""
	}
	if k.exclusiveMaximum && s.Maximum != "" {
		s.ExclusiveMaximum, s.Maximum = s.Maximum, ""
	}
	k.asWritten(at)
	if k.nullable {
		k.acceptNull()
	}
}

// asWritten gives the values under a string schema back the words of their
// author: 1.10 and true are strings where only a string can be meant.
func (k *keywords) asWritten(at source.Place) {
	if k.schema.Types != TypeString {
		return
	}
	text := func(n *yaml.Node) Value {
		n = source.Resolve(n)
		if n == nil || n.Kind != yaml.ScalarNode || source.ScalarKind(n) == source.Null {
			return nil
		}
		return quote(n.Value)
	}
	for _, m := range source.Members(at.Node) {
		switch m.Name() {
		case "const":
			k.schema.Const = orElse(text(m.Value), k.schema.Const)
		case "default":
			k.schema.Default = orElse(text(m.Value), k.schema.Default)
		case "enum", "examples":
			items, values := source.Items(m.Value), k.schema.Enum
			if m.Name() == "examples" && len(items) <= len(k.schema.Examples) {
				values = k.schema.Examples[len(k.schema.Examples)-len(items):]
			}
			for i, item := range items {
				values[i] = orElse(text(item), values[i])
			}
		case "example":
			if len(k.schema.Examples) > 0 {
				k.schema.Examples[0] = orElse(text(m.Value), k.schema.Examples[0])
			}
		}
	}
}

func orElse(a, b Value) Value {
	if a != nil {
		return a
	}
	return b
}

// acceptNull turns 3.0's nullable into a type. Strictly it means nothing
// without a type in the same schema, nor where an enum leaves null out (OpenAPI
// 3.0.3 §4.7.24.1); authors mean that null is sent, so it is accepted.
//
// In samples it is the last resort, so that they satisfy strict readers, too.
func (k *keywords) acceptNull() {
	s := k.schema
	if s.Types != 0 {
		s.Types |= TypeNull
	}
	if s.Enum != nil && !contains(s.Enum, "null") {
		s.Enum = append(s.Enum, Value("null"))
	}
	if s.Types != 0 && s.AllOf == nil && s.AnyOf == nil && s.OneOf == nil {
		return
	}
	null := k.new(source.Place{Pointer: s.Pointer})
	null.Types, null.Courtesy = TypeNull, true
	if s.AllOf != nil {
		all := k.new(source.Place{Pointer: s.Pointer})
		all.AllOf, s.AllOf = s.AllOf, nil
		s.AllOf = []*Schema{k.either(all, null)}
	}
	if s.AnyOf != nil {
		s.AnyOf = append(s.AnyOf[:len(s.AnyOf):len(s.AnyOf)], null)
	}
	if s.OneOf != nil {
		one := k.new(source.Place{Pointer: s.Pointer})
		one.OneOf, s.OneOf = s.OneOf, nil
		s.AllOf = append(s.AllOf, k.either(one, null))
	}
}

func (k *keywords) either(options ...*Schema) *Schema {
	s := k.new(source.Place{Pointer: k.schema.Pointer})
	s.AnyOf = options
	return s
}

func contains(values []Value, text string) bool {
	for _, v := range values {
		if string(v) == text {
			return true
		}
	}
	return false
}

func (k *keywords) types(at source.Place) {
	names := []*yaml.Node{at.Node}
	if at.Node.Kind == yaml.SequenceNode {
		names = at.Node.Content
	}
	for _, n := range names {
		n = source.Resolve(n)
		t := typeNamed(n.Value)
		switch {
		case t != 0:
			k.schema.Types |= t
		case n.Value == "file" || n.Value == "any":
			// Left over from Swagger 2.0 and RAML; says nothing about JSON.
			k.problem(at, "type %q is no type of OpenAPI 3; it is read as any", n.Value)
		default:
			k.problem(at, "type %q is no JSON type; it is read as any", n.Value)
		}
	}
}

func (k *keywords) example(at source.Place) {
	if v := k.value(at); v != nil {
		k.schema.Examples = append([]Value{v}, k.schema.Examples...)
	}
}

func (k *keywords) exclusiveMin(at source.Place) {
	if source.ScalarKind(at.Node) == source.Boolean {
		k.exclusiveMinimum = isTrue(at)
		return
	}
	k.schema.ExclusiveMinimum = k.number(at)
}

func (k *keywords) exclusiveMax(at source.Place) {
	if source.ScalarKind(at.Node) == source.Boolean {
		k.exclusiveMaximum = isTrue(at)
		return
	}
	k.schema.ExclusiveMaximum = k.number(at)
}

func (k *keywords) multipleOf(at source.Place) {
	n := k.number(at)
	if n == "" {
		return
	}
	if r, ok := new(big.Rat).SetString(string(n)); !ok || r.Sign() <= 0 {
		k.problem(at, "multipleOf must be greater than 0, not %s", n)
		return
	}
	k.schema.MultipleOf = n
}

func (k *keywords) pattern(at source.Place) {
	if _, err := CompilePattern(at.Node.Value); err != nil {
		k.problem(at, "%v; the pattern is not checked", err)
		return
	}
	k.schema.Pattern = at.Node.Value
	if class := posixClass.FindString(at.Node.Value); class != "" {
		k.problem(at, "%s is no class of ECMA-262, which reads it as one of the characters up to the first bracket, and a bracket; write the characters themselves, such as [0-9A-Za-z]", class)
	}
}

// posixClass finds the classes of POSIX, which authors of patterns write and
// ECMA-262 does not know.
var posixClass = regexp.MustCompile(`\[\^?\[:\^?[a-z]+:\]`)

func (k *keywords) items(at source.Place) {
	if at.Node.Kind == yaml.SequenceNode {
		// The tuples of earlier drafts, which 3.1 documents still carry.
		k.schema.PrefixItems = k.schemas(at)
		return
	}
	k.schema.Items = k.read(at)
}

func (k *keywords) schemas(at source.Place) []*Schema {
	if at.Node.Kind != yaml.SequenceNode {
		k.problem(at, "must be an array of schemas")
		return nil
	}
	out := make([]*Schema, 0, len(at.Node.Content))
	for i, item := range at.Node.Content {
		out = append(out, k.read(at.Child(strconv.Itoa(i), item)))
	}
	if len(out) == 0 {
		k.problem(at, "must not be empty")
		return nil
	}
	return out
}

func (k *keywords) properties(at source.Place) []Property {
	if at.Node.Kind != yaml.MappingNode {
		k.problem(at, "must be an object of schemas")
		return nil
	}
	members := source.Members(at.Node)
	out := make([]Property, 0, len(members))
	for _, m := range members {
		if at.Pointer[strings.LastIndexByte(at.Pointer, '/')+1:] == "patternProperties" {
			if _, err := CompilePattern(m.Name()); err != nil {
				k.problem(at.Child(m.Name(), m.Key), "%v; the pattern is not checked", err)
				continue
			}
		}
		out = append(out, Property{m.Name(), k.read(at.Child(m.Name(), m.Value))})
	}
	return out
}

func (k *keywords) names(at source.Place) []string {
	if at.Node.Kind != yaml.SequenceNode {
		k.problem(at, "must be an array of names")
		return nil
	}
	var out []string
	for _, item := range source.Items(at.Node) {
		if item == nil || item.Kind != yaml.ScalarNode {
			k.problem(at, "must be an array of names")
			continue
		}
		if !has(out, item.Value) {
			out = append(out, item.Value)
		}
	}
	return out
}

func has(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

func (k *keywords) dependentRequired(at source.Place) {
	for _, m := range source.Members(at.Node) {
		names := k.names(at.Child(m.Name(), m.Value))
		k.schema.DependentRequired = append(k.schema.DependentRequired, Dependency{m.Name(), names})
	}
}

func (k *keywords) discriminator(at source.Place) {
	name := source.Get(at.Node, "propertyName")
	if name == nil || name.Value == "" {
		k.problem(at, "discriminator has no propertyName; it is ignored")
		return
	}
	d := &Discriminator{PropertyName: name.Value}
	mapping := at.Child("mapping", source.Get(at.Node, "mapping"))
	for _, m := range source.Members(mapping.Node) {
		target := source.Resolve(m.Value)
		if target == nil {
			continue
		}
		entry := DiscriminatorMapping{Value: m.Name()}
		place, err := k.files.Resolve(target.Value, at.File)
		if err != nil && !strings.ContainsAny(target.Value, "#/.") {
			place, err = k.files.Resolve("#/components/schemas/"+source.EscapePointer(target.Value), at.File)
		}
		if err != nil {
			k.problem(mapping.Child(m.Name(), m.Value), "discriminator mapping: %v", err)
		} else {
			entry.Schema = k.read(place)
		}
		d.Mapping = append(d.Mapping, entry)
	}
	k.schema.Discriminator = d
}

func (k *keywords) xml(at source.Place) {
	x := &XML{}
	for _, m := range source.Members(at.Node) {
		v := source.Resolve(m.Value)
		if v == nil {
			continue
		}
		switch m.Name() {
		case "name":
			x.Name = v.Value
		case "namespace":
			x.Namespace = v.Value
		case "prefix":
			x.Prefix = v.Value
		case "attribute":
			x.Attribute = strings.EqualFold(v.Value, "true")
		case "wrapped":
			x.Wrapped = strings.EqualFold(v.Value, "true")
		case "nodeType":
			x.NodeType = v.Value
		}
	}
	k.schema.XML = x
}

// dynamicRef reads a $dynamicRef as the $ref that it is where no schema extends
// another by the same $dynamicAnchor: within one OpenAPI document that is rare.
func (k *keywords) dynamicRef(at source.Place) {
	if k.schema.Ref == nil {
		k.readRef(k.schema, at)
	}
}

func (k *keywords) value(at source.Place) Value {
	v, err := source.AppendJSON(nil, at.Node)
	if err != nil {
		k.problem(at, "%v", err)
		return nil
	}
	return v
}

func (k *keywords) values(at source.Place) []Value {
	if at.Node.Kind != yaml.SequenceNode {
		k.problem(at, "must be an array")
		return nil
	}
	out := make([]Value, 0, len(at.Node.Content))
	for i, item := range at.Node.Content {
		v := k.value(at.Child(strconv.Itoa(i), item))
		if v == nil {
			v = Value("null")
		}
		out = append(out, v)
	}
	return out
}

func (k *keywords) number(at source.Place) Number {
	if !source.IsNumber(at.Node.Value) {
		k.problem(at, "must be a number, not %q; it is not checked", at.Node.Value)
		return ""
	}
	return Number(at.Node.Value)
}

func (k *keywords) count(at source.Place, otherwise int) int {
	if r, ok := new(big.Rat).SetString(at.Node.Value); ok && source.IsNumber(at.Node.Value) && r.IsInt() && r.Sign() >= 0 {
		if r.Num().IsInt64() {
			return int(r.Num().Int64())
		}
		return None
	}
	k.problem(at, "must be a whole number that is not negative, not %q; it is not checked", at.Node.Value)
	return otherwise
}
