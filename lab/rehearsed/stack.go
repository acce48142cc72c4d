// Package rehearsed is what a rehearsal left after `rehearse up`: the state of the stack, as Pulumi has it, and the simulated account
// with everything that EKS, nodes and controllers made in it.
package rehearsed

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/path"
)

// Stack is one stack as it stands after up. Ids are the rehearsal's.
type Stack struct {
	// Name is the stack file's: local is Pulumi.local.yaml's.
	Name string
	// Account is twelve digits; Region and Partition are as in ARNs.
	Account, Region, Partition string

	Cluster        Cluster
	Network        Network
	SecurityGroups []SecurityGroup
	Identity       Identity
	// Nodes are the nodes of all groups, by name.
	Nodes []Node
	// Objects are the Kubernetes objects of the program, in the order in which they were made: namespaces, service accounts, Deployments,
	// Services, the IngressClass, Ingresses. The Release is apart.
	Objects []*unstructured.Unstructured
	Release Release

	// Certificates are the ARNs of those that load balancers show, ElasticIPs the allocation ids of addresses that they take: the operator
	// has both beside the stack.
	Certificates, ElasticIPs []string

	// Plan is what the stack file leads to, Paths are the ways to its workloads, each by the plan's account of them.
	Plan  *Plan
	Paths []path.Path
	// World is everything that stands in the simulated account, the actors' things with it.
	World *World
}

// Cluster is the control plane.
type Cluster struct {
	Name, Version, ServiceCIDR string
	// Issuer is the URL of the OIDC issuer of service account tokens.
	Issuer string
	// RoleARN is the role of the control plane, and so of the cloud controller in it.
	RoleARN string
	// Subnets are those of the control plane, SecurityGroup is the one that EKS makes and nodes wear.
	Subnets       []string
	SecurityGroup string
}

// Release is the load balancer controller as Helm installs it.
type Release struct {
	Namespace, Name, Chart, Version, Repository string
	// Values are as the program gives them, ids in them the rehearsal's.
	Values map[string]any
	// Place is how many of the stack's objects were made before it; a destroy removes them after it.
	Place int
}

// Network is the VPC.
type Network struct {
	VPC     VPC
	Subnets []Subnet
	// InternetGateway is the id of the one that is attached, "" for none.
	InternetGateway string
	RouteTables     []RouteTable
}

// VPC is the range that everything is in.
type VPC struct {
	ID, CIDR string
	// MoreCIDRs are ranges that were added, for pods.
	MoreCIDRs []string
	Tags      map[string]string
}

// Subnet is one place of the VPC.
type Subnet struct {
	ID, CIDR, Zone string
	// Public tells that whatever starts there gets a public address.
	Public bool
	Tags   map[string]string
}

// RouteTable is where packets of its subnets go. Routes by NAT gateways are left out: nothing in the lab sends packets.
type RouteTable struct {
	ID string
	// Internet tells that 0.0.0.0/0 leads to the internet gateway.
	Internet bool
	Subnets  []string
	Tags     map[string]string
}

// SecurityGroup is one that stood before any controller acted.
type SecurityGroup struct {
	ID, Name, Description string
	Tags                  map[string]string
	Rules                 []GroupRule
}

// GroupRule lets packets into a security group or out of it. Source and CIDRs are who with; one of them is given.
type GroupRule struct {
	Egress           bool
	Protocol         string // "-1" is any
	FromPort, ToPort int
	CIDRs            []string
	Source           string // the id of a security group
	Description      string
}

// Identity is who may do what.
type Identity struct {
	Roles       []Role
	Policies    []Policy
	Attachments []Attachment
	Provider    Provider
}

// Role is an IAM role. Trust is its document, JSON.
type Role struct {
	ARN, Name, Path, Trust string
	Tags                   map[string]string
}

// Policy is one of the stack's own. Document is JSON.
type Policy struct {
	ARN, Name, Path, Document string
	Tags                      map[string]string
}

// Attachment gives a role, by name, a policy, by ARN: the stack's own or one of AWS's.
type Attachment struct{ Role, Policy string }

// Provider is the OIDC provider that lets tokens of service accounts become roles.
type Provider struct {
	ARN, URL  string
	Audiences []string
	Tags      map[string]string
}

// Node is an instance that has joined.
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

// Interface is a network interface of a node. PodIPs are what the CNI holds there for pods, single addresses or those of its prefixes,
// in order.
type Interface struct {
	ID, Subnet, PrivateIP string
	SecurityGroups        []string
	PodIPs                []string
	Tags                  map[string]string
}
