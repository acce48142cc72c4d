package cluster

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/build"
	"eksnet/lab/node"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// runNodes starts the network and the programs of all nodes, and waits until the nodes are ready.
func (l *Lab) runNodes(ctx context.Context) error {
	if len(l.Stack.Identity.Associations) > 0 {
		return fmt.Errorf("stack %s has EKS Pod Identity, whose agent has an address on each node, and nodes that run do not have it: use -nodes simulate", l.Stack.Name)
	}
	if l.Stack.HasPodSecurityGroups() {
		return fmt.Errorf("stack %s has security groups for pods, whose branch interfaces need a trunk with VLANs, which nodes that run do not have: use -nodes simulate", l.Stack.Name)
	}
	if err := l.writeUserKubeconfig(userScheduler); err != nil {
		return err
	}
	if err := l.startNetwork(ctx); err != nil {
		return err
	}
	if err := l.createAPIEndpoints(ctx); err != nil {
		return err
	}
	if err := l.startPodIdentityWebhook(ctx); err != nil {
		return err
	}
	if _, err := l.group.Start(ctx, l.scheduler()); err != nil {
		return err
	}
	started := make([]*node.Node, len(l.Stack.Nodes))
	all, starting := errgroup.WithContext(ctx)
	for i, n := range l.Stack.Nodes {
		all.Go(func() (err error) {
			started[i], err = l.startNode(starting, n)
			return err
		})
	}
	err := all.Wait()
	l.nodes = slices.DeleteFunc(started, func(n *node.Node) bool { return n == nil })
	if err != nil {
		return err
	}
	if err := l.waitForNodes(ctx); err != nil {
		return err
	}
	return l.createSystemObjects(ctx)
}

func (l *Lab) scheduler() process.Spec {
	return process.Spec{Name: build.Scheduler, Path: l.Tools.Path(build.Scheduler),
		Args: []string{"--kubeconfig=" + l.userKubeconfig(userScheduler), "--leader-elect=false", "--secure-port=0"}}
}

// startNode starts the programs of a node.
func (l *Lab) startNode(ctx context.Context, n rehearsed.Node) (*node.Node, error) {
	user := userOfNode(n.Name)
	if err := l.writeUserKubeconfig(user); err != nil {
		return nil, err
	}
	dns, err := serviceAddress(l.Stack, dnsService)
	if err != nil {
		return nil, err
	}
	environment, err := l.Stack.CNI()
	if err != nil {
		return nil, err
	}
	network, err := l.network.Host(n.Name)
	if err != nil {
		return nil, err
	}
	interfaces, err := l.interfacesOf(n, network)
	if err != nil {
		return nil, fmt.Errorf("node %s: %w", n.Name, err)
	}
	return node.Start(ctx, l.group, node.Options{
		Name: n.Name, ProviderID: "aws:///" + n.Zone + "/" + n.InstanceID, MaxPods: n.MaxPods,
		Interfaces: interfaces, Network: network, VPC: l.podRanges(),
		Kubelet: l.Tools.Path(build.Kubelet), Plugin: l.Tools.CNI,
		KubeletConfig: l.userKubeconfig(user), Authority: l.path("pki", authorityFile),
		ClusterDNS: dns, Resolver: resolverAddress(l.ranges()[0]).String(), CNIEnvironment: environment, Search: l.searchPath(),
		Dir: l.path("nodes", n.Name), Root: filepath.Join(nodesFolder, n.Interfaces[0].PrivateIP), Program: l.program,
	})
}

// nodesFolder is in the lab's own mount of /run.
const nodesFolder = "/run/nodes"

// searchPath returns the PATH of the programs on nodes and in containers.
func (l *Lab) searchPath() string {
	const machine = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	if l.Tools.Machine == "" {
		return machine
	}
	return l.Tools.Machine + string(os.PathListSeparator) + machine
}

