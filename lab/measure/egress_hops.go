package measure

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
)

// CheckEgressHops follows one connection to the VPC, another network and the internet, from a pod on each node that has
// one, and compares each hop, of the request and of the answer, with the derived one. In an IPv6 cluster it does so
// over both families. Destinations to which eksnet path predicts no egress are left out: CheckEgress tries these.
func (m *Measurement) CheckEgressHops(ctx context.Context) error {
	senders, err := m.podOfEachNode(ctx)
	if err != nil {
		return err
	}
	return m.checkHopsOut(ctx, senders)
}

// CheckEgressHopsOfFirst does the same from the first pod of the first workload, for which wrong rules are added.
func (m *Measurement) CheckEgressHopsOfFirst(ctx context.Context) error {
	senders, err := m.podOfEachNode(ctx)
	if err != nil {
		return err
	}
	return m.checkHopsOut(ctx, senders[:1])
}

func (m *Measurement) checkHopsOut(ctx context.Context, senders []pod) error {
	var differences []string
	for _, from := range senders {
		predicted, _ := m.path(from.workload)
		for _, way := range m.ways(predicted.Out) {
			if len(way.want) == 0 {
				continue
			}
			lines, err := m.egressDifferences(ctx, from, way.to)
			if err != nil {
				lines = []string{err.Error()}
			}
			for _, line := range lines {
				differences = append(differences, fmt.Sprintf("%s on node %s to %s: %s", from, shortName(from.node), way.name, line))
			}
		}
	}
	return joined(differences)
}

// podOfEachNode returns the first pod of a workload on each node.
func (m *Measurement) podOfEachNode(ctx context.Context) (found []pod, err error) {
	seen := map[string]bool{}
	for _, p := range m.Stack.Paths {
		pods, err := m.pods(ctx, p.Workload)
		if err != nil {
			return nil, err
		}
		for _, p := range pods {
			if !seen[p.node] {
				found = append(found, p)
			}
			seen[p.node] = true
		}
	}
	return found, nil
}

// egressDifferences connects to a host that answers, and returns the differences of the hops.
func (m *Measurement) egressDifferences(ctx context.Context, from pod, to Endpoint) ([]string, error) {
	var listener net.Listener
	err := to.Network.Do(func() (err error) {
		listener, err = net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(to.Address, 0)))
		return err
	})
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	go answerOnce(listener)
	h, err := m.hopsFrom(ctx, from, listener.Addr().(*net.TCPAddr).AddrPort())
	if err != nil {
		return nil, err
	}
	return h.Differences(), nil
}

// answerOnce answers a connection with a line.
func answerOnce(listener net.Listener) {
	connection, err := listener.Accept()
	if err != nil {
		return
	}
	defer connection.Close()
	_, _ = io.WriteString(connection, "HTTP/1.1 204 No Content\r\n\r\n")
}
