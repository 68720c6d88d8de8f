package problem

import (
	"fmt"
	"strings"
)

// These rules are about the member errors. RFC 9457 shows it as an extension and
// binds nobody to its shape, so they are no more than [Should]: an API that has
// another shape is held to it by its contract.

// hasErrors tells whether errors is an array with an object in it.
func hasErrors(a *Answer) bool {
	value, _ := a.members.Get("errors")
	elements, _ := readArray(value)
	for _, element := range elements {
		if kindOf(element) == '{' {
			return true
		}
	}
	return false
}

func checkErrors(a *Answer) error {
	value, _ := a.members.Get("errors")
	elements, ok := readArray(value)
	if !ok {
		return fmt.Errorf("errors is %s, not an array", kindName(kindOf(value)))
	}
	for i, element := range elements {
		if kind := kindOf(element); kind != '{' {
			return fmt.Errorf("/errors/%d is %s, not an object", i, kindName(kind))
		}
	}
	return nil
}

func checkErrorsDetail(a *Answer) error { return eachError(a, "detail") }

func checkErrorsPlace(a *Answer) error { return eachError(a, "param", "pointer") }

// eachError demands of each object in errors that one of the members, of which any
// will do, is there and that those which are there are strings.
func eachError(a *Answer, names ...string) error {
	value, _ := a.members.Get("errors")
	elements, _ := readArray(value)
	for i, element := range elements {
		if kindOf(element) != '{' {
			continue // another rule's
		}
		members, err := readObject(element)
		if err != nil {
			return fmt.Errorf("/errors/%d: %w", i, err)
		}
		found := false
		for _, name := range names {
			value, ok := Extensions(members).Get(name)
			if !ok {
				continue
			}
			found = true
			if kind := kindOf(value); kind != '"' {
				return fmt.Errorf("/errors/%d/%s is %s, not a string", i, name, kindName(kind))
			}
		}
		if !found {
			return fmt.Errorf("/errors/%d has no member %s", i, strings.Join(names, " or "))
		}
	}
	return nil
}
