package measure

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"strings"

	"eksnet/lab/process"
)

// PlantTranslation adds a rule to the node of a pod that is wrong: it exempts the pod from the source NAT of the node,
// or translates its address if nodes should not. The returned function removes it.
func (m *Measurement) PlantTranslation(ctx context.Context) (remove func() error, err error) {
	if len(m.Stack.Paths) == 0 {
		return nil, errors.New("the stack has no workload")
	}
	predicted := m.Stack.Paths[0]
	pods, err := m.pods(ctx, predicted.Workload)
	if err != nil {
		return nil, err
	}
	from, target := pods[0], "MASQUERADE"
	if predicted.Out.Translated {
		target = "ACCEPT"
	}
	rule := []string{"POSTROUTING", "-s", from.Address.String(), "!", "-d", m.Client().ofFamily(from.Address).String(), "-j", target}
	network := m.Node(from.node)
	run := func(action string) error {
		return runIn(ctx, network, m.tables(from.Address), append([]string{"-t", "nat", action}, rule...)...)
	}
	return func() error { return run("-D") }, run("-I")
}

// PlantInRouter adds a rule to the router of the VPC that replaces the source address of a pod's packets to the client
// in the VPC. The returned function removes it.
func (m *Measurement) PlantInRouter(ctx context.Context) (remove func() error, err error) {
	pods, err := m.pods(ctx, m.Stack.Paths[0].Workload)
	if err != nil {
		return nil, err
	}
	from := pods[0].Address
	rules := fmt.Sprintf(`table inet planted {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		%[1]s saddr %[2]s %[1]s daddr %[3]s masquerade
	}
}`, familyName(from), from, m.Client().ofFamily(from))
	return m.plantInRouter(ctx, rules)
}

// plantInRouter adds the table planted to the router. The returned function removes it.
func (m *Measurement) plantInRouter(ctx context.Context, rules string) (remove func() error, err error) {
	return func() error { return runIn(ctx, m.Router(), m.NFT, "delete table inet planted") }, runIn(ctx, m.Router(), m.NFT, rules)
}

// tables returns the path of the program for rules of a family.
func (m *Measurement) tables(a netip.Addr) string {
	if a.Is6() {
		return m.IP6Tables
	}
	return m.IPTables
}

// familyName returns the name of a family in nft rules.
func familyName(a netip.Addr) string {
	if a.Is6() {
		return "ip6"
	}
	return "ip"
}

// plantedAddress and plantedIPv6 are source addresses of wrong rules, which nothing has. They are documentation
// addresses (RFC 5737, RFC 3849).
var (
	plantedAddress = netip.MustParseAddr("192.0.2.99")
	plantedIPv6    = netip.MustParseAddr("2001:db8:f000::99")
)

// plantedFor returns the source address of wrong rules for packets to an address.
func plantedFor(a netip.Addr) netip.Addr {
	if a.Is6() {
		return plantedIPv6
	}
	return plantedAddress
}

// plantTranslationInRouter adds a rule to the router of the VPC that replaces the source address of packets to pods and
// nodes. The returned function removes it.
func (m *Measurement) plantTranslationInRouter(ctx context.Context, pods []pod) (remove func() error, err error) {
	var to []string
	for _, p := range pods {
		to = append(to, p.Address.String())
	}
	family := familyName(pods[0].Address)
	if pods[0].Address.Is4() { // node ports have no IPv6 targets
		for _, n := range m.Stack.Nodes {
			to = append(to, nodeAddress(n).String())
		}
	}
	rules := fmt.Sprintf(`table inet planted {
	chain postrouting {
		type nat hook postrouting priority srcnat;
		%[1]s daddr { %[2]s } snat %[1]s to %[3]s
	}
}`, family, strings.Join(to, ", "), plantedFor(pods[0].Address))
	return m.plantInRouter(ctx, rules)
}

// plantTranslationsOnNodes adds a rule to the node of each pod that replaces the source address of packets to the pod.
func (m *Measurement) plantTranslationsOnNodes(ctx context.Context, pods []pod) (remove func() error, err error) {
	run := func(action string) (err error) {
		for _, p := range pods {
			err = errors.Join(err, runIn(ctx, m.Node(p.node), m.tables(p.Address), "-t", "nat", action, "POSTROUTING", "-d", p.Address.String(),
				"-j", "SNAT", "--to-source", plantedFor(p.Address).String()))
		}
		return err
	}
	return func() error { return run("-D") }, run("-I")
}

// runIn runs a program in a network namespace.
func runIn(ctx context.Context, network process.NetworkNamespace, program string, args ...string) error {
	command := exec.CommandContext(ctx, program, args...)
	var said strings.Builder
	command.Stdout, command.Stderr = &said, &said
	err := network.Do(command.Start)
	if err == nil {
		err = command.Wait()
	}
	if err != nil {
		return fmt.Errorf("%s in %s: %w: %s", program, network, err, strings.TrimSpace(said.String()))
	}
	return nil
}

// CheckReady returns an error if a workload has fewer ready pods than its replicas.
func (m *Measurement) CheckReady(ctx context.Context) error {
	var differences []string
	for _, w := range m.Stack.Plan.Workloads {
		pods, err := m.pods(ctx, w.Name)
		switch {
		case len(pods) >= w.Replicas:
		case err != nil:
			differences = append(differences, err.Error())
		default:
			differences = append(differences, fmt.Sprintf("workload %s has %d ready pods of %d", w.Name, len(pods), w.Replicas))
		}
	}
	return joined(differences)
}
