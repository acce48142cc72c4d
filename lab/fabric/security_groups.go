package fabric

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// routerRules returns the nft rules of the router. They replace all earlier ones at once. Connections that are open
// remain open, as in EC2
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html).
func routerRules(s *Spec, numbers numbering) string {
	var t ruleText
	t.beginTable()
	writeSourceCheck(&t, s)
	writeReturnMarks(&t, s, numbers)
	t.set("filtered", "ifname", "", attachedLinks(s, func(Interface) bool { return true }))
	for _, g := range s.SecurityGroups {
		t.set(groupSet(g.ID), "ifname", "", attachedLinks(s, func(i Interface) bool { return slices.Contains(i.Groups, g.ID) }))
	}
	writeGroups(&t, s, true)
	writeGroups(&t, s, false)
	t.line("}")
	return t.String()
}

// groupSet returns the name of the set of a security group's interfaces.
func groupSet(id string) string { return "group-" + id }

// ruleText is a file for nft.
type ruleText struct{ strings.Builder }

func (t *ruleText) line(format string, values ...any) { fmt.Fprintf(t, format+"\n", values...) }

// beginTable begins the table that replaces the present one, if any, in the same transaction.
func (t *ruleText) beginTable() {
	t.line("add table inet fabric")
	t.line("delete table inet fabric")
	t.line("table inet fabric {")
}

// set writes a set. A set without elements has no elements statement.
func (t *ruleText) set(name, typ, flags string, elements []string) {
	t.line("set %s { type %s; %s", name, typ, flags)
	t.elements(elements)
	t.line("}")
}

func (t *ruleText) elements(elements []string) {
	if len(elements) > 0 {
		t.line("elements = { %s };", strings.Join(elements, ", "))
	}
}

// attachedLinks returns the quoted names of the router's links of some network interfaces.
func attachedLinks(s *Spec, condition func(Interface) bool) (names []string) {
	for _, i := range s.Interfaces {
		if condition(i) {
			names = append(names, strconv.Quote(LinkName(i.ID)))
		}
	}
	return names
}

// writeSourceCheck writes rules that drop packets whose source address does not belong to the interface.
func writeSourceCheck(t *ruleText, s *Spec) {
	checked := attachedLinks(s, func(i Interface) bool { return !i.ClientAddresses })
	var owned, ownedIPv6 []string
	for _, i := range s.Interfaces {
		for _, prefix := range i.ranges() {
			pair := fmt.Sprintf("%q . %s", LinkName(i.ID), prefix)
			if prefix.Addr().Is6() {
				ownedIPv6 = append(ownedIPv6, pair)
			} else {
				owned = append(owned, pair)
			}
		}
	}
	if s.Other.Gateway != "" {
		checked = append(checked, strconv.Quote(otherName))
		owned = append(owned, fmt.Sprintf("%q . %s", otherName, s.Other.Range.Masked()))
	}
	t.set("checked", "ifname", "", checked)
	t.set("owned", "ifname . ipv4_addr", "flags interval;", owned)
	t.set("owned-ipv6", "ifname . ipv6_addr", "flags interval;", ownedIPv6)
	t.line("chain sources { type filter hook prerouting priority raw; policy accept;")
	t.line("iifname @checked iifname . ip saddr != @owned counter drop")
	t.line("iifname @checked iifname . ip6 saddr != @owned-ipv6 counter drop")
	t.line("}")
}

// writeReturnMarks writes rules that mark answers to interfaces that send packets with addresses of clients.
func writeReturnMarks(t *ruleText, s *Spec, numbers numbering) {
	var marks []string
	for _, i := range s.Interfaces {
		if i.ClientAddresses {
			marks = append(marks, fmt.Sprintf("%q : %d", LinkName(i.ID), numbers.of(i.ID)))
		}
	}
	t.line("map marks { type ifname : mark;")
	t.elements(marks)
	t.line("}")
	t.line("chain answers { type filter hook prerouting priority mangle; policy accept;")
	t.line("ct state new ct mark set iifname map @marks")
	t.line("ct direction reply ct mark != 0 meta mark set ct mark")
	t.line("}")
}

// writeGroups writes the rules of all security groups in one direction. Egress and ingress are chains of their own,
// because a packet between two interfaces must pass both.
func writeGroups(t *ruleText, s *Spec, egress bool) {
	chain, priority, link := "ingress", 10, "oifname"
	if egress {
		chain, priority, link = "egress", 0, "iifname"
	}
	for _, g := range s.SecurityGroups {
		t.line("chain %s-%s {", chain, g.ID)
		for _, r := range g.Rules {
			if r.Egress == egress {
				writeRule(t, r)
			}
		}
		t.line("}")
	}
	t.line("chain %s { type filter hook forward priority %d; policy accept;", chain, priority)
	t.line("ct state established,related accept")
	t.line("%s != @filtered accept", link)
	for _, g := range s.SecurityGroups {
		t.line("%s @%s jump %s-%s", link, groupSet(g.ID), chain, g.ID)
	}
	t.line("counter drop")
	t.line("}")
}

func writeRule(t *ruleText, r Rule) {
	protocol, err := r.protocolMatch()
	if err != nil {
		return // validate returns the error
	}
	address, link := "saddr", "iifname"
	if r.Egress {
		address, link = "daddr", "oifname"
	}
	for _, cidr := range r.CIDRs {
		family := "ip"
		if cidr.Addr().Is6() {
			family = "ip6"
		}
		t.line("%s %s %s %s accept", protocol, family, address, cidr.Masked())
	}
	for _, group := range r.Groups {
		t.line("%s %s @%s accept", protocol, link, groupSet(group))
	}
}

// protocolMatch returns the nft expression for the protocol and the ports of a rule.
func (r Rule) protocolMatch() (string, error) {
	switch r.Protocol {
	case "-1", "all":
		return "", nil
	case "tcp", "6":
		return r.portMatch("tcp"), nil
	case "udp", "17":
		return r.portMatch("udp"), nil
	case "icmp", "1":
		return r.icmpMatch("icmp"), nil
	case "icmpv6", "58":
		return r.icmpMatch("icmpv6"), nil
	}
	if number, err := strconv.Atoi(r.Protocol); err == nil && number >= 0 && number <= 255 {
		return fmt.Sprintf("meta l4proto %d", number), nil
	}
	return "", fmt.Errorf("protocol %q is not tcp, udp, icmp, icmpv6, -1 or a number from 0 to 255", r.Protocol)
}

func (r Rule) portMatch(protocol string) string {
	if r.FromPort <= 0 && (r.ToPort >= 65535 || r.ToPort < 0) {
		return "meta l4proto " + protocol
	}
	return fmt.Sprintf("%s dport %d-%d", protocol, r.FromPort, r.ToPort)
}

func (r Rule) icmpMatch(protocol string) string {
	switch {
	case r.FromPort < 0:
		return "meta l4proto " + protocol
	case r.ToPort < 0:
		return fmt.Sprintf("%s type %d", protocol, r.FromPort)
	}
	return fmt.Sprintf("%[1]s type %[2]d %[1]s code %[3]d", protocol, r.FromPort, r.ToPort)
}
