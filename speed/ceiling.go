// Package speed measures the speed between the pods of a workload of kind speed, and computes its ceilings: what EC2
// allows at most between two instances.
package speed

import (
	"cmp"
	"fmt"
	"strings"

	"eksnet/internal/awsdata"
)

// Place is where a client is, relative to the server.
type Place string

// The places, by increasing distance.
const (
	SameNode  Place = "same node"
	SameZone  Place = "same zone"
	OtherZone Place = "other zone"
)

// Places are all places.
var Places = []Place{SameNode, SameZone, OtherZone}

// Target is the address to which a client connects.
type Target string

// The targets.
const (
	PodAddress Target = "pod address"
	Service    Target = "Service"
)

// Targets are all targets.
var Targets = []Target{PodAddress, Service}

// Load is what a client sends.
type Load string

// The loads: TCP as fast as it goes, in one flow or in several, and datagrams at a rate.
const (
	OneFlow    Load = "1 flow"
	EightFlows Load = "8 flows"
	UDP        Load = "UDP"
)

// Loads are all loads.
var Loads = []Load{OneFlow, EightFlows, UDP}

// flows returns the number of flows of a load.
func (l Load) flows() int {
	if l == EightFlows {
		return 8
	}
	return 1
}

// Ceiling is the most that a load can get between two instances, in Mbit/s.
type Ceiling struct {
	// Megabits is the ceiling, 0 where there is none.
	Megabits int `json:"megabits"`
	// Baseline is what remains when the instances have used up their network credits, 0 if it is unknown.
	Baseline int `json:"baseline"`
	// Reason says what decides the ceiling.
	Reason string `json:"reason"`
}

// CeilingOf returns the ceiling of a load between two instance types, which may be the same.
func CeilingOf(place Place, load Load, client, server string) Ceiling {
	if place == SameNode && load != UDP {
		return Ceiling{Reason: "no network between them: the CPU of the node decides"}
	}
	limit := load.flows() * awsdata.SingleFlowMegabits
	c := Ceiling{Megabits: limit, Baseline: limit, Reason: fmt.Sprintf("%d × %s, the limit of a flow outside a cluster placement group", load.flows(), gigabits(awsdata.SingleFlowMegabits))}
	if load.flows() == 1 {
		c.Reason = "the limit of a flow outside a cluster placement group"
	}
	if load == UDP {
		if rate := UDPRate(client, server); rate < c.Megabits {
			c.Megabits, c.Baseline, c.Reason = rate, rate, "the rate at which the client sends"
		}
	}
	if place == SameNode {
		return c
	}
	for _, name := range []string{client, server} {
		b := awsdata.Bandwidths()[name]
		c.Baseline = min(c.Baseline, b.Baseline)
		switch {
		case b.Burst == 0 && load.flows() > 1:
			c.Megabits, c.Reason = 0, "the bandwidth of "+cmp.Or(name, "the node")+" is not known"
		case b.Burst > 0 && b.Burst < c.Megabits:
			c.Megabits, c.Reason = b.Burst, "the bandwidth of "+name
		}
	}
	return c
}

// mostUDP is the rate of datagrams in Mbit/s if the instances always get as much. It is far below what one process can
// send, so that lost datagrams are lost on the way.
const mostUDP = 1000

// UDPRate returns the rate of datagrams between two instance types, in Mbit/s: what both always get.
func UDPRate(client, server string) int {
	rate := mostUDP
	for _, name := range []string{client, server} {
		if b, known := awsdata.Bandwidths()[name]; known {
			rate = min(rate, b.Baseline)
		}
	}
	return rate
}

// gigabits formats a number of Mbit/s.
func gigabits(megabits int) string {
	text := strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.3f", float64(megabits)/1000), "0"), ".")
	return text + " Gbit/s"
}
