package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"eksnet/lab/gateway"
)

// gateLabel is the label of a namespace whose pods get readiness gates.
const gateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

// targetGroupBindings are the resources by which the controller finds the target groups of a pod.
var targetGroupBindings = schema.GroupVersionResource{Group: "elbv2.k8s.aws", Version: "v1beta1", Resource: "targetgroupbindings"}

// waitForGates waits, before a Deployment whose pods get readiness gates, until the load balancers of the Services and
// Ingresses of its namespace have addresses and a target group: a pod that is created earlier gets no gate. A Gateway
// has its target groups once its patch is deployed.
func (l *Lab) waitForGates(ctx context.Context, o *unstructured.Unstructured) error {
	if o.GetKind() != "Deployment" {
		return nil
	}
	namespace, err := l.client.CoreV1().Namespaces().Get(ctx, o.GetNamespace(), metav1.GetOptions{})
	if err != nil || namespace.Labels[gateLabel] != "enabled" {
		return err
	}
	isHere := func(a Address) bool { return a.Namespace == o.GetNamespace() && a.Kind != gateway.Kind }
	all, err := l.waitForAddresses(ctx, isHere)
	if err != nil || !slices.ContainsFunc(all, isHere) {
		return err
	}
	return l.waitForTargetGroup(ctx, o.GetNamespace())
}

// waitForTargetGroup waits until a namespace has a target group.
func (l *Lab) waitForTargetGroup(ctx context.Context, namespace string) error {
	for late := time.After(addressTimeout); ; {
		found, err := l.dynamic.Resource(targetGroupBindings).Namespace(namespace).List(ctx, metav1.ListOptions{})
		if err == nil && len(found.Items) > 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-late:
			return errors.Join(fmt.Errorf("namespace %s has no target group after %s; for the reason see the logs in %s", namespace, addressTimeout, l.path("logs")), err)
		case <-time.After(pollInterval):
		}
	}
}
