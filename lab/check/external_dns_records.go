package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/rehearsed"
)

// namedObject is an object that someone creates by hand, with the host for which ExternalDNS creates records.
type namedObject struct {
	*unstructured.Unstructured
	host string
}

// resource returns the name of the object in TXT records.
func (o namedObject) resource() string {
	return strings.ToLower(o.GetKind()) + "/" + o.GetNamespace() + "/" + o.GetName()
}

// managedZones returns the zones in which ExternalDNS creates records: those of its filters, and all of a stack without
// it.
func managedZones(s *rehearsed.Stack) []rehearsed.HostedZone {
	release := externalDNSRelease(s)
	if release == nil {
		return s.HostedZones
	}
	domains, _ := release.Values["domainFilters"].([]any)
	ids := listField(release.Values["extraArgs"], "zone-id-filter")
	return slices.DeleteFunc(slices.Clone(s.HostedZones), func(z rehearsed.HostedZone) bool {
		return !slices.Contains(domains, any(z.Domain)) || len(ids) > 0 && !slices.Contains(ids, any(z.ID))
	})
}

// zonesFor returns the IDs of the zones in which ExternalDNS creates records for a host: all private ones that contain
// it, and the public one with the longest domain (github.com/kubernetes-sigs/external-dns v0.21.0, provider/aws).
func zonesFor(zones []rehearsed.HostedZone, host string) (ids []string) {
	var public rehearsed.HostedZone
	for _, z := range zones {
		switch {
		case host != z.Domain && !strings.HasSuffix(host, "."+z.Domain):
		case z.Private():
			ids = append(ids, z.ID)
		case len(z.Domain) > len(public.Domain):
			public = z
		}
	}
	if public.ID != "" {
		ids = append(ids, public.ID)
	}
	return ids
}

// describeNames returns a sorted line for each record of the hosts in a list of records: aliases by their load
// balancer, and TXT records by their owner and resource, whatever their names are.
func describeNames(records []rehearsed.Record, owner string) (lines []string) {
	for _, r := range records {
		switch {
		case r.Alias != nil:
			lines = append(lines, fmt.Sprintf("%s %s %s to %s", r.Zone, r.Name, r.Type, r.Alias.Host))
		case r.Type == "TXT" && hasOwner(r, owner):
			lines = append(lines, fmt.Sprintf("%s TXT of %s", r.Zone, heritage(r)["resource"]))
		}
	}
	slices.Sort(lines)
	return lines
}

// heritage returns the fields of a TXT record of ExternalDNS.
func heritage(r rehearsed.Record) map[string]string {
	fields := map[string]string{}
	for _, value := range r.Values {
		for field := range strings.SplitSeq(strings.Trim(value, `"`), ",") {
			name, text, _ := strings.Cut(strings.TrimPrefix(field, "external-dns/"), "=")
			fields[name] = text
		}
	}
	return fields
}

func hasOwner(r rehearsed.Record, owner string) bool {
	fields := heritage(r)
	return fields["heritage"] == rehearsed.ExternalDNS && fields["owner"] == owner
}

// othersRecords returns the records that are not of the stack.
func (t *suiteRun) othersRecords(ctx context.Context) ([]rehearsed.HostedZone, []rehearsed.Record, error) {
	zones, records, err := t.Account().HostedZones(ctx)
	return zones, slices.DeleteFunc(records, func(r rehearsed.Record) bool {
		return slices.ContainsFunc(t.stack.Records, func(own rehearsed.Record) bool { return own.Title() == r.Title() })
	}), err
}

// checkNames returns an error if the records of ExternalDNS are not those of the objects: in each zone an alias of each
// type to the address of the object, with a TXT record each.
func (t *suiteRun) checkNames(ctx context.Context, objects ...namedObject) error {
	_, records, err := t.othersRecords(ctx)
	if err != nil {
		return err
	}
	var wanted []string
	for _, o := range objects {
		address, err := t.address(ctx, o)
		if err != nil {
			return err
		}
		for _, zone := range zonesFor(managedZones(t.stack), o.host) {
			for _, typ := range []string{"A", "AAAA"} {
				wanted = append(wanted, fmt.Sprintf("%s %s %s to %s", zone, o.host, typ, address), fmt.Sprintf("%s TXT of %s", zone, o.resource()))
			}
		}
	}
	slices.Sort(wanted)
	made := describeNames(records, ownerOf(t.stack))
	var lines []string
	for _, line := range wanted {
		if !slices.Contains(made, line) {
			lines = append(lines, "missing: "+line)
		}
	}
	for _, line := range made {
		if !slices.Contains(wanted, line) {
			lines = append(lines, "too many: "+line)
		}
	}
	if len(lines) == 0 && len(made) != len(wanted) {
		lines = []string{fmt.Sprintf("%d records instead of %d", len(made), len(wanted))}
	}
	return joinLines(lines)
}

// address returns the name of the load balancer of an object.
func (t *suiteRun) address(ctx context.Context, o namedObject) (string, error) {
	found, err := t.get(ctx, o.Unstructured)
	if err != nil {
		return "", err
	}
	if found != nil {
		at, _, _ := unstructured.NestedSlice(found.Object, "status", "loadBalancer", "ingress")
		if len(at) > 0 {
			host, _ := field(at[0], "hostname").(string)
			return strings.ToLower(host), nil
		}
	}
	return "", fmt.Errorf("%s has no address", objectTitle(o.Unstructured))
}
