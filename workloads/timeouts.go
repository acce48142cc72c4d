package workloads

import (
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/plan/balancer"
)

// defaultTimeout is the time that Pulumi waits for an object to become ready or to be deleted
// (github.com/pulumi/pulumi-kubernetes, provider/pkg/await/await.go), and the progress deadline for each step of a
// rollout (kubernetes.io/docs/concepts/workloads/controllers/deployment).
const defaultTimeout = 10 * time.Minute

// deleteTimeout returns the timeout for deleting an object that contains pods. Deleting a Deployment takes until its
// pods have terminated, and deleting a Namespace takes until everything in it is deleted. Services and Ingresses do not
// need it: deleting them only takes until their load balancer is deleted.
func deleteTimeout(spec config.Workload) pulumi.ResourceOption {
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: seconds(defaultTimeout + gracePeriod(spec))})
}

// rolloutTimeouts returns the timeouts of a Deployment. With readiness gates, each step of a rollout takes until the
// load balancer finds the new pods healthy; balancer.RolloutSteps has the number of steps with the default strategy.
func rolloutTimeouts(spec config.Workload) pulumi.ResourceOption {
	ready := seconds(defaultTimeout + time.Duration(balancer.RolloutSteps(spec.MostPods()))*balancer.HealthyAfter(spec))
	return pulumi.Timeouts(&pulumi.CustomTimeouts{Create: ready, Update: ready, Delete: seconds(defaultTimeout + gracePeriod(spec))})
}

// gracePeriod returns the longest time that a pod may take to terminate.
func gracePeriod(spec config.Workload) time.Duration {
	return time.Duration(spec.GracePeriod) * time.Second
}

// seconds formats a duration for Pulumi.
func seconds(d time.Duration) string { return strconv.Itoa(int(d.Seconds())) + "s" }
