package cluster

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/gateway"
)

// gatePrefix is the beginning of the controller's readiness gates.
const gatePrefix = "target-health.elbv2.k8s.aws/"

// unfinished returns what controllers have not finished, one line each: Gateways that are not deployed, and pods
// without a readiness gate or a proxy in namespaces that request it.
func (l *Lab) unfinished(ctx context.Context) ([]string, error) {
	lines, err := l.undeployedGateways(ctx)
	if err != nil {
		return nil, err
	}
	namespaces, err := l.client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: gateLabel + "=enabled"})
	if err != nil {
		return nil, err
	}
	bindings, err := gateway.List(ctx, l.dynamic, targetGroupBindings)
	if err != nil {
		return nil, err
	}
	for _, n := range namespaces.Items {
		if !slices.ContainsFunc(bindings, func(b unstructured.Unstructured) bool { return b.GetNamespace() == n.Name }) {
			continue // it has no load balancer
		}
		pods, err := l.client.CoreV1().Pods(n.Name).List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		lines = append(lines, podsWithoutGate(pods.Items, requestedSince(&n, gateLabel))...)
	}
	without, err := l.podsWithoutProxy(ctx)
	return append(lines, without...), err
}

// injectionLabel is the label of a namespace in whose pods istiod injects proxies.
const injectionLabel = "istio-injection"

// podsWithoutProxy returns a line for each pod without a proxy in namespaces that request one.
func (l *Lab) podsWithoutProxy(ctx context.Context) (lines []string, err error) {
	namespaces, err := l.client.CoreV1().Namespaces().List(ctx, metav1.ListOptions{LabelSelector: injectionLabel + "=enabled"})
	if err != nil {
		return nil, err
	}
	for _, n := range namespaces.Items {
		pods, err := l.client.CoreV1().Pods(n.Name).List(ctx, metav1.ListOptions{})
		if err != nil {
			return nil, err
		}
		lines = append(lines, withoutProxy(pods.Items, requestedSince(&n, injectionLabel))...)
	}
	return lines, nil
}

// withoutProxy returns a line for each pod without a proxy. Pods from before proxies were requested have none until
// they are replaced.
func withoutProxy(pods []corev1.Pod, since metav1.Time) (lines []string) {
	isProxy := func(c corev1.Container) bool { return c.Name == "istio-proxy" }
	for _, pod := range pods {
		if pod.DeletionTimestamp == nil && !pod.CreationTimestamp.Before(&since) && !slices.ContainsFunc(slices.Concat(pod.Spec.InitContainers, pod.Spec.Containers), isProxy) {
			lines = append(lines, fmt.Sprintf("pod %s/%s has no proxy: it was created before istiod", pod.Namespace, pod.Name))
		}
	}
	return lines
}

// requestedSince returns the time at which a namespace got a label.
func requestedSince(n *corev1.Namespace, label string) (since metav1.Time) {
	for _, fields := range n.ManagedFields {
		if fields.FieldsV1 != nil && fields.Time != nil && strings.Contains(string(fields.FieldsV1.Raw), `"f:`+label+`"`) {
			since = *fields.Time
		}
	}
	return since
}

// podsWithoutGate returns a line for each pod without a readiness gate of the controller. Pods from before the gates
// were requested have none until they are replaced.
func podsWithoutGate(pods []corev1.Pod, since metav1.Time) (lines []string) {
	for _, pod := range pods {
		if pod.DeletionTimestamp == nil && !hasGate(pod.Spec.ReadinessGates) && !pod.CreationTimestamp.Before(&since) {
			lines = append(lines, fmt.Sprintf("pod %s/%s has no readiness gate: it was created before its target group", pod.Namespace, pod.Name))
		}
	}
	return lines
}

func hasGate(gates []corev1.PodReadinessGate) bool {
	for _, gate := range gates {
		if strings.HasPrefix(string(gate.ConditionType), gatePrefix) {
			return true
		}
	}
	return false
}

// undeployedGateways returns a line for each Gateway that the controller has not deployed, with the last warning.
func (l *Lab) undeployedGateways(ctx context.Context) (lines []string, err error) {
	gateways, err := gateway.List(ctx, l.dynamic, gateway.Gateways)
	if err != nil {
		return nil, err
	}
	for i := range gateways {
		o := &gateways[i]
		if problem := gateway.Undeployed(o.Object); problem != nil {
			line := fmt.Sprintf("%s is not deployed: %v", objectName(o), problem)
			if warning := l.lastWarning(ctx, o); warning != nil {
				line += "; " + warning.Error()
			}
			lines = append(lines, line)
		}
	}
	return lines, nil
}
