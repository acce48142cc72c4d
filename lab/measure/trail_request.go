package measure

import (
	"context"
	"fmt"
	"net/netip"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/path"
	plan "eksnet/plan/balancer"
)

// choices are what the path of a request depends on and the stack does not determine.
type choices struct {
	client netip.AddrPort
	zone   balancer.Zone
	// node is the name of the target of instance targets, and pod the pod at which the request arrives.
	node string
	pod  pod
}

// toLoadBalancer derives the hops from the client to the load balancer.
func (m *Measurement) toLoadBalancer(f *front, c choices) (*trail, error) {
	entry := netip.AddrPortFrom(c.zone.EntryFor(f.client.Address), uint16(f.listener.Port))
	t := &trail{source: c.client, destination: entry}
	at, err := m.attachmentOf(c.zone.Address)
	if err != nil {
		return nil, err
	}
	switch f.client.Network {
	case m.Client().Network:
		own, err := m.attachmentOf(f.client.Address)
		if err != nil {
			return nil, err
		}
		t.send(own)
	case m.Other().Network:
		t.send(m.outside(m.Router(), f.client.Network))
	default:
		t.send(m.outside(m.InternetGateway(), f.client.Network))
		if entry.Addr().Is6() {
			t.send(m.gateway()) // IPv6 addresses are public
			break
		}
		t.translate(t.source, netip.AddrPortFrom(c.zone.Address, entry.Port()),
			"the internet gateway replaces the public address of the load balancer by the private one",
			"the internet gateway replaces the private address by the public one")
		t.send(m.gateway())
	}
	t.receive(at)
	return t, nil
}

// toPod continues the hops from the load balancer to the pod.
func (m *Measurement) toPod(ctx context.Context, f *front, c choices, t *trail) error {
	source := netip.AddrPortFrom(c.zone.SourceFor(c.pod.Address), 0)
	reason := "the load balancer uses a connection of its own to its target, from its address in the zone"
	if plan.PreservesClientAddress(f.workload.Workload) && c.client.Addr().Is6() == c.pod.Address.Is6() {
		source, reason = c.client, "the load balancer preserves the client's address and port"
	}
	target := netip.AddrPortFrom(c.pod.Address, uint16(f.predicted.Pod.Port))
	if f.predicted.Target.Type == config.TargetInstance {
		var err error
		if target, err = m.nodePort(ctx, f, c); err != nil {
			return err
		}
	}
	from, err := m.attachmentOf(c.zone.Address)
	if err != nil {
		return err
	}
	to, err := m.attachmentOf(target.Addr())
	if err != nil {
		return err
	}
	t.translate(source, target, reason, "the load balancer sends the answer to the client from its own address")
	t.send(from)
	t.receive(to)
	return m.throughNode(f, c, t)
}

// nodePort returns the node port of the workload's Service on the node that was chosen.
func (m *Measurement) nodePort(ctx context.Context, f *front, c choices) (netip.AddrPort, error) {
	name := c.node
	if f.predicted.KubeProxy == path.LocalPod {
		name = c.pod.node
	}
	n, err := m.node(name)
	if err != nil {
		return netip.AddrPort{}, err
	}
	services, err := m.services(ctx, f.workload.Name)
	if err != nil {
		return netip.AddrPort{}, err
	}
	for _, s := range services {
		for _, port := range s.Spec.Ports {
			if port.NodePort != 0 {
				return netip.AddrPortFrom(nodeAddress(n), uint16(port.NodePort)), nil
			}
		}
	}
	return netip.AddrPort{}, fmt.Errorf("no Service of workload %s has a node port", f.workload.Name)
}

// throughNode continues from the node that gets the packet to the pod.
func (m *Measurement) throughNode(f *front, c choices, t *trail) error {
	destination := netip.AddrPortFrom(c.pod.Address, uint16(f.predicted.Pod.Port))
	switch f.predicted.KubeProxy {
	case path.LocalPod:
		t.fromLocalNodePort(destination)
	case path.AnyPod:
		if err := m.fromNodePort(t, destination, c.node == c.pod.node); err != nil {
			return err
		}
	}
	t.enterPod(c.pod)
	return nil
}

// fromLocalNodePort replaces the node port of a Service with policy Local by a pod.
func (t *trail) fromLocalNodePort(to netip.AddrPort) {
	t.translate(t.source, to, "kube-proxy's rules replace the node port by a pod of the node (DNAT)",
		"the node replaces the pod's address by its own and the node port")
}

// fromNodePort replaces the node port of a Service with policy Cluster by a pod, and continues to the node of the pod.
func (m *Measurement) fromNodePort(t *trail, to netip.AddrPort, isOnNode bool) error {
	t.translate(netip.AddrPortFrom(t.destination.Addr(), 0), to,
		"kube-proxy's rules replace the node port by a pod (DNAT), and the source by the node (SNAT)",
		"the node reverses both translations")
	if isOnNode {
		return nil
	}
	return m.betweenNodes(t)
}

// betweenNodes continues from the node that has the source address to the node of the pod that has the destination.
func (m *Measurement) betweenNodes(t *trail) error {
	from, err := m.attachmentOf(t.source.Addr())
	if err != nil {
		return err
	}
	to, err := m.attachmentOf(t.destination.Addr())
	if err != nil {
		return err
	}
	t.send(from)
	t.receive(to)
	return nil
}
