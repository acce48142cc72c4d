// Package path tests the paths of package eksnet/path against the load balancer controller's own model builders: the
// paths must match the model of the objects that the program registers. It has only tests, so that no other package
// builds the controller.
package path
