// Package check holds what the real controllers make against what the rehearsal's world made.
package check

import (
	"context"

	"k8s.io/client-go/rest"

	"eksnet/lab/account"
	"eksnet/lab/rehearsed"
)

// Lab is a lab that runs.
type Lab interface {
	// Account is the stack's account in moto, as account.Create gave it.
	Account() *account.Account
	// Kubernetes is the API server's, for an administrator.
	Kubernetes() *rest.Config
	// Log is what a process has written until now.
	Log(process string) (string, error)
	// StopController ends the load balancer controller's process; StartController starts it again and waits until it is ready. The
	// objects of its release stay.
	StopController(ctx context.Context) error
	StartController(ctx context.Context) error
	// Stop ends everything.
	Stop(ctx context.Context) error
}

// Start starts a lab of a stack from nothing: the account, the cluster, the controllers and the stack's objects in their order. It
// does not wait for load balancers. The context that it returns ends when the lab breaks. The checks change stacks before they start
// them, to see what breaks.
type Start func(ctx context.Context, s *rehearsed.Stack) (Lab, context.Context, error)
