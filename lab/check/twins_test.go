package check

import (
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

// twinSnapshot returns a snapshot with a load balancer for an Ingress and for a Gateway that do the same by other
// rules, and the stack of their workloads.
func twinSnapshot() (*Snapshot, *rehearsed.Stack) {
	p := newSnapshot()
	rule := func(group string, hosts ...string) Rule {
		return Rule{Hosts: hosts, Paths: []string{"/*"}, Forward: group}
	}
	add := func(workload, object, tag, group, service string, rules map[string]Rule) {
		tags := map[string]string{tag + "stack": object, "team": "a"}
		p.Balancers[object] = Balancer{Kind: "application", Name: "k8s-" + workload, Tags: tags, Groups: []string{"backend", group}, Attributes: map[string]string{},
			ElasticIPs: map[string]string{"subnet-1": "eipalloc-" + workload}, Listeners: map[string]Listener{"80": {Protocol: "HTTP", Default: notFound, Rules: rules}}}
		p.Targets[service] = Target{Name: "k8s-" + workload, Type: "ip", Targets: []string{"pod of " + workload + "/" + workload + ":8080"}, Tags: tags,
			Health: map[string]string{"interval": "15"}, Binding: Binding{Labels: tags, Networking: []string{"TCP 8080 from backend"}}}
		p.Groups[group] = Group{Tags: tags, Rules: []string{"tcp 80 from 0.0.0.0/0"}}
		p.Pods["pod of "+workload+"/"+workload] = Pod{Gates: map[string]string{"target-health.elbv2.k8s.aws/k8s-" + workload: "True"}, Ready: true}
	}
	p.Groups["backend"] = Group{Rules: []string{"none"}}
	add("web", "Ingress web/web-alb", "ingress.k8s.aws/", "k8s-web-…", "web/web-alb:http",
		map[string]Rule{"1": rule("web/web-alb:http", "a.example.com"), "2": rule("web/web-alb:http", "*.b.example.com")})
	add("web-gw", "Gateway web-gw/web-gw", "gateway.k8s.aws.alb/", "k8s-webgw-…", "web-gw/web-gw:80",
		map[string]Rule{"1": rule("web-gw/web-gw:80", "a.example.com", "*.b.example.com")})
	s := &rehearsed.Stack{Plan: &rehearsed.Plan{Workloads: []rehearsed.Workload{
		{Name: "web", AddressOf: "Ingress web/web-alb", Workload: config.Workload{Kind: config.KindALB, ElasticIPs: []string{"eipalloc-web"}}},
		{Name: "web-gw", AddressOf: "Gateway web-gw/web-gw", Workload: config.Workload{Kind: config.KindGatewayALB, ElasticIPs: []string{"eipalloc-web-gw"}}},
	}}}
	return p, s
}

func TestTwinsThatDoTheSameByOtherRulesAreEqual(t *testing.T) {
	if p, s := twinSnapshot(); len(p.differentTwins(s)) > 0 {
		t.Errorf("differences %q", p.differentTwins(s))
	}
}

func TestEachDifferenceOfTwinsIsReported(t *testing.T) {
	const object, service = "Gateway web-gw/web-gw", "web-gw/web-gw:80"
	for want, change := range map[string]func(*Snapshot){
		`web › requests › 80 › any.b.example.com/: without a Gateway "target group of web", observed "fixed response 404"`: func(p *Snapshot) {
			p.Balancers[object].Listeners["80"].Rules["1"] = Rule{Hosts: []string{"a.example.com"}, Paths: []string{"/*"}, Forward: service}
		},
		`other.example.org/elsewhere: without a Gateway "fixed response 404"`: func(p *Snapshot) {
			p.Balancers[object].Listeners["80"].Rules["2"] = Rule{Forward: service}
		},
		"web › load balancer › listeners › 80 › protocol": func(p *Snapshot) {
			l := p.Balancers[object].Listeners["80"]
			l.Protocol = "HTTPS"
			p.Balancers[object].Listeners["80"] = l
		},
		"web › load balancer › tags › team":                  func(p *Snapshot) { p.Balancers[object].Tags["team"] = "b" },
		"web › load balancer › attributes › idle":            func(p *Snapshot) { p.Balancers[object].Attributes["idle"] = "90" },
		"web › load balancer › Elastic IPs":                  func(p *Snapshot) { p.Balancers[object].ElasticIPs["subnet-1"] = "eipalloc-other" },
		"web › target group › targets":                       func(p *Snapshot) { p.Targets[service].Targets[0] = "i-1:8080" },
		"web › target group › health check › interval":       func(p *Snapshot) { p.Targets[service].Health["interval"] = "10" },
		"web › target group › binding › networking":          func(p *Snapshot) { p.Targets[service].Binding.Networking[0] = "TCP 80 from backend" },
		"web › security groups":                              func(p *Snapshot) { p.Groups["k8s-webgw-…"].Rules[0] = "tcp 80 from 10.0.0.0/8" },
		"web › pods with readiness gates: without a Gateway": func(p *Snapshot) { delete(p.Pods, "pod of web-gw/web-gw") },
		"web › rules for pods": func(p *Snapshot) {
			p.addBranch("pod of web-gw/web-gw", []string{"pods"})
			p.Groups["pods"] = Group{Rules: []string{"tcp 8080 from backend"}}
		},
	} {
		p, s := twinSnapshot()
		change(p)
		if lines := p.differentTwins(s); !strings.Contains(strings.Join(lines, "\n"), want) {
			t.Errorf("%s: differences %q", want, lines)
		}
	}
}

func TestAKnownDifferenceOfTwinsMustBeThere(t *testing.T) {
	var lines []string
	for _, known := range knownDifferences {
		lines = append(lines, known.begin+"something")
	}
	if unknown := unknownDifferences(lines); len(unknown) > 0 {
		t.Errorf("known differences are reported: %q", unknown)
	}
	if unknown := unknownDifferences(append(lines, "tls › something")); !slices.Equal(unknown, []string{"tls › something"}) {
		t.Errorf("%q", unknown)
	}
	if unknown := unknownDifferences(lines[1:]); len(unknown) != 1 || !strings.Contains(unknown[0], knownDifferences[0].reason) {
		t.Errorf("a known difference that is not there: %q", unknown)
	}
}
