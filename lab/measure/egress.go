package measure

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"eksnet/path"
)

// CheckEgress connects from a pod of each workload to the VPC, another network and the internet, and compares the
// source address at the destination with the predicted one.
func (m *Measurement) CheckEgress(ctx context.Context) error {
	var differences []string
	for _, predicted := range m.Stack.Paths {
		pods, err := m.pods(ctx, predicted.Workload)
		if err != nil {
			return err
		}
		from := pods[0]
		for _, way := range m.ways(predicted.Out) {
			source, err := sourceAt(ctx, from.Endpoint, way.to)
			if err != nil {
				if len(way.want) > 0 || !errors.Is(err, errNoAnswer) {
					differences = append(differences, fmt.Sprintf("%s to %s: %v, predicted %s", from, way.name, err, list(way.want)))
				}
				continue
			}
			if found := m.addressName(from, source); !slices.Contains(way.want, found) {
				differences = append(differences, fmt.Sprintf("%s to %s: source %s, %s; predicted %s", from, way.name, source, found, list(way.want)))
			}
		}
	}
	return joined(differences)
}

// way is a destination of a pod's connections, and the predicted source addresses there.
type way struct {
	name string
	to   Endpoint
	want []path.Address
}

// ways returns the destinations. In an IPv6 cluster they have addresses of both families.
func (m *Measurement) ways(out path.Out) (all []way) {
	if out.IPv4 != nil {
		all = []way{{"the VPC over IPv6", m.Client().overIPv6(), []path.Address{out.VPC}},
			{"the internet over IPv6", m.Internet().overIPv6(), out.Internet}}
		out = *out.IPv4
	}
	return append(all, way{"the VPC", m.Client(), []path.Address{out.VPC}},
		way{"another network", m.Other(), []path.Address{out.Networks}},
		way{"the internet", m.Internet(), out.Internet})
}

func list(addresses []path.Address) string {
	var names []string
	for _, a := range addresses {
		names = append(names, string(a))
	}
	if len(names) == 0 {
		return "no connection"
	}
	return strings.Join(names, " or ")
}

// sourceAt connects to a host, and returns the source address that the host sees.
func sourceAt(ctx context.Context, from, to Endpoint) (netip.Addr, error) {
	var listener net.Listener
	err := to.Network.Do(func() (err error) {
		listener, err = net.ListenTCP("tcp", net.TCPAddrFromAddrPort(netip.AddrPortFrom(to.Address, 0)))
		return err
	})
	if err != nil {
		return netip.Addr{}, err
	}
	defer listener.Close()
	seen := make(chan netip.AddrPort, 1)
	go func() {
		if connection, err := listener.Accept(); err == nil {
			seen <- connection.RemoteAddr().(*net.TCPAddr).AddrPort()
			connection.Close()
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	port := uint16(listener.Addr().(*net.TCPAddr).Port)
	connection, err := from.Network.DialContext(ctx, "tcp", netip.AddrPortFrom(to.Address, port).String())
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%w: %w", errNoAnswer, err)
	}
	defer connection.Close()
	select {
	case source := <-seen:
		return source.Addr().Unmap(), nil
	case <-time.After(silence):
		return netip.Addr{}, fmt.Errorf("%w: no connection to %s arrived", errNoAnswer, to.Address)
	}
}

// addressName returns whose address a source address is, from the point of view of a pod.
func (m *Measurement) addressName(from pod, source netip.Addr) path.Address {
	n, err := m.node(from.node)
	switch {
	case source == from.Address:
		return path.Pods
	case err == nil && (source == nodeAddress(n) || source == nodeIPv4(n)):
		return path.Nodes
	case err == nil && source.String() == n.Interfaces[0].PublicIP:
		return path.NodesPublic
	case m.isGateway(source):
		return path.Gateways
	default:
		return "an unknown one"
	}
}

// isGateway reports whether an address is the public one of a NAT gateway.
func (m *Measurement) isGateway(address netip.Addr) bool {
	for _, g := range m.Stack.Network.NATGateways {
		for _, e := range m.Stack.ElasticIPs {
			if e.ID == g.Allocation && e.PublicIP == address.String() {
				return true
			}
		}
	}
	return false
}
