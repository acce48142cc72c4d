package config

import (
	"math"

	"eksnet/internal/awsdata"
)

// MostGrace is the longest grace period of a pod, in seconds. EKS tries for 15 minutes to empty a node in an update,
// and then ends the update with PodEvictionFailure
// (docs.aws.amazon.com/eks/latest/userguide/managed-node-update-behavior.html); one of them is for the evictions.
const MostGrace = 14 * 60

// pods checks how a workload's pods come and go.
func (v *validator) pods(path string, w Workload) {
	v.between(path+".preStop", w.PreStop, 0, MostGrace-1, "seconds")
	v.gracePeriod(path+".gracePeriod", w.GracePeriod)
	if w.PreStop > 0 && w.PreStop >= w.GracePeriod {
		v.Add(path+".preStop", "%d seconds with a gracePeriod of %d leave no time for the pod to end; lower it, or raise gracePeriod", w.PreStop, w.GracePeriod)
	}
	if w.Autoscale != nil {
		v.autoscale(path+".autoscale", *w.Autoscale)
	}
	switch least := w.LeastPods(); {
	case v.outside(path+".minAvailable", w.MinAvailable, 0, math.MaxInt32):
		v.Add(path+".minAvailable", "%d pods; 0 or more are accepted, but fewer than the workload has", w.MinAvailable)
	case w.MinAvailable >= least && w.MinAvailable > 0:
		v.Add(path+".minAvailable", "%d of %s, so no pod may be evicted and no node can be drained; lower it, or add pods", w.MinAvailable, Count(least, "pod", "pods"))
	}
}

// gracePeriod refuses 0, with which the API server removes a pod before its process has ended, and the kubelet kills it
// after two seconds (github.com/kubernetes/kubernetes, pkg/registry/core/pod/strategy.go, CheckGracefulDelete;
// pkg/kubelet/kuberuntime, minimumGracePeriodInSeconds).
func (v *validator) gracePeriod(path string, seconds int) {
	switch {
	case seconds == 0:
		v.Add(path, "0 seconds, with which Kubernetes removes a pod at once and kills its process two seconds later, so requests in progress are aborted; 1 to %d are accepted, such as %d", MostGrace, awsdata.GracePeriod)
	case v.outside(path, seconds, 1, MostGrace):
		v.Add(path, "%d seconds; 1 to %d are accepted, because EKS waits up to 15 minutes for the pods of a node to end when it updates a node group, and then the update fails", seconds, MostGrace)
	}
}

func (v *validator) autoscale(path string, a Autoscale) {
	v.between(path+".min", a.Min, 1, 100, "pods")
	v.between(path+".max", a.Max, 1, 100, "pods")
	v.between(path+".cpu", a.CPU, 1, 100, "percent")
	if a.Max > 0 && a.Min > a.Max {
		v.Add(path, "min %d is greater than max %d; lower min or raise max", a.Min, a.Max)
	}
}
