package measure

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"eksnet/config"
	"eksnet/lab/balancer"
	"eksnet/lab/capture"
	"eksnet/path"
)

// Hops holds the hops of a request and of the answer.
type Hops struct {
	// Title describes the request, and Remarks what was chosen for it.
	Title         string
	Remarks       []string
	Request, Back []HopRow
	// More holds differences that are of no single hop.
	More []string

	arrived bool // at a pod of the workload
}

// Differences returns all differences.
func (h *Hops) Differences() (lines []string) {
	for _, part := range []struct {
		name string
		rows []HopRow
	}{{"request", h.Request}, {"answer", h.Back}} {
		for _, r := range part.rows {
			if r.Difference != "" {
				at := r.at()
				lines = append(lines, fmt.Sprintf("%s at %s, %s %s: %s", part.name, at.Host, at.Interface, directionText(at), r.Difference))
			}
		}
	}
	return append(lines, h.More...)
}

// HopsTo sends one request to a zone of the load balancer of a workload, "" for the first with a target, and returns
// its hops. Of a TCP connection the hops are those of its first packet, and the answer to it. Where the load balancer
// uses a connection to a target that it kept open, they are those of the packet with the request.
func (m *Measurement) HopsTo(ctx context.Context, workload, zone string) (*Hops, error) {
	f, err := m.frontOf(ctx, workload)
	if err != nil {
		return nil, err
	}
	return m.hopsTo(ctx, f, zone)
}

// hopsTo sends the request from the client of a front. If the workload shares requests with others, it sends more until
// one arrives at its pods.
func (m *Measurement) hopsTo(ctx context.Context, f *front, zone string) (h *Hops, err error) {
	if f.share.weight == 0 {
		return nil, fmt.Errorf("workload %s has weight 0 and gets no requests", f.workload.Name)
	}
	z, err := f.zone(zone)
	if err != nil {
		return nil, err
	}
	for range f.share.attempts() {
		if h, err = m.hopsOfRequest(ctx, f, z); err != nil || h.arrived || ctx.Err() != nil {
			break
		}
	}
	return h, err
}

func (m *Measurement) hopsOfRequest(ctx context.Context, f *front, z balancer.Zone) (*Hops, error) {
	all, err := m.tapPath(f, z)
	defer all.stop()
	if err != nil {
		return nil, err
	}
	return m.followRequest(ctx, f, z, all)
}

// frontOf returns the load balancer of a workload by its name.
func (m *Measurement) frontOf(ctx context.Context, workload string) (*front, error) {
	var names []string
	for _, p := range m.Stack.Paths {
		switch {
		case p.Workload == workload && hasOwnBalancer(p):
			return m.front(ctx, p)
		case hasOwnBalancer(p):
			names = append(names, p.Workload)
		}
	}
	return nil, fmt.Errorf("no workload %q with a load balancer; accepted: %s", workload, strings.Join(names, ", "))
}

// zone returns the zone of the load balancer with a name, and without one the first that has a target.
func (f *front) zone(name string) (balancer.Zone, error) {
	var names []string
	for _, z := range f.Zones {
		if z.Name == name || name == "" && f.hasTargetIn(z.Name) {
			return z, nil
		}
		names = append(names, z.Name)
	}
	if name == "" {
		return balancer.Zone{}, fmt.Errorf("load balancer %s has no target in its zones", f.Name)
	}
	return balancer.Zone{}, fmt.Errorf("load balancer %s is not in zone %q; accepted: %s", f.Name, name, strings.Join(names, ", "))
}

// tapPath captures packets at all hosts that a request may pass.
func (m *Measurement) tapPath(f *front, z balancer.Zone) (all taps, err error) {
	at, err := m.attachmentOf(z.Address)
	if err != nil {
		return nil, err
	}
	host, found := m.Host(at.host)
	if !found {
		return nil, fmt.Errorf("no host %s runs", at.host)
	}
	failed := []error{all.open(hostName(f.client.Network), f.client.Network), all.open(hostName(m.InternetGateway()), m.InternetGateway()),
		all.open(hostName(m.Router()), m.Router()), all.open(at.host, host)}
	for _, n := range m.Stack.Nodes {
		failed = append(failed, all.open(n.Name, m.Node(n.Name)))
	}
	for _, p := range f.pods {
		failed = append(failed, all.open(p.name, p.Network))
	}
	i := slices.IndexFunc(failed, func(err error) bool { return err != nil })
	if i >= 0 {
		return all, failed[i]
	}
	return all, nil
}

// followRequest sends a request, and returns its hops.
func (m *Measurement) followRequest(ctx context.Context, f *front, z balancer.Zone, all taps) (*Hops, error) {
	settle()
	connection, err := f.dial(ctx, netip.AddrPortFrom(z.EntryFor(f.client.Address), uint16(f.listener.Port)))
	if err != nil {
		return nil, fmt.Errorf("zone %s (%s): %w", z.Name, z.EntryFor(f.client.Address), err)
	}
	defer connection.Close()
	c := choices{zone: z}
	if c.client, err = netip.ParseAddrPort(connection.LocalAddr().String()); err != nil {
		return nil, err
	}
	word := rand.Text()
	if _, err := connection.Write([]byte(f.request(word))); err != nil {
		return nil, err
	}
	waitForAnswer(connection)
	settle()
	h := &Hops{Title: fmt.Sprintf("workload %s: one request to %s port %d of %s Load Balancer %s", f.workload.Name, f.listener.Protocol,
		f.listener.Port, kindNames[f.Kind], f.Name), Remarks: []string{fmt.Sprintf("the client sends it to %s, the load balancer's address in zone %s", z.EntryFor(f.client.Address), z.Name)}}
	if err := m.fillHops(ctx, h, f, &c, all, word); err != nil {
		return nil, err
	}
	return h, all.failure()
}

