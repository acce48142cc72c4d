package check

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	corev1 "k8s.io/api/core/v1"

	"eksnet/lab/account"
	"eksnet/lab/rehearsed"
)

const (
	// podENI is the resource and the annotation of branch interfaces, and trunkTag their tag with the trunk interface
	// (github.com/aws/amazon-vpc-resource-controller-k8s v1.8.2, pkg/config/type.go).
	podENI   = "vpc.amazonaws.com/pod-eni"
	trunkTag = "vpcresources.k8s.aws/trunk-eni-id"
	// trunkInterface and branchInterface are types of network interfaces.
	trunkInterface  = "trunk"
	branchInterface = "branch"
)

// networkInterfaces returns the network interfaces of a type.
func networkInterfaces(ctx context.Context, a *account.Account, kind string) (all []ec2types.NetworkInterface, err error) {
	pages := ec2.NewDescribeNetworkInterfacesPaginator(ec2.NewFromConfig(a.Config()), &ec2.DescribeNetworkInterfacesInput{
		Filters: []ec2types.Filter{{Name: ptr("interface-type"), Values: []string{kind}}}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.NetworkInterfaces...)
	}
	return all, nil
}

// branchesByID returns the branch interfaces by ID.
func branchesByID(ctx context.Context, a *account.Account) (map[string]ec2types.NetworkInterface, error) {
	list, err := networkInterfaces(ctx, a, branchInterface)
	all := map[string]ec2types.NetworkInterface{}
	for _, i := range list {
		all[stringValue(i.NetworkInterfaceId)] = i
	}
	return all, err
}

// groupIDs returns the security groups of a network interface.
func groupIDs(i ec2types.NetworkInterface) (ids []string) {
	for _, g := range i.Groups {
		ids = append(ids, stringValue(g.GroupId))
	}
	return ids
}

// branchOf returns the branch interface in a pod's annotation, and its address; "" for none.
func branchOf(pod *corev1.Pod) (id, address string, err error) {
	text, found := pod.Annotations[podENI]
	if !found {
		return "", "", nil
	}
	var list []struct{ ENIID, PrivateIP string }
	if err := json.Unmarshal([]byte(text), &list); err != nil || len(list) != 1 {
		return "", "", fmt.Errorf("pod %s/%s has annotation %s: %w", pod.Namespace, pod.Name, text, err)
	}
	return list[0].ENIID, list[0].PrivateIP, nil
}

// addBranches adds the security groups of pods with a branch interface.
func (l *observer) addBranches(pods []corev1.Pod) error {
	branches, err := branchesByID(l.ctx, l.account)
	if err != nil {
		return err
	}
	for i := range pods {
		id, _, err := branchOf(&pods[i])
		if err != nil {
			return err
		}
		if branch, found := branches[id]; found {
			l.snapshot.addBranch(podName(pods[i].Namespace, pods[i].Labels), namesOf(l.names.groups, groupIDs(branch)))
		}
	}
	return nil
}

// addBranches adds the security groups of pods with a branch interface, which has the address of the pod.
func (r *reader) addBranches() {
	branches := r.world.All(rehearsed.NetworkInterface, func(o *rehearsed.Object) bool {
		return o.Owner == rehearsed.ResourceController && o.Text("interfaceType") == branchInterface
	})
	for _, pod := range r.world.All(rehearsed.Pod) {
		address := pod.Text("status.podIP")
		for _, branch := range branches {
			if address != "" && slices.Contains(branch.Texts("pods"), address) {
				r.snapshot.addBranch(podName(pod.Text("metadata.namespace"), pod.Map("metadata.labels")), namesOf(r.names.groups, branch.Texts("securityGroups")))
			}
		}
	}
}
