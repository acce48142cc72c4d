package cluster

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestPodsWithoutTheControllersGateAreReported(t *testing.T) {
	pod := func(name string, gates ...string) corev1.Pod {
		p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "web", Name: name, CreationTimestamp: metav1.Unix(1000, 0)}}
		for _, gate := range gates {
			p.Spec.ReadinessGates = append(p.Spec.ReadinessGates, corev1.PodReadinessGate{ConditionType: corev1.PodConditionType(gate)})
		}
		return p
	}
	ending := pod("ending")
	ending.DeletionTimestamp = &metav1.Time{}
	early := pod("early")
	early.CreationTimestamp = metav1.Unix(999, 0)
	requested := metav1.Unix(1000, 0)
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{ManagedFields: []metav1.ManagedFieldsEntry{
		{Time: &metav1.Time{}, FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:metadata":{"f:labels":{"f:other":{}}}}`)}},
		{Time: &requested, FieldsV1: &metav1.FieldsV1{Raw: []byte(`{"f:metadata":{"f:labels":{"f:elbv2.k8s.aws/pod-readiness-gate-inject":{}}}}`)}},
	}}}
	lines := podsWithoutGate([]corev1.Pod{early, pod("gated", "example.com/other", "target-health.elbv2.k8s.aws/k8s-web"), pod("other", "example.com/other"), pod("none"), ending}, requestedSince(namespace, gateLabel))
	want := []string{"pod web/other has no readiness gate: it was created before its target group", "pod web/none has no readiness gate: it was created before its target group"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q, want %q", lines, want)
	}
}

func TestPodsWithoutTheProxyThatTheirNamespaceRequestsAreReported(t *testing.T) {
	pod := func(name string, created int64, containers ...string) corev1.Pod {
		p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, CreationTimestamp: metav1.Unix(created, 0)}}
		for _, c := range containers {
			p.Spec.InitContainers = append(p.Spec.InitContainers, corev1.Container{Name: c})
		}
		return p
	}
	ending := pod("ending", 1000)
	ending.DeletionTimestamp = &metav1.Time{}
	gateway := pod("gateway", 1000)
	gateway.Spec.Containers = []corev1.Container{{Name: "istio-proxy"}}
	lines := withoutProxy([]corev1.Pod{pod("early", 999), pod("none", 1000, "istio-init"), pod("beside", 1000, "istio-init", "istio-proxy"), gateway, ending}, metav1.Unix(1000, 0))
	if want := []string{"pod shop/none has no proxy: it was created before istiod"}; !slices.Equal(lines, want) {
		t.Errorf("%q, want %q", lines, want)
	}
}
