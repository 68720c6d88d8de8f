package scenarios

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/ext"

	"github.com/concord-api/concord/spec/source"
)

// The names of variables that expressions cannot say themselves.
const (
	nowName = "@now" // the time at which the exchange began
)

// maxCost bounds what one evaluation may cost, in CEL's units: about a
// millisecond.
const maxCost = 100_000

// needs says what an expression looks at.
type needs uint16

const (
	needMethod needs = 1 << iota
	needPath
	needQuery
	needHeaders
	needBody
	needFixtures
	needServer
	needNow
	needFresh // makes a new value each time: uuid(), id(), digits()
	needRequest
	needResponse
)

var needByName = map[string]needs{
	"method": needMethod, "path": needPath, "query": needQuery, "headers": needHeaders, "body": needBody,
	"fixtures": needFixtures, "server": needServer, nowName: needNow,
	"request": needRequest, "response": needResponse,
}

// program is one expression, compiled.
type program struct {
	text     string
	at       source.Position
	needs    needs
	fixtures []string // that it names
	looks    []string // members of the answer that it names, as JSON pointers below `response`
	result   *cel.Type
	ast      ast.Expr
	plan     func() (cel.Program, error) // made at the first evaluation
}

// constant tells whether the expression has the same value for every request.
func (p *program) constant() bool { return p.needs&^needFixtures == 0 }

// eval runs the expression. The error names it.
func (p *program) eval(vars cel.Activation) (ref.Val, error) {
	run, err := p.plan()
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", p.text, err)
	}
	v, _, err := run.Eval(vars)
	if err != nil {
		return nil, fmt.Errorf("expression %q: %w", p.text, err)
	}
	return v, nil
}

// holds runs a condition.
func (p *program) holds(vars cel.Activation) (bool, error) {
	v, err := p.eval(vars)
	if err != nil {
		return false, err
	}
	return v == types.True, nil
}

// language is the CEL that all scripts have: the standard, the extensions for
// strings, lists, sets, encodings and mathematics, and functions of its own.
var language = sync.OnceValues(func() (*cel.Env, error) {
	env, err := cel.NewEnv(
		ext.Strings(), ext.Lists(), ext.Sets(), ext.Encoders(), ext.Math(),
		cel.EnableIdentifierEscapeSyntax(),
		cel.ExpressionNodeLimit(10_000),
		cel.ParserExpressionSizeLimit(20_000),
		cel.ParserRecursionLimit(100),
		cel.Variable(nowName, cel.TimestampType),
		cel.Macros(cel.GlobalMacro("now", 0, func(eh cel.MacroExprFactory, _ ast.Expr, _ []ast.Expr) (ast.Expr, *cel.Error) {
			return eh.NewIdent(nowName), nil
		})),
		cel.Function("uuid", cel.Overload("uuid", nil, cel.StringType,
			cel.FunctionBinding(func(...ref.Val) ref.Val { return types.String(newUUID()) }))),
		cel.Function("id", cel.Overload("id_string", []*cel.Type{cel.StringType}, cel.StringType,
			cel.UnaryBinding(func(prefix ref.Val) ref.Val { return types.String(newID(string(prefix.(types.String)))) }))),
		cel.Function("digits", cel.Overload("digits_int", []*cel.Type{cel.IntType}, cel.StringType,
			cel.UnaryBinding(func(n ref.Val) ref.Val { return newDigits(int64(n.(types.Int))) }))),
	)
	if err != nil {
		return nil, fmt.Errorf("prepare the language of expressions: %w", err)
	}
	return env, nil
})

// warmUp lets the parser of expressions make its tables: they take it
// milliseconds, at its first expression.
func warmUp() {
	if env, err := language(); err == nil {
		env.Parse(`now() + duration("30m")`)
	}
}

