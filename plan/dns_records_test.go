package plan_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// named returns a stack of two zones of a domain and these workloads.
func named(workloads map[string]config.Workload) *config.Stack {
	s := plantest.StackOfTypes(true, "m7g.large")
	s.DNS.Zones = []config.HostedZone{
		{Domain: "example.com", ID: "Z1"},
		{Domain: "example.com", Private: true, Own: true},
		{Domain: "shop.example.com"},
	}
	s.Workloads = workloads
	return s
}

func albWorkload(scheme string, hosts ...string) config.Workload {
	return config.Workload{Kind: config.KindALB, Target: config.TargetIP, Scheme: scheme, Hosts: hosts, Paths: []string{"/"}}
}

func nlbWorkload(hostname string) config.Workload {
	return config.Workload{Kind: config.KindNLB, Target: config.TargetIP, Protocol: config.ProtocolTCP, Scheme: config.InternetFacing, Hostname: hostname}
}

// described returns the records of a plan, each as its host, zone, visibility, types and workload.
func described(p *plan.Plan) []string {
	var all []string
	for _, r := range p.Records {
		all = append(all, fmt.Sprintf("%s in %s as %s of %s", r.Host, r.Zone.Title(), strings.Join(r.Types, ","), r.Workload))
	}
	return all
}

