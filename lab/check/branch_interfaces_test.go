package check

import (
	"slices"
	"strings"
	"testing"

	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"eksnet/lab/rehearsed"
)

func TestThePodsOfAPolicyMustHaveABranchInterfaceWithItsSecurityGroups(t *testing.T) {
	policies := []unstructured.Unstructured{*newPolicy("shop", "pods", map[string]string{nameLabel: "shop"}, []string{"sg-2", "sg-1"}), *newPolicy("cart", "pods", map[string]string{nameLabel: "shop"}, []string{"sg-3"})}
	branch := func(groups ...string) map[string]ec2types.NetworkInterface {
		i := ec2types.NetworkInterface{PrivateIpAddress: ptr("10.0.0.130"), TagSet: []ec2types.Tag{{Key: ptr(trunkTag), Value: ptr("eni-1")}}}
		for _, g := range groups {
			i.Groups = append(i.Groups, ec2types.GroupIdentifier{GroupId: ptr(g)})
		}
		return map[string]ec2types.NetworkInterface{"eni-2": i}
	}
	const annotation = `[{"eniId":"eni-2","privateIp":"10.0.0.130"}]`
	for _, c := range []struct {
		application, annotation, address string
		branches                         map[string]ec2types.NetworkInterface
		want                             string
	}{
		{"shop", annotation, "10.0.0.130", branch("sg-1", "sg-2"), ""},
		{"other", "", "10.0.0.5", nil, ""},
		{"shop", "", "10.0.0.5", nil, "has no branch interface, and security groups sg-1 sg-2"},
		{"other", annotation, "10.0.0.130", branch("sg-1"), "no policy selects it"},
		{"shop", annotation, "10.0.0.130", branch("sg-1"), "has a branch interface with security groups sg-1"},
		{"shop", annotation, "10.0.0.5", branch("sg-1", "sg-2"), "has address 10.0.0.5"},
		{"shop", annotation, "10.0.0.130", nil, "does not exist"},
		{"shop", "[]", "10.0.0.130", nil, "has annotation []"},
	} {
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "pod", Labels: map[string]string{nameLabel: c.application}}, Status: corev1.PodStatus{PodIP: c.address}}
		if c.annotation != "" {
			pod.Annotations = map[string]string{podENI: c.annotation}
		}
		groups, err := groupsFor(pod, policies)
		if err == nil {
			err = checkBranch(pod, groups, c.branches)
		}
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func TestTheSecurityGroupsOfARehearsedPodAreThoseOfItsBranchInterface(t *testing.T) {
	pod := func(name, address string) *rehearsed.Object {
		return &rehearsed.Object{Type: rehearsed.Pod, ID: "shop/" + name, Outputs: map[string]any{
			"metadata": map[string]any{"namespace": "shop", "labels": map[string]any{nameLabel: name}}, "status": map[string]any{"podIP": address}}}
	}
	eni := func(id, owner, kind, address string) *rehearsed.Object {
		return &rehearsed.Object{Type: rehearsed.NetworkInterface, ID: id, Owner: owner, Outputs: map[string]any{"interfaceType": kind, "pods": []any{address}, "securityGroups": []any{"sg-1"}}}
	}
	s := &rehearsed.Stack{World: &rehearsed.World{Objects: []*rehearsed.Object{pod("shop", "10.0.0.130"), pod("other", "10.0.0.5"),
		eni("eni-1", rehearsed.ResourceController, "branch", "10.0.0.130"), eni("eni-2", rehearsed.ResourceController, "trunk", ""), eni("eni-3", "vpc-cni", "interface", "10.0.0.5"),
		{Type: rehearsed.SecurityGroupType, ID: "sg-1", Outputs: map[string]any{"name": "shop-pods"}}}}}
	made := Rehearsed(s).Branches
	if got := made[podNamed("shop", "shop")]; len(made) != 1 || !slices.Equal(got, []string{"shop-pods"}) {
		t.Errorf("%v", made)
	}
	other := newSnapshot()
	other.addBranch(podNamed("shop", "shop"), []string{"cluster"})
	if lines := Differences(Rehearsed(s), other); !slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "security groups of pods › pod of shop/shop") }) {
		t.Errorf("%q", lines)
	}
}
