// Package check compares the resources that the real controllers create with those in the rehearsal's simulated
// account.
package check

import (
	"context"
	"time"

	"k8s.io/client-go/rest"

	"eksnet/lab/account"
	"eksnet/lab/measure"
	"eksnet/lab/rehearsed"
)

// Lab is a running lab.
type Lab interface {
	// Account returns the stack's account in moto, the result of account.Create.
	Account() *account.Account
	// Kubernetes returns the administrator's client configuration of the API server.
	Kubernetes() *rest.Config
	// Log returns the current log of a process.
	Log(process string) (string, error)
	// StopController stops the process of a controller, rehearsed.LoadBalancerController or rehearsed.ExternalDNS;
	// StartController starts it again and waits until it is ready. The objects of its release are not deleted.
	StopController(ctx context.Context, name string) error
	StartController(ctx context.Context, name string) error
	// Install installs or upgrades a Helm release, and Uninstall deletes it with its hooks, each of which has a time
	// limit.
	Install(ctx context.Context, r rehearsed.Release) error
	Uninstall(ctx context.Context, r rehearsed.Release, limit time.Duration) error
	// Measurement returns what measures packets, nil unless nodes run. UpdateNetwork updates the network that carries them
	// to the current account.
	Measurement() *measure.Measurement
	UpdateNetwork(ctx context.Context) error
	// Stop stops all processes.
	Stop(ctx context.Context) error
}

// Start starts a new lab of a stack: it creates the account, the cluster, the controllers and the stack's objects in
// their order. It does not wait for load balancers. The returned context is canceled when the lab fails. Some suites
// change the stack before they start a lab.
type Start func(ctx context.Context, s *rehearsed.Stack) (Lab, context.Context, error)
