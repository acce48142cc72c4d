package measure

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/config"
	"eksnet/lab/capture"
	"eksnet/lab/fabric"
	"eksnet/lab/process"
	"eksnet/path"
)

// HopsFrom sends one HTTP request from a pod, as NAMESPACE/POD, to a URL, and returns its hops. The host of the URL is
// an address, or a Service as NAME.NAMESPACE.
func (m *Measurement) HopsFrom(ctx context.Context, name, location string) (*Hops, error) {
	from, err := m.podNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	destination, err := m.destinationOf(ctx, location)
	if err != nil {
		return nil, err
	}
	return m.hopsFrom(ctx, from, destination)
}

// hopsFrom sends the request from a pod to an address and port.
func (m *Measurement) hopsFrom(ctx context.Context, from pod, destination netip.AddrPort) (*Hops, error) {
	all, err := m.tapEgress(ctx, from)
	defer all.stop()
	if err != nil {
		return nil, err
	}
	settle()
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	connection, failed := from.Network.DialContext(ctx, "tcp", destination.String())
	if failed == nil {
		defer connection.Close()
		_, _ = connection.Write([]byte(requestText(config.ProtocolTCP, rand.Text())))
		waitForAnswer(connection)
	}
	settle()
	h := &Hops{Title: fmt.Sprintf("one request from %s on node %s to %s", from, shortName(from.node), destination)}
	if failed != nil {
		h.More = append(h.More, failed.Error())
	}
	return h, m.fillEgress(ctx, h, from, destination, all)
}

// podNamed returns a ready pod.
func (m *Measurement) podNamed(ctx context.Context, text string) (pod, error) {
	namespace, name, _ := strings.Cut(text, "/")
	pods, err := m.pods(ctx, namespace)
	if err != nil {
		return pod{}, fmt.Errorf("-from %s: %w; accepted: NAMESPACE/POD of a workload", text, err)
	}
	var names []string
	for _, p := range pods {
		if p.name == name {
			return p, nil
		}
		names = append(names, namespace+"/"+p.name)
	}
	return pod{}, fmt.Errorf("-from %s: no such pod is ready; accepted: %s", text, strings.Join(names, ", "))
}

// destinationOf returns the address and port of a URL.
func (m *Measurement) destinationOf(ctx context.Context, location string) (netip.AddrPort, error) {
	u, err := url.Parse(location)
	if err != nil || u.Scheme != "http" || u.Host == "" {
		return netip.AddrPort{}, fmt.Errorf("URL %s: accepted: http://ADDRESS:PORT or http://SERVICE.NAMESPACE:PORT", location)
	}
	port := uint64(80)
	if text := u.Port(); text != "" {
		if port, err = strconv.ParseUint(text, 10, 16); err != nil {
			return netip.AddrPort{}, fmt.Errorf("URL %s: %w", location, err)
		}
	}
	address, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		service, rest, _ := strings.Cut(u.Hostname(), ".")
		namespace, _, _ := strings.Cut(rest, ".")
		s, err := m.Cluster.CoreV1().Services(namespace).Get(ctx, service, metav1.GetOptions{})
		if err != nil {
			return netip.AddrPort{}, fmt.Errorf("URL %s: %w", location, err)
		}
		if address, err = netip.ParseAddr(s.Spec.ClusterIP); err != nil {
			return netip.AddrPort{}, fmt.Errorf("URL %s: Service %s/%s has no cluster IP", location, namespace, service)
		}
	}
	return netip.AddrPortFrom(address, uint16(port)), nil
}

