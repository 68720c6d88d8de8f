package conformance

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestProgressTellsCountFailingAndTimeLeft(t *testing.T) {
	broken, held := &Played{Outcomes: []Outcome{Held, Broken}}, &Played{Outcomes: []Outcome{Held}}
	for _, live := range []bool{false, true} {
		var b bytes.Buffer
		p := newProgress(&b, live)
		p.start(4)
		p.began = p.began.Add(-20 * time.Second)
		p.told = p.began
		p.played(broken)
		p.played(held) // too soon to be told
		if !strings.Contains(b.String(), "1 of 4 cases, 1 failing, about 1m0s left") || strings.Contains(b.String(), "2 of 4") {
			t.Errorf("live %t: %q", live, b.String())
		}
		p.end()
		if live != strings.HasSuffix(b.String(), "\r\x1b[K") {
			t.Errorf("live %t: it ends with %q", live, b.String())
		}
		if !live && strings.Contains(b.String(), "\x1b") {
			t.Errorf("lines hold escapes: %q", b.String())
		}
	}
	var none *progress // as in `go test`
	none.start(1)
	none.played(broken)
	none.end()
}
