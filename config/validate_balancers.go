package config

import (
	"maps"
	"slices"
	"strings"

	"eksnet/internal/awsdata"
)

// balanced checks what a workload has behind a load balancer. Keys that its kind does not take are another's to refuse.
func (v *validator) balanced(path string, w Workload, s *Stack) {
	v.oneOf(path+".scheme", w.Scheme, InternetFacing, Internal)
	v.target(path+".target", w)
	v.sources(path, w, s.Network.IPv6())
	v.pods(path, w)
	v.sidecar(path, w, s.Addons.Istio)
	v.accessLogs(path+".accessLogs", w.AccessLogs)
	v.podSecurityGroup(path, w, s.Addons.VPCCNI)
	switch {
	case w.Kind == KindCLB:
		v.nodePorts(path, w)
		v.port(path+".port", w.Port)
		v.hostname(path+".hostname", w.Hostname)
		v.between(path+".draining", w.Draining, 0, 3600, "seconds")
		return
	case w.IsNLB():
		v.nodePorts(path, w)
		v.port(path+".port", w.Port)
		v.listener(path, w)
		v.idleTimeout(path+".idleTimeout", w)
		v.hostname(path+".hostname", w.Hostname)
		v.elasticIPs(path, w, s.Network)
	case w.IsALB():
		v.nodePorts(path, w)
		v.requests(path, w)
		v.waf(path+".waf", w.WAF, s)
		v.mutualTLS(path+".mutualTls", w, s.Region)
	}
	v.certificate(path, w, s.Region)
	v.tlsPolicy(path+".tlsPolicy", w)
	v.zones(path+".zones", w.Zones, s.Network.Zones)
	v.prefixLists(path+".prefixLists", w)
	v.securityGroups(path, w)
	v.health(path, w)
	if w.DeregistrationDelay != nil {
		v.between(path+".deregistrationDelay", *w.DeregistrationDelay, 0, 3600, "seconds")
	}
	v.attributes(path+".attributes", w.Kind, w.Attributes, awsdata.LoadBalancerAttributes, balancerKeys)
	v.attributes(path+".targetGroupAttributes", w.Kind, w.TargetGroupAttributes, awsdata.TargetGroupAttributes, targetKeys)
	v.together(path, w)
	if w.IsGateway() {
		v.gateway(path, w, s.Addons.GatewayAPI)
	}
}

func (v *validator) target(path string, w Workload) {
	if w.Kind == KindCLB && w.Target == TargetIP {
		v.Add(path, "ip, but a Classic Load Balancer supports instance targets only; write instance, or kind nlb or alb")
		return
	}
	v.oneOf(path, w.Target, TargetIP, TargetInstance)
}

func (v *validator) nodePorts(path string, w Workload) {
	switch {
	case w.Target == TargetIP && w.TrafficPolicy != "":
		v.Add(path+".trafficPolicy", "%q, but traffic to ip targets does not pass through a node port; remove it or write target: instance", w.TrafficPolicy)
	case w.TrafficPolicy != "":
		v.oneOf(path+".trafficPolicy", w.TrafficPolicy, PolicyCluster, PolicyLocal)
	}
}

// port is the port of a listener. It is the only one of its load balancer, so no other can have the same.
func (v *validator) port(path string, port int) {
	if v.outside(path, port, 1, 65535) {
		v.Add(path, "%d is not a port; 1 to 65535 are accepted", port)
	}
}

// listener checks what an NLB listens for.
func (v *validator) listener(path string, w Workload) {
	v.oneOf(path+".protocol", w.Protocol, ProtocolTCP, ProtocolUDP, ProtocolTLS, ProtocolTCPUDP)
	switch {
	case w.Protocol == ProtocolTCPUDP && w.IsGateway():
		v.Add(path+".protocol", "TCP_UDP, but a route of a Gateway is for TCP or for UDP, and a workload has one; write kind: nlb")
	case w.Protocol == ProtocolTCPUDP && w.Target == TargetInstance:
		v.Add(path+".protocol", "TCP_UDP, but with instance targets Kubernetes assigns a node port for TCP and another one for UDP, and a target has one; write target: ip")
	case w.Protocol == ProtocolTLS && w.Certificate == "":
		v.Add(path+".certificate", "missing; a TLS listener requires a certificate in ACM, such as arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012")
	case w.Protocol != ProtocolTLS && w.Certificate != "":
		v.Add(path+".certificate", "an NLB with a %s listener uses no certificate; write protocol: TLS, or remove it", w.Protocol)
	}
}

