package kube

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"

	"eksnet/rehearsal/world/store"
)

// Controllers is what the API server and the waits of the provider need of the controllers of a cluster: what their
// webhooks do, and what keeps them from finishing.
type Controllers interface {
	// CallWebhook does what the webhook at a path does with an object: it changes or refuses it.
	CallWebhook(a *store.Account, path string, o *store.Object) error
	// LacksAddress returns why a Service, an Ingress or a Gateway has no load balancer, or why a route has none.
	LacksAddress(a *store.Account, o *store.Object) error
	// Unmodelled returns what an object asks of a controller that is not modelled, although the object is accepted.
	Unmodelled(a *store.Account, o *store.Object) error
	// LacksGate returns the readiness gate that keeps a Deployment's pods from being ready, nil for none.
	LacksGate(a *store.Account, deployment *store.Object) error
	// HealthyAfter returns how long a new target of a TargetGroupBinding takes to be healthy.
	HealthyAfter(a *store.Account, binding *store.Object) time.Duration
	// LacksRelease returns which controller removes a finalizer and what prevents it from doing so.
	LacksRelease(a *store.Account, o *store.Object, finalizer string) error
}

// Nodes is what starts and ends pods: the scheduler, the kubelet and the CNI.
type Nodes interface {
	// AdmitPod changes a new pod as the webhook of the VPC resource controller in the control plane does.
	AdmitPod(a *store.Account, pod *store.Object)
	// FindNode returns the node for one more pod of a Deployment.
	FindNode(a *store.Account, cluster string, d *appsv1.Deployment) (*store.Object, error)
	// StartPod starts a pod on a node and returns its address.
	StartPod(a *store.Account, node, pod *store.Object, d *appsv1.Deployment, owner string) (string, error)
	// ReleaseAddress releases a pod's address.
	ReleaseAddress(a *store.Account, address string)
}

// The implementations are set once, before the first account exists.
var (
	controllers Controllers
	nodes       Nodes
)

// Connect sets who acts in clusters.
func Connect(c Controllers, n Nodes) { controllers, nodes = c, n }
