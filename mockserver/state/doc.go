// Package state is what the sandbox remembers between requests: how many came in a
// window of time, how far a sequence of answers has moved, and which answer an
// idempotency key got.
//
// [Store] is the one door to it. Each of its methods is a single atomic step over
// strings, bytes and durations, and needs no lock held between two calls, so that
// several replicas can share one store across a network as safely as goroutines share
// [Memory], which forgets all when its process ends. The package statetest holds any
// implementation to the same rules.
//
// Keys are the caller's: they name whatever must be counted or remembered apart (a
// credential, an operation, a scenario). Counters, positions and reservations are
// three spaces; the same key in two of them names two things. A key that holds a
// secret should be hashed before it comes here.
//
// An idempotent request goes through a reservation:
//
//	r, err := store.Reserve(ctx, key, fingerprint, lease)
//	switch r.Outcome {
//	case state.Claimed:  // ours to answer: then Complete, or Release to remember nothing
//	case state.InFlight: // the first one still runs: 409
//	case state.Done:     // send r.Answer again
//	case state.Mismatch: // the key was used for another request: 422
//	}
package state