// idleTimeout follows AWS, which changes the idle timeout of TCP listeners only: it is 350 seconds with TLS, and 120
// with UDP (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html#listener-attributes).
func (v *validator) idleTimeout(path string, w Workload) {
	switch {
	case w.IdleTimeout == nil:
	case w.Protocol != ProtocolTCP:
		v.Add(path, "%d, but AWS changes the idle timeout of TCP listeners only, and this one is for %s; remove it", *w.IdleTimeout, w.Protocol)
	default:
		v.between(path, *w.IdleTimeout, awsdata.LeastIdleTimeout, awsdata.MostIdleTimeout, "seconds")
	}
}

// certificate is one of ACM in the load balancer's own region, of any account that shares it. What partition it is of
// is plan's to check.
func (v *validator) certificate(path string, w Workload, region string) {
	at, parts := path+".certificate", certificateARN.FindStringSubmatch(w.Certificate)
	switch {
	case w.Certificate == "":
		if w.Redirect != nil && w.IsALB() {
			v.Add(path+".redirect", "%t, but without a certificate there is no HTTPS listener; add certificate, or remove it", *w.Redirect)
		}
	case !v.matches(at, w.Certificate, certificateARN):
		v.Add(at, "%q is not the ARN of a certificate in ACM, such as arn:aws:acm:%s:111122223333:certificate/12345678-1234-1234-1234-123456789012", w.Certificate, region)
	case region != "" && parts[1] != region:
		v.Add(at, "the certificate is in %s, but a load balancer uses certificates of its own region, %s; request or import it there", parts[1], region)
	}
}

// tlsPolicy is a policy of listeners that terminate TLS.
func (v *validator) tlsPolicy(path string, w Workload) {
	switch {
	case w.TLSPolicy == "":
	case w.IsNLB() && w.Protocol != ProtocolTLS:
		v.Add(path, "%q, but an NLB with a %s listener terminates no TLS; write protocol: TLS with a certificate, or remove it", w.TLSPolicy, w.Protocol)
	case w.IsALB() && w.Certificate == "":
		v.Add(path, "%q, but without a certificate there is no HTTPS listener; add certificate, or remove it", w.TLSPolicy)
	case !slices.Contains(awsdata.TLSPolicies, w.TLSPolicy):
		near := Near(w.TLSPolicy, awsdata.TLSPolicies)
		if near != "" {
			near = "did you mean " + near + "? "
		}
		v.Add(path, "%q is not a security policy of load balancers as of November 2026; %saccepted: %s", w.TLSPolicy, near, list(awsdata.TLSPolicies...))
	}
	v.accept(path, func(c *Constraint) { c.OneOf = awsdata.TLSPolicies })
}

func (v *validator) sources(path string, w Workload, ipv6 bool) {
	v.filled(path+".sourceRanges", w.SourceRanges, "203.0.113.0/24", "any address")
	for i, cidr := range w.SourceRanges {
		at := At(path+".sourceRanges", i)
		switch {
		case !strings.HasPrefix(cidr, "pl-"):
			v.clientRange(at, cidr, ipv6)
		case w.Kind == KindCLB:
			v.Add(at, "%q is the ID of a prefix list, but the EKS cloud controller creates no rules for one; list its ranges, or write kind: nlb or alb and prefixLists", cidr)
		default:
			v.Add(at, "%q is the ID of a prefix list; write it into prefixLists with its number of entries", cidr)
		}
		if v.repeated(at, w.SourceRanges, i) {
			v.Add(at, "%q is listed twice; list each range once", cidr)
		}
	}
	if len(w.SourceRanges) > 0 && len(w.SecurityGroups) > 0 {
		v.Add(path+".sourceRanges", "%s, but the groups in securityGroups decide which clients may connect; add the ranges to those groups, or remove one of the two keys", Count(len(w.SourceRanges), "range", "ranges"))
	}
}

