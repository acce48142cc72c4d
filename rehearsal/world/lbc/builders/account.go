package builders

import "sigs.k8s.io/controller-runtime/pkg/client"

// Account is what the controller reads of its AWS account while it builds a model, and the one thing that it creates
// meanwhile.
type Account interface {
	// Subnets lists the subnets of the VPC.
	Subnets() []Subnet
	// SubnetsByID returns subnets in any VPC, or EC2's error for one that does not exist.
	SubnetsByID(ids []string) ([]Subnet, error)
	// PublicSubnets lists the ids of the VPC's subnets that have a route to an internet gateway.
	PublicSubnets() ([]string, error)
	// SecurityGroups lists the security groups of the VPC.
	SecurityGroups() []SecurityGroup
	// SecurityGroupsByID returns security groups in any VPC, or EC2's error for one that does not exist.
	SecurityGroupsByID(ids []string) ([]SecurityGroup, error)
	// LoadBalancer returns the load balancer with all of these tags, nil where there is none.
	LoadBalancer(tags map[string]string) *LoadBalancer
	// Certificates lists what ACM has issued.
	Certificates() ([]Certificate, error)
	// BackendSecurityGroup returns the id of the security group that load balancers share, which it creates where there
	// is none.
	BackendSecurityGroup() (string, error)
	// CIDRs lists the IPv4 networks of the VPC.
	CIDRs() []string
	// IPv6CIDR returns the IPv6 network of the VPC, "" for none.
	IPv6CIDR() string
	// Unknown is the error of a request for something that the account does not have at all, such as a web ACL.
	Unknown(what string) error
}

// Cluster is what the controller reads of the API server while it builds a model.
type Cluster interface {
	// Read reads an object by the kind of its Go type. It reports false where there is none.
	Read(into client.Object, namespace, name string) bool
	// Items returns the objects of a kind in a namespace, or in all with "".
	Items(kind, namespace string) []client.Object
}

// Subnet is a subnet of an availability zone.
type Subnet struct {
	ID, Zone, CIDR string
	IPv6CIDR       string // "" for none
	Free           int    // IPv4 addresses
	Tags           map[string]string
}

// SecurityGroup is a security group.
type SecurityGroup struct {
	ID   string
	Tags map[string]string
}

// LoadBalancer is what a load balancer has now.
type LoadBalancer struct {
	Scheme                  string
	Subnets, SecurityGroups []string
}

// Certificate is one that ACM has issued.
type Certificate struct {
	ARN   string
	Hosts []string
}
