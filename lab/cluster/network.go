package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ec2"

	"eksnet/lab/balancer"
	"eksnet/lab/build"
	"eksnet/lab/fabric"
	"eksnet/lab/measure"
	"eksnet/lab/process"
	"eksnet/lab/rehearsed"
)

// Hosts of the network besides nodes.
const (
	// controlPlane is the host of the API server and of AWS, which is this network namespace.
	controlPlane = "control-plane"
	// client is a host in the VPC with the security groups of load balancers.
	client = "vpc-client"
)

// vpnGateway is the gateway of the other network. The lab adds a route to it to all route tables.
const vpnGateway = "vgw-0123456789abcdef0"

// Addresses outside of the VPC are from the ranges for documentation (RFC 5737) and for benchmarks (RFC 2544), which no
// VPC has.
var (
	internetClient = netip.MustParseAddr("192.0.2.10")
	internetServer = netip.MustParseAddr("192.0.2.80")
	// Those of IPv6 are in the range for documentation (RFC 3849), in parts that no simulated VPC has.
	internetClientIPv6 = netip.MustParseAddr("2001:db8:f000::10")
	internetServerIPv6 = netip.MustParseAddr("2001:db8:f000::80")
	otherRange         = netip.MustParsePrefix("198.18.0.0/24")
	otherAddress       = netip.MustParseAddr("198.18.0.10")
)

// The network follows the account: at each changeInterval the lab reads from moto whether anything has changed. After a
// failure it waits for retryInterval.
const (
	changeInterval = 250 * time.Millisecond
	retryInterval  = 2 * time.Second
)

// startNetwork builds the network of the account, and lets it follow the account: controllers change security groups.
func (l *Lab) startNetwork(ctx context.Context) error {
	spec, err := l.networkSpec(ctx)
	if err != nil {
		return err
	}
	if l.network, err = fabric.Start(ctx, l.path("network"), spec); err != nil {
		return err
	}
	l.networkInterfaces.Store(&spec.Interfaces)
	for _, i := range spec.Interfaces {
		if i.Host == client {
			l.clientAddress, l.clientIPv6 = i.Primary, i.IPv6 // they do not change again
		}
	}
	l.balancers.describer = balancer.NewDescriber(l.account.Config())
	l.logProgress("the network has %d network interfaces", len(spec.Interfaces))
	go l.followAccount(ctx)
	return errors.Join(l.startResolver(ctx), l.startServers(ctx))
}

// startServers starts servers on the hosts that are no nodes. They respond to /clientip with the source address.
func (l *Lab) startServers(ctx context.Context) error {
	n := measured{l}
	for name, at := range map[string]measure.Endpoint{"internet": n.Internet(), "other-network": n.Other(), client: n.Client()} {
		url := fmt.Sprintf("http://%s/healthz", at.Address)
		server := process.Spec{Name: "server-" + name, Path: l.Tools.Path(build.Agnhost), Args: []string{"netexec", "--http-port=80"},
			Network: at.Network, Ready: process.CheckStatusOK(at.Network.HTTPClient(), url)}
		if _, err := l.group.Start(ctx, server); err != nil {
			return err
		}
	}
	return nil
}

// followAccount updates network and load balancers after each change of the account, and reports the health of targets
// to it and to the names of load balancers. To describe a large account takes moto's time too, so the pauses are longer
// then.
func (l *Lab) followAccount(ctx context.Context) {
	reporter := healthReporter{endpoint: l.Endpoint()}
	known, pause, logged := -1, changeInterval, ""
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
		pause = changeInterval
		changes, err := accountChanges(ctx, l.Endpoint())
		if err == nil && changes != known {
			began := time.Now()
			if err = l.UpdateNetwork(ctx); err == nil {
				known = changes
			}
			pause = max(pause, time.Since(began))
		}
		if err == nil {
			err = errors.Join(reporter.report(ctx, l.balancers.all()), l.updateHostNames())
		}
		if err != nil && ctx.Err() == nil {
			pause = retryInterval
			if logged != err.Error() {
				l.logProgress("the network does not follow the account: %v", err)
			}
			logged = err.Error()
		}
	}
}

// updateHostNames updates the names of load balancers to the zones that are healthy.
func (l *Lab) updateHostNames() error {
	l.updatingNetwork.Lock()
	defer l.updatingNetwork.Unlock()
	return l.writeHostNames()
}

// UpdateNetwork updates the network and the load balancers to the current account.
func (l *Lab) UpdateNetwork(ctx context.Context) error {
	l.updatingNetwork.Lock()
	defer l.updatingNetwork.Unlock()
	if ctx.Err() != nil { // a network that has been stopped is not built again
		return context.Cause(ctx)
	}
	spec, err := l.networkSpec(ctx)
	if err != nil {
		return err
	}
	wanted, failed := l.balancers.describe(ctx, &spec, l.account.VPC())
	if err := context.Cause(ctx); err != nil {
		return err
	}
	l.balancers.stopDeleted(wanted)
	if err := l.network.Update(ctx, spec); err != nil {
		return errors.Join(failed, err)
	}
	l.networkInterfaces.Store(&spec.Interfaces)
	return errors.Join(failed, l.balancers.apply(l.network, wanted), l.updateNames(ctx), l.writeHostNames())
}