// tapEgress captures packets at the pod, at hosts with network interfaces in the VPC, NAT gateways, the router, hosts
// outside, and at the pods of workloads.
func (m *Measurement) tapEgress(ctx context.Context, from pod) (all taps, err error) {
	open := func(host string, network process.NetworkNamespace) {
		if err == nil {
			err = all.open(host, network)
		}
	}
	open(from.name, from.Network)
	for _, i := range m.Interfaces() {
		if network, found := m.Host(i.Host); found {
			open(i.Host, network)
		}
	}
	for _, g := range m.Stack.Network.NATGateways {
		if network, found := m.Host(g.ID); found {
			open(g.ID, network)
		}
	}
	for _, network := range []process.NetworkNamespace{m.Router(), m.InternetGateway(), m.Other().Network, m.Internet().Network} {
		open(hostName(network), network)
	}
	for _, p := range m.Stack.Paths {
		pods, _ := m.pods(ctx, p.Workload) // none of a workload that is not ready
		for _, p := range pods {
			open(p.name, p.Network)
		}
	}
	return all, err
}

// fillEgress finds the packets of a connection, and compares them with the derived hops.
func (m *Measurement) fillEgress(ctx context.Context, h *Hops, from pod, destination netip.AddrPort, all taps) error {
	first, found := all[0].First(0, func(p capture.Packet) bool { return p.Outgoing && p.Opens && p.Destination == destination })
	if !found {
		return errors.New("the first packet of the connection was not captured at the pod")
	}
	request, answer, err := captured(all, []capture.Packet{first}, "")
	if err != nil {
		return err
	}
	t := &trail{source: first.Source, destination: destination}
	if isIPv4Egress(from, destination) {
		err = m.overIPv4(h, from, t)
	} else {
		t.pass(from.name, fabric.DeviceName(0), true)
		t.pass(from.node, podDevice(from), false)
		err = m.fromNode(ctx, h, from, t, request)
	}
	if err != nil {
		return err
	}
	h.Request, h.Back = compareHops(t.hops, request), compareHops(t.back(), answer)
	return all.failure()
}

// fromNode continues from the node of the pod that sends.
func (m *Measurement) fromNode(ctx context.Context, h *Hops, from pod, t *trail, captured []Hop) error {
	if err := m.chooseEndpoint(ctx, h, t, captured); err != nil {
		return err
	}
	to := t.destination.Addr()
	if !m.isInVPC(to) {
		return m.leaveVPC(from, t)
	}
	at, err := m.attachmentOf(to)
	if err != nil {
		return err
	}
	own, err := m.attachmentOf(from.Address)
	if err != nil {
		return err
	}
	target, isPod, err := m.podWith(ctx, to)
	if err != nil {
		return err
	}
	if isPod && target.name == from.name {
		n, err := m.node(from.node)
		if err != nil {
			return err
		}
		t.translate(netip.AddrPortFrom(nodeAddress(n), 0), t.destination, t.reason+"; the pod reaches itself, so the node replaces the source by its own", t.answer)
	}
	if at.host != own.host {
		t.send(own)
		t.receive(at)
	}
	if n, isNode := m.nodeWith(to); isNode {
		return m.throughNodePort(ctx, h, n.Name, t, captured)
	}
	m.enterTarget(t, target, isPod)
	return nil
}

// enterTarget adds the hops from the node of a pod to the pod.
func (m *Measurement) enterTarget(t *trail, target pod, isPod bool) {
	switch _, isWorkload := m.path(target.workload); {
	case isWorkload:
		t.enterPod(target)
	case isPod: // one of an add-on, at which no packets are captured
		t.pass(target.node, podDevice(target), true)
	}
}

// throughNodePort continues from a node to the pod that kube-proxy's rules chose, if the port is that of a Service.
func (m *Measurement) throughNodePort(ctx context.Context, h *Hops, node string, t *trail, captured []Hop) error {
	s, err := m.serviceWith(ctx, func(s corev1.Service) bool {
		return slices.ContainsFunc(s.Spec.Ports, func(p corev1.ServicePort) bool { return p.NodePort == int32(t.destination.Port()) })
	})
	if s == nil || err != nil {
		return err
	}
	to, found, err := m.chosenEndpoint(ctx, h, s, captured)
	if !found || err != nil {
		return err
	}
	target, isPod, err := m.podWith(ctx, to.Addr())
	if err != nil {
		return err
	}
	if s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal {
		t.fromLocalNodePort(to)
	} else if err := m.fromNodePort(t, to, target.node == node); err != nil {
		return err
	}
	m.enterTarget(t, target, isPod)
	return nil
}

