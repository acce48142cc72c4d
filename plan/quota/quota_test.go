package quota_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
	"eksnet/plan/quota"
)

// nodes is a group of a size.
func nodes(most int, types ...string) config.NodeGroup {
	return config.NodeGroup{InstanceTypes: types, Capacity: config.OnDemand, Scaling: config.Scaling{Desired: 1, Max: most}, DiskGiB: 50}
}

// quotaOf finds a quota of a plan by its code or name.
func quotaOf(p *plan.Plan, which string) quota.Quota {
	i := slices.IndexFunc(p.Quotas, func(q quota.Quota) bool { return q.Code == which || q.Name == which })
	if i < 0 {
		return quota.Quota{}
	}
	return p.Quotas[i]
}

func TestThePlanWarnsOfADefaultThatIsNotEnoughWithTheNumberAndTheCommand(t *testing.T) {
	tests := map[string]struct {
		change func(*config.Stack)
		path   string
		text   string
	}{
		"GPUs, for which the default quota is 0": {
			func(s *config.Stack) { s.NodeGroups["gpu"] = nodes(1, "g5.xlarge") },
			"nodeGroups",
			`may need 4 vCPUs of ec2's quota "Running On-Demand G and VT instances", and the default is 0`,
		},
		"node groups": {
			func(s *config.Stack) {
				for i := range 31 {
					s.NodeGroups[fmt.Sprint("group-", i)] = nodes(1, "t3.small")
				}
			},
			"nodeGroups", "--service-code eks --quota-code L-6D54EA21 --desired-value 32",
		},
		"nodes of a group": {
			func(s *config.Stack) { s.NodeGroups["general"] = nodes(451, "t3.small") },
			"nodeGroups", "--service-code eks --quota-code L-BD136A63 --desired-value 451",
		},
		"disks": {
			func(s *config.Stack) {
				group := nodes(4, "t3.small")
				group.DiskGiB = 16384
				s.NodeGroups["general"] = group
			},
			"nodeGroups", "--service-code ebs --quota-code L-7A658B76 --desired-value 64",
		},
		"Classic Load Balancers": {
			func(s *config.Stack) { s.Workloads = plantest.Workloads(config.KindCLB, 21) },
			"workloads", "--service-code elasticloadbalancing --quota-code L-E9E9831D --desired-value 21",
		},
		"Network Load Balancers": {
			func(s *config.Stack) { s.Workloads = plantest.Workloads(config.KindNLB, 51) },
			"workloads", "--service-code elasticloadbalancing --quota-code L-69A177A2 --desired-value 51",
		},
		"Application Load Balancers": {
			func(s *config.Stack) { s.Workloads = plantest.Workloads(config.KindALB, 51) },
			"workloads", "--service-code elasticloadbalancing --quota-code L-53DA6B97 --desired-value 51",
		},
		"instances behind one ALB": {
			func(s *config.Stack) {
				s.NodeGroups["general"] = nodes(400, "t3.small")
				for _, name := range []string{"cart", "search", "shop"} {
					s.Workloads = plantest.AddWorkload(s.Workloads, name, config.Workload{Kind: config.KindALB, Group: "shop", Target: config.TargetInstance, Replicas: 1})
				}
			},
			"workloads", "--service-code elasticloadbalancing --quota-code L-7E6692B2 --desired-value 1200",
		},
		"rules of nodes that many CLBs lead to": {
			func(s *config.Stack) { s.Workloads = plantest.Workloads(config.KindCLB, 60) },
			"workloads", "--service-code vpc --quota-code L-0EA8095F --desired-value 61",
		},
		"rules of nodes that UDP comes to, checked by TCP": {
			func(s *config.Stack) {
				s.Workloads = plantest.Workloads(config.KindCLB, 58)
				s.Workloads["dns"] = config.Workload{Kind: config.KindNLB, Scheme: config.InternetFacing, Target: config.TargetIP, Protocol: config.ProtocolUDP, Replicas: 2}
			},
			"workloads", "--service-code vpc --quota-code L-0EA8095F --desired-value 61",
		},
		"rules of a load balancer for a prefix list, one for each of its entries with each port": {
			func(s *config.Stack) {
				s.Workloads = plantest.AddWorkload(s.Workloads, "shop", config.Workload{Kind: config.KindALB, Target: config.TargetIP, Replicas: 2,
					Certificate: "arn:aws:acm:ap-northeast-2:111122223333:certificate/c", SourceRanges: []string{"203.0.113.0/24"}, PrefixLists: map[string]int{"pl-1": 55}})
			},
			"workloads", "--service-code vpc --quota-code L-0EA8095F --desired-value 112",
		},
		"ranges of the public endpoint, which AWS does not raise": {
			func(s *config.Stack) { s.Cluster.Endpoint.PublicCIDRs = make([]string, 41) },
			"cluster.endpoint.publicCidrs",
			`may need 41 of eks's quota "Public endpoint access CIDR ranges per cluster", and the default is 40; AWS does not increase it: reduce the need`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := plantest.Stack()
			test.change(s)
			p, _ := plan.New(s)
			warned := func(w config.Warning) bool { return w.Path == test.path && strings.Contains(w.Text, test.text) }
			if !slices.ContainsFunc(p.Warnings, warned) {
				t.Errorf("want  %s: %s\ngot   %v", test.path, test.text, p.Warnings)
			}
		})
	}
}

