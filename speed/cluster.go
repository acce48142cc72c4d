package speed

import "context"

// Pod is a pod of a measurement, and its node.
type Pod struct {
	Name    string `json:"name"`
	Address string `json:"address"`
	Node    string `json:"node"`
	Zone    string `json:"zone"`
	// Type is the instance type of the node.
	Type string `json:"instanceType"`
	// App is the value of the label app.kubernetes.io/name.
	App string `json:"-"`
	// Ready reports whether the pod is ready and not being deleted.
	Ready bool `json:"-"`
}

// Cluster is the cluster in which a measurement runs.
type Cluster interface {
	// Pods returns the pods of a namespace, with the zone and instance type of their nodes.
	Pods(ctx context.Context, namespace string) ([]Pod, error)
	// ServiceAddress returns the cluster IP of a Service.
	ServiceAddress(ctx context.Context, namespace, name string) (string, error)
	// Run runs a command in a pod, and returns its standard output, also of a command that fails.
	Run(ctx context.Context, namespace, pod string, command []string) ([]byte, error)
}
