package measure

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"eksnet/internal/awsdata"
	"eksnet/lab/balancer"
	"eksnet/lab/rehearsed"
	"eksnet/path"
)

// compare compares requests with the prediction.
func (f *front) compare(m *Measurement, arrived []delivery) (lines []string) {
	for _, d := range arrived {
		if want := f.wantedSource(m, d); want != "" {
			lines = append(lines, fmt.Sprintf("zone %s: source %s, predicted %s", d.zone.Name, d.source, want))
		}
		if got := clientAddressIn(d); got != f.predicted.ClientAddressIn {
			lines = append(lines,
				fmt.Sprintf("the client's address is in %q, predicted %q", got, f.predicted.ClientAddressIn))
		}
	}
	return append(append(lines, f.compareHops(arrived)...), f.comparePods(arrived)...)
}

// wantedSource returns the predicted source address if another one arrived, and else "".
func (f *front) wantedSource(m *Measurement, d delivery) string {
	switch f.predicted.Source {
	case path.Clients:
		if d.source != f.client.Address {
			return fmt.Sprintf("the client's, %s", f.client.Address)
		}
	case path.Balancers:
		if want := d.zone.SourceFor(d.at.Address); d.source != want {
			return fmt.Sprintf("the load balancer's in the zone, %s", want)
		}
	case path.Nodes:
		if _, found := m.nodeWith(d.source); !found {
			return "a node's"
		}
	default:
		return string(f.predicted.Source)
	}
	return ""
}

// nodeWith returns the node with a primary address.
func (m *Measurement) nodeWith(address netip.Addr) (rehearsed.Node, bool) {
	i := slices.IndexFunc(m.Stack.Nodes, func(n rehearsed.Node) bool { return nodeAddress(n) == address })
	if i < 0 {
		return rehearsed.Node{}, false
	}
	return m.Stack.Nodes[i], true
}

// clientAddressIn returns where a request has the address of its client besides the source address, in the words of
// package path, and "" if it is nowhere.
func clientAddressIn(d delivery) string {
	const signature = "\r\n\r\n\x00\r\nQUIT\n" // haproxy.org/download/1.8/doc/proxy-protocol.txt
	const version, addresses = len(signature), len(signature) + 4
	text, size := d.opening, d.client.Addr().BitLen()/8
	switch {
	case strings.HasPrefix(text, "PROXY TCP4 "+d.client.Addr().String()+" "), strings.HasPrefix(text, "PROXY TCP6 "+d.client.Addr().String()+" "):
		return path.ProxyProtocolV1
	case strings.HasPrefix(text, signature) && len(text) >= addresses+2*size+4:
		source, _ := netip.AddrFromSlice([]byte(text[addresses : addresses+size]))
		port := binary.BigEndian.Uint16([]byte(text[addresses+2*size:]))
		if text[version] == 0x21 && netip.AddrPortFrom(source, port) == d.client {
			return path.ProxyProtocolV2
		}
		return fmt.Sprintf("a proxy protocol header with source %s:%d", source, port)
	}
	request, err := http.ReadRequest(bufio.NewReader(strings.NewReader(d.request)))
	if err != nil {
		return ""
	}
	entries := strings.Split(request.Header.Get("X-Forwarded-For"), ",")
	if strings.TrimSpace(entries[len(entries)-1]) == d.client.Addr().String() {
		return path.ForwardedForHeader
	}
	return ""
}

// compareHops compares what kube-proxy did, and whether requests arrived in other zones than they were sent to.
func (f *front) compareHops(arrived []delivery) (lines []string) {
	if hop := hopOf(arrived); hop != f.predicted.KubeProxy {
		lines = append(lines, fmt.Sprintf("kube-proxy: %s, predicted %s", hop, f.predicted.KubeProxy))
	}
	found := f.crossings(arrived)
	for _, crossing := range []struct {
		name            string
		found, expected bool
	}{
		{"from the load balancer to the target", found.ToTarget, f.predicted.Zones.ToTarget},
		{"from the node to the pod", found.ToPod, f.predicted.Zones.ToPod},
	} {
		if crossing.found != crossing.expected {
			lines = append(lines, fmt.Sprintf("%d requests change their zone %s: %t, predicted %t", len(arrived),
				crossing.name, crossing.found, crossing.expected))
		}
	}
	return lines
}

// comparePods returns a line for each pod that should get requests and gets none. With stickiness one client's requests
// arrive at one target.
func (f *front) comparePods(arrived []delivery) (lines []string) {
	if f.workload.TargetGroupAttributes[awsdata.Stickiness] == "true" {
		return nil
	}
	for _, p := range f.pods {
		used := slices.ContainsFunc(f.Zones, func(z balancer.Zone) bool { return z.Name == f.zones[p.node] })
		reachable := used || f.predicted.KubeProxy == path.AnyPod
		if reachable && !slices.ContainsFunc(arrived, func(d delivery) bool { return d.at.name == p.name }) {
			lines = append(lines, fmt.Sprintf("none of %d requests arrived at %s", len(arrived), p))
		}
	}
	return lines
}
