package look

import (
	"context"
	"net/netip"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// Cluster is what a look reads of a cluster, and its scaling.
type Cluster interface {
	Nodes(ctx context.Context) ([]Node, error)
	// Pods returns the pods of a workload, those that are being deleted too.
	Pods(ctx context.Context, namespace, workload string) ([]Pod, error)
	// Endpoints returns the endpoints in the EndpointSlices of a Service.
	Endpoints(ctx context.Context, namespace, service string) ([]Endpoint, error)
	// Bindings returns the TargetGroupBindings of a namespace.
	Bindings(ctx context.Context, namespace string) ([]Binding, error)
	// HostName returns the name of a load balancer in the status of an object, "" if it has none yet.
	HostName(ctx context.Context, e Entry) (string, error)
	// Replicas returns how many pods a Deployment should have.
	Replicas(ctx context.Context, namespace, deployment string) (int, error)
	// Scale sets how many pods a Deployment should have.
	Scale(ctx context.Context, namespace, deployment string, replicas int) error
}

// Node is a node of the cluster.
type Node struct {
	Name, Zone string
	// Instance is the ID of its instance.
	Instance  string
	Addresses []netip.Addr
	Ready     bool
	// Excluded reports whether a label keeps the node out of load balancers.
	Excluded bool
}

// Pod is a pod of a workload.
type Pod struct {
	Name, Node string
	Addresses  []netip.Addr
	// Ready reports whether the pod is ready and not being deleted.
	Ready bool
}

// Endpoint is an endpoint of a Service.
type Endpoint struct {
	Address netip.Addr
	Port    int
	Ready   bool
}

// Binding is a TargetGroupBinding of the load balancer controller.
type Binding struct {
	Name, Service string
	// TargetGroup is the ARN, and TargetType ip or instance.
	TargetGroup, TargetType string
}

// Kinds of entries.
const (
	ServiceEntry = "Service"
	IngressEntry = "Ingress"
	GatewayEntry = "Gateway"
)

// Entry is the object for which a controller creates a load balancer.
type Entry struct{ Kind, Namespace, Name string }

// entryOf returns the object that package workloads creates for a workload.
func entryOf(name string, w config.Workload) Entry {
	if w.IsGateway() {
		namespace, gateway := balancer.GatewayOf(name, w)
		return Entry{GatewayEntry, namespace, gateway}
	}
	if w.Kind == config.KindALB {
		return Entry{IngressEntry, name, serviceOf(name, w)}
	}
	return Entry{ServiceEntry, name, serviceOf(name, w)}
}

// serviceOf returns the name of the Service of a workload's pods.
func serviceOf(name string, w config.Workload) string {
	if w.IsGateway() {
		return name
	}
	return name + "-" + w.Kind
}

// Balancers is what a look reads of load balancers in the account.
type Balancers interface {
	// TargetHealth returns the targets of a target group.
	TargetHealth(ctx context.Context, targetGroup string) ([]Target, error)
	// InstanceHealth returns the instances of the classic load balancer with a DNS name.
	InstanceHealth(ctx context.Context, host string) ([]Target, error)
}

// The states of targets, in the words of the target groups of a load balancer.
const (
	Healthy   = "healthy"
	Unhealthy = "unhealthy"
	Draining  = "draining"
	Unused    = "unused"
)

// Target is a target of a load balancer.
type Target struct {
	// ID is an address or an instance ID.
	ID string `json:"id"`
	// Port is 0 for an instance of a classic load balancer.
	Port  int    `json:"port,omitempty"`
	State string `json:"state"`
	// Reason is why it is not healthy, "" if AWS says none.
	Reason string `json:"reason,omitempty"`
}
