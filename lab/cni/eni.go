package main

import (
	"fmt"
	"net/netip"

	"github.com/aws/amazon-vpc-cni-k8s/pkg/networkutils"
)

// networkCard is the network card of all interfaces.
const networkCard = 0

// eni is an elastic network interface of the node other than the primary one.
type eni struct {
	MAC     string     `json:"mac"`
	Address netip.Addr `json:"address"`
	// Subnet is the CIDR block of the subnet. Its first address is the gateway.
	Subnet netip.Prefix `json:"subnet"`
	// Device is the device number of the attachment, which determines the route table.
	Device int `json:"device"`
}

// setUp configures an attached interface as the node agent does: its address, its route table and the rule for packets
// from its address.
func (e *eni) setUp() (answer, error) {
	if !e.Address.Is4() || !e.Subnet.Contains(e.Address) {
		return answer{}, fmt.Errorf("interface: address %s: an IPv4 address of subnet %s is needed", e.Address, e.Subnet)
	}
	if e.Device < 1 {
		return answer{}, fmt.Errorf("interface: device number %d: 1 or more is needed, 0 is the primary interface, which "+
			"the operation node configures", e.Device)
	}
	if _, err := interfaceName(e.MAC); err != nil {
		return answer{}, err // before the plugin repeats the search for 12 seconds
	}
	network, err := networkutils.New()
	if err != nil {
		return answer{}, err
	}
	address := e.Address.String()
	// The maximum number of interfaces only determines route tables of network cards other than the first.
	const maximum = 0
	table, hasRule, err := network.GetRouteTableNumberForENI(networkCard, address, e.Device, maximum, false)
	if err != nil {
		return answer{}, err
	}
	const trunk = false
	err = network.SetupENINetwork(address, e.MAC, networkCard, e.Subnet.String(), maximum, trunk, table, hasRule)
	return answer{RouteTable: table}, err
}
