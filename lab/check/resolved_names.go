package check

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"eksnet/lab/rehearsed"
)

// checkResolvedNames queries the VPC's resolver for the names of the plan, and reads the names of hosts outside of the
// VPC. A name has the addresses of the load balancer of its workload, and a private one has none outside of the VPC.
func checkResolvedNames(ctx context.Context, t *suiteRun) error {
	return waitFor(ctx, func() error {
		addresses, err := t.addresses(ctx)
		if err != nil {
			return err
		}
		outside, err := readHosts()
		if err != nil {
			return err
		}
		var lines []string
		for _, planned := range t.stack.Plan.Records {
			w := slices.IndexFunc(t.stack.Plan.Workloads, func(w rehearsed.Workload) bool { return w.Name == planned.Workload })
			want := t.addressesInDNS(addresses[t.stack.Plan.Workloads[w].AddressOf], planned.Types)
			got, err := t.resolveInVPC(ctx, planned)
			if err != nil {
				return err
			}
			if len(want) == 0 || !slices.Equal(got, want) {
				lines = append(lines, fmt.Sprintf("%s in the VPC: %v, and its load balancer %v", planned.Host, got, want))
			}
			isPublic := slices.ContainsFunc(t.stack.Plan.Records, func(p rehearsed.PlannedName) bool { return p.Host == planned.Host && !p.Zone.Private })
			if known := outside[planned.Host]; isPublic && !slices.Equal(known, want) || !isPublic && len(known) > 0 {
				lines = append(lines, fmt.Sprintf("%s outside of the VPC: %v, and its load balancer %v, public %t", planned.Host, known, want, isPublic))
			}
		}
		return joinLines(lines)
	})
}

// addressesInDNS returns the sorted addresses of a load balancer of the families of record types.
func (t *suiteRun) addressesInDNS(host string, types []string) (all []string) {
	for _, zone := range t.Measurement().ZonesInDNS(host) {
		for _, a := range zone.Entries() {
			if slices.Contains(types, recordType(a)) {
				all = append(all, a.String())
			}
		}
	}
	slices.Sort(all)
	return all
}

func recordType(a netip.Addr) string {
	if a.Is6() {
		return "AAAA"
	}
	return "A"
}

// resolveInVPC returns the sorted addresses in the answers of the VPC's resolver to a host in the VPC.
func (t *suiteRun) resolveInVPC(ctx context.Context, planned rehearsed.PlannedName) (all []string, err error) {
	vpc, err := netip.ParsePrefix(t.stack.Network.VPC.CIDR)
	if err != nil {
		return nil, err
	}
	// docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
	server := netip.AddrPortFrom(vpc.Masked().Addr().Next().Next(), 53).String()
	for _, typ := range planned.Types {
		query := new(dns.Msg).SetQuestion(dns.Fqdn(planned.Host), dns.StringToType[typ])
		var connection *dns.Conn
		err := t.Measurement().Client().Network.Do(func() (err error) {
			connection, err = new(dns.Client).DialContext(ctx, server)
			return err
		})
		if err != nil {
			return nil, err
		}
		answer, _, err := new(dns.Client).ExchangeWithConnContext(ctx, query, connection)
		connection.Close()
		if err != nil {
			return nil, fmt.Errorf("query for %s: %w", planned.Host, err)
		}
		for _, record := range answer.Answer {
			switch record := record.(type) {
			case *dns.A:
				all = append(all, record.A.String())
			case *dns.AAAA:
				all = append(all, record.AAAA.String())
			}
		}
	}
	slices.Sort(all)
	return all, nil
}

// readHosts returns the sorted addresses of the names in /etc/hosts, which is that of the lab's hosts outside of pods.
func readHosts() (map[string][]string, error) {
	content, err := os.ReadFile("/etc/hosts")
	if err != nil {
		return nil, err
	}
	all := map[string][]string{}
	for line := range strings.Lines(string(content)) {
		if fields := strings.Fields(line); len(fields) == 2 {
			all[fields[1]] = append(all[fields[1]], fields[0])
		}
	}
	for _, addresses := range all {
		slices.Sort(addresses)
	}
	return all, nil
}
