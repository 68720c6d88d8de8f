// Package mockserver plays a contract and a script over HTTP: [New] gives a
// plain [http.Handler] that any Go test can mount, and [Serve] is the server
// around it.
//
// A request passes through stages, in this order, each a file:
//
//	route        404, 405 with Allow, OPTIONS
//	credentials  401 with WWW-Authenticate, 403
//	ratelimit    429 with Retry-After
//	read         413, 408, a body that cannot be read
//	idempotency  the first answer again, 409, 422
//	choose       406, a choice of the client's (Prefer) that cannot be met
//	check        415, 400 for what cannot be read, 422 for what breaks the contract
//	scenario     the script's answer
//	sample       the contract's own
//
// The first stage that has an answer ends the way. An error is the one that the
// contract documents for its status, valid against its schema; where none is
// documented it is RFC 9457 problem details. Where a request reaches no operation,
// those beside it say what errors look like. No stage can send what breaks the
// contract, unless a script says `offspec`.
//
// What can be made beforehand is made once, at an operation's first use: the
// locks of its security, the answers of its contract as bytes. The stages look
// up; none takes a lock that every request takes.
package mockserver