// prefixLists are lists of EC2, whose number of entries no stack file can know: EC2 counts a rule for a list as that
// many rules (docs.aws.amazon.com/vpc/latest/userguide/managed-prefix-lists.html).
func (v *validator) prefixLists(path string, w Workload) {
	if w.PrefixLists != nil && len(w.PrefixLists) == 0 {
		v.Add(path, "the map is empty; add entries, such as {pl-0123456789abcdef0: 20}, or remove the key for any address")
	}
	for _, id := range w.PrefixListIDs() {
		at, entries := In(path, id), w.PrefixLists[id]
		if !v.matches(keyOf(path), id, prefixListID) {
			v.Add(at, "%q is not the ID of a prefix list, such as pl-0123456789abcdef0", id)
		}
		if v.outside(at, entries, 1, mostPrefixListEntries) {
			v.Add(at, "%d entries; 1 to %d are accepted: the maximum of your own list, or the weight of a list of AWS", entries, mostPrefixListEntries)
		}
	}
	if len(w.PrefixLists) > 0 && len(w.SecurityGroups) > 0 {
		v.Add(path, "%s, but the groups in securityGroups decide which clients may connect; add rules for the lists to those groups, or remove one of the two keys", Count(len(w.PrefixLists), "list", "lists"))
	}
}

// mostPrefixListEntries is the quota of entries in a prefix list, which AWS does not increase
// (docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-prefix-lists).
const mostPrefixListEntries = 1000

func (v *validator) zones(path string, zones, all []string) {
	v.filled(path, zones, strings.Join(all, ", "), "all zones")
	for i, zone := range zones {
		v.acceptPattern(At(path, i), zoneName.String())
		switch {
		case !slices.Contains(all, zone):
			v.Add(At(path, i), "%q is not a zone of network.zones; accepted: %s", zone, list(all...))
		case v.repeated(At(path, i), zones, i):
			v.Add(At(path, i), "%q is listed twice; list each zone once", zone)
		}
	}
}

// securityGroups leave one of the five that a load balancer takes to the controller, which opens nodes and pods to that
// one (docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html).
func (v *validator) securityGroups(path string, w Workload) {
	at := path + ".securityGroups"
	v.filled(at, w.SecurityGroups, "sg-0123456789abcdef0", "the controller's security group, which allows sourceRanges")
	for i, id := range w.SecurityGroups {
		switch {
		case !v.matches(At(at, i), id, groupID):
			v.Add(At(at, i), "%q is not a security group ID, such as sg-0123456789abcdef0", id)
		case v.repeated(At(at, i), w.SecurityGroups, i):
			v.Add(At(at, i), "%q is listed twice; list each group once", id)
		}
	}
	if v.exceeds(at, len(w.SecurityGroups), awsdata.SecurityGroupsPerInterface-1) {
		v.Add(at, "%d groups; a load balancer can have five, and one is the controller's, from which nodes and pods accept traffic: list up to 4", len(w.SecurityGroups))
	}
}

func (v *validator) elasticIPs(path string, w Workload, n Network) {
	at, zones := path+".elasticIps", w.Zones
	if len(zones) == 0 {
		zones = n.Zones
	}
	ofGroup := w.Group != "" && len(w.Zones) == 0 // another member may list zones, which package lint checks
	for i, id := range w.ElasticIPs {
		switch {
		case !v.matches(At(at, i), id, allocationID):
			v.Add(At(at, i), "%q is not the allocation ID of an Elastic IP, such as eipalloc-0123456789abcdef0", id)
		case v.repeated(At(at, i), w.ElasticIPs, i):
			v.Add(At(at, i), "%q is listed twice; a zone needs an address of its own", id)
		}
	}
	switch {
	case len(w.ElasticIPs) == 0:
	case w.Scheme == Internal:
		v.Add(at, "%s, but an internal load balancer has no public addresses; remove them or write scheme: internet-facing", Count(len(w.ElasticIPs), "address", "addresses"))
	case len(w.ElasticIPs) != len(zones) && !ofGroup:
		v.Add(at, "%s for %s; list one for each of %s, in that order", Count(len(w.ElasticIPs), "address", "addresses"), Count(len(zones), "zone", "zones"), strings.Join(zones, ", "))
	}
}

// addresses refuses an Elastic IP that two load balancers would have. Members of a group have one load balancer.
func (v *validator) addresses(workloads map[string]Workload) {
	holder := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(workloads)) {
		w := workloads[name]
		for i, id := range w.ElasticIPs {
			grouped := w.Group != "" && workloads[holder[id]].Group == w.Group
			if other := holder[id]; other != "" && other != name && !grouped {
				v.Add(At(In("workloads", name)+".elasticIps", i), "%q is also used by workload %s; an Elastic IP belongs to one load balancer", id, other)
			}
			holder[id] = name
		}
	}
}
