package report

import (
	"fmt"
	"strings"
)

// String names a place as people do.
func (p Place) String() string {
	switch {
	case p.Name != "":
		return p.In + " " + p.Name
	case p.Pointer != "":
		return p.In + " " + p.Pointer
	}
	return p.In
}

// text is a failure as lines.
func (f Failure) text() string {
	var b strings.Builder
	row := func(name string, lines ...string) {
		for i, line := range lines {
			if i > 0 {
				name = ""
			}
			fmt.Fprintf(&b, "  %-11s %s\n", name, line)
		}
	}
	if f.Step != "" {
		row("step", f.Step)
	}
	row("expected", f.Expected)
	row("because", f.Because...)
	row("came", f.Came)
	row("difference", f.Difference...)
	row("repeat", f.Curl)
	return b.String()
}
