package resolver

import (
	"net/netip"
	"slices"
	"strings"

	"eksnet/lab/rehearsed"
)

// Names are the names in hosted zones, as clients of one place see them.
type Names struct {
	zones   []rehearsed.HostedZone
	records []rehearsed.Record
}

// NewNames returns the names that the resolver of a VPC has, and with "" those on the internet. Private zones are only
// for their VPCs.
func NewNames(zones []rehearsed.HostedZone, records []rehearsed.Record, vpc string) *Names {
	return &Names{records: records, zones: slices.DeleteFunc(slices.Clone(zones), func(z rehearsed.HostedZone) bool {
		return z.Private() && !slices.Contains(z.VPCs, vpc)
	})}
}

// All returns the names of all records, without wildcards.
func (n *Names) All() (names []string) {
	for _, r := range n.records {
		if z := n.zoneOf(r.Name); z.ID == r.Zone && !strings.HasPrefix(r.Name, "*.") {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// maxAliases is the length of the longest chain of aliases and CNAMEs that is followed.
const maxAliases = 8

// Lookup returns the addresses of a name in lower case and without the last dot. of returns those of a load balancer's
// own name. The name does not exist without known.
func (n *Names) Lookup(name string, of func(host string) (addresses []netip.Addr, known bool)) ([]netip.Addr, bool) {
	return n.lookup(name, of, maxAliases)
}

func (n *Names) lookup(name string, of func(string) ([]netip.Addr, bool), steps int) (addresses []netip.Addr, known bool) {
	if addresses, known := of(name); known || steps == 0 {
		return addresses, known
	}
	for _, r := range n.recordsOf(name) {
		known = true
		for _, value := range r.Values {
			if a, err := netip.ParseAddr(value); err == nil {
				addresses = append(addresses, a)
			} else if r.Type == "CNAME" {
				found, _ := n.lookup(strings.TrimSuffix(value, "."), of, steps-1)
				addresses = append(addresses, found...)
			}
		}
		if r.Alias != nil {
			found, _ := n.lookup(r.Alias.Host, of, steps-1)
			addresses = append(addresses, slices.DeleteFunc(found, func(a netip.Addr) bool { return a.Is6() != (r.Type == "AAAA") })...)
		}
	}
	return addresses, known
}

// zoneOf returns the zone that answers for a name: the longest private zone that contains it, and the longest public
// one only without a private one
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html).
func (n *Names) zoneOf(name string) (best rehearsed.HostedZone) {
	for _, z := range n.zones {
		contains := name == z.Domain || strings.HasSuffix(name, "."+z.Domain)
		better := best.ID == "" || z.Private() && !best.Private() || z.Private() == best.Private() && len(z.Domain) > len(best.Domain)
		if contains && better {
			best = z
		}
	}
	return best
}

// recordsOf returns the records of a name, or else those of the longest wildcard that matches it
// (docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html#domain-name-format-asterisk).
func (n *Names) recordsOf(name string) (found []rehearsed.Record) {
	zone := n.zoneOf(name)
	for at := name; ; {
		for _, r := range n.records {
			if r.Zone == zone.ID && r.Name == at {
				found = append(found, r)
			}
		}
		_, parent, more := strings.Cut(strings.TrimPrefix(at, "*."), ".")
		if len(found) > 0 || !more || len(parent) < len(zone.Domain) {
			return found
		}
		at = "*." + parent
	}
}
