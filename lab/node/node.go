// Package node runs the programs of a node in its network namespace: kubelet, a container runtime whose containers are
// processes, and the network setup of AWS's VPC CNI.
package node

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"eksnet/lab/cri"
	"eksnet/lab/process"
)

// Options are the options of a node.
type Options struct {
	// Name is the name of the Node object, which exists already.
	Name, ProviderID string
	MaxPods          int
	// Interfaces holds its network interfaces, the primary one first. They are attached to Network.
	Interfaces []Interface
	Network    process.NetworkNamespace
	// VPC holds the CIDR blocks of the VPC, of the family of the cluster.
	VPC []netip.Prefix

	// Kubelet is the path of the program, Plugin that of the program of package cni.
	Kubelet, Plugin string
	// KubeletConfig is the kubeconfig; Authority is the file of the API server's authority.
	KubeletConfig, Authority string
	// ClusterDNS is the address of the cluster's DNS, Resolver that of the VPC's.
	ClusterDNS, Resolver string
	// CNIEnvironment holds variables of the CNI's configuration.
	CNIEnvironment []string
	// Search is the PATH of the programs.
	Search string

	// Dir is the folder of the node's configuration and logs. Root is that of the runtime's socket and the kubelet's data,
	// with a short path: that of a socket has at most 107 bytes.
	Dir, Root string
	// Program returns the program of an image.
	Program func(image string) (cri.Program, error)
}

// CNILogs is the folder of the CNI's logs in Dir, and CNILogFolder where it is on a node.
const (
	CNILogs      = "aws-routed-eni"
	CNILogFolder = "/var/log/" + CNILogs
)

// Interface is a network interface of the node, with its addresses for pods.
type Interface struct {
	ENI
	// IPv6 is the IPv6 address of a node in an IPv6 cluster, invalid otherwise.
	IPv6 netip.Addr
	Pods []netip.Addr
}

// Node is a running node.
type Node struct {
	Options
	cni     CNI
	egress  egress // in an IPv6 cluster
	pods    *addressPool
	runtime *cri.Runtime
}

// Start starts the programs of a node, and returns when they are healthy.
func Start(ctx context.Context, group *process.Group, o Options) (*Node, error) {
	n := &Node{Options: o}
	n.cni = CNI{Program: o.Plugin, Network: o.Network, Env: append(o.CNIEnvironment, "PATH="+o.Search,
		"AWS_VPC_K8S_CNI_LOG_FILE="+filepath.Join(n.path(CNILogs), "plugin.log"))}
	n.egress = egress{program: filepath.Join(filepath.Dir(o.Plugin), egressPlugin), network: o.Network,
		address: o.Interfaces[0].Address, dir: n.path(CNILogs), env: n.cni.Env}
	if err := n.start(ctx, group); err != nil {
		return nil, errors.Join(fmt.Errorf("node %s: %w", o.Name, err), n.Stop())
	}
	return n, nil
}

func (n *Node) start(ctx context.Context, group *process.Group) error {
	for _, dir := range []string{n.Dir, n.Root, n.path("runtime"), n.path(CNILogs)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	// The runtime mounts the volumes that the kubelet mounts.
	if err := process.ShareMounts(n.Root); err != nil {
		return err
	}
	if err := n.setUpNetwork(ctx); err != nil {
		return err
	}
	var err error
	n.runtime, err = cri.Start(cri.Options{Name: n.Name, Network: n.Network, Dir: n.path("runtime"), Socket: n.socket(), Program: n.Program, Pods: n})
	if err != nil {
		return err
	}
	kubelet, err := n.kubelet()
	if err == nil {
		_, err = group.Start(ctx, kubelet)
	}
	return err
}

// setUpNetwork does what the CNI does when it starts on a node, and prepares its addresses for pods.
func (n *Node) setUpNetwork(ctx context.Context) error {
	n.pods = newAddressPool(n.Interfaces)
	primary := n.Interfaces[0].ENI
	primary.Address = n.address()
	if err := n.cni.SetUpNode(ctx, primary, n.VPC); err != nil {
		return err
	}
	for _, i := range n.Interfaces[1:] {
		if _, err := n.cni.SetUpInterface(ctx, i.ENI); err != nil {
			return fmt.Errorf("network interface with address %s: %w", i.Address, err)
		}
	}
	return nil
}

// Connect gives a pod an address and connects its network namespace. It implements cri.PodNetwork.
func (n *Node) Connect(ctx context.Context, pod cri.Pod, network process.NetworkNamespace) (netip.Addr, error) {
	a, err := n.pods.assign(pod.Sandbox, time.Now())
	if err != nil {
		return netip.Addr{}, fmt.Errorf("add cmd: failed to assign an IP address to container: %w", err)
	}
	a.network = network
	address := PodAddress{Namespace: pod.Namespace, Name: pod.Name, Address: a.Addr, Device: a.device, Network: network}
	// After an error the runtime disconnects the pod.
	hostInterface, err := n.cni.AddPod(ctx, address)
	if err == nil && n.hasEgress() {
		err = n.egress.add(ctx, pod.Sandbox, address, hostInterface)
	}
	if err != nil {
		return netip.Addr{}, err
	}
	return a.Addr, nil
}

// Disconnect disconnects a pod and frees its address. It implements cri.PodNetwork.
func (n *Node) Disconnect(ctx context.Context, pod cri.Pod) error {
	a := n.pods.of(pod.Sandbox)
	if a == nil {
		return nil
	}
	if err := n.cni.DeletePod(ctx, PodAddress{Namespace: pod.Namespace, Name: pod.Name, Address: a.Addr, Device: a.device}); err != nil {
		return err
	}
	if n.hasEgress() {
		if err := n.egress.remove(ctx, pod.Sandbox, a.network); err != nil {
			return err
		}
	}
	n.pods.release(pod.Sandbox, time.Now())
	return nil
}

// Pod returns the network namespace of a pod on this node.
func (n *Node) Pod(namespace, name string) (process.NetworkNamespace, bool) {
	if n.runtime == nil {
		return "", false
	}
	return n.runtime.Sandbox(namespace, name)
}

// Kill ends the containers of images that meet a condition.
func (n *Node) Kill(of func(image string) bool) { n.runtime.Kill(of) }

// Stop ends the containers. The group of processes ends the other programs.
func (n *Node) Stop() error {
	if n.runtime == nil {
		return nil
	}
	return n.runtime.Stop()
}

// address returns the node's own address of the family of the cluster.
func (n *Node) address() netip.Addr {
	if primary := n.Interfaces[0]; primary.IPv6.IsValid() {
		return primary.IPv6
	}
	return n.Interfaces[0].Address
}

// hasEgress reports whether pods have an interface for IPv4 beside their own.
func (n *Node) hasEgress() bool { return n.address().Is6() && n.egress.isEnabled() }

func (n *Node) path(name string) string { return filepath.Join(n.Dir, name) }

func (n *Node) socket() string { return filepath.Join(n.Root, "runtime.sock") }

func (n *Node) environment() []string { return []string{"PATH=" + n.Search, "HOME=" + n.Dir} }
