package source

import "strconv"

// Position is a place in a file, as editors count: lines and columns from 1.
// The zero value means that the place is not known.
type Position struct {
	File   string // path or URL as the user gave it, or as a $ref led to it
	Line   int
	Column int
}

// String returns file:line:column, leaving out what is not known.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	}
	s := strconv.Itoa(p.Line)
	if p.File != "" {
		s = p.File + ":" + s
	}
	if p.Column > 0 {
		s += ":" + strconv.Itoa(p.Column)
	}
	return s
}

// Before orders positions by file, line and column.
func (p Position) Before(q Position) bool {
	if p.File != q.File {
		return p.File < q.File
	}
	if p.Line != q.Line {
		return p.Line < q.Line
	}
	return p.Column < q.Column
}
