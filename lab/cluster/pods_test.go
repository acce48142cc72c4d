package cluster

import (
	"fmt"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"eksnet/lab/account"
	"eksnet/lab/rehearsed"
)

func testNode(name string, addresses ...string) account.Node {
	return account.Node{Name: name, Zone: "ap-northeast-2a", InstanceType: "t3.medium", MaxPods: 17, PodIPs: addresses, Labels: map[string]string{"group": name}}
}

func testPod(kind string, at string) corev1.Pod {
	return corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Labels: map[string]string{"pod-template-hash": kind}}, Spec: corev1.PodSpec{NodeName: at}}
}

func TestPodsOfADeploymentAreSpreadOverNodes(t *testing.T) {
	nodes := []account.Node{testNode("a", "10.0.0.1", "10.0.0.2", "10.0.0.3"), testNode("b", "10.0.1.1", "10.0.1.2", "10.0.1.3"), testNode("c", "10.0.2.1", "10.0.2.2", "10.0.2.3")}
	pods := []corev1.Pod{testPod("other", "a"), testPod("other", "b")}
	for _, want := range []string{"c", "a", "b", "c"} {
		next := testPod("shop", "")
		got, err := chooseNode(&next, nodes, pods)
		if err != nil || got != want {
			t.Fatalf("with %d pods the next is scheduled to %q (%v), want %q", len(pods), got, err, want)
		}
		next.Spec.NodeName = got
		next.Status.PodIP, err = freeAddress(nodes[want[0]-'a'], pods)
		if err != nil {
			t.Fatal(err)
		}
		pods = append(pods, next)
	}
}

func TestSchedulingRespectsSelectorsAndTaints(t *testing.T) {
	tainted := testNode("a", "10.0.0.1")
	tainted.Taints = []rehearsed.Taint{{Key: "dedicated", Effect: "NoSchedule"}}
	disliked := testNode("b", "10.0.1.1")
	disliked.Taints = []rehearsed.Taint{{Key: "spot", Effect: "PreferNoSchedule"}}
	nodes := []account.Node{tainted, disliked}

	plain, tolerant, picky := testPod("x", ""), testPod("x", ""), testPod("x", "")
	tolerant.Spec.Tolerations = []corev1.Toleration{{Key: "dedicated", Operator: corev1.TolerationOpExists}}
	picky.Spec.NodeSelector = map[string]string{"group": "a"}
	for want, p := range map[string]corev1.Pod{"b": plain, "a": tolerant, "": picky} {
		if got, _ := chooseNode(&p, nodes, nil); got != want {
			t.Errorf("scheduled to %q, want %q", got, want)
		}
	}
}

func TestAPodIsScheduledBesideThePodsOfItsAffinity(t *testing.T) {
	nodes := []account.Node{testNode("a", "10.0.0.1"), testNode("b", "10.0.1.1"), testNode("c", "10.0.2.1")}
	for i := range nodes {
		nodes[i].Labels[corev1.LabelHostname] = nodes[i].Name
	}
	client, next := testPod("clients", "b"), testPod("server", "")
	client.Labels["app"] = "clients"
	next.Spec.Affinity = &corev1.Affinity{PodAffinity: &corev1.PodAffinity{RequiredDuringSchedulingIgnoredDuringExecution: []corev1.PodAffinityTerm{{
		TopologyKey: corev1.LabelHostname, LabelSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": "clients"}}}}}}
	if got, err := chooseNode(&next, nodes, []corev1.Pod{client, testPod("other", "a")}); got != "b" {
		t.Errorf("scheduled to %q (%v), want b", got, err)
	}
	if got, err := chooseNode(&next, nodes, []corev1.Pod{testPod("other", "a")}); err == nil {
		t.Errorf("scheduled to %q without a pod of its affinity", got)
	}
}

func TestAddressesAreUniqueAndANodeHasAtMostMaxPods(t *testing.T) {
	n := testNode("a", "10.0.0.1", "10.0.0.2", "10.0.0.3")
	n.MaxPods = 2
	var pods []corev1.Pod
	for _, want := range []string{"10.0.0.1", "10.0.0.2", ""} {
		got, err := freeAddress(n, pods)
		if got != want || (err != nil) != (want == "") {
			t.Fatalf("pod %d gets %q (%v), want %q", len(pods), got, err, want)
		}
		p := testPod("x", "a")
		p.Status.PodIP = got
		pods = append(pods, p)
	}
	n.MaxPods = 10
	pods[0] = testPod("x", "b") // the first pod is deleted, so its address is free again
	pods[2] = testPod("x", "b")
	if got, err := freeAddress(n, pods); got != "10.0.0.1" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAPodIsReadyOnlyIfItsReadinessGatesAreTrue(t *testing.T) {
	p := testPod("x", "a")
	p.Spec.ReadinessGates = []corev1.PodReadinessGate{{ConditionType: "target-health.elbv2.k8s.aws/x"}}
	if open, _ := hasTrueGates(&p); open {
		t.Error("ready while the gate is unknown")
	}
	setCondition(&p, "target-health.elbv2.k8s.aws/x", false, "")
	if open, _ := hasTrueGates(&p); open {
		t.Error("ready while the gate is false")
	}
	setCondition(&p, "target-health.elbv2.k8s.aws/x", true, "")
	if open, why := hasTrueGates(&p); !open {
		t.Error(why)
	}
}

func TestAnUnchangedConditionIsNotWrittenAgain(t *testing.T) {
	p := testPod("x", "a")
	changes := fmt.Sprint(setCondition(&p, corev1.PodReady, false, "why"), setCondition(&p, corev1.PodReady, false, "why"), setCondition(&p, corev1.PodReady, true, ""), setCondition(&p, corev1.PodReady, true, ""))
	if changes != "true false true false" || len(p.Status.Conditions) != 1 {
		t.Errorf("%s, %d conditions", changes, len(p.Status.Conditions))
	}
}

func TestANodeHasTheLabelsAndAddressesThatControllersUse(t *testing.T) {
	n := testNode("ip-10-0-0-5")
	n.ProviderID, n.Address = "aws:///ap-northeast-2a/i-1", "10.0.0.5"
	made, status := newNode(n), newNodeStatus(n, "v1.35.4")
	if made.Spec.ProviderID != n.ProviderID || made.Labels[corev1.LabelTopologyZone] != "ap-northeast-2a" || made.Labels[corev1.LabelTopologyRegion] != "ap-northeast-2" ||
		made.Labels["group"] != "ip-10-0-0-5" || status.NodeInfo.KubeletVersion != "v1.35.4" ||
		status.Addresses[0].Address != "10.0.0.5" || status.Conditions[0].Status != corev1.ConditionTrue {
		t.Errorf("%v %v", made, status)
	}
}
