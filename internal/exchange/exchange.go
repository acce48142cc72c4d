// Package exchange holds what a rehearsal and a lab pass to each other. The lab's API server and controllers then take
// the place of those that the rehearsal simulates.
package exchange

import "encoding/json"

// Lab is how a rehearsal reaches a lab. The lab writes it as JSON into a file.
type Lab struct {
	// Endpoint is the URL of the API server, and Authority its certificate authority in PEM.
	Endpoint, Authority string
	// Provider is the program of Pulumi's Kubernetes provider.
	Provider string
	// Kubectl is the program kubectl, and Kubeconfig the administrator's file for it.
	Kubectl, Kubeconfig string
	// Exchange is the URL to which the rehearsal sends a Request. The response is an Observation.
	Exchange string
}

// Request is what the lab's AWS must have.
type Request struct {
	// Account is the simulated account, in the format of world.json.
	Account json.RawMessage
	// Certificates are the ARNs of the operator's certificates, which the account does not have.
	Certificates []string
	// WithoutAPIServer stops the API server of the cluster until a request without it.
	WithoutAPIServer bool
}

// Observation is what the lab's controllers have created in AWS, after the lab's AWS has what the rehearsal's account
// has.
type Observation struct {
	LoadBalancers  []LoadBalancer
	SecurityGroups []SecurityGroup
	// Left are the objects in the cluster and the resources in AWS that nothing in the rehearsal's account explains, one
	// line each.
	Left []string
	// Unfinished are the Gateways that are not deployed, and the pods without the readiness gate that their namespace
	// requests, one line each.
	Unfinished []string
}

// LoadBalancer is a load balancer of any kind.
type LoadBalancer struct {
	Name string
	// DNSName is the name that clients use, and to which records refer.
	DNSName string
	// Kind is network, application or classic.
	Kind string
	// Scheme is internet-facing or internal.
	Scheme         string
	VPC            string
	Subnets        []string
	SecurityGroups []string
	// Addresses are the allocation IDs of its Elastic IP addresses, one for each subnet.
	Addresses []string
	Tags      map[string]string
}

// SecurityGroup is a security group of a controller.
type SecurityGroup struct {
	ID, Name, Description, VPC string
	Tags                       map[string]string
}
