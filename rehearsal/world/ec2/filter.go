package ec2

import "eksnet/rehearsal/world/store"

// filter is a filter of a function that looks resources up: a resource matches one of its values.
type filter struct {
	Name   string   `json:"name"`
	Values []string `json:"values"`
}

// filtersOf returns the filters in the arguments of a function.
func filtersOf(args store.Properties) []filter {
	given, _ := store.As[struct {
		Filters []filter `json:"filters"`
	}](args)
	return given.Filters
}