// Nearly every stack needs more vCPUs than the default, and nearly every account has them.
func TestQuotasOfStandardInstancesAreShownWithTheirCommandAndNotWarnedOf(t *testing.T) {
	for _, test := range []struct{ capacity, code string }{{config.OnDemand, "L-1216C47A"}, {config.Spot, "L-34B43A08"}} {
		s := plantest.Stack()
		group := nodes(6, "m7g.large", "m6g.large", "m8g.large")
		group.Capacity = test.capacity
		s.NodeGroups["general"] = group
		p, _ := plan.New(s)
		if len(p.Warnings) != 0 {
			t.Errorf("%v", p.Warnings)
		}
		if q := quotaOf(p, test.code); !q.Short() || !strings.HasPrefix(q.Command, "aws service-quotas request-service-quota-increase") || !strings.Contains(q.Command, "--desired-value 12 ") {
			t.Errorf("%+v", q)
		}
	}
}

func TestElasticIPsOfTheOperatorCountTowardsTheRegions(t *testing.T) {
	s := plantest.Stack()
	s.Workloads = map[string]config.Workload{"dns": {Kind: config.KindNLB, Scheme: config.InternetFacing, ElasticIPs: []string{"eipalloc-00000001", "eipalloc-00000002", "eipalloc-00000003"}}}
	p, _ := plan.New(s)
	if q := quotaOf(p, "L-0263D0A3"); q.Needed != 6 || !q.Short() {
		t.Errorf("%+v", q)
	}
}

func TestEachSourceRangeWithEachPortIsARuleOfTheLoadBalancersGroup(t *testing.T) {
	ranges := make([]string, 35)
	for i := range ranges {
		ranges[i] = fmt.Sprintf("203.0.113.%d/32", i)
	}
	for name, test := range map[string]struct {
		workloads map[string]config.Workload
		needed    int
	}{
		"an ALB":                       {map[string]config.Workload{"shop": {Kind: config.KindALB, SourceRanges: ranges}}, 35},
		"an ALB with a certificate":    {map[string]config.Workload{"shop": {Kind: config.KindALB, SourceRanges: ranges, Certificate: "arn"}}, 70},
		"an ALB of a group":            {plantest.GroupedWorkloads(map[string]config.Workload{"shop": {SourceRanges: ranges}, "game": {Certificate: "arn"}}), 70},
		"an NLB":                       {map[string]config.Workload{"shop": {Kind: config.KindNLB, SourceRanges: ranges}}, 35},
		"a CLB, with ICMP":             {map[string]config.Workload{"shop": {Kind: config.KindCLB, SourceRanges: ranges}}, 70},
		"groups of the operator's own": {map[string]config.Workload{"shop": {Kind: config.KindALB, SecurityGroups: []string{"sg-01234567"}, Certificate: "arn"}}, 2},
	} {
		s := plantest.Stack()
		s.Workloads = test.workloads
		if p, _ := plan.New(s); quotaOf(p, "L-0EA8095F").Needed != test.needed {
			t.Errorf("%s: %+v, want %d", name, quotaOf(p, "L-0EA8095F"), test.needed)
		}
	}
}

