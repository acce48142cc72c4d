package check

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/config"
)

// Certificate is a certificate of ACM.
type Certificate struct {
	// Status is as ACM reports it, such as ISSUED, and Names are its domain names.
	Status string
	Names  []string
}

// HostedZone is a hosted zone of Route 53.
type HostedZone struct {
	ID, Domain string
	Private    bool
}

// checkCertificates fails for certificates that load balancers cannot use, and warns of hosts that they are not for.
func checkCertificates(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	users := usersOf(s.Spec.Workloads, func(w config.Workload) []string {
		if w.Certificate == "" {
			return nil
		}
		return []string{w.Certificate}
	})
	var rows []Row
	for _, arn := range slices.Sorted(maps.Keys(users)) {
		found, err := p.Certificate(ctx, arn)
		if err != nil && account.CauseOf(err) != account.Gone {
			return rows, err
		}
		row := Row{Check: "certificate of " + strings.Join(users[arn], ", "), Status: Passed, Found: found.Status + ", for " + strings.Join(found.Names, ", ")}
		uncovered := uncoveredHosts(s.Spec, users[arn], found.Names)
		switch {
		case err != nil:
			row.Status, row.Found = Failed, arn+" does not exist"
			row.Advice = "request or import it in account and region of the stack, or write another ARN: aws acm list-certificates --region " + s.Spec.Region
		case found.Status != "ISSUED":
			row.Status, row.Advice = Failed, "load balancers accept issued certificates only: see aws acm describe-certificate --certificate-arn "+arn+" --region "+s.Spec.Region
		case len(uncovered) > 0:
			row.Status, row.Advice = Warned, "it is not for "+strings.Join(uncovered, ", ")+": clients refuse it there"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// uncoveredHosts returns the hosts of workloads for which none of the names of a certificate is.
func uncoveredHosts(s *config.Stack, workloads, names []string) (hosts []string) {
	for _, name := range workloads {
		w := s.Workloads[name]
		for _, host := range append(slices.Clone(w.Hosts), w.Hostname) {
			if host != "" && !slices.ContainsFunc(names, func(name string) bool { return covers(name, host) }) {
				hosts = append(hosts, host)
			}
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// covers reports whether a name of a certificate is that of a host. A wildcard matches one label
// (docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html).
func covers(name, host string) bool {
	domain, wild := strings.CutPrefix(name, "*.")
	if !wild {
		return name == host
	}
	_, parent, found := strings.Cut(host, ".")
	return found && parent == domain
}

// checkHostedZones fails for zones of the stack file that do not exist, or are not the ones that it describes.
func checkHostedZones(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	if len(s.Spec.DNS.Zones) == 0 {
		return nil, nil
	}
	all, err := p.HostedZones(ctx)
	if err != nil {
		return nil, err
	}
	var rows []Row
	for _, zone := range s.Spec.DNS.Zones {
		rows = append(rows, zoneRow(zone, all))
	}
	return rows, nil
}

func zoneRow(zone config.HostedZone, all []HostedZone) Row {
	row := Row{Check: "hosted zone " + zone.Domain, Status: Passed, Found: visibility(zone.Private)}
	same := slices.Clone(all)
	same = slices.DeleteFunc(same, func(z HostedZone) bool { return z.Domain != zone.Domain || z.Private != zone.Private })
	byID := slices.IndexFunc(all, func(z HostedZone) bool { return z.ID == zone.ID })
	switch {
	case zone.Own && len(same) > 0:
		row.Status, row.Found = Warned, fmt.Sprintf("the stack creates it, and the account has %s with this domain, %s", row.Found, same[0].ID)
		row.Advice = "the name servers of the parent domain decide which one answers: remove own to use the existing one"
	case zone.Own:
		row.Found += ", the stack creates it"
	case zone.ID != "" && byID < 0:
		row.Status, row.Found, row.Advice = Failed, zone.ID+" does not exist in the account", existingZones(all)
	case zone.ID != "" && (all[byID].Domain != zone.Domain || all[byID].Private != zone.Private):
		row.Status, row.Found = Failed, fmt.Sprintf("%s is %s of %s", zone.ID, visibility(all[byID].Private), all[byID].Domain)
		row.Advice = "write domain and private as they are, or another id; " + existingZones(all)
	case zone.ID != "":
		row.Found += ", " + zone.ID
	case len(same) == 0:
		row.Status, row.Found = Failed, "the account has no "+strings.TrimPrefix(row.Found, "a ")+" of this domain"
		row.Advice = "create it, or write own: true; " + existingZones(all)
	case len(same) > 1:
		row.Status, row.Found = Failed, fmt.Sprintf("the account has %d of this domain and kind: %s", len(same), zoneIDs(same))
		row.Advice = "write the id of one of them"
	default:
		row.Found += ", " + same[0].ID
	}
	return row
}

func visibility(private bool) string {
	if private {
		return "a private zone"
	}
	return "a public zone"
}

func zoneIDs(zones []HostedZone) string {
	var ids []string
	for _, z := range zones {
		ids = append(ids, z.ID)
	}
	return strings.Join(ids, ", ")
}

// existingZones lists the zones of the account.
func existingZones(all []HostedZone) string {
	if len(all) == 0 {
		return "the account has no hosted zones"
	}
	var lines []string
	for _, z := range all {
		lines = append(lines, fmt.Sprintf("%s (%s, %s)", z.Domain, z.ID, strings.TrimPrefix(visibility(z.Private), "a ")))
	}
	return "existing: " + strings.Join(lines, ", ")
}
