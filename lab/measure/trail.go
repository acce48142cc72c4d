package measure

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"

	"eksnet/lab/fabric"
	"eksnet/lab/process"
)

// trail derives the hops of a packet.
type trail struct {
	hops                []Hop
	source, destination netip.AddrPort
	// reason and answer are why the addresses of the next hop differ, and of the answer on its way back.
	reason, answer string
	answers        []string
}

// attachment is an interface of a host with the link of its router, and the ID of its subnet, "" outside of the VPC.
type attachment struct{ router, link, host, device, subnet string }

// pass adds a hop.
func (t *trail) pass(host, device string, outgoing bool) {
	t.hops = append(t.hops, Hop{Host: host, Interface: device, Outgoing: outgoing, Source: t.source, Destination: t.destination, Reason: t.reason})
	t.answers = append(t.answers, t.answer)
	t.reason, t.answer = "", ""
}

// send adds the hops from a host to its router, receive those from the router to a host.
func (t *trail) send(a attachment) {
	t.pass(a.host, a.device, true)
	t.pass(a.router, a.link, false)
}

func (t *trail) receive(a attachment) {
	t.pass(a.router, a.link, true)
	t.pass(a.host, a.device, false)
}

// translate changes the addresses, for a reason; answer is what happens to the answer at the same host.
func (t *trail) translate(source, destination netip.AddrPort, reason, answer string) {
	t.source, t.destination, t.reason, t.answer = source, destination, reason, answer
}

// back returns the hops of the answer: the same in the reverse order, because each translation must be reversed by the
// host that made it.
func (t *trail) back() (hops []Hop) {
	for i, h := range slices.Backward(t.hops) {
		h.Outgoing, h.Source, h.Destination, h.Reason = !h.Outgoing, h.Destination, h.Source, ""
		if i+1 < len(t.answers) {
			h.Reason = t.answers[i+1]
		}
		hops = append(hops, h)
	}
	return hops
}

// hostName returns the name of a host by its namespace, as lab node accepts it.
func hostName(n process.NetworkNamespace) string { return filepath.Base(string(n)) }

// attachmentOf returns the network interface that has an address of the VPC.
func (m *Measurement) attachmentOf(a netip.Addr) (attachment, error) {
	for _, i := range m.Interfaces() {
		if i.Primary == a || i.IPv6 == a || slices.Contains(i.Secondary, a) ||
			slices.ContainsFunc(i.Prefixes, func(p netip.Prefix) bool { return p.Contains(a) }) {
			return attachment{hostName(m.Router()), fabric.LinkName(i.ID), i.Host, fabric.DeviceName(i.DeviceIndex), i.Subnet}, nil
		}
	}
	return attachment{}, fmt.Errorf("no network interface of the VPC has the address %s", a)
}

// outside returns the attachment of a host on the internet to the internet, or of the other network to the VPC.
func (m *Measurement) outside(router, host process.NetworkNamespace) attachment {
	return attachment{hostName(router), hostName(host), hostName(host), fabric.DeviceName(0), ""}
}

// gateway returns the attachment of the internet to the VPC.
func (m *Measurement) gateway() attachment {
	return attachment{hostName(m.Router()), hostName(m.InternetGateway()), hostName(m.InternetGateway()), hostName(m.Router()), ""}
}

// podDevice returns the name of the interface of a pod on its node, as the VPC CNI derives it
// (github.com/aws/amazon-vpc-cni-k8s, pkg/networkutils, GeneratePodHostVethName).
func podDevice(p pod) string {
	sum := sha1.Sum([]byte(p.workload + "." + p.name))
	return "eni" + hex.EncodeToString(sum[:])[:11]
}

// enterPod adds the hops from the node of a pod to the pod.
func (t *trail) enterPod(p pod) {
	t.pass(p.node, podDevice(p), true)
	t.pass(p.name, fabric.DeviceName(0), false)
}
