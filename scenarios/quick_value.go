package scenarios

import (
	"strconv"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"github.com/go-json-experiment/json/jsontext"
)

// quickValue appends the JSON of an expression that needs no CEL: a parameter, a
// member of the body as it was sent, the time, a new id. false means that CEL
// has to work it out after all.
type quickValue func(dst []byte, s *scope) ([]byte, bool)

// quick makes a quickValue of an expression, nil where only CEL can work it out.
func (d *dialect) quick(e ast.Expr) quickValue {
	if d == nil {
		return nil
	}
	switch e.Kind() {
	case ast.LiteralKind:
		text, err := appendValue(nil, e.AsLiteral())
		if err != nil {
			return nil
		}
		return func(dst []byte, _ *scope) ([]byte, bool) { return append(dst, text...), true }
	case ast.IdentKind:
		if e.AsIdent() == nowName {
			return appendTime(0)
		}
	case ast.SelectKind:
		return d.quickSelect(e.AsSelect())
	case ast.CallKind:
		return d.quickCall(e.AsCall())
	}
	return nil
}

func (d *dialect) quickSelect(e ast.SelectExpr) quickValue {
	name, of := e.FieldName(), e.Operand()
	if e.IsTestOnly() || of.Kind() != ast.IdentKind {
		return nil
	}
	switch of.AsIdent() {
	case "path":
		if d.path.fields[name].isString() {
			return func(dst []byte, s *scope) ([]byte, bool) {
				text, ok := s.in.pathParam(name)
				return appendQuoted(dst, text, ok)
			}
		}
	case "server":
		if name == "url" {
			return func(dst []byte, s *scope) ([]byte, bool) { return appendQuoted(dst, s.in.ServerURL, true) }
		}
	case "body":
		if slot := d.scalarSlot(name); slot >= 0 {
			return func(dst []byte, s *scope) ([]byte, bool) {
				text := s.in.member(d, slot)
				return append(dst, text...), text != "" && utf8.ValidString(text)
			}
		}
	}
	return nil
}

// scalarSlot is the slot of a member that is text, a number, a boolean or null,
// so that it is written as it was read.
func (d *dialect) scalarSlot(name string) int {
	member := d.body.fields[name]
	if member == nil || member == anything || member.fields != nil || member.elem != nil {
		return -1
	}
	return d.slot(name)
}

func (d *dialect) quickCall(call ast.CallExpr) quickValue {
	args := call.Args()
	switch call.FunctionName() {
	case "id":
		if prefix, ok := literalText(args[0]); ok && isPlain(prefix) {
			return func(dst []byte, _ *scope) ([]byte, bool) {
				return append(appendID(append(dst, '"'), prefix), '"'), true
			}
		}
	case "uuid":
		return func(dst []byte, _ *scope) ([]byte, bool) { return appendQuoted(dst, newUUID(), true) }
	case "int":
		if args[0].Kind() == ast.IdentKind && args[0].AsIdent() == nowName {
			return func(dst []byte, s *scope) ([]byte, bool) { return strconv.AppendInt(dst, s.time().Unix(), 10), true }
		}
	case operators.Add:
		if args[0].Kind() == ast.IdentKind && args[0].AsIdent() == nowName && args[1].Kind() == ast.CallKind {
			if f := args[1].AsCall(); f.FunctionName() == "duration" && len(f.Args()) == 1 {
				if text, ok := literalText(f.Args()[0]); ok {
					if length, err := time.ParseDuration(text); err == nil {
						return appendTime(length)
					}
				}
			}
		}
	case operators.Conditional:
		return d.quickDefault(args)
	}
	return nil
}

// quickDefault is has(body.x) ? body.x : otherwise.
func (d *dialect) quickDefault(args []ast.Expr) quickValue {
	if args[0].Kind() != ast.SelectKind || args[1].Kind() != ast.SelectKind || args[2].Kind() != ast.LiteralKind {
		return nil
	}
	has, is := args[0].AsSelect(), args[1].AsSelect()
	if !has.IsTestOnly() || has.FieldName() != is.FieldName() || has.Operand().Kind() != ast.IdentKind || has.Operand().AsIdent() != "body" {
		return nil
	}
	value, otherwise := d.quickSelect(is), d.quick(args[2])
	slot := d.scalarSlot(has.FieldName())
	if value == nil || otherwise == nil || slot < 0 {
		return nil
	}
	return func(dst []byte, s *scope) ([]byte, bool) {
		switch text := s.in.member(d, slot); {
		case text != "":
			return value(dst, s)
		case s.in.members.object:
			return otherwise(dst, s)
		}
		return dst, false
	}
}

// isPlain tells whether a text stands in JSON as it is.
func isPlain(text string) bool {
	quoted, err := jsontext.AppendQuote(nil, text)
	return err == nil && len(quoted) == len(text)+2
}

func appendQuoted(dst []byte, text string, ok bool) ([]byte, bool) {
	if !ok {
		return dst, false
	}
	out, err := jsontext.AppendQuote(dst, text)
	return out, err == nil
}

// appendTime appends a time after the exchange's. It is written once a second.
func appendTime(later time.Duration) quickValue {
	type written struct {
		at   int64
		text string
	}
	var last atomic.Pointer[written]
	return func(dst []byte, s *scope) ([]byte, bool) {
		at := s.time().Unix()
		known := last.Load()
		if known == nil || known.at != at {
			known = &written{at, s.time().Add(later).Format(`"` + time.RFC3339Nano + `"`)}
			last.Store(known)
		}
		return append(dst, known.text...), true
	}
}

// bodyText returns how to get a text of the body for a test.
func (d *dialect) bodyText(name string) func(*Input) (string, bool) {
	member := d.body.fields[name]
	if !member.isString() && (member == nil || member == anything || member.cel.Kind() != cel.StringKind && member.cel.TypeName() != types.NewNullableType(cel.StringType).TypeName()) {
		return nil
	}
	slot := d.slot(name)
	if slot < 0 {
		return nil
	}
	return func(in *Input) (string, bool) {
		raw := in.member(d, slot)
		if s, ok := plainString(raw); ok {
			return s, true
		}
		if len(raw) > 0 && raw[0] == '"' {
			if s, err := jsontext.AppendUnquote(nil, raw); err == nil {
				return string(s), true
			}
		}
		return "", false
	}
}
