// Package coverage makes the requests that try a contract out: from one valid
// request of an operation, each request that differs from it in one way. Some
// ways leave it valid (a bound that is just kept, an optional member that is not
// sent) and a server must accept it; others break the contract and a server must
// refuse it.
//
// A [Case] is data: what is changed, and what is wanted of the answer. It says
// nothing of any one target, so that the same case can be applied to requests
// with other ids in them ([Case.Apply]). What counts is what the wire carries:
// each request, as serialized, goes through the contract's own validation
// ([Request.Violations]). A change that the wire does not show, such as the
// number 5 for a string in a query, is no case at all.
//
//	base, _ := coverage.NewBase(op, request)
//	set := coverage.Cases(base, coverage.Options{Seed: 1, Most: 200})
//	for _, c := range set.Cases {
//		request, err := c.Apply(base)
//		…
//	}
//
// The package knows the contract only: no script, no target, no HTTP exchange.
package coverage
