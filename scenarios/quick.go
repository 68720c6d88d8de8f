package scenarios

import (
	"slices"
	"strings"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// verdict is what a condition comes to. Like CEL's, `&&` and `||` of an error
// and a value that decides are that value.
type verdict uint8

const (
	no verdict = iota
	yes
	failed // the condition cannot be worked out: a member is missing
)

// test is a condition on a request that needs neither CEL nor memory: the
// conditions of a sandbox look at the ends of ids and little else.
type test func(*Input) verdict

// quickTest makes a test of a condition, nil where only CEL can work it out.
func quickTest(e ast.Expr, d *dialect) test {
	if e.Kind() == ast.LiteralKind && e.AsLiteral() == types.True {
		return func(*Input) verdict { return yes }
	}
	if e.Kind() == ast.SelectKind {
		return presenceTest(e.AsSelect(), d)
	}
	if e.Kind() != ast.CallKind {
		return nil
	}
	call := e.AsCall()
	args := call.Args()
	switch call.FunctionName() {
	case operators.LogicalAnd, operators.LogicalOr:
		decides := no
		if call.FunctionName() == operators.LogicalOr {
			decides = yes
		}
		var tests []test
		for _, arg := range args {
			t := quickTest(arg, d)
			if t == nil {
				return nil
			}
			tests = append(tests, t)
		}
		return junction(tests, decides)
	case operators.LogicalNot:
		t := quickTest(args[0], d)
		if t == nil {
			return nil
		}
		return func(in *Input) verdict {
			switch t(in) {
			case yes:
				return no
			case no:
				return yes
			}
			return failed
		}
	case operators.Equals, operators.NotEquals:
		if d.mayBeNull(args[0]) {
			return nil // null is equal to nothing else, but no error
		}
		if call.FunctionName() == operators.NotEquals {
			return textTest(args[0], args[1], d, func(s, literal string) bool { return s != literal })
		}
		return textTest(args[0], args[1], d, func(s, literal string) bool { return s == literal })
	case "endsWith":
		return memberTest(call, d, strings.HasSuffix)
	case "startsWith":
		return memberTest(call, d, strings.HasPrefix)
	case "contains":
		return memberTest(call, d, strings.Contains)
	case operators.In:
		return listTest(args[0], args[1], d)
	}
	return nil
}

// presenceTest is has(body.x).
func presenceTest(e ast.SelectExpr, d *dialect) test {
	if !e.IsTestOnly() || e.Operand().Kind() != ast.IdentKind || e.Operand().AsIdent() != "body" {
		return nil
	}
	slot := d.slot(e.FieldName())
	if slot < 0 {
		return nil
	}
	return func(in *Input) verdict {
		switch {
		case in.member(d, slot) != "":
			return yes
		case in.members.object, len(in.Body) == 0:
			return no
		}
		return failed
	}
}

// junction joins tests: the first that comes to what decides decides.
func junction(tests []test, decides verdict) test {
	return func(in *Input) verdict {
		out := yes + no - decides
		for _, t := range tests {
			switch t(in) {
			case decides:
				return decides
			case failed:
				out = failed
			}
		}
		return out
	}
}

func memberTest(call ast.CallExpr, d *dialect, holds func(s, literal string) bool) test {
	if !call.IsMemberFunction() || len(call.Args()) != 1 {
		return nil
	}
	return textTest(call.Target(), call.Args()[0], d, holds)
}

// textTest compares a text of the request with one that is written in the
// condition.
func textTest(subject, literal ast.Expr, d *dialect, holds func(s, literal string) bool) test {
	get := textOfRequest(subject, d)
	want, ok := literalText(literal)
	if get == nil || !ok {
		return nil
	}
	return func(in *Input) verdict {
		s, ok := get(in)
		switch {
		case !ok:
			return failed
		case holds(s, want):
			return yes
		}
		return no
	}
}

// mayBeNull tells whether an expression is a member of the body that may be
// null.
func (d *dialect) mayBeNull(e ast.Expr) bool {
	if e.Kind() != ast.SelectKind {
		return false
	}
	of := e.AsSelect().Operand()
	return of.Kind() == ast.IdentKind && of.AsIdent() == "body" && !d.body.fields[e.AsSelect().FieldName()].isString()
}

func listTest(subject, list ast.Expr, d *dialect) test {
	if d.mayBeNull(subject) {
		return nil
	}
	get := textOfRequest(subject, d)
	if get == nil || list.Kind() != ast.ListKind {
		return nil
	}
	var want []string
	for _, item := range list.AsList().Elements() {
		s, ok := literalText(item)
		if !ok {
			return nil
		}
		want = append(want, s)
	}
	return func(in *Input) verdict {
		s, ok := get(in)
		switch {
		case !ok:
			return failed
		case slices.Contains(want, s):
			return yes
		}
		return no
	}
}

func literalText(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// textOfRequest returns how to get a text that an expression names: the method,
// a parameter, a member of the body.
func textOfRequest(e ast.Expr, d *dialect) func(*Input) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		if e.AsIdent() == "method" {
			return func(in *Input) (string, bool) { return in.Method, true }
		}
	case ast.SelectKind:
		field := e.AsSelect()
		name := field.FieldName()
		of := field.Operand()
		switch {
		case field.IsTestOnly() || of.Kind() != ast.IdentKind:
			return nil
		case of.AsIdent() == "path" && d.path.fields[name].isString():
			return func(in *Input) (string, bool) { return in.pathParam(name) }
		case of.AsIdent() == "query" && d.query.fields[name].isString():
			return func(in *Input) (string, bool) { return in.queryParam(name) }
		case of.AsIdent() == "body":
			return d.bodyText(name)
		}
	}
	return nil
}
