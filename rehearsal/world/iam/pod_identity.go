package iam

import (
	"slices"

	"eksnet/rehearsal/world/store"
)

// podIdentityActions are the actions that EKS Pod Identity needs in the trust policy of a role.
var podIdentityActions = []string{"sts:AssumeRole", "sts:TagSession"}

// NamesPodIdentity reports whether a role's trust policy allows the service principal of EKS Pod Identity both actions,
// whatever its conditions.
func NamesPodIdentity(w *store.Account, role *store.Object) bool {
	if role == nil {
		return false
	}
	d, err := ParsePolicy(string(RoleOf(role).Trust), w.Partition().ID)
	if err != nil {
		return false
	}
	for _, action := range podIdentityActions {
		if !slices.ContainsFunc(d.Statement, func(s statement) bool {
			return s.Effect == "Allow" && slices.Contains(s.Principal["Service"], podIdentityPrincipal) && s.covers(action, "")
		}) {
			return false
		}
	}
	return true
}

const podIdentityPrincipal = "pods.eks.amazonaws.com"

// TrustsPodIdentity reports whether EKS Pod Identity may assume a role for the pods of a service account: EKS passes
// cluster, namespace and service account as session tags
// (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html).
func TrustsPodIdentity(w *store.Account, role *store.Object, clusterARN, namespace, serviceAccount string) bool {
	tags := Facts{"aws:RequestTag/eks-cluster-arn": {clusterARN}, "aws:RequestTag/eks-cluster-name": {store.LastOf(clusterARN, "/")},
		"aws:RequestTag/kubernetes-namespace": {namespace}, "aws:RequestTag/kubernetes-service-account": {serviceAccount}}
	return !slices.ContainsFunc(podIdentityActions, func(action string) bool {
		return !TrustsPrincipal(w, role, action, "Service", []string{podIdentityPrincipal}, tags)
	})
}