func TestRulesOfAnApplicationLoadBalancerCountOnEachListenerThatHasThem(t *testing.T) {
	redirect := true
	for _, c := range []struct {
		certificate string
		redirect    bool
		want        int
	}{{"", true, 2}, {"arn:aws:acm:ap-northeast-2:111122223333:certificate/1", true, 2}, {"arn:aws:acm:ap-northeast-2:111122223333:certificate/1", false, 4}} {
		s := plantest.Stack()
		redirect = c.redirect
		s.Workloads = map[string]config.Workload{"shop": {Kind: config.KindALB, Target: config.TargetIP, Replicas: 1, Paths: []string{"/", "/cart"}, Certificate: c.certificate, Redirect: &redirect}}
		p, _ := plan.New(s)
		if q := quotaOf(p, "L-7EED9B64"); q.Needed != c.want {
			t.Errorf("certificate %q, redirect %t: %d rules, want %d", c.certificate, c.redirect, q.Needed, c.want)
		}
	}
}

// A Gateway has a rule for each path with all hosts, one more where it redirects, and those of workloads that share
// requests once.
func TestRulesOfAGatewayAreThoseOfItsRoutes(t *testing.T) {
	redirect, weight := true, 1
	member := config.Workload{Kind: config.KindGatewayALB, Group: "web", Target: config.TargetIP, Replicas: 1, Hosts: []string{"a.example.com", "b.example.com"}, Paths: []string{"/", "/cart"}, Weight: &weight}
	secure := member
	secure.Certificate, secure.Redirect = "arn:aws:acm:ap-northeast-2:111122223333:certificate/1", &redirect
	for want, w := range map[int]config.Workload{2: member, 3: secure} {
		s := plantest.Stack()
		s.Workloads = map[string]config.Workload{"shop": w, "next": w}
		p, _ := plan.New(s)
		if q := quotaOf(p, "L-7EED9B64"); q.Needed != want {
			t.Errorf("%+v: %d rules, want %d", w, q.Needed, want)
		}
	}
}

func TestElasticIPsOfAGroupCountOnce(t *testing.T) {
	s := plantest.Stack()
	w := config.Workload{Kind: config.KindGatewayNLB, Group: "edge", Scheme: config.InternetFacing, ElasticIPs: []string{"eipalloc-00000001", "eipalloc-00000002", "eipalloc-00000003"}}
	s.Workloads = map[string]config.Workload{"dns": w, "web": w}
	p, _ := plan.New(s)
	if q := quotaOf(p, "L-0263D0A3"); q.Needed != 6 {
		t.Errorf("%+v", q)
	}
}

