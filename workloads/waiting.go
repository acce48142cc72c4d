package workloads

import (
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// Pulumi waits ten minutes for an object to become ready or to be gone unless it is given other times
// (github.com/pulumi/pulumi-kubernetes, provider/pkg/await/await.go), and Kubernetes gives a rollout ten minutes for each step
// (kubernetes.io/docs/concepts/workloads/controllers/deployment, progress deadline).
const waits = 10 * time.Minute

// gone are the times for deleting what holds pods: a delete of a Deployment waits in the foreground until its pods have ended, and one of a
// Namespace until all in it has. Services and Ingresses wait for their load balancer alone, however long pods end.
func gone(spec config.Workload) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: text(waits + ending(spec))})
}

// rolledOut adds the times for a rollout whose pods wait for their load balancer, one after another as the default strategy lets them.
func rolledOut(spec config.Workload) pulumi.ResourceOption {
	ready := text(waits + time.Duration(balancer.RolloutSteps(spec.MostPods()))*balancer.HealthyAfter(spec))
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: ready, Update: ready, Delete: text(waits + ending(spec))})
}

// ending is the longest time that a pod may take to end.
func ending(spec config.Workload) time.Duration { return time.Duration(spec.GracePeriod) * time.Second }

// text is a time as Pulumi reads it.
func text(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) + "s" }
