package stack

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/dns"
	"eksnet/internal/awsdata"
	"eksnet/network"
	"eksnet/plan"
)

// findHostedZones requests the zones that exist from Route 53, and refuses others than the stack file describes before
// anything changes. It returns their IDs by position, "" for a zone that the stack creates.
func (b *builder) findHostedZones() ([]string, error) {
	ids := make([]string, len(b.spec.DNS.Zones))
	var problems config.Problems
	for i, zone := range b.spec.DNS.Zones {
		if zone.Own {
			continue
		}
		args := &route53.LookupZoneArgs{ZoneId: &zone.ID}
		if zone.ID == "" {
			args = &route53.LookupZoneArgs{Name: &zone.Domain, PrivateZone: &zone.Private}
		}
		found, err := route53.LookupZone(b.ctx, args, pulumi.Provider(b.aws))
		if err != nil {
			return nil, fmt.Errorf("%s: hosted zone %s: %w", config.At("dns.zones", i), zone.Title(), err)
		}
		private := found.PrivateZone != nil && *found.PrivateZone
		problems = problems.With(plan.CheckHostedZone(i, zone, plan.FoundZone{
			ID: found.ZoneId, Domain: found.Name, Private: private, Ours: found.Tags[stackTag] == b.ctx.Stack(),
		}))
		ids[i] = found.ZoneId
	}
	return ids, problems.Err()
}

// hostedZones registers the zones in the order of the stack file.
func (b *builder) hostedZones(vpc *network.VPC, opts ...option) []*dns.Zone {
	var zones []*dns.Zone
	for i, zone := range b.spec.DNS.Zones {
		zones = append(zones, registerComponent(b, "hosted zone "+zone.Title(), func() (*dns.Zone, error) {
			return dns.NewZone(b.ctx, b.name+"-"+zone.Title(), &dns.ZoneArgs{Spec: zone, ID: b.hostedZoneIDs[i], Region: b.spec.Region, VPC: vpc.ID}, b.withAWS(opts)...)
		}))
	}
	return zones
}

// records registers the records of the load balancers. They have the names of hosts and not of workloads, so a host
// that another workload serves gets a changed record and not a new one.
func (b *builder) records(zones []*dns.Zone, opts ...option) {
	for _, record := range b.plan.Records {
		name := b.name + "-" + record.Host
		if record.Zone.Private {
			name += "-private"
		}
		registerComponent(b, "record "+record.Host, func() (*dns.Record, error) {
			zone, err := b.balancerZone(b.spec.Workloads[record.Workload])
			if err != nil {
				return nil, err
			}
			return dns.NewRecord(b.ctx, name, &dns.RecordArgs{
				Host: record.Host, Types: record.Types, Zone: zones[record.Index], Address: b.addresses[record.Workload], BalancerZone: zone,
			}, b.withAWS(opts)...)
		})
	}
}

// balancerZone returns the ID of the hosted zone of ELB that contains the names of the region's load balancers of the
// kind of a workload. The AWS provider has a table of them. Classic Load Balancers are in the zone of Application ones
// (docs.aws.amazon.com/general/latest/gr/elb.html).
func (b *builder) balancerZone(w config.Workload) (string, error) {
	typ := awsdata.ApplicationLoadBalancer
	if w.IsNLB() {
		typ = awsdata.NetworkLoadBalancer
	}
	found, err := lb.GetHostedZoneId(b.ctx, &lb.GetHostedZoneIdArgs{LoadBalancerType: &typ, Region: &b.spec.Region}, pulumi.Provider(b.aws))
	if err != nil {
		return "", fmt.Errorf("hosted zone of load balancers in %s: %w", b.spec.Region, err)
	}
	return found.Id, nil
}

// names returns the names of each workload that has records.
func (b *builder) names() pulumi.StringArrayMap {
	names := pulumi.StringArrayMap{}
	for _, name := range b.workloads() {
		hosts := b.plan.NamesOf(b.spec, name)
		if len(hosts) > 0 {
			names[name] = pulumi.ToStringArray(hosts)
		}
	}
	return names
}

// nameServers returns the name servers of the stack's public zones by domain.
func nameServers(spec config.DNS, zones []*dns.Zone) pulumi.StringArrayMap {
	servers := pulumi.StringArrayMap{}
	for i, zone := range spec.Zones {
		if zone.Own && !zone.Private {
			servers[zone.Domain] = zones[i].NameServers
		}
	}
	return servers
}
