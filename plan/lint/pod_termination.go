package lint

import (
	"strconv"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/address"
)

// terminationRules are about pods that end and load balancers that end.
var terminationRules = []Rule{
	{
		Name:   "deregistration-delay",
		Reason: "the load balancer keeps connections to a target open for the delay, but the pod is killed after its grace period: requests in progress then are interrupted",
		Source: "docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html",
		find:   findLongDelay,
	},
	{
		Name:   "pre-stop",
		Reason: "a pod ends as soon as it is deleted, but the load balancer deregisters it some seconds later: connections in between are refused",
		Source: "docs.aws.amazon.com/eks/latest/best-practices/load-balancing.html",
		find:   findMissingPreStop,
	},
	{
		Name:   "deletion-protection",
		Reason: "the controller does not delete a load balancer with deletion protection, so destroy waits for it until it times out",
		Source: "kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/#load-balancer-attributes",
		find:   findDeletionProtection,
	},
	{
		Name:   "metrics",
		Reason: "a HorizontalPodAutoscaler reads the load of pods from metrics-server, which EKS installs only as an add-on: without it the number of pods does not change",
		Source: "docs.aws.amazon.com/eks/latest/userguide/horizontal-pod-autoscaler.html",
		find:   findAutoscale,
	},
}

// findLongDelay looks at workloads that say anything of their end. The defaults of AWS and Kubernetes do not fit
// together, which is how everybody begins.
func findLongDelay(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		if w.DeregistrationDelay == nil || w.GracePeriod == 0 {
			continue // config's problem
		}
		took, grace := *w.DeregistrationDelay, w.GracePeriod
		said := took != awsdata.DeregistrationDelay || grace != awsdata.GracePeriod || w.PreStop != 0 || w.ReadinessGate
		if w.Target == config.TargetIP && said && took > grace {
			found(path+".deregistrationDelay", "%d seconds, but gracePeriod is %d; lower it to that, or raise gracePeriod", took, grace)
		}
	}
}

func findMissingPreStop(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		if w.ReadinessGate && w.PreStop == 0 {
			found(path+".preStop", "0 with readinessGate, which avoids lost requests when pods start but not when they end; write some seconds, such as 15")
		}
	}
}

func findDeletionProtection(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.ControllerKinds...) {
		if isTrue(w.Attributes[awsdata.DeletionProtection]) {
			found(path+`.attributes["deletion_protection.enabled"]`, "true; before pulumi destroy, write \"false\" and run pulumi up")
		}
	}
}

func findAutoscale(s *config.Stack, _ []address.Zone, found reportFunc) {
	for path, w := range config.WorkloadsOfKind(s.Workloads, config.BalancedKinds...) {
		if w.Autoscale != nil && s.Addons.MetricsServer == nil {
			found(path+".autoscale", "%d to %d pods; add addons: {metricsServer: {}}, unless something else installs metrics-server in the cluster", w.Autoscale.Min, w.Autoscale.Max)
		}
	}
}

// isTrue reads an attribute as the controllers do.
func isTrue(value string) bool {
	yes, err := strconv.ParseBool(value)
	return err == nil && yes
}
