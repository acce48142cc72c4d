package measure

import (
	"fmt"
	"net/netip"

	"github.com/vishvananda/netlink"

	"eksnet/internal/awsdata"
	"eksnet/path"
)

// isIPv4Egress reports whether a pod of an IPv6 cluster connects to an IPv4 host. It does so through a second
// interface, from an address that only its node has.
func isIPv4Egress(from pod, destination netip.AddrPort) bool {
	return from.Address.Is6() && destination.Addr().Is4()
}

// overIPv4 derives the hops of a pod of an IPv6 cluster to an IPv4 host. The trail begins with the captured source.
func (m *Measurement) overIPv4(h *Hops, from pod, t *trail) error {
	egress := netip.MustParsePrefix(awsdata.IPv4EgressRange)
	if !egress.Contains(t.source.Addr()) {
		h.More = append(h.More, fmt.Sprintf("the pod's source address is %s, derived: one of %s", t.source.Addr(), egress))
	}
	onNode, err := m.egressDevice(from)
	if err != nil {
		return err
	}
	t.pass(from.name, awsdata.IPv4EgressInterface, true)
	t.pass(from.node, onNode, false)
	return m.fromNodeOverIPv4(from, t)
}

// fromNodeOverIPv4 continues from the node. What the node itself receives keeps its source: the node replaces it in
// what it sends on. The VPC has no IPv4 addresses of pods or Services.
func (m *Measurement) fromNodeOverIPv4(from pod, t *trail) error {
	out := m.Stack.Paths[0].Out.IPv4
	if out == nil {
		return fmt.Errorf("no IPv4 egress is predicted for %s, which has an IPv6 address", from)
	}
	n, err := m.node(from.node)
	if err != nil {
		return err
	}
	own, err := m.attachmentOf(nodeIPv4(n))
	if err != nil {
		return err
	}
	inVPC, predicted, at := m.isInVPC(t.destination.Addr()), out.Networks, attachment{}
	if inVPC {
		if at, err = m.attachmentOf(t.destination.Addr()); err != nil || at.host == own.host {
			return err
		}
		predicted = out.VPC
	}
	if predicted == path.Nodes {
		t.translate(netip.AddrPortFrom(nodeIPv4(n), 0), t.destination,
			"the node replaces the source, an address that only it has, by its own IPv4 address (SNAT)", "the node replaces its address by the pod's")
	}
	t.send(own)
	if inVPC {
		t.receive(at)
		return nil
	}
	return m.outsideVPC(own, n.Interfaces[0].PublicIP, t)
}

// egressDevice returns the name on the node of the other end of the pod's interface for IPv4, which the kernel chooses.
func (m *Measurement) egressDevice(from pod) (string, error) {
	var peer int
	err := from.Network.Do(func() error {
		link, err := netlink.LinkByName(awsdata.IPv4EgressInterface)
		if err == nil {
			peer = link.Attrs().ParentIndex
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("%s has no interface %s for IPv4: %w", from, awsdata.IPv4EgressInterface, err)
	}
	names, err := interfaceNames(m.Node(from.node))
	if err == nil && names[peer] == "" {
		err = fmt.Errorf("node %s has no other end of interface %s of %s", from.node, awsdata.IPv4EgressInterface, from)
	}
	return names[peer], err
}
