package cluster

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/account"
	"eksnet/lab/rehearsed"
)

func node(name string, addresses ...string) account.Node {
	return account.Node{Name: name, Zone: "ap-northeast-2a", InstanceType: "t3.medium", MaxPods: 17, PodIPs: addresses, Labels: map[string]string{"group": name}}
}

func pod(kind string, at string) corev1.Pod {
	return corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Labels: map[string]string{"pod-template-hash": kind}}, Spec: corev1.PodSpec{NodeName: at}}
}

func TestPodsOfADeploymentSpreadOverNodes(t *testing.T) {
	nodes := []account.Node{node("a", "10.0.0.1", "10.0.0.2", "10.0.0.3"), node("b", "10.0.1.1", "10.0.1.2", "10.0.1.3"), node("c", "10.0.2.1", "10.0.2.2", "10.0.2.3")}
	pods := []corev1.Pod{pod("other", "a"), pod("other", "b")}
	for _, want := range []string{"c", "a", "b", "c"} {
		next := pod("shop", "")
		got, err := place(&next, nodes, pods)
		if err != nil || got != want {
			t.Fatalf("with %d pods the next goes to %q (%v), want %q", len(pods), got, err, want)
		}
		next.Spec.NodeName = got
		next.Status.PodIP, err = addressFor(nodes[want[0]-'a'], pods)
		if err != nil {
			t.Fatal(err)
		}
		pods = append(pods, next)
	}
}

func TestAPodGoesWhereItsSelectorAndTheTaintsLetIt(t *testing.T) {
	tainted := node("a", "10.0.0.1")
	tainted.Taints = []rehearsed.Taint{{Key: "dedicated", Effect: "NoSchedule"}}
	disliked := node("b", "10.0.1.1")
	disliked.Taints = []rehearsed.Taint{{Key: "spot", Effect: "PreferNoSchedule"}}
	nodes := []account.Node{tainted, disliked}

	plain, tolerant, picky := pod("x", ""), pod("x", ""), pod("x", "")
	tolerant.Spec.Tolerations = []corev1.Toleration{{Key: "dedicated", Operator: corev1.TolerationOpExists}}
	picky.Spec.NodeSelector = map[string]string{"group": "a"}
	for want, p := range map[string]corev1.Pod{"b": plain, "a": tolerant, "": picky} {
		if got, _ := place(&p, nodes, nil); got != want {
			t.Errorf("it goes to %q, want %q", got, want)
		}
	}
}

func TestNoTwoPodsHaveOneAddressAndNoMoreFitThanTheNodeTakes(t *testing.T) {
	n := node("a", "10.0.0.1", "10.0.0.2", "10.0.0.3")
	n.MaxPods = 2
	var pods []corev1.Pod
	for _, want := range []string{"10.0.0.1", "10.0.0.2", ""} {
		got, err := addressFor(n, pods)
		if got != want || (err != nil) != (want == "") {
			t.Fatalf("pod %d gets %q (%v), want %q", len(pods), got, err, want)
		}
		p := pod("x", "a")
		p.Status.PodIP = got
		pods = append(pods, p)
	}
	n.MaxPods = 10
	pods[0] = pod("x", "b") // the first is gone, so its address is free again
	pods[2] = pod("x", "b")
	if got, err := addressFor(n, pods); got != "10.0.0.1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAPodIsReadyOnlyWhenItsReadinessGatesAre(t *testing.T) {
	p := pod("x", "a")
	p.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "target-health.elbv2.k8s.aws/x"}}
	if open, _ := gatesOpen(&p); open {
		t.Error("ready while the gate is unknown")
	}
	set(&p, "target-health.elbv2.k8s.aws/x", false, "")
	if open, _ := gatesOpen(&p); open {
		t.Error("ready while the gate is false")
	}
	set(&p, "target-health.elbv2.k8s.aws/x", true, "")
	if open, why := gatesOpen(&p); !open {
		t.Error(why)
	}
}

func TestAConditionThatIsTheSameIsNotWrittenAgain(t *testing.T) {
	p := pod("x", "a")
	told := fmt.Sprint(set(&p, corev1.PodReady, false, "why"), set(&p, corev1.PodReady, false, "why"), set(&p, corev1.PodReady, true, ""), set(&p, corev1.PodReady, true, ""))
	if told != "true false true false" || len(p.Status.Conditions) != 1 {
		t.Errorf("%s, %d conditions", told, len(p.Status.Conditions))
	}
}

func TestANodeHasTheLabelsAndAddressesByWhichControllersKnowIt(t *testing.T) {
	n := node("ip-10-0-0-5")
	n.ProviderID, n.PrivateIP = "aws:///ap-northeast-2a/i-1", "10.0.0.5"
	made, status := nodeOf(n), nodeStatus(n)
	if made.Spec.ProviderID != n.ProviderID || made.Labels[corev1.LabelTopologyZone] != "ap-northeast-2a" || made.Labels[corev1.LabelTopologyRegion] != "ap-northeast-2" ||
		made.Labels["group"] != "ip-10-0-0-5" || status.Addresses[0].Address != "10.0.0.5" || status.Conditions[0].Status != corev1.ConditionTrue {
		t.Errorf("%v %v", made, status)
	}
}
