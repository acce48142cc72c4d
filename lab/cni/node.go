package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"

	"github.com/aws/amazon-vpc-cni-k8s/pkg/networkutils"
	"github.com/aws/amazon-vpc-cni-k8s/pkg/procsyswrapper"
)

// node is the configuration of a node that does not depend on its pods.
type node struct {
	// MAC and Address are those of the primary interface. An IPv6 address is that of a node in an IPv6 cluster.
	MAC     string     `json:"mac"`
	Address netip.Addr `json:"address"`
	// CIDRs are the CIDR blocks of the VPC.
	CIDRs []netip.Prefix `json:"cidrs"`
	// Pods are addresses of pods that the node has already. Their rules are updated, because the settings may have
	// changed since.
	Pods []netip.Addr `json:"pods"`
}

// setUp configures the node as the init container and the start of the node agent do.
func (n *node) setUp() error {
	if !n.Address.IsValid() || len(n.CIDRs) == 0 {
		return fmt.Errorf("node: address %s and VPC CIDR blocks %s: an address and at least one block are needed",
			n.Address, n.CIDRs)
	}
	ipv6 := n.Address.Is6()
	name, err := interfaceName(n.MAC)
	if err != nil {
		return err
	}
	if err := setSystemParameters(name, ipv6); err != nil {
		return err
	}
	network, err := networkutils.New()
	if err != nil {
		return err
	}
	podENI, _ := strconv.ParseBool(os.Getenv("ENABLE_POD_ENI"))
	address := net.IP(n.Address.AsSlice())
	if err := network.SetupHostNetwork(texts(n.CIDRs), n.MAC, &address, podENI, ipv6); err != nil {
		return err
	}
	if err := network.CleanUpStaleAWSChains(!ipv6, ipv6); err != nil || ipv6 {
		return err // pods of an IPv6 cluster have no rules
	}
	return n.updateRules(network)
}

// updateRules replaces the rules of existing pods and those for AWS_EXTERNAL_SERVICE_CIDRS.
func (n *node) updateRules(network networkutils.NetworkAPIs) error {
	rules, err := network.GetRuleList(false)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	for _, address := range n.Pods {
		if err := network.UpdateRuleListBySrc(rules, *hostNetwork(address)); err != nil {
			return fmt.Errorf("rules of pod %s: %w", address, err)
		}
	}
	return network.UpdateExternalServiceIpRules(rules, network.GetExternalServiceCIDRs())
}

// setSystemParameters sets the kernel parameters that the plugin's init container sets, and forwarding, which the
// machine image of EKS sets.
func setSystemParameters(primary string, ipv6 bool) error {
	demux := "1"
	if disabled, _ := strconv.ParseBool(os.Getenv("DISABLE_TCP_EARLY_DEMUX")); disabled {
		demux = "0"
	}
	type parameter struct{ name, value string }
	parameters := []parameter{
		{"net/ipv4/ip_forward", "1"},
		// Loose: replies to packets for a pod of another interface leave by the primary interface.
		{"net/ipv4/conf/" + primary + "/rp_filter", "2"},
		{"net/ipv4/tcp_early_demux", demux},
	}
	if ipv6 {
		parameters = append(parameters, parameter{"net/ipv6/conf/all/disable_ipv6", "0"},
			parameter{"net/ipv6/conf/all/forwarding", "1"}, parameter{"net/ipv6/conf/" + primary + "/accept_ra", "2"})
	}
	proc := procsyswrapper.NewProcSys()
	for _, parameter := range parameters {
		if err := proc.Set(parameter.name, parameter.value); err != nil {
			return fmt.Errorf("kernel parameter %s = %s: %w", parameter.name, parameter.value, err)
		}
	}
	return nil
}

// interfaceName returns the name of the interface with a MAC address.
func interfaceName(mac string) (string, error) {
	interfaces, err := net.Interfaces()
	if err != nil {
		return "", fmt.Errorf("interfaces: %w", err)
	}
	for _, i := range interfaces {
		if i.HardwareAddr.String() == mac {
			return i.Name, nil
		}
	}
	return "", fmt.Errorf("no interface of the node has MAC address %q: attach the interface first", mac)
}

// hostNetwork returns the network that has only this address.
func hostNetwork(address netip.Addr) *net.IPNet {
	return &net.IPNet{IP: address.AsSlice(), Mask: net.CIDRMask(address.BitLen(), address.BitLen())}
}

// texts returns CIDR blocks as strings.
func texts(blocks []netip.Prefix) []string {
	var all []string
	for _, block := range blocks {
		all = append(all, block.String())
	}
	return all
}
