package check

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/config"
	"eksnet/lab/rehearsed"
)

func TestTheTrapsOfAnIPv6ClusterAreThoseWithoutInstanceTargets(t *testing.T) {
	sentences := func(ipv6 bool) (all string) {
		for _, step := range trapSuite(&rehearsed.Stack{Cluster: rehearsed.Cluster{IPv6: ipv6}}).steps {
			all += step.sentence + "\n"
		}
		return all
	}
	ipv4, ipv6 := sentences(false), sentences(true)
	for _, rule := range []string{"readiness-gate", "hairpin", "health-port", "zone-without-balancer", "group-rule-hidden"} {
		if !strings.Contains(ipv4, rule+": ") || !strings.Contains(ipv6, rule+": ") {
			t.Errorf("%s is not measured in both families", rule)
		}
	}
	for _, rule := range []string{"proxy-protocol-health", "health-answer", "local-health"} {
		if !strings.Contains(ipv4, rule+": ") || strings.Contains(ipv6, rule+": ") {
			t.Errorf("%s is not measured in IPv4 clusters alone", rule)
		}
	}
	for _, words := range []string{"instance target", "node port"} {
		if strings.Contains(ipv6, words) {
			t.Errorf("an IPv6 cluster has no %ss: %s", words, ipv6)
		}
	}
	if strings.Contains(ipv4, "dual-stack") || !strings.Contains(ipv6, "dual-stack") {
		t.Errorf("checks of dual-stack load balancers: %s%s", ipv4, ipv6)
	}
}

func TestObjectsOfTrapsInAnIPv6ClusterAreDualStackWithIPTargets(t *testing.T) {
	service := &unstructured.Unstructured{Object: map[string]any{"kind": "Service", "spec": map[string]any{}}}
	service.SetAnnotations(map[string]string{serviceAnnotation + "subnets": "s-1"})
	for _, ipv6 := range []bool{true, false} {
		template := trapTemplate{service: service, ipv6: ipv6}
		run := &trapRun{template: template}
		objects := append(run.datagramsToPods(), template.copyService("web", map[string]string{"nlb-target-type": config.TargetIP}), template.ingress("all", "/", "web", 1))
		if wanted := map[bool]int{true: 4, false: 2}[ipv6]; len(objects) != wanted {
			t.Errorf("IPv6 %t: %d objects, want %d", ipv6, len(objects), wanted)
		}
		for _, o := range objects {
			dual, target := "", ""
			for key, value := range o.GetAnnotations() {
				switch {
				case strings.HasSuffix(key, "ip-address-type"):
					dual = value
				case strings.HasSuffix(key, "target-type"):
					target = value
				}
			}
			if (dual == dualStack) != ipv6 || target != config.TargetIP {
				t.Errorf("IPv6 %t: %s is %q with targets %q", ipv6, objectTitle(o), dual, target)
			}
		}
	}
}