func TestAnInstanceTypeCountsItsProcessorsTowardsItsFamilysQuota(t *testing.T) {
	for _, test := range []struct {
		typ, capacity string
		code          string
		cpus          int
	}{
		{"m7g.medium", config.OnDemand, "L-1216C47A", 1},
		{"t3.medium", config.OnDemand, "L-1216C47A", 2},
		{"t4g.nano", config.OnDemand, "L-1216C47A", 2},
		{"c7i-flex.large", config.OnDemand, "L-1216C47A", 2},
		{"r6i.xlarge", config.OnDemand, "L-1216C47A", 4},
		{"m5.2xlarge", config.Spot, "L-34B43A08", 8},
		{"c5.9xlarge", config.OnDemand, "L-1216C47A", 36},
		{"im4gn.16xlarge", config.OnDemand, "L-1216C47A", 64},
		{"m7i.metal-24xl", config.OnDemand, "L-1216C47A", 96},
		{"m5.metal", config.OnDemand, "L-1216C47A", 96},
		{"c4.8xlarge", config.OnDemand, "L-1216C47A", 36},
		{"t2.micro", config.OnDemand, "L-1216C47A", 1},
		{"g4dn.12xlarge", config.OnDemand, "L-DB2E81BA", 48},
		{"g6.2xlarge", config.Spot, "L-3819A6DF", 8},
	} {
		s := plantest.Stack()
		group := nodes(1, test.typ)
		group.Capacity = test.capacity
		s.NodeGroups = map[string]config.NodeGroup{"general": group}
		p, _ := plan.New(s)
		if got := quotaOf(p, test.code); got.Needed != test.cpus {
			t.Errorf("%s (%s) needs %d of %s, want %d", test.typ, test.capacity, got.Needed, test.code, test.cpus)
		}
	}
}

func TestQuotasThatAreNotKnownAreNotGuessed(t *testing.T) {
	for typ, cpus := range map[string]int{"p5.48xlarge": 192, "trn1.2xlarge": 8, "hpc7a.12xlarge": 24, "x2gd.large": 2} {
		s := plantest.Stack()
		s.NodeGroups["odd"] = nodes(10, typ)
		p, _ := plan.New(s)
		for _, q := range p.Quotas {
			if q.Unit == "vCPUs" {
				t.Errorf("%s counts as %d of %s", typ, q.Needed, q.Name)
			}
		}
		want := fmt.Sprintf(`nodeGroups["odd"].instanceTypes[0]: %s counts towards the quota of its instance family, which this plan does not check: look it up (aws service-quotas list-service-quotas --service-code ec2 --region ap-northeast-2), %d vCPUs a node`, typ, cpus)
		if !slices.ContainsFunc(p.Warnings, func(w config.Warning) bool { return w.String() == want }) {
			t.Errorf("no warning about %s: %v", typ, p.Warnings)
		}
	}
}

func TestAGroupOfSeveralTypesCountsAsTheLargestOfThem(t *testing.T) {
	s := plantest.Stack()
	s.NodeGroups["mixed"] = nodes(3, "m5.large", "m5.2xlarge", "m5.xlarge")
	if p, _ := plan.New(s); quotaOf(p, "L-1216C47A").Needed != 24 {
		t.Errorf("three nodes of up to 8 vCPUs need %d", quotaOf(p, "L-1216C47A").Needed)
	}
}

func TestEveryQuotaSaysWhereItsDefaultComesFromAndHowToLookAtIt(t *testing.T) {
	s := plantest.Stack()
	s.Profile = "dev"
	s.Network.Endpoints = config.Endpoints{"sts"}
	s.NodeGroups["gpu"], s.NodeGroups["small"] = nodes(1, "g5.xlarge"), nodes(1, "t3.nano")
	for _, kind := range []string{config.KindCLB, config.KindNLB, config.KindALB} {
		s.Workloads = plantest.AddWorkload(s.Workloads, "shop-"+kind, config.Workload{Kind: kind, Target: config.TargetInstance, Replicas: 1})
	}
	p, _ := plan.New(s)
	if len(p.Quotas) < 20 {
		t.Errorf("%d quotas for a stack that has of everything", len(p.Quotas))
	}
	for _, q := range p.Quotas {
		if !strings.HasPrefix(q.Source, "https://docs.aws.amazon.com/") || q.Path == "" || q.Needed < 1 {
			t.Errorf("%+v", q)
		}
		command := fmt.Sprintf("--service-code %s --quota-code %s", q.Service, q.Code)
		if q.Code != "" && (!strings.Contains(q.Command, command) || !strings.HasSuffix(q.Command, "--region ap-northeast-2 --profile dev")) {
			t.Errorf("%s: %s", q.Name, q.Command)
		}
		if raised := strings.Contains(q.Command, "request-service-quota-increase"); raised != (q.Short() && q.Code != "") {
			t.Errorf("%d of %d needed: %s", q.Needed, q.Default, q.Command)
		}
	}
}

