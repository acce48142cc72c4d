package node

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

// resourceControllerSource is the source of the VPC resource controller, which runs in EKS's control plane.
const resourceControllerSource = "https://github.com/aws/amazon-vpc-resource-controller-k8s/blob/v1.8.2/"

// PodInterface is the resource of a node with its branch interfaces, of which a pod with security groups requests one.
const PodInterface corev1.ResourceName = "vpc.amazonaws.com/pod-eni"

// securityGroupPolicy is an object of kind SecurityGroupPolicy (apis/vpcresources/v1beta1/securitygrouppolicy_types.go
// of the VPC resource controller).
type securityGroupPolicy struct {
	Spec struct {
		Pods           *metav1.LabelSelector `json:"podSelector"`
		Accounts       *metav1.LabelSelector `json:"serviceAccountSelector"`
		SecurityGroups struct {
			IDs []string `json:"groupIds"`
		} `json:"securityGroups"`
	} `json:"spec"`
}

// AdmitPod does what the webhook of the VPC resource controller does with a new pod that a SecurityGroupPolicy of its
// namespace matches: the first container requests a branch interface. Pods that exist do not change. The webhook runs
// in EKS's control plane (webhooks/core/pod_webhook.go, v1.8.2).
func AdmitPod(w *store.Account, pod *store.Object) {
	if kube.Live[corev1.Pod](pod).Spec.HostNetwork || len(groupsOfPod(w, pod)) == 0 {
		return
	}
	var containers []any
	for i, container := range store.ListOf(store.Nested(pod.Outputs, "spec", "containers")) {
		if i == 0 {
			container = store.Clone(container)
			resources := store.Clone(store.MapOf(container["resources"]))
			if resources == nil {
				resources = map[string]any{}
			}
			for _, kind := range []string{"limits", "requests"} {
				amounts := store.Clone(store.MapOf(resources[kind]))
				if amounts == nil {
					amounts = map[string]any{}
				}
				amounts[string(PodInterface)] = "1"
				resources[kind] = amounts
			}
			container["resources"] = resources
		}
		containers = append(containers, container)
	}
	pod.SetAt(containers, "spec", "containers")
}

// groupsOfPod returns the security groups of the SecurityGroupPolicies that match a pod (pkg/utils/helper.go,
// filterPodSecurityGroups).
func groupsOfPod(w *store.Account, pod *store.Object) []string {
	account := labels.Set{}
	name := kube.Live[corev1.Pod](pod).Spec.ServiceAccountName
	if o := w.Find(pod.Cluster, store.ServiceAccountType, kube.ObjectID(kube.Namespace(pod), name)); o != nil {
		account = kube.Labels(o)
	}
	var groups []string
	for _, o := range kube.InNamespace(w, pod.Cluster, store.SecurityGroupPolicyType, kube.Namespace(pod)) {
		spec := kube.Live[securityGroupPolicy](o).Spec
		if (spec.Pods == nil && spec.Accounts == nil) || !selects(spec.Pods, kube.Labels(pod)) || !selects(spec.Accounts, account) {
			continue
		}
		for _, id := range spec.SecurityGroups.IDs {
			if !slices.Contains(groups, id) {
				groups = append(groups, id)
			}
		}
	}
	return groups
}

// selects reports whether a selector of a policy matches labels. A selector that is absent excludes nothing.
func selects(selector *metav1.LabelSelector, have labels.Set) bool {
	if selector == nil {
		return true
	}
	matches, err := metav1.LabelSelectorAsSelector(selector)
	return err == nil && matches.Matches(have)
}

// requestedInterfaces returns how many branch interfaces a pod requests.
func requestedInterfaces(spec *corev1.PodSpec) int {
	requested := 0
	for i := range spec.Containers {
		amount := spec.Containers[i].Resources.Requests[PodInterface]
		requested += int(amount.Value())
	}
	return requested
}
