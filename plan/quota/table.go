package quota

import (
	"slices"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/balancer"
)

// limit is a row of the table of default quotas, as of November 2026, and what a stack needs of it.
type limit struct {
	name, service, code string
	amount              int
	unit                string
	source              string
	// global is a quota of a service without regions.
	global bool

	needed int
	path   string
}

// need is the limit with what a stack needs of it and the path that the need comes from.
func (l limit) need(needed int, path string) limit {
	l.needed, l.path = needed, path
	return l
}

// AWS's pages that give the defaults.
const (
	vpcQuotas      = "https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"
	endpointQuotas = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html"
	eksQuotas      = "https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"
	onDemandQuotas = "https://docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html"
	spotQuotas     = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-spot-limits.html"
	volumeQuotas   = "https://docs.aws.amazon.com/general/latest/gr/ebs-service.html"
	clbQuotas      = "https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-limits.html"
	nlbQuotas      = "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html"
	albQuotas      = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"
	zoneQuotas     = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html"
)

// processorUnit is what EC2's quotas of instances count.
const processorUnit = "vCPUs"

// The table: defaults of November 2026. A row without a code is a limit that AWS does not increase.
var (
	vpcsPerRegion      = limit{name: "VPCs per Region", service: "vpc", code: VPCs, amount: 5, source: vpcQuotas}
	internetGateways   = limit{name: "Internet gateways per Region", service: "vpc", code: InternetGateways, amount: 5, source: vpcQuotas}
	egressOnlyGateways = limit{name: "Egress-only internet gateways per Region", service: "vpc", code: "L-45FE3B85", amount: 5, source: vpcQuotas}
	elasticIPs         = limit{name: "EC2-VPC Elastic IPs", service: "ec2", code: ElasticIPs, amount: 5, source: vpcQuotas}
	natGateways        = limit{name: "NAT gateways per Availability Zone", service: "vpc", code: NATGateways, amount: 5, source: vpcQuotas}
	interfaceEndpoints = limit{name: "Interface VPC endpoints per VPC", service: "vpc", code: "L-29B6F2EB", amount: 50, source: endpointQuotas}
	gatewayEndpoints   = limit{name: "Gateway VPC endpoints per Region", service: "vpc", code: "L-1B52E74A", amount: 20, source: endpointQuotas}
	groupsOfInterface  = limit{name: "Security groups per network interface", service: "vpc", code: "L-2AFB9258", amount: awsdata.SecurityGroupsPerInterface, source: vpcQuotas}
	rulesOfGroup       = limit{name: "Inbound or outbound rules per security group", service: "vpc", code: "L-0EA8095F", amount: 60, source: vpcQuotas}

	clustersPerRegion = limit{name: "Clusters", service: "eks", code: Clusters, amount: 100, source: eksQuotas}
	groupsPerCluster  = limit{name: "Managed node groups per cluster", service: "eks", code: "L-6D54EA21", amount: 30, source: eksQuotas}
	nodesOfGroup      = limit{name: "Nodes per managed node group", service: "eks", code: "L-BD136A63", amount: 450, source: eksQuotas}
	accessEntries     = limit{name: "Access entries per cluster", service: "eks", amount: 3000, source: eksQuotas}
	publicRanges      = limit{name: "Public endpoint access CIDR ranges per cluster", service: "eks", amount: 40, source: eksQuotas}

	onDemandStandard = limit{name: "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", service: "ec2", code: OnDemandStandard, amount: 5, unit: processorUnit, source: onDemandQuotas}
	onDemandGraphics = limit{name: "Running On-Demand G and VT instances", service: "ec2", code: OnDemandGraphics, amount: 0, unit: processorUnit, source: onDemandQuotas}
	spotStandard     = limit{name: "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", service: "ec2", code: SpotStandard, amount: 5, unit: processorUnit, source: spotQuotas}
	spotGraphics     = limit{name: "All G and VT Spot Instance Requests", service: "ec2", code: SpotGraphics, amount: 0, unit: processorUnit, source: spotQuotas}
	gp3Storage       = limit{name: "Storage for General Purpose SSD (gp3) volumes, in TiB", service: "ebs", code: VolumeStorage, amount: 50, source: volumeQuotas}

	clbsPerRegion     = limit{name: "Classic Load Balancers per Region", service: "elasticloadbalancing", code: ClassicLoadBalancers, amount: 20, source: clbQuotas}
	instancesOfCLB    = limit{name: "Registered Instances per Classic Load Balancer", service: "elasticloadbalancing", code: "L-CE3125E5", amount: 1000, source: clbQuotas}
	nlbsPerRegion     = limit{name: "Network Load Balancers per Region", service: "elasticloadbalancing", code: NetworkLoadBalancers, amount: 50, source: nlbQuotas}
	targetsOfNLB      = limit{name: "Targets per Availability Zone per Network Load Balancer", service: "elasticloadbalancing", code: "L-B211E961", amount: 500, source: nlbQuotas}
	albsPerRegion     = limit{name: "Application Load Balancers per Region", service: "elasticloadbalancing", code: ApplicationLoadBalancers, amount: 50, source: albQuotas}
	rulesOfALB        = limit{name: "Rules per Application Load Balancer", service: "elasticloadbalancing", code: "L-7EED9B64", amount: awsdata.RulesPerALB, source: albQuotas}
	targetGroupsOfALB = limit{name: "Target Groups per Application Load Balancer", service: "elasticloadbalancing", amount: 100, source: albQuotas}
	targetsOfALB      = limit{name: "Targets per Application Load Balancer", service: "elasticloadbalancing", code: "L-7E6692B2", amount: 1000, source: albQuotas}
	targetsOfGroup    = limit{name: "Targets per Target Group per Region", service: "elasticloadbalancing", code: "L-A0D0B863", amount: 1000, source: albQuotas}

	zonesPerAccount = limit{name: "Hosted zones", service: "route53", code: HostedZones, amount: 500, source: zoneQuotas, global: true}
	recordsOfZone   = limit{name: "Records per hosted zone", service: "route53", code: "L-E209CC9F", amount: 10000, source: zoneQuotas, global: true}
)

