package lint

import (
	"net/netip"
	"slices"
	"strings"

	"eksnet/config"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// placeRules are about the zones, subnets and names of load balancers.
var placeRules = []Rule{
	{
		Name: "no-subnet", Refused: true,
		Reason: "an internal load balancer requires private subnets, and an internet-facing one public subnets",
		Source: "docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html; docs.aws.amazon.com/eks/latest/userguide/alb-ingress.html",
		find:   findMissingSubnets,
	},
	{
		Name: "two-zones", Refused: true,
		Reason: "an Application Load Balancer requires at least two zones",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#availability-zones",
		find:   findSingleZone,
	},
	{
		Name: "zone-without-balancer", Measured: true,
		Reason: "targets in a zone without the load balancer get no traffic from it, and nodes and pods are in every zone of the stack",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#availability-zones",
		find:   findZonesLeftOut,
	},
	{
		Name:   "name-over-32",
		Reason: "the name of a load balancer has at most 32 characters, so the controller truncates its parts and adds a hash, and only the hash differs",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html; github.com/kubernetes-sigs/aws-load-balancer-controller, pkg/service/model_build_load_balancer.go, buildLoadBalancerName",
		find:   findEqualNames,
	},
}

func findMissingSubnets(s *config.Stack, zones []address.Zone, found reportFunc) {
	if len(zones) == 0 {
		return // a problem of the network's
	}
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		kind, of := "public", func(z address.Zone) netip.Prefix { return z.Public }
		if w.Scheme == config.Internal {
			kind, of = "private", func(z address.Zone) netip.Prefix { return z.Private }
		}
		for i, name := range w.Zones {
			if !slices.ContainsFunc(zones, func(z address.Zone) bool { return z.Name == name && of(z).IsValid() }) {
				found(config.At(path+".zones", i), "%s has no %s subnet for an %s load balancer; the stack's are in %s", name, kind, w.Scheme, strings.Join(s.Network.Zones, ", "))
			}
		}
	}
}

func findSingleZone(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ALBKinds...) {
		if distinct := slices.Compact(slices.Sorted(slices.Values(w.Zones))); len(distinct) == 1 {
			found(path+".zones", "%s alone; add another zone, or write kind: %s", distinct[0], strings.Replace(w.Kind, config.KindALB, config.KindNLB, 1))
		}
	}
}

func findZonesLeftOut(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		var without []string
		for _, zone := range s.Network.Zones {
			if !slices.Contains(w.Zones, zone) {
				without = append(without, zone)
			}
		}
		if len(w.Zones) > 0 && len(without) > 0 {
			found(path+".zones", "not %s, where nodes and pods may run; add them, unless targets there need no traffic", strings.Join(without, " and "))
		}
	}
}

// findEqualNames warns of load balancers whose names in the console do not show which is which.
func findEqualNames(s *config.Stack, _ []address.Zone, found reportFunc) {
	seen := map[string]balancer.LoadBalancer{}
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		name := balancer.ReadableName(b.Name, b.Members[0].Workload)
		first, taken := seen[name]
		if !taken {
			seen[name] = b
			continue
		}
		if name != "" {
			found(config.In("workloads", b.Members[0].Name), "%s is named %s-…, like %s; give them names that differ earlier", b, name, first)
		}
	}
}