// NodeProgram returns the path of a program of nodes, such as iptables.
func (l *Lab) NodeProgram(name string) string {
	for _, dir := range filepath.SplitList(l.searchPath()) {
		file := filepath.Join(dir, name)
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return name
}

// interfacesOf returns the network interfaces of a node.
func (l *Lab) interfacesOf(n rehearsed.Node, network process.NetworkNamespace) (all []node.Interface, err error) {
	for device, i := range n.Interfaces {
		made := node.Interface{ENI: node.ENI{Device: device}}
		if made.MAC, err = hardwareAddress(network, fmt.Sprintf("eth%d", device)); err != nil {
			return nil, err
		}
		if made.Address, err = netip.ParseAddr(i.PrivateIP); err != nil {
			return nil, err
		}
		if made.Subnet, err = l.subnetRange(i.Subnet); err != nil {
			return nil, err
		}
		pods := i.PodIPs
		if l.Stack.Cluster.IPv6 {
			if made.IPv6, err = netip.ParseAddr(i.IPv6); err != nil {
				return nil, err
			}
			pods = i.FirstPodIPs(2 * n.MaxPods) // addresses of deleted pods are not assigned again at once
		}
		for _, text := range pods {
			address, err := netip.ParseAddr(text)
			if err != nil {
				return nil, err
			}
			made.Pods = append(made.Pods, address)
		}
		all = append(all, made)
	}
	return all, nil
}

// hardwareAddress returns the MAC address of an interface in a network namespace.
func hardwareAddress(network process.NetworkNamespace, name string) (address string, err error) {
	err = network.Do(func() error {
		link, err := netlink.LinkByName(name)
		if err == nil {
			address = link.Attrs().HardwareAddr.String()
		}
		return err
	})
	return address, err
}

func (l *Lab) subnetRange(id string) (netip.Prefix, error) {
	for _, s := range l.Stack.Network.Subnets {
		if s.ID == id {
			return netip.ParsePrefix(s.CIDR)
		}
	}
	return netip.Prefix{}, fmt.Errorf("subnet %s is not in the stack", id)
}

// podRanges returns the CIDR blocks of the VPC that are of the family of the cluster.
func (l *Lab) podRanges() []netip.Prefix {
	if ipv6, err := netip.ParsePrefix(l.Stack.Network.VPC.IPv6CIDR); err == nil && l.Stack.Cluster.IPv6 {
		return []netip.Prefix{ipv6}
	}
	return l.ranges()
}

// apiServerURL returns the URL of the API server on nodes.
func (l *Lab) apiServerURL() string {
	return "https://" + net.JoinHostPort(l.apiServerAddress, fmt.Sprint(l.KubernetesPort))
}

// ranges returns the IPv4 CIDR blocks of the VPC.
func (l *Lab) ranges() (all []netip.Prefix) {
	for _, text := range append([]string{l.Stack.Network.VPC.CIDR}, l.Stack.Network.VPC.MoreCIDRs...) {
		if prefix, err := netip.ParsePrefix(text); err == nil {
			all = append(all, prefix)
		}
	}
	return all
}

// userKubeconfig returns the path of the kubeconfig of a user.
func (l *Lab) userKubeconfig(user string) string {
	return l.path("kubeconfigs", filepath.Base(user))
}

// writeUserKubeconfig writes the kubeconfig of a user, for a program on a node.
func (l *Lab) writeUserKubeconfig(user string) error {
	return l.writeKubeconfigFor(l.userKubeconfig(user), l.tokens[user], l.apiServerURL())
}

// nodeTimeout is the time within which all nodes must be ready.
const nodeTimeout = 60 * time.Second

// waitForNodes waits until all nodes are ready.
func (l *Lab) waitForNodes(ctx context.Context) error {
	for late := time.After(nodeTimeout); ; {
		list, err := l.client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
		waiting := ""
		if err == nil {
			for _, n := range list.Items {
				if !isReadyNode(&n) {
					waiting += " " + n.Name
				}
			}
			if waiting == "" {
				l.logProgress("%d nodes are ready", len(list.Items))
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			if err != nil {
				return fmt.Errorf("the nodes are not listed after %s: %w", nodeTimeout, err)
			}
			return fmt.Errorf("nodes not ready after %s:%s; see the logs of their kubelets in %s", nodeTimeout, waiting, l.path("logs"))
		case <-time.After(pollInterval):
		}
	}
}

func isReadyNode(n *corev1.Node) bool {
	for _, c := range n.Status.Conditions {
		if c.Type == corev1.NodeReady {
			return c.Status == corev1.ConditionTrue
		}
	}
	return false
}
