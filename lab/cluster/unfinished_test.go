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
	lines := podsWithoutGate([]corev1.Pod{early, pod("gated", "example.com/other", "target-health.elbv2.k8s.aws/k8s-web"), pod("other", "example.com/other"), pod("none"), ending}, requestedSince(namespace))
	want := []string{"pod web/other has no readiness gate: it was created before its target group", "pod web/none has no readiness gate: it was created before its target group"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q, want %q", lines, want)
	}
}
