//go:build race

package schema

// poolAllocs is what a run may allocate: under the race detector a sync.Pool
// drops some of what it is given.
const poolAllocs = 3