// fillHops finds the packets of the request, and compares them with the derived hops.
func (m *Measurement) fillHops(ctx context.Context, h *Hops, f *front, c *choices, all taps, word string) error {
	t, err := m.toLoadBalancer(f, *c)
	if err != nil {
		return err
	}
	first, found := firstOf(all[0], c.client)
	if !found {
		return fmt.Errorf("the first packet from %s was not captured", c.client)
	}
	parts := []capture.Packet{first}
	if second, arrived := all.arrival(f, c, word); arrived {
		h.arrived = true
		parts = append(parts, second)
		c.node = m.nodeOf(all, second, t)
		h.Remarks = append(h.Remarks, m.remarks(f, *c, second)...)
		h.More = append(h.More, m.choiceDifferences(f, *c)...)
		if err := m.toPod(ctx, f, *c, t); err != nil {
			return err
		}
	} else {
		h.More = append(h.More, "the request did not arrive at a pod")
	}
	request, answer, err := captured(all, parts, word)
	if err != nil {
		return err
	}
	h.Request, h.Back = compareHops(t.hops, request), compareHops(t.back(), answer)
	return nil
}

// firstOf returns the first packet that a client sent.
func firstOf(client tap, source netip.AddrPort) (capture.Packet, bool) {
	return client.First(0, func(p capture.Packet) bool {
		return p.Outgoing && p.Source == source && (p.Opens || p.Protocol == unix.IPPROTO_UDP)
	})
}

// arrival sets the pod at which the request arrived, and returns the first packet of that connection.
func (t taps) arrival(f *front, c *choices, word string) (capture.Packet, bool) {
	for i := range t {
		at := slices.IndexFunc(f.pods, func(p pod) bool { return p.Network == t[i].network })
		if at < 0 {
			continue
		}
		if p, found := t[i].First(0, func(p capture.Packet) bool { return !p.Outgoing && strings.Contains(p.Payload, word) }); found {
			c.pod = f.pods[at]
			return t[i].opening(p), true
		}
	}
	return capture.Packet{}, false
}

// nodeOf returns the node to which the load balancer sent the connection: it is the destination of the first packet
// that left the load balancer.
func (m *Measurement) nodeOf(all taps, second capture.Packet, t *trail) string {
	host := t.hops[len(t.hops)-1].Host
	for _, s := range all.matching(isRequest(second)) {
		if s.tap.host == host && s.Outgoing {
			n, _ := m.nodeWith(s.Destination.Addr())
			return n.Name
		}
	}
	return ""
}

// captured returns the captured hops of the connections of a request, and of the answers to them.
func captured(all taps, parts []capture.Packet, word string) (request, answer []Hop, err error) {
	for i, first := range parts {
		if i > 0 && isRequest(parts[0])(first) {
			continue // the load balancer forwards the same datagram
		}
		sent, received := packetTexts(first)
		there, err := hopsOf(all.matching(isRequest(first)), sent)
		if err != nil {
			return nil, nil, err
		}
		back, err := hopsOf(all.matching(isAnswer(first, word)), received)
		if err != nil {
			return nil, nil, err
		}
		request, answer = append(request, there...), append(back, answer...)
	}
	return request, answer, nil
}

// choiceDifferences returns how the target and the pod differ from those that the path allows.
func (m *Measurement) choiceDifferences(f *front, c choices) (lines []string) {
	target := f.zones[c.pod.node]
	if f.predicted.KubeProxy == path.AnyPod {
		target = f.zones[c.node]
		if c.node == "" {
			return []string{"the load balancer did not send the request to a node"}
		}
	}
	if !f.predicted.Zones.ToTarget && target != c.zone.Name {
		lines = append(lines, fmt.Sprintf("the target is in zone %s, derived: zone %s, because load balancing across zones is off", target, c.zone.Name))
	}
	return lines
}

// remarks returns what was chosen for a request.
func (m *Measurement) remarks(f *front, c choices, second capture.Packet) []string {
	var lines []string
	chooses := "the load balancer"
	if f.predicted.Target.Type == config.TargetInstance && c.node != "" {
		lines = append(lines, fmt.Sprintf("the load balancer chose node %s in zone %s", shortName(c.node), f.zones[c.node]))
		chooses = "kube-proxy"
	}
	lines = append(lines, fmt.Sprintf("%s chose pod %s on node %s in zone %s", chooses, c.pod.name, shortName(c.pod.node), f.zones[c.pod.node]))
	if second.Protocol == unix.IPPROTO_TCP && !second.Opens {
		lines = append(lines, "the load balancer sent the request in a connection to the target that it had kept open")
	}
	return lines
}