// networkLimits are those of the VPC. The control plane's interfaces use two security groups, as load balancers of the
// controller do: their own and the shared one.
func networkLimits(s *config.Stack, gateways, endpoints int) []limit {
	gatewaysPerZone, egressOnly := min(gateways, 1), 0
	if s.Network.IPv6() {
		egressOnly = 1
	}
	return []limit{
		vpcsPerRegion.need(1, "network"),
		internetGateways.need(1, "network"),
		egressOnlyGateways.need(egressOnly, "network.ipFamily"),
		elasticIPs.need(gateways+ownAddresses(s), "network.nat"),
		natGateways.need(gatewaysPerZone, "network.nat"),
		interfaceEndpoints.need(endpoints, "network.endpoints"),
		gatewayEndpoints.need(1, "network"),
		groupsOfInterface.need(2, "cluster"),
		rulesOfGroup.need(max(nodeRules(s), balancerRules(s)), "workloads"),
	}
}

// nodeRules counts the rules of the nodes' security group: its own, one for each CLB (the cloud controller's) and one
// for each protocol of all that the load balancer controller makes (ports of one protocol are one range;
// aws-load-balancer-controller, pkg/targetgroupbinding). What takes UDP is checked by TCP. Pods with a security group
// of their own have the controller's rules in that group, and two rules here for their queries to CoreDNS.
func nodeRules(s *config.Stack) int {
	rules, tcp, udp := 1, 0, 0
	for _, w := range s.Workloads {
		if w.PodSecurityGroup {
			rules += 2
		}
	}
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		elsewhere := func(m balancer.Member) bool { return m.PodSecurityGroup && m.Target == config.TargetIP }
		switch {
		case b.Kind == config.KindCLB:
			rules++
		case !slices.ContainsFunc(b.Members, func(m balancer.Member) bool { return !elsewhere(m) }):
		case b.Members[0].HasUDP():
			tcp, udp = 1, 1
		default:
			tcp = 1
		}
	}
	return rules + tcp + udp
}

// ownAddresses counts the Elastic IPs of NLBs, which exist already and count too.
// Members of a group may list the same.
func ownAddresses(s *config.Stack) int {
	all := map[string]bool{}
	for _, w := range s.Workloads {
		for _, id := range w.ElasticIPs {
			all[id] = true
		}
	}
	return len(all)
}

// balancerRules counts the rules of the security group in front of a load balancer, of the one that has most: each
// source range, and each entry of a prefix list, with each port. The cloud controller adds ICMP for each range
// (cloud-provider-aws, pkg/providers/v1/aws.go EnsureLoadBalancer; aws-load-balancer-controller, pkg/deploy/ec2 and
// pkg/service/model_build_managed_sg.go). Groups of the operator's own have their own rules.
func balancerRules(s *config.Stack) (most int) {
	for _, b := range balancer.LoadBalancers(s.Workloads) {
		ports := map[int]bool{}
		withGroup := balancer.WithGroupSettings(s, b.Members[0].Name)
		for _, m := range b.Members {
			for _, l := range balancer.ListenersOf(m.Workload) {
				ports[l.Port] = true
			}
		}
		rules := len(ports)
		if b.Kind == config.KindCLB {
			rules++
		}
		if len(withGroup.SecurityGroups) == 0 {
			most = max(most, rules*sourcesOf(s, withGroup))
		}
	}
	return most
}

// sourcesOf counts the sources of the rules for a port: a range is one, and a prefix list its number of entries.
func sourcesOf(s *config.Stack, w config.Workload) int {
	sources := len(w.SourceRanges)
	for _, entries := range w.PrefixLists {
		sources += entries
	}
	if sources == 0 {
		return len(balancer.Everywhere(s))
	}
	return sources
}

// clusterLimits are those of the control plane and its node groups. The creator and the nodes' role have access entries
// too.
func clusterLimits(s *config.Stack) []limit {
	largest, principals := 0, map[string]bool{}
	for _, group := range s.NodeGroups {
		largest = max(largest, group.Scaling.Max)
	}
	for _, arn := range append(append([]string{}, s.Cluster.Admins...), s.Cluster.Viewers...) {
		principals[arn] = true
	}
	for _, access := range s.Cluster.Access {
		principals[access.Principal] = true
	}
	ranges := 0
	if s.Cluster.Endpoint != nil {
		ranges = len(s.Cluster.Endpoint.PublicCIDRs)
	}
	return []limit{
		clustersPerRegion.need(1, "cluster"),
		groupsPerCluster.need(len(s.NodeGroups), "nodeGroups"),
		nodesOfGroup.need(largest, "nodeGroups"),
		accessEntries.need(len(principals)+2, "cluster.access"),
		publicRanges.need(ranges, "cluster.endpoint.publicCidrs"),
	}
}
