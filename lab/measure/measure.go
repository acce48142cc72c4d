// Package measure sends requests in a lab whose nodes run, reads the packets at pods, and compares whose address they
// carry with the prediction of package path.
package measure

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/lab/fabric"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
	"eksnet/path"
	"eksnet/speed"
)

// Endpoint is a host with its network namespace and its address.
type Endpoint struct {
	Network process.NetworkNamespace
	Address netip.Addr
	// IPv6 is the IPv6 address of a host that has one beside its Address.
	IPv6 netip.Addr
}

// ofFamily returns the host's address of the family of another address.
func (e Endpoint) ofFamily(a netip.Addr) netip.Addr {
	if a.Is6() {
		return e.IPv6
	}
	return e.Address
}

// overIPv6 returns the host with its IPv6 address alone.
func (e Endpoint) overIPv6() Endpoint { return Endpoint{Network: e.Network, Address: e.IPv6} }

// Network is the network of a lab whose nodes run.
type Network interface {
	// Pod returns the network namespace of a pod that runs.
	Pod(namespace, name string) (process.NetworkNamespace, bool)
	// Node returns the network namespace of a node.
	Node(name string) process.NetworkNamespace
	// Router returns the network namespace of the VPC's router.
	Router() process.NetworkNamespace
	// InternetGateway returns the network namespace of the internet and its gateway to the VPC.
	InternetGateway() process.NetworkNamespace
	// Host returns the network namespace of a host with network interfaces in the VPC, such as a load balancer, or of a
	// NAT gateway.
	Host(name string) (process.NetworkNamespace, bool)
	// Interfaces returns the network interfaces of the VPC.
	Interfaces() []fabric.Interface
	// Client is a host in the VPC with the security groups of all load balancers.
	Client() Endpoint
	// Other is a host in another network that the VPC is connected with, Internet one on the internet.
	Other() Endpoint
	Internet() Endpoint
	// Outside is a client on the internet, once for each of its addresses.
	Outside() []Endpoint
	// LoadBalancer returns the load balancer with a DNS name. It is not found if none runs.
	LoadBalancer(dnsName string) (balancer.Spec, bool)
	// ZonesInDNS returns the zones of a load balancer whose addresses its DNS name has.
	ZonesInDNS(dnsName string) []balancer.Zone
}

// Measurement measures the stack of a lab.
type Measurement struct {
	Stack   *rehearsed.Stack
	Cluster kubernetes.Interface
	Dynamic dynamic.Interface
	// AWS is the configuration of clients of the account.
	AWS aws.Config
	// IPTables, IP6Tables and NFT are the paths of the programs.
	IPTables, IP6Tables, NFT string
	// Kubectl runs commands in pods, as the administrator.
	Kubectl speed.Kubectl
	// Results is the folder for tables and pictures of the requests to each workload.
	Results string
	Network
}

// pod is a pod of a workload.
type pod struct {
	workload, name, node string
	Endpoint
}

func (p pod) String() string { return "pod " + p.workload + "/" + p.name }

// pods returns the ready pods of a workload.
func (m *Measurement) pods(ctx context.Context, workload string) (all []pod, err error) {
	list, err := m.Cluster.CoreV1().Pods(workload).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	for _, p := range list.Items {
		network, found := m.Pod(p.Namespace, p.Name)
		if !found || p.DeletionTimestamp != nil || !isReady(&p) {
			continue
		}
		address, err := netip.ParseAddr(p.Status.PodIP)
		if err != nil {
			return nil, fmt.Errorf("pod %s/%s: %w", p.Namespace, p.Name, err)
		}
		all = append(all, pod{workload, p.Name, p.Spec.NodeName, Endpoint{Network: network, Address: address}})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("workload %s has no ready pod", workload)
	}
	return all, nil
}

func isReady(p *corev1.Pod) bool {
	return slices.ContainsFunc(p.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// node returns the node with a name.
func (m *Measurement) node(name string) (rehearsed.Node, error) {
	for _, n := range m.Stack.Nodes {
		if n.Name == name {
			return n, nil
		}
	}
	return rehearsed.Node{}, fmt.Errorf("node %s is not in the stack", name)
}

// nodeAddress returns a node's own address, of the family of its cluster.
func nodeAddress(n rehearsed.Node) netip.Addr {
	primary := n.Interfaces[0]
	if primary.IPv6Prefix == "" {
		return nodeIPv4(n)
	}
	address, _ := netip.ParseAddr(primary.IPv6)
	return address
}

// nodeIPv4 returns the primary private IPv4 address of a node.
func nodeIPv4(n rehearsed.Node) netip.Addr {
	address, _ := netip.ParseAddr(n.Interfaces[0].PrivateIP)
	return address
}

// serving returns the paths of workloads whose pods serve an application over the network.
func (m *Measurement) serving() []path.Path {
	return slices.DeleteFunc(slices.Clone(m.Stack.Paths), func(p path.Path) bool {
		return p.Pod.Port == 0 || p.Kind == config.KindPolicy || p.Kind == config.KindSpeed
	})
}

// joined returns an error with a line for each difference, nil for none.
func joined(differences []string) error {
	if len(differences) == 0 {
		return nil
	}
	return fmt.Errorf("%d differences:\n      %s", len(differences), strings.Join(differences, "\n      "))
}
