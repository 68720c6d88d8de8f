package schema

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
	"sync"
)

// names is a set of texts that is looked into quickly: an open hash table of
// their positions in list.
type names struct {
	list  []string
	slots []uint16 // position + 1, 0 where free
	shift uint8
	plain bool // none needs an escape in JSON
}

func newNames(list []string) *names {
	size := 4
	for size < 2*len(list) {
		size *= 2
	}
	t := &names{list: list, slots: make([]uint16, size), plain: true, shift: uint8(64 - bits.Len(uint(size-1)))}
	for i, name := range list {
		at := t.hash([]byte(name))
		for t.slots[at] != 0 {
			at = (at + 1) & (len(t.slots) - 1)
		}
		t.slots[at] = uint16(i + 1)
		for _, c := range []byte(name) {
			t.plain = t.plain && c >= ' ' && c != '"' && c != '\\'
		}
	}
	return t
}

// hash takes the length, the beginning and the end of a name.
func (t *names) hash(b []byte) int {
	var head, tail uint64
	n := len(b)
	switch {
	case n >= 8:
		head, tail = binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[n-8:])
	case n >= 4:
		head, tail = uint64(binary.LittleEndian.Uint32(b)), uint64(binary.LittleEndian.Uint32(b[n-4:]))
	case n > 0:
		head, tail = uint64(b[0]), uint64(b[n/2])<<8|uint64(b[n-1])
	}
	h := (head*0x9E3779B97F4A7C15 ^ tail) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>32 ^ uint64(n)) * 0x94D049BB133111EB
	return int(h >> t.shift)
}

// find returns the position of a name, or -1.
func (t *names) find(b []byte) int {
	at := t.hash(b)
	for {
		i := int(t.slots[at])
		if i == 0 {
			return -1
		}
		if t.list[i-1] == string(b) {
			return i - 1
		}
		at = (at + 1) & (len(t.slots) - 1)
	}
}

// scratch is memory that a run needs for unusual texts. It is kept for the next
// run.
type scratch struct {
	text  []byte // the string with escapes that was read last
	spans []Span // of the items of arrays that must be unique

	// met holds the names of members that no schema names, to find the same one
	// twice: an open hash table. What another generation wrote counts as free.
	met        []metName
	metCount   int
	generation uint32
	objects    uint32 // number of the latest object
}

type metName struct {
	generation, object uint32
	start, end         uint32
}

var (
	scratches = sync.Pool{New: func() any { return &scratch{met: make([]metName, 64)} }}
	hashSeed  = maphash.MakeSeed()
)

const maxKept = 1 << 14 // bytes and entries of a scratch that is kept

func (r *run) scratchpad() *scratch {
	if r.scratch == nil {
		s := scratches.Get().(*scratch)
		s.generation++
		if s.generation == 0 {
			clear(s.met)
			s.generation = 1
		}
		s.metCount, s.objects, s.spans = 0, 0, s.spans[:0]
		r.scratch = s
	}
	return r.scratch
}

func (r *run) release() {
	if s := r.scratch; s != nil && cap(s.text) <= maxKept && len(s.met) <= maxKept && cap(s.spans) <= maxKept {
		scratches.Put(s)
	}
	r.scratch = nil
}

// object returns a number for a new object, to meet names in.
func (s *scratch) object() uint32 {
	s.objects++
	return s.objects
}

// meet notes a name in an object, and tells whether it is new there.
func (s *scratch) meet(text []byte, object uint32, name Span) bool {
	if 2*s.metCount >= len(s.met) {
		s.grow(text)
	}
	b := text[name.Start:name.End]
	for at := s.slot(b, object); ; at = (at + 1) & (len(s.met) - 1) {
		m := &s.met[at]
		if m.generation != s.generation {
			*m = metName{s.generation, object, uint32(name.Start), uint32(name.End)}
			s.metCount++
			return true
		}
		if m.object == object && string(text[m.start:m.end]) == string(b) {
			return false
		}
	}
}

func (s *scratch) slot(name []byte, object uint32) int {
	h := maphash.Bytes(hashSeed, name) + uint64(object)*0x9E3779B97F4A7C15
	return int((h ^ h>>32) & uint64(len(s.met)-1))
}

func (s *scratch) grow(text []byte) {
	old := s.met
	s.met = make([]metName, 2*len(old))
	for _, m := range old {
		if m.generation != s.generation {
			continue
		}
		at := s.slot(text[m.start:m.end], m.object)
		for s.met[at].generation == s.generation {
			at = (at + 1) & (len(s.met) - 1)
		}
		s.met[at] = m
	}
}