// newUUID makes a random UUID (RFC 9562 §5.4).
func newUUID() string {
	b := randomBytes()
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// newID makes a random identifier: a prefix, an underscore where it has none,
// and 32 hexadecimal digits.
func newID(prefix string) string {
	return string(appendID(nil, prefix))
}

// appendID appends what newID makes.
func appendID(dst []byte, prefix string) []byte {
	dst = append(dst, prefix...)
	if prefix != "" && !strings.HasSuffix(prefix, "_") {
		dst = append(dst, '_')
	}
	b := randomBytes()
	return hex.AppendEncode(dst, b[:])
}

// randomBytes are as good as those of crypto/rand for names that nothing is
// guarded by: ChaCha8, seeded by the system. They take no system call.
func randomBytes() (b [16]byte) {
	binary.NativeEndian.PutUint64(b[:8], rand.Uint64())
	binary.NativeEndian.PutUint64(b[8:], rand.Uint64())
	return b
}

// maxDigits bounds what digits() makes.
const maxDigits = 1000

// newDigits makes n random decimal digits, for the numbers of people, companies
// and accounts that a server takes once only.
func newDigits(n int64) ref.Val {
	if n < 1 || n > maxDigits {
		return types.NewErr("digits(%d): the count must be from 1 to %d", n, maxDigits)
	}
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + rand.IntN(10))
	}
	return types.String(b)
}

// compile reads one expression in an environment.
func compile(env *cel.Env, text string, at source.Position) (*program, error) {
	checked, issues := env.Compile(text)
	if issues.Err() != nil {
		var messages []string
		for _, e := range issues.Errors() {
			messages = append(messages, plainMessage(e.Message))
		}
		return nil, errors.New(strings.Join(messages, "; "))
	}
	patterns := false
	p := &program{text: text, at: at, result: checked.OutputType(), ast: checked.NativeRep().Expr()}
	ast.PreOrderVisit(p.ast, ast.NewExprVisitor(func(e ast.Expr) {
		switch e.Kind() {
		case ast.IdentKind:
			p.needs |= needByName[e.AsIdent()]
		case ast.SelectKind:
			if of := e.AsSelect().Operand(); of.Kind() == ast.IdentKind && of.AsIdent() == "fixtures" {
				p.fixtures = append(p.fixtures, e.AsSelect().FieldName())
			}
			if pointer, ok := below(e, "response"); ok && !isPrefix(pointer, p.looks) {
				p.looks = append(p.looks, pointer)
			}
		case ast.CallKind:
			switch e.AsCall().FunctionName() {
			case "uuid", "id", "digits":
				p.needs |= needFresh
			case "matches":
				patterns = true
			}
		}
	}))
	p.plan = sync.OnceValues(func() (cel.Program, error) {
		return env.Program(checked, cel.EvalOptions(cel.OptOptimize), cel.CostLimit(maxCost))
	})
	if patterns { // a regular expression at fault is found only now
		if _, err := p.plan(); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// isPrefix tells whether one of some pointers leads on from a pointer.
func isPrefix(pointer string, of []string) bool {
	return slices.ContainsFunc(of, func(s string) bool { return s == pointer || strings.HasPrefix(s, pointer+"/") })
}

// below tells the way from a variable to the member that an expression selects,
// as a JSON pointer.
func below(e ast.Expr, variable string) (string, bool) {
	switch e.Kind() {
	case ast.IdentKind:
		return "", e.AsIdent() == variable
	case ast.SelectKind:
		pointer, ok := below(e.AsSelect().Operand(), variable)
		return pointer + "/" + source.EscapePointer(e.AsSelect().FieldName()), ok
	}
	return "", false
}

// plainMessage leaves out what CEL says of its own workings.
func plainMessage(message string) string {
	message = strings.TrimSuffix(message, " (in container '')")
	message = strings.ReplaceAll(message, "undefined field ", "there is no member ")
	message = strings.ReplaceAll(message, "undeclared reference to ", "there is no ")
	return strings.ReplaceAll(message, "Syntax error: ", "")
}
