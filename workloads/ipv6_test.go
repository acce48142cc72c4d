package workloads

import (
	"strings"
	"testing"

	"eksnet/config"
)

// The load balancer controller refuses Services and Ingresses of an IPv6 cluster without the annotation.
func TestLoadBalancersOfAnIPv6ClusterAreDualStack(t *testing.T) {
	for _, dualStack := range []bool{true, false} {
		want := map[bool]string{true: "dualstack", false: ""}[dualStack]
		nlb := (&NLBArgs{Spec: config.Workload{Kind: config.KindNLB}, DualStack: dualStack}).annotations()
		if got := nlb["service.beta.kubernetes.io/aws-load-balancer-ip-address-type"]; got != want {
			t.Errorf("NLB: %q, want %q", got, want)
		}
		alb := (&ALBArgs{Spec: config.Workload{Kind: config.KindALB}, DualStack: dualStack}).annotations()
		if got := alb["alb.ingress.kubernetes.io/ip-address-type"]; got != want {
			t.Errorf("ALB: %q, want %q", got, want)
		}
	}
}

// nginx listens on IPv4 alone where its configuration has a port without an address.
func TestNginxListensOnThePodsFamily(t *testing.T) {
	spec := config.Workload{Kind: config.KindNLB, App: config.AppNginx, ProxyProtocol: true}
	for _, test := range []struct {
		ipv6 bool
		want []string
	}{
		{false, []string{"    listen 8080 proxy_protocol;\n    listen 8081;\n", "location = /healthz {"}},
		{true, []string{"    listen [::]:8080 proxy_protocol;\n    listen [::]:8081;\n", "location = /healthz {"}},
	} {
		got := nginxConfiguration(&PodsArgs{Spec: spec, IPv6: test.ipv6})
		for _, want := range test.want {
			if !strings.Contains(got, want) {
				t.Errorf("IPv6 %t: %q is not in\n%s", test.ipv6, want, got)
			}
		}
	}
}
