package cluster

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func TestPodsWithoutTheControllersGateAreReported(t *testing.T) {
	pod := func(name string, gates ...string) corev1.Pod {
		p := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "web", Name: name}}
		for _, gate := range gates {
			p.Spec.ReadinessGates = append(p.Spec.ReadinessGates, corev1.PodReadinessGate{ConditionType: corev1.PodConditionType(gate)})
		}
		return p
	}
	ending := pod("ending")
	ending.DeletionTimestamp = &metav1.Time{}
	lines := podsWithoutGate([]corev1.Pod{pod("gated", "example.com/other", "target-health.elbv2.k8s.aws/k8s-web"), pod("other", "example.com/other"), pod("none"), ending})
	want := []string{"pod web/other has no readiness gate: it was created before its target group", "pod web/none has no readiness gate: it was created before its target group"}
	if !slices.Equal(lines, want) {
		t.Errorf("%q, want %q", lines, want)
	}
}
