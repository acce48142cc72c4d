package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/gateway"
	"eksnet/lab/rehearsed"
)

// checkPlannedNames waits until the records of the stack are the names of the plan.
func checkPlannedNames(ctx context.Context, t *suiteRun) error {
	return waitFor(ctx, func() error {
		zones, records, err := t.Account().HostedZones(ctx)
		if err != nil {
			return err
		}
		addresses, err := t.addresses(ctx)
		if err != nil {
			return err
		}
		return joinLines(unplannedNames(t.stack, zones, records, addresses))
	})
}

// addresses returns the names of load balancers by the title of their object, such as "Service shop/shop-nlb".
func (t *suiteRun) addresses(ctx context.Context) (map[string]string, error) {
	all := map[string]string{}
	for _, o := range t.balanced() {
		found, err := t.get(ctx, o)
		if err != nil {
			return nil, err
		}
		if found == nil {
			continue
		}
		all[objectTitle(o)] = gateway.Host(found.Object)
		if at, _, _ := unstructured.NestedSlice(found.Object, "status", "loadBalancer", "ingress"); len(at) > 0 {
			all[objectTitle(o)], _ = field(at[0], "hostname").(string)
		}
	}
	return all, nil
}

// unplannedNames returns a line for each name of the plan that is not an alias of the load balancer of its workload,
// and for each other alias.
func unplannedNames(s *rehearsed.Stack, zones []rehearsed.HostedZone, records []rehearsed.Record, addresses map[string]string) (lines []string) {
	targets := map[string]string{}
	for _, r := range records {
		if r.Alias != nil {
			targets[r.Title()] = r.Alias.Host
		}
	}
	for _, planned := range s.Plan.Records {
		zone := zoneOf(zones, planned)
		w := slices.IndexFunc(s.Plan.Workloads, func(w rehearsed.Workload) bool { return w.Name == planned.Workload })
		if zone == "" || w < 0 {
			lines = append(lines, fmt.Sprintf("%s: planned in a zone with domain %s for workload %s, which do not exist", planned.Host, planned.Zone.Domain, planned.Workload))
			continue
		}
		object := s.Plan.Workloads[w].AddressOf
		for _, typ := range planned.Types {
			title := rehearsed.Record{Zone: zone, Name: strings.ToLower(planned.Host), Type: typ}.Title()
			if got := targets[title]; got == "" || got != addresses[object] {
				lines = append(lines, fmt.Sprintf("%s: planned for the load balancer of %s, %q, observed %q", title, object, addresses[object], got))
			}
			delete(targets, title)
		}
	}
	for title, target := range targets {
		lines = append(lines, fmt.Sprintf("%s: not planned, observed %q", title, target))
	}
	slices.Sort(lines)
	return lines
}

// zoneOf returns the ID of the zone of a planned name.
func zoneOf(zones []rehearsed.HostedZone, planned rehearsed.PlannedName) string {
	for _, z := range zones {
		if z.Domain == strings.ToLower(planned.Zone.Domain) && z.Private() == planned.Zone.Private {
			return z.ID
		}
	}
	return ""
}
