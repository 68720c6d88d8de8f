// Package sample makes values that are valid under a schema, and mends those
// that are not: what a mock answers and what a suite sends.
//
// A value is made by construction and then held to the compiled schema; what
// would be invalid never leaves the package:
//
//  1. flatten: a schema, what its $ref and allOf add, and one alternative of
//     each anyOf, oneOf and if become one list of plain schemas that must all
//     hold (flatten.go);
//  2. write: one type is chosen and a value written that fits all of them
//     (object.go, array.go, text.go, number.go);
//  3. check: where construction cannot be sure (oneOf, not, …) the value is
//     checked on the spot and made anew by other choices, a bounded number of
//     times; the whole value is checked at the end.
//
// Values come from the schema's examples and default, else look like what the
// format or the name of the member calls for, else keep to the bounds. One seed
// gives one text, on every machine: nothing depends on the clock, on the order
// of a map, or on floating point.
package sample
