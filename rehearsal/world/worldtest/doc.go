// Package worldtest is the fixture of the tests of the simulated account: an account with a network and a cluster, and
// the manifests that tests apply to it.
package worldtest
