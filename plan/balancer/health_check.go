package balancer

import (
	"cmp"
	"strconv"

	"eksnet/config"
	"eksnet/internal/awsdata"
)

// Who answers a health check.
const (
	// AnswersPod is a pod, which may be behind kube-proxy where targets are nodes.
	AnswersPod = "pod"
	// AnswersLocal is kube-proxy on a port that Kubernetes chooses for the Service. It says yes on nodes with a pod of
	// it.
	AnswersLocal = "kube-proxy, for local pods"
	// AnswersProxy is kube-proxy about itself.
	AnswersProxy = "kube-proxy"
	// AnswersKubelet is the kubelet.
	AnswersKubelet = "kubelet"
	// AnswersNothing is the value where nothing listens.
	AnswersNothing = ""
)

// HealthCheck is a load balancer's health check, with the defaults of the controller that creates it.
type HealthCheck struct {
	// Protocol is TCP, HTTP or HTTPS.
	Protocol string `json:"protocol"`
	// Port is a number; 0 is a node port that Kubernetes chooses.
	Port int `json:"port"`
	// Path is what HTTP and HTTPS ask for, "" with TCP.
	Path string `json:"path"`
	// Interval and Timeout are seconds, Healthy and Unhealthy how many answers in a row count.
	Interval  int `json:"interval"`
	Timeout   int `json:"timeout"`
	Healthy   int `json:"healthyThreshold"`
	Unhealthy int `json:"unhealthyThreshold"`
	// By is who answers.
	By string `json:"answeredBy"`
}

// HealthCheckOf returns the health check of a workload's load balancer: of a CLB as EKS's cloud controller has it
// (github.com/kubernetes/cloud-provider-aws, pkg/providers/v1/aws.go, EnsureLoadBalancer), of the others as the load
// balancer controller does (sigs.k8s.io/aws-load-balancer-controller, pkg/service/model_builder.go,
// pkg/ingress/model_builder.go). A Gateway's load balancer has the same, because its configuration states them.
func HealthCheckOf(w config.Workload) HealthCheck {
	c := HealthCheck{Protocol: config.HealthTCP, Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3}
	local := HasHealthNodePort(w)
	switch {
	case w.IsALB():
		c = HealthCheck{Protocol: config.HealthHTTP, Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2}
	case w.Kind == config.KindCLB && local:
		c = HealthCheck{Protocol: config.HealthHTTP, Interval: 10, Timeout: 5, Healthy: 2, Unhealthy: 6}
	case w.Kind == config.KindCLB:
		c = HealthCheck{Protocol: config.HealthTCP, Interval: 10, Timeout: 5, Healthy: 2, Unhealthy: 6}
	case local:
		c = HealthCheck{Protocol: config.HealthHTTP, Interval: 10, Timeout: 6, Healthy: 2, Unhealthy: 2}
	}
	var typed config.Health
	if w.Health != nil {
		typed = *w.Health
	}
	c.Protocol = cmp.Or(typed.Protocol, c.Protocol)
	c.Interval = cmp.Or(typed.Interval, c.Interval)
	c.Healthy = cmp.Or(typed.HealthyThreshold, c.Healthy)
	c.Unhealthy = cmp.Or(typed.UnhealthyThreshold, c.Unhealthy)
	c.Timeout = min(c.Timeout, longestTimeout(w, c.Interval))
	c.Port, c.By = answerer(w, typed.Port, local)
	if c.Protocol != config.HealthTCP {
		c.Path = cmp.Or(typed.Path, healthPath(w, c.By))
	}
	return c
}

// HasHealthNodePort reports whether kube-proxy answers on a port of its own whether a node has a pod of the workload.
// Kubernetes assigns one only to Services of type LoadBalancer; the Service of an ALB or behind a Gateway is of type
// NodePort, and the load balancer checks its traffic port whatever the policy, where a node without a pod does not
// answer.
func HasHealthNodePort(w config.Workload) bool {
	return !w.IsALB() && !w.IsGateway() && w.Target == config.TargetInstance && w.TrafficPolicy == config.PolicyLocal
}

// longestTimeout returns how long an answer may take: AWS wants an ALB's checks to end before the next one begins, and
// an NLB's no later than that (github.com/aws/aws-cdk/issues/16446).
func longestTimeout(w config.Workload, interval int) int {
	if w.IsALB() {
		return interval - 1
	}
	return interval
}

// healthPath is what is asked of who answers.
func healthPath(w config.Workload, by string) string {
	if by == AnswersPod || by == AnswersNothing {
		return ApplicationOf(w).Health
	}
	return "/healthz"
}

// answerer returns the port that a check asks and who is there.
func answerer(w config.Workload, port config.Port, local bool) (int, string) {
	number, _ := strconv.Atoi(string(port))
	nodes := w.Target == config.TargetInstance
	switch {
	case local && port == "":
		return 0, AnswersLocal
	case port == "" || port == config.TrafficPort:
		return trafficPort(w)
	case nodes && number == awsdata.KubeProxyHealthPort:
		return number, AnswersProxy
	case nodes && number == awsdata.KubeletPort:
		return number, AnswersKubelet
	case !nodes && ApplicationOf(w).listensTCP(number):
		return number, AnswersPod
	}
	return number, AnswersNothing
}

// trafficPort returns where the load balancer sends to. Health checks never use UDP
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html): a UDP node port answers
// no request, and a pod only if it listens for TCP there too.
func trafficPort(w config.Workload) (int, string) {
	udp := w.Protocol == config.ProtocolUDP
	switch app := ApplicationOf(w); {
	case w.Target == config.TargetInstance && udp:
		return 0, AnswersNothing
	case w.Target == config.TargetInstance:
		return 0, AnswersPod
	case udp && !app.listensTCP(app.UDP):
		return app.UDP, AnswersNothing
	case udp:
		return app.UDP, AnswersPod
	default:
		return app.TCP, AnswersPod
	}
}
