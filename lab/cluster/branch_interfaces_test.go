package cluster

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"eksnet/lab/account"
)

// branchPod returns a pod on a node as the webhook of the VPC resource controller changes it.
func branchPod(at string) corev1.Pod {
	p := testPod("shop", at)
	p.Spec.Containers = []corev1.Container{{Resources: corev1.ResourceRequirements{Requests: corev1.ResourceList{podENI: resource.MustParse("1")}}}}
	return p
}

func TestAPodWithABranchInterfaceIsScheduledWhereOneIsFree(t *testing.T) {
	nodes := []account.Node{testNode("a", "10.0.0.1"), testNode("b", "10.0.1.1"), testNode("c", "10.0.2.1")}
	nodes[1].BranchInterfaces, nodes[2].BranchInterfaces = 2, 1
	ended := branchPod("b")
	ended.Status.Phase = corev1.PodSucceeded
	pods := []corev1.Pod{ended}
	for _, want := range []string{"c", "b", "b", ""} {
		next := branchPod("")
		got, err := chooseNode(&next, nodes, pods)
		if got != want || (err != nil) != (want == "") {
			t.Fatalf("with %d pods the next is scheduled to %q (%v), want %q", len(pods), got, err, want)
		}
		pods = append(pods, branchPod(got))
	}
	plain := testPod("other", "")
	if got, err := chooseNode(&plain, nodes, pods); got != "a" {
		t.Errorf("a pod without a branch interface is scheduled to %q (%v), want a", got, err)
	}
	nodes[2].BranchInterfaces, nodes[2].MaxPods = 10, 1
	next := branchPod("")
	if got, _ := chooseNode(&next, nodes, pods); got != "" {
		t.Errorf("scheduled to %q, which has as many pods as its kubelet accepts", got)
	}
}

func TestAPodHasTheAddressOfItsBranchInterface(t *testing.T) {
	node := testNode("a", "10.0.0.1")
	p := branchPod("a")
	if got, err := podAddress(&p, node, nil); err == nil {
		t.Errorf("address %s before the controller has created the interface", got)
	}
	for annotation, want := range map[string]string{
		`[{"eniId":"eni-1","ifAddress":"02:00","privateIp":"10.0.0.130","ipv6Addr":"","vlanId":1,"subnetCidr":"10.0.0.0/24"}]`: "10.0.0.130",
		`[{"eniId":"eni-1","privateIp":"","ipv6Addr":"2001:db8::5","vlanId":1}]`:                                               "2001:db8::5",
		"[]": "", "{": "",
	} {
		p.Annotations = map[string]string{podENI: annotation}
		if got, err := podAddress(&p, node, nil); got != want || (err != nil) != (want == "") {
			t.Errorf("%s: %q (%v), want %q", annotation, got, err, want)
		}
	}
	plain := testPod("other", "a")
	if got, err := podAddress(&plain, node, nil); got != "10.0.0.1" {
		t.Errorf("a pod without a branch interface has %q (%v)", got, err)
	}
}

func TestTrunksAreRequestedWithTheConfigurationOfTheCNI(t *testing.T) {
	l := &Lab{}
	for _, c := range []struct {
		configuration []string
		want          bool
	}{{[]string{"ENABLE_POD_ENI=true", "POD_SECURITY_GROUP_ENFORCING_MODE=strict"}, true}, {[]string{"ENABLE_POD_ENI=false"}, false}, {nil, false}} {
		if l.setWantsTrunks(c.configuration); l.wantsTrunks.Load() != c.want {
			t.Errorf("%v: %t", c.configuration, l.wantsTrunks.Load())
		}
	}
}

func TestTheAPIServerCallsTheWebhooksOfTheResourceControllerOnItsMachine(t *testing.T) {
	webhook := map[string]any{"name": "mpod.vpc.k8s.aws", "clientConfig": map[string]any{"service": map[string]any{"name": "webhook-service", "path": "/mutate-v1-pod"}}}
	setWebhookURLs([]any{webhook}, []byte("authority"))
	config, _ := webhook["clientConfig"].(map[string]any)
	url, _ := config["url"].(string)
	if config["service"] != nil || !strings.HasPrefix(url, "https://127.0.0.1:") || !strings.HasSuffix(url, "/mutate-v1-pod") || config["caBundle"] != "YXV0aG9yaXR5" {
		t.Errorf("%v", config)
	}
}