// networkSpec describes the network of the account, with the hosts that the lab adds.
func (l *Lab) networkSpec(ctx context.Context) (fabric.Spec, error) {
	spec, err := fabric.Describe(ctx, ec2.NewFromConfig(l.account.Config()), l.account.VPC(), fabric.Spec{
		Hosts:   map[string]process.NetworkNamespace{controlPlane: process.OwnNetwork},
		Outside: fabric.Outside{Clients: outsideClients(l.Stack), Server: internetServer, ServerIPv6: l.serverIPv6()},
		Other:   fabric.OtherNetwork{Gateway: vpnGateway, Range: otherRange, Address: otherAddress},
	})
	if err != nil {
		return spec, fmt.Errorf("the network of the account: %w", err)
	}
	for i := range spec.Interfaces {
		if node := l.nodeOfInterface(spec.Interfaces[i].ID); node != "" {
			spec.Interfaces[i].Host = node
		}
	}
	for index, api := range l.Stack.ControlPlaneInterfaces() {
		address, err := netip.ParseAddr(api.PrivateIP)
		if err != nil {
			return spec, err
		}
		spec.Interfaces = append(spec.Interfaces, fabric.Interface{ID: api.ID, Subnet: api.Subnet, Host: controlPlane,
			DeviceIndex: index, Primary: address, IPv6: parseAddress(api.IPv6), Groups: api.SecurityGroups, Configure: true})
	}
	clientInterface, err := l.clientInterface(&spec)
	if err != nil {
		return spec, err
	}
	spec.Interfaces = append(spec.Interfaces, clientInterface)
	if err := l.addResolver(&spec); err != nil {
		return spec, err
	}
	for i := range spec.RouteTables {
		spec.RouteTables[i].Routes = append(spec.RouteTables[i].Routes, fabric.Route{Destination: otherRange, Target: vpnGateway})
	}
	return spec, nil
}

// serverIPv6 returns the IPv6 address of the server on the internet, an invalid one if the VPC has no IPv6.
func (l *Lab) serverIPv6() netip.Addr {
	if l.Stack.Network.VPC.IPv6CIDR == "" {
		return netip.Addr{}
	}
	return internetServerIPv6
}

// parseAddress returns an address of the rehearsal, an invalid one for none.
func parseAddress(text string) netip.Addr {
	address, _ := netip.ParseAddr(text)
	return address
}

// nodeOfInterface returns the name of the node of a network interface, "" for another one.
func (l *Lab) nodeOfInterface(id string) string {
	for _, n := range l.Stack.Nodes {
		if slices.ContainsFunc(n.Interfaces, func(i rehearsed.Interface) bool { return i.ID == id }) {
			return n.Name
		}
	}
	return ""
}

// measured are the hosts from which and to which packets are measured.
type measured struct{ lab *Lab }

// Network returns the network for measurements, nil unless nodes run.
func (l *Lab) Network() measure.Network {
	if !l.RunNodes {
		return nil
	}
	return measured{l}
}

func (m measured) Pod(namespace, name string) (process.NetworkNamespace, bool) {
	for _, n := range m.lab.nodes {
		if network, found := n.Pod(namespace, name); found {
			return network, true
		}
	}
	return "", false
}

func (m measured) Node(name string) process.NetworkNamespace {
	host, _ := m.lab.network.Host(name)
	return host
}

func (m measured) Router() process.NetworkNamespace { return m.lab.network.Router() }

func (m measured) InternetGateway() process.NetworkNamespace { return m.lab.network.Internet() }

func (m measured) Host(name string) (process.NetworkNamespace, bool) {
	if host, err := m.lab.network.Host(name); err == nil {
		return host, true
	}
	return m.lab.network.NATGateway(name)
}

func (m measured) Interfaces() []fabric.Interface { return *m.lab.networkInterfaces.Load() }

func (m measured) Client() measure.Endpoint {
	host, _ := m.lab.network.Host(client)
	return measure.Endpoint{Network: host, Address: m.lab.clientAddress, IPv6: m.lab.clientIPv6}
}

func (m measured) Other() measure.Endpoint {
	return measure.Endpoint{Network: m.lab.network.Other(), Address: otherAddress}
}

func (m measured) Internet() measure.Endpoint {
	return measure.Endpoint{Network: m.lab.network.Server(), Address: internetServer, IPv6: m.lab.serverIPv6()}
}

// Outside returns the client on the internet, once for each of its addresses.
func (m measured) Outside() (all []measure.Endpoint) {
	for _, address := range outsideClients(m.lab.Stack) {
		all = append(all, measure.Endpoint{Network: m.lab.network.Client(), Address: address})
	}
	return all
}

func (m measured) LoadBalancer(dnsName string) (balancer.Spec, bool) {
	return m.lab.LoadBalancer(dnsName)
}

func (m measured) ZonesInDNS(dnsName string) []balancer.Zone {
	if b := m.lab.balancers.withName(dnsName); b != nil {
		return b.ZonesInDNS()
	}
	return nil
}
