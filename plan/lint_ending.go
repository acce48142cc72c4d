package plan

import (
	"eksnet/config"
)

// AWS's and Kubernetes' own times around the end of a pod, in seconds: how long a target keeps its connections, and how long a pod may
// take to end.
const (
	defaultDelay = 300
	defaultGrace = 30
)

// endingRules are about pods that end and load balancers that end.
var endingRules = []LintRule{
	{
		Name:   "deregistration-delay",
		Reason: "the load balancer keeps connections open for the delay, and the pod at their end is killed after its grace period: what is under way then is cut off",
		Source: "docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html",
		find:   delay,
	},
	{
		Name:   "pre-stop",
		Reason: "a pod ends at once when it is told to, and its load balancer hears of it some seconds later: what comes in between is refused",
		Source: "docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html",
		find:   preStop,
	},
	{
		Name:   "deletion-protection",
		Reason: "the controller refuses to delete the load balancer while it says so, and destroy waits for it until it gives up",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#load-balancer-attributes",
		find:   protection,
	},
	{
		Name:   "metrics",
		Reason: "a HorizontalPodAutoscaler reads how busy pods are from metrics-server, which neither EKS nor this stack brings: without it the number of pods stays as it is",
		Source: "docs.aws.amazon.com/eks/latest/userguide/horizontal-pod-autoscaler.html",
		find:   metrics,
	},
}

// delay looks at workloads that say anything of their end. The defaults of AWS and Kubernetes do not fit together, which is how everybody
// begins.
func delay(s *config.Stack, _ *Plan, found report) {
	for path, w := range each(s.Workloads, config.KindNLB, config.KindALB) {
		took, grace := defaultDelay, defaultGrace
		if w.DeregistrationDelay != nil {
			took = *w.DeregistrationDelay
		}
		if w.GracePeriod != 0 {
			grace = w.GracePeriod
		}
		said := took != defaultDelay || grace != defaultGrace || w.PreStop != 0 || w.ReadinessGate
		if w.Target == config.TargetIP && said && took > grace {
			found(path+".deregistrationDelay", "%d seconds, but gracePeriod is %d; lower it to that, or raise gracePeriod", took, grace)
		}
	}
}

func preStop(s *config.Stack, _ *Plan, found report) {
	for path, w := range each(s.Workloads, config.KindNLB, config.KindALB) {
		if w.ReadinessGate && w.PreStop == 0 {
			found(path+".preStop", "0 with readinessGate, by which pods that come lose no request, while those that go do; write some seconds, such as 15")
		}
	}
}

func protection(s *config.Stack, _ *Plan, found report) {
	for path, w := range each(s.Workloads, config.KindNLB, config.KindALB) {
		if truth(w.Attributes["deletion_protection.enabled"]) {
			found(path+`.attributes["deletion_protection.enabled"]`, "true; before pulumi destroy write \"false\" and pulumi up")
		}
	}
}

func metrics(s *config.Stack, _ *Plan, found report) {
	for path, w := range each(s.Workloads, config.KindCLB, config.KindNLB, config.KindALB) {
		if w.Autoscale != nil {
			found(path+".autoscale", "%d to %d pods by their load; install metrics-server", w.Autoscale.Min, w.Autoscale.Max)
		}
	}
}
