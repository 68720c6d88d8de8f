package conformance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// repeat sends the request of an exchange again, as often as the case says, if
// that changes nothing: its method is safe, or it was refused.
func (p *player) repeat(ctx context.Context, c *Case, step *Step, x *Exchange) {
	if !x.Answered() || x.Undecided != "" || step.Setup || step.Burst > 0 {
		return
	}
	if !safeMethod(x.Request.Method) && x.Response.Status/100 != 4 {
		return
	}
	for range c.Repeat - 1 {
		again, skip := p.step(ctx, step, &x.Request)
		if skip != "" {
			return
		}
		p.compare(step, again)
		if step.trial != nil && step.trial.at != nil && again.Answered() && again.Response.Status != x.Response.Status {
			again.Undecided = step.trial.whyUndecided(p.builder, again, x)
		}
		x.Again = append(x.Again, again)
	}
}

// rounds lists the exchanges of a case, each with its repeats after it, and tells
// them what they are of.
func (p *Played) rounds(c *Case) []*Exchange {
	var out []*Exchange
	for i, x := range p.Exchanges {
		for _, one := range append([]*Exchange{x}, x.Again...) {
			one.at, one.step, one.earlier = c, c.Steps[i], p.Exchanges[:i]
			out = append(out, one)
		}
	}
	return out
}

// steady demands that an answer does not change its form from one time to the
// next. What it says may change: others use the server as well.
var steady = Check{
	ID:       "answer.steady",
	Severity: Should,
	Says:     "the same request is answered again with the same status, media type and members",
	Source:   "RFC 9110 §9.2.1, §9.2.2",
	Why:      "A member that comes now and then breaks clients now and then, which nobody can reproduce. It often is one of several servers that runs another version.",
	Right:    `GET /things/1: {"id":1,"name":"one"}, and again {"id":1,"name":"uno"}`,
	Wrong:    `GET /things/1: {"id":1,"name":"one"}, and again {"id":1}`,
	For:      func(c *Case) bool { return c.Repeat > 1 },
	Applies:  func(x *Exchange) bool { return len(x.Again) > 0 },
	Run: func(x *Exchange) error {
		for i, again := range x.Again {
			if !again.Answered() {
				continue // seen by another check
			}
			if was, is := formOf(x), formOf(again); was.differs(is) {
				want, got := was.tell(is)
				return &Mismatch{want, fmt.Sprintf("%s at the repeat %d of %d", got, i+1, len(x.Again))}
			}
		}
		return nil
	},
}

// form is what clients rely on in an answer beside its values.
type form struct {
	status, mediaType string
	members           map[string]string // JSON type by path; "*" stands for each item of an array
	open              []string          // paths of arrays without items, which say nothing of them
}

func formOf(x *Exchange) form {
	f := form{status: statusText(x.Response.Status), mediaType: x.MediaType(), members: map[string]string{}}
	var v any
	if json.Unmarshal(x.Response.Body, &v) == nil {
		f.add("", v)
	}
	return f
}

func (f *form) add(path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		f.members[path] = "object"
		for name, value := range v {
			f.add(path+"/"+name, value)
		}
	case []any:
		f.members[path] = "array"
		if len(v) == 0 {
			f.open = append(f.open, path)
		}
		for _, item := range v {
			f.add(path+"/*", item)
		}
	case string:
		f.members[path] = "string"
	case float64:
		f.members[path] = "number"
	case bool:
		f.members[path] = "boolean"
	default: // null says nothing of the type that a value has
		f.open = append(f.open, path)
	}
}

func (f form) differs(g form) bool {
	want, got := f.tell(g)
	return want != got
}

// tell says the first thing in which two forms differ, as it was and as it is.
func (f form) tell(g form) (was, is string) {
	switch {
	case f.status != g.status:
		return f.status, g.status
	case f.mediaType != g.mediaType:
		return "the media type " + f.mediaType, "the media type " + g.mediaType
	}
	paths := sortedKeys(f.members)
	for _, path := range sortedKeys(g.members) {
		if _, known := f.members[path]; !known {
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		a, b := f.members[path], g.members[path]
		if a == b || strings.Contains(path, "/*") || f.silent(path) || g.silent(path) {
			continue // items differ from one to the next
		}
		return describeMember(path, a), describeMember(path, b)
	}
	return "", ""
}

// silent tells whether a form says nothing of a path.
func (f form) silent(path string) bool {
	return slices.ContainsFunc(f.open, func(open string) bool { return path == open || strings.HasPrefix(path, open+"/") })
}

func describeMember(path, kind string) string {
	if path == "" {
		path = "the body"
	}
	if kind == "" {
		return path + " is not there"
	}
	return path + " is " + kind
}
