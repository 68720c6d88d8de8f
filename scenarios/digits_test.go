package scenarios

import (
	"regexp"
	"testing"
)

func TestDigits(t *testing.T) {
	for name, tt := range map[string]struct {
		n    int64
		want string // pattern; "" for an error
	}{
		"eleven":   {11, `^[0-9]{11}$`},
		"one":      {1, `^[0-9]$`},
		"none":     {0, ""},
		"too many": {1 << 40, ""},
		"negative": {-1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			v := newDigits(tt.n)
			text, ok := v.Value().(string)
			if ok != (tt.want != "") || ok && !regexp.MustCompile(tt.want).MatchString(text) {
				t.Errorf("digits(%d) = %v, want %q", tt.n, v, tt.want)
			}
		})
	}
	if newDigits(18).Value() == newDigits(18).Value() {
		t.Error("two calls give the same digits")
	}
}
