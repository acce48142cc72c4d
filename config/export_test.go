package config

import "reflect"

// ConstraintsOf returns what validation accepts at each path that it visits in some stacks.
func ConstraintsOf(stacks []*Stack) map[string]*Constraint {
	v := &validator{accepted: map[string]*Constraint{}}
	for _, s := range stacks {
		v.stack(s)
	}
	return v.accepted
}

// DefaultsOf returns a value of a type with the type's own defaults.
func DefaultsOf(t reflect.Type) reflect.Value { return fresh(t) }

// Defaults returns a stack in which the operator has said nothing.
func Defaults() Stack { return defaults() }

// GeneralPath is a path with <name> for the keys of maps and [] for the elements of lists.
func GeneralPath(path string) string { return generalPath(path) }

// Untyped marks a number that is not set.
const Untyped = untyped

// WithoutOption says what a kind of workload does that does not have a key.
func WithoutOption(key string, w Workload) string {
	if !w.Balanced() {
		return "has no load balancer"
	}
	return insteadOfOption(key, w.Kind)
}
