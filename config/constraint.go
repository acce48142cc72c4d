package config

import (
	"regexp"
	"slices"
	"strconv"
)

// Constraint is what validation accepts at a path, as far as it depends on one value alone. The schema of stack files
// is made of it, so that it says the same as validation.
type Constraint struct {
	// OneOf are the accepted strings, and Patterns regular expressions of which a string matches one.
	OneOf    []string
	Patterns []string
	// Numbers are the accepted numbers, and Ranges ranges in one of which a number is.
	Numbers []int
	Ranges  [][2]int
	// MostLength is the most characters of a string, 0 for any number.
	MostLength int
	// LeastItems and MostItems are the accepted numbers of elements of a list, 0 for any. A list is Distinct if no element
	// may be in it twice.
	LeastItems, MostItems int
	Distinct              bool
}

// accept notes what a path accepts, if the schema is being made.
func (v *validator) accept(path string, note func(c *Constraint)) {
	if v.accepted == nil {
		return
	}
	key := generalPath(path)
	if v.accepted[key] == nil {
		v.accepted[key] = &Constraint{}
	}
	note(v.accepted[key])
}

var (
	entryOfPath = regexp.MustCompile(`\["[^"]*"\]`)
	indexOfPath = regexp.MustCompile(`\[[0-9]+\]`)
)

// generalPath is a path with <name> for the keys of maps and [] for the elements of lists, as in
// docs/configuration.md.
func generalPath(path string) string {
	return indexOfPath.ReplaceAllString(entryOfPath.ReplaceAllString(path, ".<name>"), "[]")
}

// keyOf is the path of the names of a map.
func keyOf(path string) string { return path + ".<key>" }

// matches reports whether a string matches a regular expression, and notes that the path accepts those that do.
func (v *validator) matches(path, text string, pattern *regexp.Regexp) bool {
	v.acceptPattern(path, pattern.String())
	return pattern.MatchString(text)
}

func (v *validator) acceptPattern(path, pattern string) {
	v.accept(path, func(c *Constraint) { c.Patterns = addOnce(c.Patterns, pattern) })
}

// longerThan reports whether a string is too long. A length in bytes is no less than one in characters.
func (v *validator) longerThan(path string, length, most int) bool {
	v.accept(path, func(c *Constraint) { c.MostLength = max(c.MostLength, most) })
	return length > most
}

// outside reports whether a number is not in a range.
func (v *validator) outside(path string, value, least, most int) bool {
	v.accept(path, func(c *Constraint) { c.Ranges = addOnce(c.Ranges, [2]int{least, most}) })
	return value < least || value > most
}

// exceeds reports whether a list has too many elements.
func (v *validator) exceeds(path string, elements, most int) bool {
	v.accept(path, func(c *Constraint) { c.MostItems = max(c.MostItems, most) })
	return elements > most
}

// repeated reports whether an element of a list is in it before.
func (v *validator) repeated(path string, all []string, index int) bool {
	v.accept(generalPath(path)[:len(generalPath(path))-len("[]")], func(c *Constraint) { c.Distinct = true })
	return slices.Index(all, all[index]) < index
}

// lacks reports whether a list has too few elements.
func (v *validator) lacks(path string, elements, least int) bool {
	v.accept(path, func(c *Constraint) { c.LeastItems = least })
	return elements < least
}

// portText reports whether a string is the number of a port.
func (v *validator) portText(path, text string) bool {
	number, err := strconv.Atoi(text)
	return v.matches(path, text, portNumber) && err == nil && !v.outside(path, number, 1, 65535)
}

func addOnce[T comparable](all []T, one T) []T {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}