func TestNothingIsNeededOfWhatAStackDoesNotHave(t *testing.T) {
	s := plantest.Stack()
	s.Network.NAT = config.NATNone
	s.Network.Endpoints = config.Endpoints{config.EndpointsAuto}
	p, _ := plan.New(s)
	for _, code := range []string{"L-0263D0A3", "L-FE5A380F", "L-E9E9831D", "L-69A177A2", "L-53DA6B97", "L-34B43A08", "L-DB2E81BA"} {
		if q := quotaOf(p, code); q.Needed != 0 {
			t.Errorf("%d of %s", q.Needed, q.Name)
		}
	}
	if q := quotaOf(p, "L-29B6F2EB"); q.Needed != len(p.Endpoints) || q.Needed == 0 {
		t.Errorf("%d interface endpoints for %v", q.Needed, p.Endpoints)
	}
}

func TestAPrincipalHasOneAccessEntryHoweverOftenItIsNamed(t *testing.T) {
	s := plantest.Stack()
	s.Cluster.Viewers = []string{"arn:aws:iam::111122223333:role/viewer"}
	s.Cluster.Access = []config.Access{{Principal: "arn:aws:iam::111122223333:role/viewer"}, {Principal: "arn:aws:iam::111122223333:role/ci"}}
	p, _ := plan.New(s)
	if q := quotaOf(p, "Access entries per cluster"); q.Needed != 5 {
		t.Errorf("%d entries for an admin, a viewer, a CI role, the creator and the nodes", q.Needed)
	}
}

func TestAnIPv6StackNeedsOneEgressOnlyInternetGateway(t *testing.T) {
	for family, needed := range map[string]int{config.IPv4: 0, config.IPv6: 1} {
		s := plantest.Stack()
		s.Network.IPFamily = family
		p, _ := plan.New(s)
		if q := quotaOf(p, "Egress-only internet gateways per Region"); q.Needed != needed {
			t.Errorf("%s: %d needed, want %d", family, q.Needed, needed)
		}
	}
}

// A name in a public and a private zone has a record of each type in both. Service Quotas has Route 53 in us-east-1.
func TestNamesCountTowardsTheQuotasOfRoute53(t *testing.T) {
	for family, records := range map[string]int{config.IPv4: 2, config.IPv6: 4} {
		s := plantest.Stack()
		s.Network.IPFamily = family
		s.DNS.Zones = []config.HostedZone{{Domain: "example.com"}, {Domain: "example.com", Private: true, Own: true}}
		s.Workloads = map[string]config.Workload{"web": {Kind: config.KindALB, Target: config.TargetIP, Hosts: []string{"a.example.com", "b.example.com"}, Paths: []string{"/"}, Scheme: config.InternetFacing}}
		p, _ := plan.New(s)
		if zones, most := quotaOf(p, "Hosted zones"), quotaOf(p, "Records per hosted zone"); zones.Needed != 2 || most.Needed != records {
			t.Errorf("%s: %d zones and %d records, want 2 and %d", family, zones.Needed, most.Needed, records)
		}
	}
	for region, where := range map[string]string{"ap-northeast-2": "us-east-1", "cn-northwest-1": "cn-northwest-1", "": "REGION"} {
		s := plantest.Stack()
		s.Region, s.DNS.Zones = region, []config.HostedZone{{Domain: "example.com"}}
		p, _ := plan.New(s)
		if got := quotaOf(p, "Hosted zones").Command; !strings.HasSuffix(got, "get-service-quota --service-code route53 --quota-code L-4EA4796A --region "+where) {
			t.Errorf("%s: %s", region, got)
		}
	}
}
