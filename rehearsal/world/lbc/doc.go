// Package lbc simulates the AWS Load Balancer Controller: it deploys the models of the controller's own builders into
// the simulated account.
package lbc