func TestAHostGetsARecordInTheLongestZoneOfEachVisibility(t *testing.T) {
	s := named(map[string]config.Workload{
		"web":   albWorkload(config.InternetFacing, "example.com", "*.example.com", "cart.shop.example.com", "notshop.example.com"),
		"admin": albWorkload(config.Internal, "admin.example.com"),
		"echo":  nlbWorkload("echo.example.com"),
	})
	p, problems := plan.New(s)
	want := []string{
		"*.example.com in example.com as A of web",
		"echo.example.com in example.com as A of echo",
		"example.com in example.com as A of web",
		"notshop.example.com in example.com as A of web",
		"*.example.com in example.com-private as A of web",
		"admin.example.com in example.com-private as A of admin",
		"cart.shop.example.com in example.com-private as A of web",
		"echo.example.com in example.com-private as A of echo",
		"example.com in example.com-private as A of web",
		"notshop.example.com in example.com-private as A of web",
		"cart.shop.example.com in shop.example.com as A of web",
	}
	if got := described(p); problems.Err() != nil || !slices.Equal(got, want) {
		t.Errorf("%v\nrecords\n%s\nwant\n%s", problems, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := p.NamesOf(s, "admin"); !slices.Equal(got, []string{"admin.example.com"}) {
		t.Errorf("names of admin: %q", got)
	}
}

func TestADualStackLoadBalancerHasRecordsOfBothFamilies(t *testing.T) {
	s := ipv6Stack()
	s.DNS.Zones, s.Workloads = []config.HostedZone{{Domain: "example.com"}}, map[string]config.Workload{"echo": nlbWorkload("echo.example.com")}
	p, problems := plan.New(s)
	if got := described(p); problems.Err() != nil || !slices.Equal(got, []string{"echo.example.com in example.com as A,AAAA of echo"}) {
		t.Errorf("%v %q", problems, got)
	}
}

func TestMembersOfAGroupShareTheRecordOfTheirHost(t *testing.T) {
	members := map[string]config.Workload{}
	for _, name := range []string{"a", "b"} {
		w := albWorkload(config.InternetFacing, "www.example.com")
		w.Group, w.Paths = "site", []string{"/" + name}
		members[name] = w
	}
	p, problems := plan.New(named(members))
	want := []string{"www.example.com in example.com as A of a", "www.example.com in example.com-private as A of a"}
	if got := described(p); problems.Err() != nil || !slices.Equal(got, want) {
		t.Errorf("%v %q", problems, got)
	}
}

func TestNamesThatCannotHaveARecordAreRefusedAtTheirPath(t *testing.T) {
	without := named(map[string]config.Workload{"echo": nlbWorkload("echo.example.com")})
	without.DNS.Zones = nil
	for problem, s := range map[string]*config.Stack{
		`workloads["web"].hosts[1]: "www.example.org" is in no zone of dns.zones (example.com, shop.example.com); add a zone that contains it, or remove it`: named(map[string]config.Workload{"web": albWorkload(config.InternetFacing, "www.example.com", "www.example.org")}),
		`workloads["echo"].hostname: "echoexample.com" is in no zone of dns.zones (example.com, shop.example.com); add`:                                      named(map[string]config.Workload{"echo": nlbWorkload("echoexample.com")}),
		`workloads["echo"].hostname: "echo.example.com" is in no zone of dns.zones; add`:                                                                     without,
		`workloads["web"].hosts[0]: "www.example.com" is also a name of workload echo, which has another load balancer`: named(map[string]config.Workload{
			"echo": nlbWorkload("www.example.com"), "web": albWorkload(config.InternetFacing, "www.example.com")}),
	} {
		if _, problems := plan.New(s); !strings.Contains(problems.Error(), problem) {
			t.Errorf("problems are %v, want %s", problems, problem)
		}
	}
}

func TestHostsNeedNoZonesWithoutRecords(t *testing.T) {
	s := named(map[string]config.Workload{"a": albWorkload(config.InternetFacing, "www.example.com"), "b": albWorkload(config.InternetFacing, "www.example.com")})
	s.DNS.Zones = nil
	if p, problems := plan.New(s); problems.Err() != nil || len(p.Records) > 0 {
		t.Errorf("%v %v", problems, p.Records)
	}
}

func TestThePlanWarnsOfAnInternalLoadBalancerInAPublicZone(t *testing.T) {
	s := named(map[string]config.Workload{"admin": albWorkload(config.Internal, "admin.example.com")})
	if p, _ := plan.New(s); strings.Contains(fmt.Sprint(p.Warnings), "internal load balancer") {
		t.Errorf("warned with a private zone: %v", p.Warnings)
	}
	s.DNS.Zones = s.DNS.Zones[:1]
	if p, _ := plan.New(s); !strings.Contains(fmt.Sprint(p.Warnings), "dns.zones[0]: the public zone will have a record of admin.example.com, which is an internal load balancer") {
		t.Errorf("warnings are %v", p.Warnings)
	}
}

func TestAZoneOfTheAccountMustBeTheOneOfTheStackFile(t *testing.T) {
	zone := config.HostedZone{Domain: "example.com", ID: "Z1"}
	for problem, found := range map[string]plan.FoundZone{
		"": {ID: "Z1", Domain: "example.com."},
		`dns.zones[3].domain: "example.com", but the hosted zone Z1 has the domain example.org`: {ID: "Z1", Domain: "example.org"},
		`dns.zones[3].private: false, but the hosted zone Z1 is private; write private: true`:   {ID: "Z1", Domain: "example.com", Private: true},
		`dns.zones[3].own: false, but this stack created the hosted zone Z1`:                    {ID: "Z1", Domain: "example.com", Ours: true},
	} {
		problems := plan.CheckHostedZone(3, zone, found)
		if problem == "" && problems.Err() != nil || !strings.Contains(problems.Error(), problem) {
			t.Errorf("%+v: %v, want %q", found, problems, problem)
		}
	}
}

func TestGatewaysHaveTheRecordsOfTheirTwins(t *testing.T) {
	for _, gateway := range []bool{false, true} {
		workloads := map[string]config.Workload{
			"web":   albWorkload(config.InternetFacing, "www.example.com"),
			"admin": albWorkload(config.Internal, "admin.example.com"),
			"echo":  nlbWorkload("echo.example.com"),
		}
		for name, w := range workloads {
			if gateway {
				w.Kind = "gateway-" + w.Kind
			}
			workloads[name] = w
		}
		s := named(workloads)
		s.Addons.GatewayAPI = &config.GatewayAPI{CRDs: config.CRDsOwn}
		p, problems := plan.New(s)
		want := []string{
			"echo.example.com in example.com as A of echo",
			"www.example.com in example.com as A of web",
			"admin.example.com in example.com-private as A of admin",
			"echo.example.com in example.com-private as A of echo",
			"www.example.com in example.com-private as A of web",
		}
		if got := described(p); problems.Err() != nil || !slices.Equal(got, want) {
			t.Errorf("with Gateways: %t: %v\nrecords\n%s", gateway, problems, strings.Join(got, "\n"))
		}
	}
}

// Members of a group share a load balancer, and so their names may be the same. Two Gateways may not have one name.
func TestTheMembersOfAGatewayShareTheirName(t *testing.T) {
	members := map[string]config.Workload{}
	for name, port := range map[string]int{"a": 80, "b": 81} {
		w := nlbWorkload("edge.example.com")
		w.Kind, w.Group, w.Port = config.KindGatewayNLB, "edge", port
		members[name] = w
	}
	p, problems := plan.New(named(members))
	want := []string{"edge.example.com in example.com as A of a", "edge.example.com in example.com-private as A of a"}
	if got := described(p); problems.Err() != nil || !slices.Equal(got, want) {
		t.Errorf("%v %q", problems, got)
	}
	for name, w := range members {
		w.Group = ""
		members[name] = w
	}
	const refused = `workloads["b"].hostname: "edge.example.com" is also a name of workload a, which has another load balancer, and a name has one record; use another name, or put both workloads into one group`
	if _, problems := plan.New(named(members)); !strings.Contains(problems.Error(), refused) {
		t.Errorf("problems are %v", problems)
	}
}

func TestHostsOfAGatewayNeedNoZonesAndItsHostnameDoes(t *testing.T) {
	web, echo := albWorkload(config.InternetFacing, "www.example.com"), nlbWorkload("echo.example.com")
	web.Kind, echo.Kind = config.KindGatewayALB, config.KindGatewayNLB
	s := named(map[string]config.Workload{"web": web, "echo": echo})
	s.DNS.Zones = nil
	_, problems := plan.New(s)
	const want = `workloads["echo"].hostname: "echo.example.com" is in no zone of dns.zones; add a zone that contains it, or remove it`
	if got := problems.Error(); !strings.Contains(got, want) || strings.Contains(got, "www.example.com") {
		t.Errorf("problems are %v", problems)
	}
}
