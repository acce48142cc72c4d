package measure

import (
	"slices"
	"strings"
	"time"

	"eksnet/lab/capture"
	"eksnet/path"
)

// captureDelay is the time within which captures have read the packets of requests that have arrived.
const captureDelay = 100 * time.Millisecond

// nodeSeries captures packets at nodes during a series of requests.
type nodeSeries map[string]*capture.Capture

// captureNodes starts a capture on each node.
func (m *Measurement) captureNodes() (nodeSeries, error) {
	s := nodeSeries{}
	for _, n := range m.Stack.Nodes {
		c, err := capture.Start(m.Node(n.Name))
		if err != nil {
			s.stop()
			return nil, err
		}
		s[n.Name] = c
	}
	return s, nil
}

func (s nodeSeries) stop() {
	for _, c := range s {
		c.Stop()
	}
}

// setTargets sets the targets of requests that have arrived at pods. A capture at a node may read a packet later than
// that at the pod.
func (s nodeSeries) setTargets(m *Measurement, arrived []delivery) {
	time.Sleep(captureDelay)
	for _, n := range m.Stack.Nodes {
		packets, _ := s[n.Name].Packets()
		packets = slices.DeleteFunc(packets, func(p capture.Packet) bool {
			return p.Outgoing || p.Payload == "" || p.Destination.Addr() != nodeAddress(n)
		})
		for i, d := range arrived {
			if slices.ContainsFunc(packets, func(p capture.Packet) bool { return strings.Contains(p.Payload, d.word) }) {
				arrived[i].target = n.Name
			}
		}
	}
}

// hopOf returns what kube-proxy did with requests, by the nodes that they were sent to and the nodes of the pods.
func hopOf(arrived []delivery) path.Hop {
	hop := path.NoHop
	for _, d := range arrived {
		switch {
		case d.target == "":
		case d.target != d.at.node:
			return path.AnyPod
		default:
			hop = path.LocalPod
		}
	}
	return hop
}

// crossings returns the hops on which requests changed their zone.
func (f *front) crossings(arrived []delivery) (c path.Crossings) {
	for _, d := range arrived {
		pod := f.zones[d.at.node]
		target := pod
		if d.target != "" {
			target = f.zones[d.target]
		}
		c.ToTarget = c.ToTarget || target != d.zone.Name
		c.ToPod = c.ToPod || target != pod
	}
	return c
}
