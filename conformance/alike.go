package conformance

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"
	"unicode"
)

// alike tells whether two values mean the same: texts without regard to case,
// spaces and punctuation, numbers and times by what they are worth, nothing and
// what is empty.
func alike(a, b any) bool {
	switch x := a.(type) {
	case nil:
		return isEmpty(b)
	case map[string]any:
		y, ok := b.(map[string]any)
		if !ok {
			return len(x) == 0 && isEmpty(b)
		}
		for name := range x {
			if !alike(x[name], y[name]) {
				return false
			}
		}
		return true
	case []any:
		y, ok := b.([]any)
		if !ok {
			return len(x) == 0 && isEmpty(b)
		}
		return len(x) == len(y) && !slices.ContainsFunc(x, func(item any) bool {
			return !slices.ContainsFunc(y, func(other any) bool { return alike(item, other) })
		})
	case bool:
		y, ok := b.(bool)
		return ok && x == y || b == nil && !x
	}
	if isEmpty(a) && isEmpty(b) {
		return true
	}
	return sameScalar(fmt.Sprint(a), fmt.Sprint(b))
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	}
	return false
}

func sameScalar(a, b string) bool {
	if x, ok := new(big.Rat).SetString(a); ok && len(a) < 40 && !strings.ContainsAny(a, "eE/") {
		y, ok := new(big.Rat).SetString(b)
		return ok && len(b) < 40 && !strings.ContainsAny(b, "eE/") && x.Cmp(y) == 0
	}
	if x, err := time.Parse(time.RFC3339, a); err == nil {
		y, err := time.Parse(time.RFC3339, b)
		return err == nil && x.Equal(y)
	}
	return letters(a) == letters(b)
}

// letters are the letters and digits of a text, in small letters; the text itself
// where it has none.
func letters(text string) string {
	kept := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
	if kept == "" {
		return text
	}
	return kept
}

// decodeExact reads JSON with its numbers as they are written.
func decodeExact(data []byte, into any) error {
	d := json.NewDecoder(strings.NewReader(string(data)))
	d.UseNumber()
	return d.Decode(into)
}
