package plan

import (
	"cmp"
	"strconv"

	"eksnet/config"
)

// Who answers a health check.
const (
	// AnswersPod is a pod, which may be behind kube-proxy where targets are nodes.
	AnswersPod = "pod"
	// AnswersLocal is kube-proxy on a port that Kubernetes chooses for the Service. It says yes on nodes with a pod of it.
	AnswersLocal = "kube-proxy, for local pods"
	// AnswersProxy is kube-proxy about itself.
	AnswersProxy = "kube-proxy"
	// AnswersKubelet is the kubelet.
	AnswersKubelet = "kubelet"
	// AnswersNobody: nothing that is known listens there.
	AnswersNobody = ""
)

// Ports of a node that answer whatever runs there: kube-proxy's own health (kubernetes.io/docs/reference/command-line-tools-reference/kube-proxy,
// --healthz-bind-address) and the kubelet's (kubernetes.io/docs/reference/networking/ports-and-protocols).
const (
	kubeProxyPort = 10256
	kubeletPort   = 10250
)

// Check is how a load balancer tells whether a target works, with the defaults of the controller that makes it.
type Check struct {
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

// HealthOf is the health check of a workload's load balancer: of a CLB as EKS's cloud controller has it
// (github.com/kubernetes/cloud-provider-aws, pkg/providers/v1/aws.go, EnsureLoadBalancer), of the others as the load balancer controller
// does (sigs.k8s.io/aws-load-balancer-controller, pkg/service/model_builder.go, pkg/ingress/model_builder.go).
func HealthOf(w config.Workload) Check {
	c := Check{Protocol: config.HealthTCP, Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3}
	local := w.Target == config.TargetInstance && w.TrafficPolicy == config.PolicyLocal
	switch {
	case w.Kind == config.KindALB:
		c = Check{Protocol: config.HealthHTTP, Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2}
	case w.Kind == config.KindCLB && local:
		c = Check{Protocol: config.HealthHTTP, Interval: 10, Timeout: 5, Healthy: 2, Unhealthy: 6}
	case w.Kind == config.KindCLB:
		c = Check{Protocol: config.HealthTCP, Interval: 10, Timeout: 5, Healthy: 2, Unhealthy: 6}
	case local:
		c = Check{Protocol: config.HealthHTTP, Interval: 10, Timeout: 6, Healthy: 2, Unhealthy: 2}
	}
	var said config.Health
	if w.Health != nil {
		said = *w.Health
	}
	c.Protocol = cmp.Or(said.Protocol, c.Protocol)
	c.Interval = cmp.Or(said.Interval, c.Interval)
	c.Healthy = cmp.Or(said.HealthyThreshold, c.Healthy)
	c.Unhealthy = cmp.Or(said.UnhealthyThreshold, c.Unhealthy)
	c.Timeout = min(c.Timeout, longest(w, c.Interval))
	c.Port, c.By = answers(w, said.Port, local)
	if c.Protocol != config.HealthTCP {
		c.Path = cmp.Or(said.Path, healthPath(w, c.By))
	}
	return c
}

// longest is how long an answer may take: AWS wants an ALB's checks to end before the next one begins, and an NLB's no later than that
// (github.com/aws/aws-cdk/issues/16446).
func longest(w config.Workload, interval int) int {
	if w.Kind == config.KindALB {
		return interval - 1
	}
	return interval
}

// healthPath is what is asked of who answers.
func healthPath(w config.Workload, by string) string {
	if by == AnswersPod || by == AnswersNobody {
		return Serves(w).Health
	}
	return "/healthz"
}

// answers are the port that a check asks and who is there.
func answers(w config.Workload, port config.Port, local bool) (int, string) {
	number, _ := strconv.Atoi(string(port))
	nodes := w.Target == config.TargetInstance
	switch {
	case local && port == "":
		return 0, AnswersLocal
	case port == "" || port == config.TrafficPort:
		return trafficPort(w)
	case nodes && number == kubeProxyPort:
		return number, AnswersProxy
	case nodes && number == kubeletPort:
		return number, AnswersKubelet
	case !nodes && Serves(w).tcp(number):
		return number, AnswersPod
	}
	return number, AnswersNobody
}

// trafficPort is where the load balancer sends to. Health checks never speak UDP
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-health-checks.html): a node port of UDP answers nobody, and a pod
// only if it listens for TCP there too.
func trafficPort(w config.Workload) (int, string) {
	udp := w.Protocol == config.ProtocolUDP
	switch serves := Serves(w); {
	case w.Target == config.TargetInstance && udp:
		return 0, AnswersNobody
	case w.Target == config.TargetInstance:
		return 0, AnswersPod
	case udp && !serves.tcp(serves.UDP):
		return serves.UDP, AnswersNobody
	case udp:
		return serves.UDP, AnswersPod
	default:
		return serves.TCP, AnswersPod
	}
}
