package conformance

import (
	"regexp"
	"testing"
)

func TestScrambledIDsKeepTheirForm(t *testing.T) {
	for name, tt := range map[string]struct{ id, form string }{
		"a number":                    {"17", `^[0-9]+$`},
		"hexadecimal digits":          {"cust_550e8400e29b41d4a716446655440000", `^cust_[0-9a-f]{32}$`},
		"a letter and decimal digits": {"n000017", `^n[0-9]{6}$`},
		"capitals and decimal digits": {"INV-2026-0017", `^INV-[0-9]{4}-[0-9]{4}$`},
		"a UUID":                      {"550e8400-e29b-41d4-a716-446655440000", `^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`},
		"letters from all over":       {"Zk9QxPlm", `^[A-Za-z0-9]{8}$`},
	} {
		t.Run(name, func(t *testing.T) {
			form := regexp.MustCompile(tt.form)
			for try := range uint64(20) {
				if other := scramble(tt.id, try); other != tt.id && form.MatchString(other) {
					return
				}
			}
			t.Errorf("no other id of the form %s was made of %s", tt.form, tt.id)
		})
	}
}
