//go:build !race

package schema

// poolAllocs is what a run may allocate.
const poolAllocs = 0
