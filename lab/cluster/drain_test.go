package cluster

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"eksnet/lab/account"
)

func TestPodsOfALeavingNodeAreEvictedAndThoseOfABudgetAgainUntilItAllowsIt(t *testing.T) {
	pod := func(name, node string) *corev1.Pod {
		return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID(name)}, Spec: corev1.PodSpec{NodeName: node}}
	}
	client := fake.NewClientset(pod("first", "old"), pod("second", "old"), pod("other", "new"))
	var requested []string
	client.PrependReactor("create", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		eviction := action.(clienttesting.CreateAction).GetObject().(*policyv1.Eviction)
		requested = append(requested, eviction.Name)
		// The budget of both pods allows one to be missing, and the first one is missing for a round.
		if eviction.Name == "second" && len(requested) < 3 {
			return true, nil, apierrors.NewTooManyRequests("Cannot evict pod as it would violate the pod's disruption budget.", 1)
		}
		return true, eviction, client.Tracker().Delete(corev1.SchemeGroupVersion.WithResource("pods"), "shop", eviction.Name)
	})
	if err := evictPods(t.Context(), client, []account.Node{testNode("old")}); err != nil {
		t.Fatal(err)
	}
	list, err := client.CoreV1().Pods("").List(t.Context(), metav1.ListOptions{})
	if err != nil || len(list.Items) != 1 || list.Items[0].Name != "other" || len(requested) != 3 {
		t.Errorf("%d pods remain after evictions of %v (%v)", len(list.Items), requested, err)
	}
}

func TestNodesLeaveThatTheAccountHasNoMore(t *testing.T) {
	rest := without([]account.Node{testNode("a"), testNode("b")}, []account.Node{testNode("b"), testNode("c")})
	if len(rest) != 1 || rest[0].Name != "a" {
		t.Errorf("%v leave", rest)
	}
}
