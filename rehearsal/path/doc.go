// Package path holds the packet paths of package eksnet/path against the load balancer controller's own model builders: what it would make of
// the objects that the program registers is what the paths say. It has tests alone, so that nothing else builds the controller.
package path
