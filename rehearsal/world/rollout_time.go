package world

import "time"

var rolloutEnds = rule("a rollout that waits for its load balancer completes before the provider's timeout",
	`Timeout occurred for '%s'; Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live`,
	"https://github.com/pulumi/pulumi-kubernetes/blob/master/provider/pkg/await/deployment.go; "+controllerSource+"docs/deploy/pod_readiness_gate.md")

// noteStarted records that a rollout has started a pod, and whether it replaces an older one.
func noteStarted(o *Object, inPlace bool) {
	o.learn("startedPods", o.number("startedPods")+1)
	if inPlace {
		o.learn("replacedPods", o.number("replacedPods")+1)
	}
}

// rolledInTime refuses a rollout that takes longer than the provider waits. Pods that are started side by side wait
// together; those that replace older ones wait in steps, as many at once as the strategy allows.
func (c *call) rolledInTime(o *Object, surge, unavailable int) error {
	started, replaced := o.number("startedPods"), o.number("replacedPods")
	o.learn("startedPods", 0)
	o.learn("replacedPods", 0)
	if started == 0 {
		return nil
	}
	steps := 1
	if atOnce := surge + unavailable; replaced > 0 {
		steps = (replaced + atOnce - 1) / atOnce
	}
	healthy := c.healthyAfter(o)
	takes, limit := time.Duration(steps)*healthy, c.timeout(providerWaits)
	return caused(rolloutEnds.when(takes > limit, o.name()),
		explain("its pods become healthy in %d steps of %s, and the provider waits for %s", steps, healthy, limit))
}

// healthyAfter returns how long the targets of a Deployment's gated pods take to be healthy: the number of checks in a
// row.
func (w *World) healthyAfter(o *Object) time.Duration {
	longest := 0
	for _, pod := range w.podsOf(o.key()) {
		for _, gate := range gatesOf(pod) {
			binding := w.find(o.Cluster, bindingType, identity(o.namespace(), gate[len(gatePrefix):]))
			if binding == nil {
				continue
			}
			if target := w.get(targetGroupType, binding.text("spec.targetGroupARN")); target != nil {
				longest = max(longest, target.number("healthCheck.interval")*target.number("healthCheck.healthyThreshold"))
			}
		}
	}
	return time.Duration(longest) * time.Second
}
