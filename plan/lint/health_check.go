package lint

import (
	"fmt"
	"strings"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
	"eksnet/plan/balancer"
)

// healthRules are about the health checks of load balancers.
var healthRules = []Rule{
	{
		Name: "proxy-protocol-health", Refused: true, Measured: true,
		Reason: "an NLB also sends the proxy protocol header in its HTTP and HTTPS health checks, and what serves this check, such as kube-proxy, does not support the header: no target becomes healthy",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#proxy-protocol; github.com/kubernetes/ingress-nginx/issues/10982",
		find:   findProxiedHealth,
	},
	{
		Name: "local-health", Refused: true, Measured: true,
		Reason: "with trafficPolicy Local a node without a pod drops the traffic, and a health check that succeeds on such a node sends it connections",
		Source: "kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip",
		find:   findLocalHealth,
	},
	{
		Name: "health-port", Refused: true, Measured: true,
		Reason: "no target becomes healthy, and pods with a readiness gate never become ready",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html; docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html",
		find:   findUnansweredPort,
	},
	{
		Name: "health-answer", Refused: true, Measured: true,
		Reason: "the health check gets an error or no response, so no target becomes healthy, and pods with a readiness gate never become ready",
		Source: "docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html; kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz",
		find:   findWrongAnswer,
	},
}

// findProxiedHealth finds health checks of NLBs that speak the proxy protocol to who does not. A connection alone,
// without data, is accepted everywhere.
func findProxiedHealth(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.NLBKinds...) {
		check := balancer.HealthCheckOf(w)
		if !w.ProxyProtocol || check.Protocol == config.HealthTCP {
			continue
		}
		switch other := check.Port != 0 && check.Port != balancer.ApplicationOf(w).TCP; {
		case check.By == balancer.AnswersLocal:
			found(path+".proxyProtocol", "true with instance targets and trafficPolicy Local; write target: ip, trafficPolicy: Cluster, or health: {port: traffic-port}")
		case other && check.By != balancer.AnswersNothing:
			found(path+".health.port", "%d with proxyProtocol and an %s check; write traffic-port, or protocol: TCP", check.Port, check.Protocol)
		}
	}
}

func findLocalHealth(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		if w.Target != config.TargetInstance || w.TrafficPolicy != config.PolicyLocal {
			continue
		}
		check := balancer.HealthCheckOf(w)
		switch {
		case check.By == balancer.AnswersLocal && check.Protocol == config.HealthTCP:
			found(path+".health.protocol", "TCP with trafficPolicy Local: kube-proxy accepts connections on every node, and reports only over HTTP whether the node has a pod; write HTTP")
		case check.By == balancer.AnswersProxy || check.By == balancer.AnswersKubelet:
			found(path+".health.port", "%d with trafficPolicy Local, which answers on every node; remove it", check.Port)
		}
	}
}

func findUnansweredPort(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		check := balancer.HealthCheckOf(w)
		if check.By != balancer.AnswersNothing {
			continue
		}
		if w.Protocol == config.ProtocolUDP && balancer.ApplicationOf(w).UDP == 0 {
			continue // config's problem: the application does not answer UDP
		}
		switch {
		case w.Target == config.TargetInstance && check.Port == 0:
			found(path+".health.port", "traffic-port, but with instance targets it is a UDP node port, and health checks use TCP; %s", wayOutOfUDPCheck(w))
		case w.Target == config.TargetInstance:
			found(path+".health.port", "%d, but nothing listens there on a node; write traffic-port, or %d, which is kube-proxy's", check.Port, awsdata.KubeProxyHealthPort)
		default:
			found(path+".health.port", "%d, but the pods of %s do not listen there for TCP; write %s", check.Port, w.App, balancer.ApplicationOf(w))
		}
	}
}

// wayOutOfUDPCheck returns what to write for a UDP workload whose load balancer checks its node port. Only a Service
// with a load balancer of its own has a health check node port.
func wayOutOfUDPCheck(w config.Workload) string {
	local, proxy := w.TrafficPolicy == config.PolicyLocal, fmt.Sprintf("health: {protocol: HTTP, path: /healthz, port: %d}, which is kube-proxy's", awsdata.KubeProxyHealthPort)
	switch {
	case local && w.IsGateway():
		return "write target: ip, trafficPolicy: Cluster with " + proxy + ", or kind: " + config.BaseKind(w.Kind)
	case local:
		return "remove it: the default is the health check node port"
	case w.IsGateway():
		return "write " + proxy
	default:
		return "write trafficPolicy: Local, or " + proxy
	}
}

// findWrongAnswer finds checks of ports whose listener does not return success for the request. None of the
// applications speaks TLS, nor does kube-proxy; the kubelet does, to those that it knows.
func findWrongAnswer(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		check := balancer.HealthCheckOf(w)
		asked, _, _ := strings.Cut(check.Path, "?")
		switch {
		case check.By == balancer.AnswersNothing || check.Protocol == config.HealthTCP:
		case check.By == balancer.AnswersKubelet:
			found(path+".health.port", "%d by %s, but the kubelet rejects unauthenticated requests there; write %d, which is kube-proxy's", check.Port, check.Protocol, awsdata.KubeProxyHealthPort)
		case check.Protocol == config.HealthHTTPS:
			found(path+".health.protocol", "HTTPS, but %s serves this port without TLS; write HTTP", answererName(w, check))
		case check.By == balancer.AnswersProxy && asked != "/healthz" && asked != "/livez":
			found(path+".health.path", "%s, but kube-proxy serves /healthz on port %d; remove it", check.Path, check.Port)
		case check.By == balancer.AnswersPod && w.App == config.App2048 && asked != "/":
			found(path+".health.path", "%s, but game-2048 serves only /; remove it", check.Path)
		}
	}
}

// answererName returns who answers a check, as people know it.
func answererName(w config.Workload, c balancer.HealthCheck) string {
	if c.By == balancer.AnswersPod {
		return w.App
	}
	return balancer.AnswersProxy
}