// chooseEndpoint replaces the address of a Service by the pod that kube-proxy's rules chose.
func (m *Measurement) chooseEndpoint(ctx context.Context, h *Hops, t *trail, captured []Hop) error {
	s, err := m.serviceWith(ctx, func(s corev1.Service) bool { return s.Spec.ClusterIP == t.destination.Addr().String() })
	if s == nil || err != nil {
		return err
	}
	to, found, err := m.chosenEndpoint(ctx, h, s, captured)
	if !found || err != nil {
		return err
	}
	t.translate(t.source, to, fmt.Sprintf("kube-proxy's rules replace the address of Service %s/%s by a pod (DNAT)", s.Namespace, s.Name),
		"the node replaces the pod's address by that of the Service")
	return nil
}

// serviceWith returns the first Service for which matches returns true, nil if there is none.
func (m *Measurement) serviceWith(ctx context.Context, matches func(corev1.Service) bool) (*corev1.Service, error) {
	services, err := m.Cluster.CoreV1().Services("").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(services.Items, matches)
	if i < 0 {
		return nil, nil
	}
	return &services.Items[i], nil
}

// chosenEndpoint returns the endpoint of a Service to which a packet was sent. Without one, it adds a difference.
func (m *Measurement) chosenEndpoint(ctx context.Context, h *Hops, s *corev1.Service, captured []Hop) (netip.AddrPort, bool, error) {
	slicesOf, err := m.Cluster.DiscoveryV1().EndpointSlices(s.Namespace).List(ctx, metav1.ListOptions{LabelSelector: "kubernetes.io/service-name=" + s.Name})
	if err != nil {
		return netip.AddrPort{}, false, err
	}
	var endpoints []string
	for _, slice := range slicesOf.Items {
		for _, e := range slice.Endpoints {
			for _, port := range slice.Ports {
				endpoints = append(endpoints, net.JoinHostPort(e.Addresses[0], fmt.Sprint(*port.Port)))
			}
		}
	}
	for _, c := range captured {
		if c.Outgoing && slices.Contains(endpoints, c.Destination.String()) {
			return c.Destination, true, nil
		}
	}
	h.More = append(h.More, fmt.Sprintf("no packet was sent to an endpoint of Service %s/%s: %s", s.Namespace, s.Name, strings.Join(endpoints, ", ")))
	return netip.AddrPort{}, false, nil
}

// isInVPC reports whether an address is in a CIDR block of the VPC.
func (m *Measurement) isInVPC(a netip.Addr) bool {
	return slices.ContainsFunc(append(m.Stack.Network.VPC.MoreCIDRs, m.Stack.Network.VPC.CIDR, m.Stack.Network.VPC.IPv6CIDR), func(text string) bool {
		prefix, err := netip.ParsePrefix(text)
		return err == nil && prefix.Contains(a)
	})
}

// path returns the path of a workload.
func (m *Measurement) path(workload string) (path.Path, bool) {
	i := slices.IndexFunc(m.Stack.Paths, func(p path.Path) bool { return p.Workload == workload })
	if i < 0 {
		return path.Path{}, false
	}
	return m.Stack.Paths[i], true
}

// podWith returns the pod with an address.
func (m *Measurement) podWith(ctx context.Context, a netip.Addr) (pod, bool, error) {
	list, err := m.Cluster.CoreV1().Pods("").List(ctx, metav1.ListOptions{FieldSelector: "status.podIP=" + a.String()})
	if err != nil {
		return pod{}, false, err
	}
	for _, p := range list.Items {
		if !p.Spec.HostNetwork && p.Status.PodIP == a.String() {
			return pod{workload: p.Namespace, name: p.Name, node: p.Spec.NodeName, Endpoint: Endpoint{Address: a}}, true, nil
		}
	}
	return pod{}, false, nil
}
