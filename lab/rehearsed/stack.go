// Package rehearsed reads the result of `rehearse up`: the Pulumi state of the stack, and the simulated account with
// all objects of EKS, nodes and controllers.
package rehearsed

import (
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/internal/charts"
	"eksnet/path"
)

// Stack is a stack after up, or an incomplete one. IDs are the rehearsal's.
type Stack struct {
	// Name is the stack's name, such as local for Pulumi.local.yaml.
	Name string
	// Account has twelve digits; Region and Partition are as in ARNs.
	Account, Region, Partition string

	Cluster        Cluster
	Network        Network
	SecurityGroups []SecurityGroup
	// PrefixLists holds the most entries of each prefix list of the operator, by ID.
	PrefixLists map[string]int
	Identity    Identity
	// Nodes holds the nodes of all node groups, sorted by name.
	Nodes []Node
	// Objects holds the Kubernetes objects of the program in the order of their creation: namespaces, service accounts,
	// Deployments, Services, the IngressClass, Ingresses. Releases are not among them. Fields of an object that a
	// resource of their own has are a GatewayPatch.
	Objects []*unstructured.Unstructured
	// Release is the load balancer controller's, and OtherReleases are those of other charts, in the order of their
	// creation.
	Release       Release
	OtherReleases []Release

	// Certificates holds the ARNs of the load balancers' certificates, which the operator created outside of the stack.
	Certificates []string
	// ElasticIPs holds the stack's Elastic IP addresses, and those that the operator created for load balancers.
	ElasticIPs []Address

	// HostedZones holds the hosted zones of the stack and of the operator, and Records their records.
	HostedZones []HostedZone
	Records     []Record

	// Plan is the plan for the stack file, and Paths holds the paths to its workloads.
	Plan  *Plan
	Paths []path.Path
	// World is everything in the simulated account, including the actors' objects.
	World *World
}

// Cluster is the EKS cluster.
type Cluster struct {
	Name, ARN, Version, ServiceCIDR string
	// IPv6 reports whether pods and Services have IPv6 addresses.
	IPv6 bool
	// Issuer is the URL of the OIDC issuer of service account tokens.
	Issuer string
	// RoleARN is the role of the control plane, which the cloud controller uses.
	RoleARN string
	// Subnets holds the control plane's subnets; SecurityGroup is the cluster security group, which nodes use.
	Subnets       []string
	SecurityGroup string
}

// Release is a Helm release.
type Release struct {
	Namespace, Name, Chart, Version, Repository string
	// Values holds the program's values.
	Values map[string]any
	// Place is the number of the stack's objects that are created before the release; destroy deletes them after it.
	Place int
}

// ChartName returns the name of the chart, which may be at an address.
func (r Release) ChartName() string {
	chart, _ := charts.Named(r.Chart)
	return chart.Name
}

// ReleaseOf returns the release of another chart than the load balancer controller's, nil for none.
func (s *Stack) ReleaseOf(chart string) *Release {
	i := slices.IndexFunc(s.OtherReleases, func(r Release) bool { return r.ChartName() == chart })
	if i < 0 {
		return nil
	}
	return &s.OtherReleases[i]
}

// Network is the VPC.
type Network struct {
	VPC     VPC
	Subnets []Subnet
	// InternetGateway is the ID of the attached internet gateway, "" for none.
	InternetGateway string
	// EgressOnlyGateway is the ID of the egress-only internet gateway, "" for none.
	EgressOnlyGateway string
	NATGateways       []NATGateway
	RouteTables       []RouteTable
}

// Address is an Elastic IP address. ID is its allocation ID.
type Address struct {
	ID, PublicIP string
	Tags         map[string]string
}

// NATGateway is a NAT gateway. Allocation is the ID of its Elastic IP address, "" for a private one. Interface is the
// ID of its network interface.
type NATGateway struct {
	ID, Subnet, Allocation, Interface, PrivateIP string
	Tags                                         map[string]string
}

// VPC is a VPC.
type VPC struct {
	ID, CIDR string
	// MoreCIDRs holds further CIDR blocks, for pods.
	MoreCIDRs []string
	// IPv6CIDR is the IPv6 CIDR block that Amazon assigned, "" for none.
	IPv6CIDR string
	Tags     map[string]string
}

// Subnet is a subnet of the VPC.
type Subnet struct {
	ID, CIDR, Zone string
	// IPv6CIDR is "" for none.
	IPv6CIDR string
	// Public reports whether instances in the subnet get public addresses.
	Public bool
	Tags   map[string]string
}

// RouteTable is a route table.
type RouteTable struct {
	ID string
	// Internet reports whether the default route is to the internet gateway. NATGateway is the ID of the NAT gateway if
	// it is to one.
	Internet   bool
	NATGateway string
	// IPv6Gateway is the ID of the internet gateway or egress-only internet gateway of the IPv6 default route, "" for
	// none.
	IPv6Gateway string
	Subnets     []string
	Tags        map[string]string
}

// SecurityGroup is a security group that exists before any controller acts.
type SecurityGroup struct {
	ID, Name, Description string
	Tags                  map[string]string
	Rules                 []GroupRule
}

// GroupRule is a rule of a security group. Either Source or CIDRs is set, which may hold IPv6 CIDR blocks.
type GroupRule struct {
	Egress           bool
	Protocol         string // "-1" is any
	FromPort, ToPort int
	CIDRs            []string
	Source           string // the ID of a security group
	Description      string
}

// Identity holds the IAM resources.
type Identity struct {
	Roles       []Role
	Policies    []Policy
	Attachments []Attachment
	// Provider is empty for a stack with EKS Pod Identity, and Associations for one with IRSA.
	Provider     Provider
	Associations []Association
}

// Association is an EKS Pod Identity association: the role of the pods of a service account.
type Association struct{ Namespace, ServiceAccount, RoleARN string }

// Role is an IAM role. Trust is its trust policy in JSON.
type Role struct {
	ARN, Name, Path, Trust string
	Tags                   map[string]string
}

// Policy is a customer managed policy of the stack. Document is JSON.
type Policy struct {
	ARN, Name, Path, Document string
	Tags                      map[string]string
}

// Attachment attaches a policy, by ARN, to a role, by name. The policy is the stack's own or an AWS managed one.
type Attachment struct{ Role, Policy string }

// Provider is the OIDC provider for tokens of service accounts.
type Provider struct {
	ARN, URL  string
	Audiences []string
	Tags      map[string]string
}

// Node is an instance that has joined the cluster.
type Node struct {
	Name, Group, InstanceID, InstanceType, Zone string
	Labels                                      map[string]string
	Taints                                      []Taint
	MaxPods                                     int
	Tags                                        map[string]string // of the instance
	Interfaces                                  []Interface       // the first is the primary one
}

// Taint is as in Kubernetes: effect NoSchedule, PreferNoSchedule or NoExecute.
type Taint struct{ Key, Value, Effect string }

// Interface is a network interface of a node. PodIPs holds the CNI's addresses for pods, single ones or those of
// prefixes, in order. PublicIP is the public address that EC2 assigned, "" for none. IPv6 is the interface's own IPv6
// address, and IPv6Prefix the prefix of the CNI's addresses for pods in an IPv6 cluster, "" for none.
type Interface struct {
	ID, Subnet, PrivateIP, PublicIP string
	IPv6, IPv6Prefix                string
	SecurityGroups                  []string
	PodIPs                          []string
	Tags                            map[string]string
}
