package conformance

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/pb33f/go-yaml"
	"github.com/pb33f/libopenapi/arazzo/expression"
)

// condition is a simple condition of Arazzo 1.0 (§4.6.8): comparisons of runtime
// expressions and literals, joined by !, &&, || and parentheses.
type condition struct {
	op          string // "||", "&&", "!", a comparison, or "" for an operand
	left, right *condition
	text        string // of an expression
	value       any    // of a literal
}

// parseCondition reads a simple condition.
func parseCondition(text string) (*condition, error) {
	p := &conditionParser{text: text}
	c, err := p.or()
	if err == nil && p.peek() != "" {
		err = fmt.Errorf("%q is left over", p.peek())
	}
	if err != nil {
		return nil, fmt.Errorf("read the condition %q: %w", text, err)
	}
	return c, nil
}

type conditionParser struct {
	text  string
	at    int
	depth int
}

// maxConditionDepth bounds how deep a condition may be nested.
const maxConditionDepth = 100

// symbols are the longer ones first.
var symbols = []string{"||", "&&", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")"}

// token is the next token and where it ends.
func (p *conditionParser) token() (string, int) {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	rest := p.text[p.at:]
	if rest == "" {
		return "", p.at
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return s, p.at + len(s)
		}
	}
	if rest[0] == '\'' {
		for i := 1; i < len(rest); i++ {
			if rest[i] != '\'' {
				continue
			}
			if i+1 < len(rest) && rest[i+1] == '\'' { // '' stands for one
				i++
				continue
			}
			return rest[:i+1], p.at + i + 1
		}
		return rest, len(p.text)
	}
	end := strings.IndexAny(rest, " \t\r\n=!<>&|()")
	switch {
	case end < 0:
		end = len(rest)
	case end == 0: // a lone = & or |
		end = 1
	}
	return rest[:end], p.at + end
}

func (p *conditionParser) peek() string {
	t, _ := p.token()
	return t
}

func (p *conditionParser) next() string {
	t, end := p.token()
	p.at = end
	return t
}

func (p *conditionParser) or() (*condition, error)  { return p.joined("||", p.and) }
func (p *conditionParser) and() (*condition, error) { return p.joined("&&", p.not) }

func (p *conditionParser) joined(op string, part func() (*condition, error)) (*condition, error) {
	left, err := part()
	for err == nil && p.peek() == op {
		p.next()
		var right *condition
		right, err = part()
		left = &condition{op: op, left: left, right: right}
	}
	return left, err
}

func (p *conditionParser) not() (*condition, error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > maxConditionDepth {
		return nil, fmt.Errorf("it is nested deeper than %d", maxConditionDepth)
	}
	switch p.peek() {
	case "!":
		p.next()
		of, err := p.not()
		return &condition{op: "!", left: of}, err
	case "(":
		p.next()
		inner, err := p.or()
		if err == nil && p.next() != ")" {
			err = fmt.Errorf("a parenthesis is not closed")
		}
		return inner, err
	}
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	switch op := p.peek(); op {
	case "==", "!=", "<=", ">=", "<", ">":
		p.next()
		right, err := p.operand()
		return &condition{op: op, left: left, right: right}, err
	}
	return left, nil
}

func (p *conditionParser) operand() (*condition, error) {
	t := p.next()
	switch {
	case t == "":
		return nil, fmt.Errorf("it ends where a value should stand")
	case strings.HasPrefix(t, "$"):
		return &condition{text: t}, expression.Validate(t)
	case t[0] == '\'':
		if len(t) < 2 || !strings.HasSuffix(t, "'") {
			return nil, fmt.Errorf("the text %s is not closed", t)
		}
		return &condition{value: strings.ReplaceAll(t[1:len(t)-1], "''", "'")}, nil
	case t == "true", t == "false":
		return &condition{value: t == "true"}, nil
	case t == "null":
		return &condition{}, nil
	}
	n, err := strconv.ParseFloat(t, 64)
	if err != nil {
		return nil, fmt.Errorf("%q is neither an expression ($…), a number, a boolean, null, nor a 'text'", t)
	}
	return &condition{value: n}, nil
}

// holds evaluates the condition.
func (c *condition) holds(scope *expression.Context) (bool, error) {
	switch c.op {
	case "||", "&&":
		left, err := c.left.holds(scope)
		if err != nil || left == (c.op == "||") {
			return left, err
		}
		return c.right.holds(scope)
	case "!":
		v, err := c.left.holds(scope)
		return !v, err
	case "":
		v, err := c.evaluate(scope)
		truth, isBool := v.(bool)
		return truth || !isBool && v != nil, err
	}
	left, err := c.left.evaluate(scope)
	if err != nil {
		return false, err
	}
	right, err := c.right.evaluate(scope)
	return compareValues(c.op, left, right), err
}

func (c *condition) evaluate(scope *expression.Context) (any, error) {
	if c.text == "" {
		return c.value, nil
	}
	return evaluate(c.text, scope)
}

// compareValues compares as Arazzo 1.0 does (§4.6.8.1): texts without regard to
// case. Values of two kinds are not equal, and in no order.
func compareValues(op string, left, right any) bool {
	order, comparable := 0, false
	switch l := simpleValue(left).(type) {
	case float64:
		var r float64
		if r, comparable = simpleValue(right).(float64); comparable {
			order = compareOrdered(l, r)
		}
	case string:
		var r string
		if r, comparable = simpleValue(right).(string); comparable {
			order = strings.Compare(strings.ToLower(l), strings.ToLower(r))
		}
	default:
		same := simpleValue(left) == simpleValue(right)
		return op == "==" && same || op == "!=" && !same
	}
	switch op {
	case "==":
		return comparable && order == 0
	case "!=":
		return !comparable || order != 0
	case "<":
		return comparable && order < 0
	case "<=":
		return comparable && order <= 0
	case ">":
		return comparable && order > 0
	}
	return comparable && order >= 0
}

func compareOrdered(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// simpleValue makes numbers of one type, and text of arrays and objects.
func simpleValue(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case *yaml.Node:
		return plainText(v)
	}
	return v
}
