// Package store holds the objects of the simulated account and its clusters, and what all services share: properties,
// references, regions, rules and waits. It knows no service.
package store
