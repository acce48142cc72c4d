package lbc_test

import (
	"slices"
	"testing"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

func TestTheLoadBalancerTerminatesTLS(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(worldtest.Asked("ssl-cert", worldtest.Certificate, "ssl-ports", "443")), "spec.ports", []any{map[string]any{"port": 443.0, "targetPort": 8080.0}}))
	l := k.One(store.ListenerType)
	if l.Text("protocol") != "TLS" || !slices.Equal(l.Texts("certificates"), []string{worldtest.Certificate}) || k.One(store.TargetGroupType).Text("protocol") != "TCP" {
		t.Errorf("listener %v, target group of %s", l.Outputs, k.One(store.TargetGroupType).Text("protocol"))
	}
	reached(k)
}

func TestAListenerHasTheTLSPolicyOfItsAnnotationOrTheControllersDefault(t *testing.T) {
	const strict = "ELBSecurityPolicy-TLS13-1-2-2021-06"
	policies := func(k *worldtest.KubeLab) (reported []string) {
		for _, l := range k.World.All(store.ListenerType) {
			reported = append(reported, l.Text("protocol")+" "+l.Text("sslPolicy"))
		}
		return worldtest.Sorted(reported)
	}
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	port := []any{map[string]any{"port": 443.0, "targetPort": 8080.0}}
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(worldtest.Asked("ssl-cert", worldtest.Certificate, "ssl-ports", "443")), "spec.ports", port))
	if reported := policies(k); !slices.Equal(reported, []string{"TLS ELBSecurityPolicy-2016-08"}) {
		t.Errorf("by default: %v", reported)
	}
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.NLB(worldtest.Asked("ssl-cert", worldtest.Certificate, "ssl-ports", "443", "ssl-negotiation-policy", strict)), "spec.ports", port)))
	if reported := policies(k); !slices.Equal(reported, []string{"TLS " + strict}) {
		t.Errorf("with an annotation: %v", reported)
	}
	both := map[string]any{"certificate-arn": worldtest.Certificate, "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`}
	k = worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", both))
	if reported := policies(k); !slices.Equal(reported, []string{"HTTP ", "HTTPS ELBSecurityPolicy-2016-08"}) {
		t.Errorf("of an Ingress by default: %v", reported)
	}
	both["ssl-policy"] = strict
	k.Must(k.Update(store.IngressType, "default/web", worldtest.Ingress("web", both)))
	if reported := policies(k); !slices.Equal(reported, []string{"HTTP ", "HTTPS " + strict}) {
		t.Errorf("of an Ingress with an annotation: %v", reported)
	}
}

// The controller changes the attributes that an annotation lists, and AWS keeps the others.
func TestAListenerKeepsItsIdleTimeoutWithoutAnAnnotation(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	timeout := func() any {
		return store.MapOf(k.One(store.ListenerType).Outputs["attributes"])["tcp.idle_timeout.seconds"]
	}
	if before := timeout(); before != nil {
		t.Errorf("by default: %v", before)
	}
	for _, step := range []struct{ annotation, want string }{{"600", "600"}, {"700", "700"}, {"", "700"}} {
		annotations := worldtest.Asked()
		if step.annotation != "" {
			annotations = worldtest.Asked("listener-attributes.TCP-80", "tcp.idle_timeout.seconds="+step.annotation)
		}
		k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(annotations)))
		if got := timeout(); got != step.want {
			t.Errorf("with the annotation %q: %v, want %s", step.annotation, got, step.want)
		}
	}
}

func TestAListenerForTCPAndUDPHasOneTargetGroup(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	m := worldtest.NLB(worldtest.Asked("enable-tcp-udp-listener", "true", "nlb-target-type", "ip"))
	k.Apply(store.ServiceType, worldtest.Edited(m, "spec.ports", []any{
		map[string]any{"name": "tcp", "port": 53.0, "targetPort": 8080.0, "protocol": "TCP"}, map[string]any{"name": "udp", "port": 53.0, "targetPort": 8080.0, "protocol": "UDP"}}))
	listener, group := elb.ListenerOf(k.One(store.ListenerType)), elb.TargetGroupOf(k.One(store.TargetGroupType))
	if listener.Protocol != "TCP_UDP" || listener.Port != 53 || group.Protocol != "TCP_UDP" || len(group.Targets) != 2 {
		t.Errorf("the listener is %+v, and its target group %+v", listener, group)
	}
	if problems := k.World.Unreachable(); len(problems) > 0 {
		t.Errorf("%v", problems)
	}
}

// The controller does not change a listener for a missing annotation.
func TestAListenerKeepsMutualTLSWithoutAnAnnotation(t *testing.T) {
	const trustStore = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:truststore/clients/0123456789abcdef"
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", map[string]any{"listen-ports": `[{"HTTPS": 443}]`, "certificate-arn": worldtest.Certificate}))
	for _, step := range []struct {
		annotation string
		want       elb.MutualTLS
	}{
		{"", elb.MutualTLS{}},
		{`[{"port": 443, "mode": "verify", "trustStore": "` + trustStore + `"}]`, elb.MutualTLS{Mode: "verify", TrustStore: trustStore}},
		{"", elb.MutualTLS{Mode: "verify", TrustStore: trustStore}},
		{`[{"port": 443, "mode": "passthrough"}]`, elb.MutualTLS{Mode: "passthrough"}},
		{`[{"port": 443, "mode": "off"}]`, elb.MutualTLS{Mode: "off"}},
	} {
		annotations := map[string]any{"listen-ports": `[{"HTTPS": 443}]`, "certificate-arn": worldtest.Certificate}
		if step.annotation != "" {
			annotations["mutual-authentication"] = step.annotation
		}
		k.Must(k.Update(store.IngressType, "default/web", worldtest.Ingress("web", annotations)))
		if got := elb.ListenerOf(k.One(store.ListenerType)).MutualTLS; got != step.want {
			t.Errorf("with the annotation %q: %+v, want %+v", step.annotation, got, step.want)
		}
	}
}

func TestHTTPIsRedirectedAndHTTPSHasADefaultAction(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	m := worldtest.Ingress("web", map[string]any{"certificate-arn": worldtest.Certificate, "listen-ports": `[{"HTTP": 80}, {"HTTPS": 443}]`, "ssl-redirect": "443"})
	k.Apply(store.IngressType, worldtest.Edited(m, "spec.defaultBackend", worldtest.Below("/", "web")["backend"]))
	for _, l := range k.World.All(store.ListenerType) {
		rules := k.World.With(store.ListenerRuleType, "listenerArn", l.ID)
		switch redirects := l.Number("redirect"); {
		case l.Number("port") == 80 && (redirects != 443 || len(rules) > 0 || len(l.Texts("targetGroupArns")) > 0):
			t.Errorf("port 80 redirects to %d, %d rules", redirects, len(rules))
		case l.Number("port") == 443 && (redirects != 0 || len(rules) != 1 || len(l.Texts("targetGroupArns")) != 1):
			t.Errorf("port 443 redirects to %d, %d rules, forwards to %v", redirects, len(rules), l.Texts("targetGroupArns"))
		}
	}
	address := k.One(store.LoadBalancerType).Text("dnsName")
	k.Must(k.Update(store.IngressType, "default/web", worldtest.Ingress("web", nil)))
	if k.One(store.ListenerType).Number("redirect") != 0 || k.One(store.LoadBalancerType).Text("dnsName") != address {
		t.Error("the redirect remains, or the load balancer is another")
	}
	reached(k)
}
