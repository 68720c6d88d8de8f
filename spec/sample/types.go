package sample

import "github.com/concord-api/concord/spec/schema"

// preference is the order in which types are tried for a sample.
var preference = []schema.Types{
	schema.TypeObject, schema.TypeArray, schema.TypeString, schema.TypeInteger,
	schema.TypeNumber, schema.TypeBoolean, schema.TypeNull,
}

// choose picks the type of the value.
func (g *generator) choose(sh *shape, n node) (schema.Types, error) {
	if sh.types == 0 {
		return 0, sh.noType(n)
	}
	if n.hint != nil {
		kind := kindOf(n.hint)
		if sh.types.Has(kind) {
			return kind, nil
		}
		if t := alike(n.hint, sh.types); t != 0 {
			return t, nil
		}
	}
	var allowed [8]schema.Types
	list := allowed[:0]
	want := sh.types
	if hinted := sh.types & sh.hinted; hinted != 0 && sh.try < attempts/2 && g.variant < attempts/2 {
		want = hinted
	}
	if sh.untyped && want == sh.types && sh.try < attempts/2 && g.variant == 0 {
		// Anything goes: an object as a whole, a text as a member.
		if n.name == "" && want.Has(schema.TypeObject) {
			return schema.TypeObject, nil
		}
		if want.Has(schema.TypeString) {
			return schema.TypeString, nil
		}
	}
	if g.depth > softDepth && sh.types.Has(schema.TypeNull) && want&(schema.TypeObject|schema.TypeArray) != 0 {
		return schema.TypeNull, nil
	}
	for _, t := range preference {
		if want.Has(t) && (t != schema.TypeInteger || !want.Has(schema.TypeNumber)) {
			list = append(list, t)
		}
	}
	if len(list) == 0 {
		return 0, sh.noType(n)
	}
	if len(list) > 1 && list[len(list)-1] == schema.TypeNull && (!g.o.Dynamic || g.rng.IntN(8) > 0) && sh.try < attempts/2 && g.variant < 4 {
		list = list[:len(list)-1]
	}
	if g.sparse() && g.depth > softDepth {
		// The ones that end recursion come last in order of preference.
		for _, t := range list {
			if t&(schema.TypeObject|schema.TypeArray) == 0 {
				return t, nil
			}
		}
	}
	i := sh.mode + g.variant
	if g.o.Dynamic {
		i = g.rng.IntN(len(list)) + g.variant
	}
	return list[i%len(list)], nil
}

func (sh *shape) noType(n node) error {
	if len(sh.rejected) > 0 {
		return fault(n.all, "its keywords leave no type that %s allows", sh.doubts())
	}
	return fault(n.all, "its keywords leave no type")
}
