package schema

// objects compiles what schemas say of an object and its members.
func (p *planner) objects(out *plan, all []*Schema) {
	if out.kinds&TypeObject == 0 {
		return
	}
	m := members{planner: p, all: all, position: map[string]int{}}
	rules := &objectRules{max: None}
	used := false
	for _, s := range all {
		if s.UnevaluatedProperties != nil {
			out.opaque |= TypeObject
			return
		}
		rules.min, rules.max = max(rules.min, s.MinProperties), min(rules.max, s.MaxProperties)
		used = used || s.MinProperties > 0 || s.MaxProperties != None || s.PropertyNames != nil ||
			s.PatternProperties != nil || s.AdditionalProperties != nil
		m.collect(s)
	}
	if !used && len(m.list) == 0 {
		return
	}
	if len(m.list) > maxNames {
		out.opaque |= TypeObject
		return
	}
	out.object = rules
	rules.names = newNames(m.list)
	for _, s := range all {
		for _, name := range s.RequiredIn(p.dir) {
			rules.required.add(m.position[name])
		}
		for _, d := range s.DependentRequired {
			n := need{name: m.position[d.Name]}
			for _, name := range d.Required {
				n.required.add(m.position[name])
			}
			rules.needs = append(rules.needs, n)
		}
		for _, d := range s.DependentSchemas {
			rules.applies = append(rules.applies, dependent{m.position[d.Name], p.all(d.Schema)})
		}
	}
	if !m.compile(rules) {
		out.opaque |= TypeObject
	}
}

// members compiles the members of the objects that schemas allow together.
type members struct {
	*planner
	all      []*Schema
	list     []string // every name that is spoken of, properties first
	position map[string]int
}

func (m *members) collect(s *Schema) {
	for i := range s.Properties {
		m.note(s.Properties[i].Name)
	}
	for _, name := range s.RequiredIn(m.dir) {
		m.note(name)
	}
	for _, d := range s.DependentRequired {
		m.note(d.Name)
		for _, name := range d.Required {
			m.note(name)
		}
	}
	for _, d := range s.DependentSchemas {
		m.note(d.Name)
	}
}

func (m *members) note(name string) {
	if _, ok := m.position[name]; !ok {
		m.position[name] = len(m.list)
		m.list = append(m.list, name)
	}
}

// compile sets the plans of the members, or says that it cannot.
func (m *members) compile(rules *objectRules) bool {
	var named []*Schema // propertyNames
	layers := make([]layer, len(m.all))
	patterned := false
	var others []*Schema
	for i, s := range m.all {
		if s.PropertyNames != nil {
			named = append(named, s.PropertyNames)
		}
		layers[i].other = anything
		if s.AdditionalProperties != nil {
			others = append(others, s.AdditionalProperties)
			layers[i].other = m.planner.all(s.AdditionalProperties)
		}
		for _, pattern := range s.PatternProperties {
			name := compileMatcher(pattern.Name)
			if name == nil {
				return false
			}
			patterned = true
			layers[i].patterns = append(layers[i].patterns, patternRule{name, m.planner.all(pattern.Schema)})
		}
	}
	rules.rest = m.planner.all(others...)
	if patterned {
		rules.layers = layers
	}
	if named != nil {
		rules.restName = m.planner.all(named...)
	}
	for _, name := range m.list {
		rules.members = append(rules.members, m.member(name, layers, rules.restName))
	}
	return true
}

// member returns the plan of a member that is named somewhere.
func (m *members) member(name string, layers []layer, allowed *plan) *plan {
	if allowed != nil && !allowed.sureText([]byte(name)) {
		return opaquePlan
	}
	var apply []*Schema
	for i, s := range m.all {
		matched := false
		for k := range s.Properties {
			if s.Properties[k].Name == name {
				apply, matched = append(apply, s.Properties[k].Schema), true
				break
			}
		}
		for k, pattern := range layers[i].patterns {
			if pattern.name.match([]byte(name)) {
				apply, matched = append(apply, s.PatternProperties[k].Schema), true
			}
		}
		if !matched && s.AdditionalProperties != nil {
			apply = append(apply, s.AdditionalProperties)
		}
	}
	return m.planner.all(apply...)
}
