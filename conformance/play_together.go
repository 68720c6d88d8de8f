package conformance

import (
	"cmp"
	"context"
	"sync"
)

// atOnce sends a request for the first of some steps, and at the same time for
// each that is to go together with it.
func (p *player) atOnce(ctx context.Context, steps []*Step, request *Request, earlier []*Exchange) ([]*Exchange, string) {
	n := 1
	for n < len(steps) && steps[n].Together {
		n++
	}
	exchanges, skips := make([]*Exchange, n), make([]string, n)
	var wg sync.WaitGroup
	for i, step := range steps[:n] {
		wg.Go(func() {
			exchanges[i], skips[i] = p.follow(ctx, step, request, earlier)
			p.compare(step, exchanges[i])
		})
	}
	wg.Wait()
	return exchanges, cmp.Or(skips...)
}
