package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan/address"
)

// ranges are those of the VPC.
func (n network) ranges() string {
	switch {
	case n.PodCIDR != "":
		return n.CIDR + " and, for pods, " + n.PodCIDR
	case n.IPFamily == config.IPv6:
		return n.CIDR + " and an IPv6 /56 that Amazon assigns"
	default:
		return n.CIDR
	}
}

func (r *report) network(t table) {
	defer t.Flush()
	rows := [][]any{{"ZONE", "PRIVATE SUBNET", "PUBLIC SUBNET"}}
	for _, z := range r.Network.Zones {
		rows = append(rows, []any{z.Name, z.Private, z.Public})
	}
	column := func(title string, of func(zone) string) {
		if !slices.ContainsFunc(r.Network.Zones, func(z zone) bool { return of(z) != "" }) {
			return
		}
		rows[0] = append(rows[0], title)
		for i, z := range r.Network.Zones {
			rows[i+1] = append(rows[i+1], cmp.Or(of(z), "-"))
		}
	}
	column("POD SUBNET", func(z zone) string { return z.Pods })
	column("CONTROL PLANE SUBNET", func(z zone) string { return z.ControlPlane })
	column("RESERVED FOR PREFIXES", func(z zone) string { return z.Reserved })
	column("IPV6 /64 (INDEX IN THE /56)", ipv6Indexes)
	column("EGRESS", wayOut)
	for _, row := range rows {
		t.row(row...)
	}
	t.Flush()
	t.row("endpoints: " + strings.Join(append([]string{"s3 (gateway)"}, r.Network.InterfaceEndpoints...), ", "))
	if days := r.Network.FlowLogs; days > 0 {
		t.row("flow logs: " + retention(days, r.Network.FlowLogsEncrypted))
	}
}

// wayOut is how private and pods' subnets reach the internet.
func wayOut(z zone) string {
	switch {
	case z.Gateway == "":
		return "none"
	case z.IPv6 != nil:
		return "NAT gateway in " + z.Gateway + ", IPv6 through the egress-only internet gateway"
	default:
		return "NAT gateway in " + z.Gateway
	}
}

func ipv6Indexes(z zone) string {
	if z.IPv6 == nil {
		return ""
	}
	indexes := fmt.Sprintf("private %d, public %d", z.IPv6.Private, z.IPv6.Public)
	if z.IPv6.ControlPlane != nil {
		indexes += fmt.Sprintf(", control plane %d", *z.IPv6.ControlPlane)
	}
	return indexes
}

// subnetNames are the kinds of subnets, for people.
var subnetNames = map[string]string{
	address.KindPrivate: "private", address.KindPublic: "public", address.KindPods: "pods", address.KindControlPlane: "control plane",
}

func (r *report) addresses(t table) {
	defer t.Flush()
	t.row("ZONE", "SUBNET", "RANGE", "AVAILABLE", "DESIRED", "MAX", "USED", "CONSUMERS AT MAX")
	for _, d := range r.Addresses {
		var parts []string
		for _, part := range d.Parts {
			parts = append(parts, fmt.Sprint(part.What, " ", part.AtMax))
		}
		t.row(d.Zone, subnetNames[d.Kind], d.Range, d.Usable, d.AtDesired, d.AtMax, fmt.Sprintf("%d%%", 100*d.AtMax/d.Usable), cmp.Or(strings.Join(parts, ", "), "-"))
	}
}

func (r *report) pods(t table) {
	defer t.Flush()
	t.row("GROUP", "PODS", "CPU", "MEMORY", "SET BY", "WHY")
	for _, g := range r.Pods {
		by := "EKS"
		if g.KubeletMaxPods > 0 {
			by = "the stack"
		}
		t.row(g.Name, g.MaxPods, fmt.Sprintf("%dm", g.AllocatableMilliCPU), fmt.Sprintf("%d MiB", g.AllocatableMiB), by, g.Reason)
		if g.BranchInterfaces > 0 {
			t.row("", g.BranchInterfaces, "", "", "", "of them with a security group of their own, the branch interfaces of a node")
		}
	}
}
