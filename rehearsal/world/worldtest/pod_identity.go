package worldtest

import (
	"fmt"

	"eksnet/rehearsal/world/store"
)

// PodIdentityTrust returns a trust policy for EKS Pod Identity and a service account of the cluster.
func PodIdentityTrust(namespace, name string) string {
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"],
		"Principal": {"Service": "pods.eks.amazonaws.com"}, "Condition": {"StringEquals": {"aws:RequestTag/kubernetes-namespace": %q,
		"aws:RequestTag/kubernetes-service-account": %q}}}]}`, namespace, name)
}

// Agent installs the add-on of the EKS Pod Identity Agent.
func (l *Lab) Agent() *Lab {
	l.T.Helper()
	l.Make("agent", store.AddonType, l.AddonInputs("eks-pod-identity-agent"))
	return l
}

// AssociationInputs returns the inputs of an association of a service account with a role.
func (l *Lab) AssociationInputs(namespace, account, role string) store.Properties {
	return store.Properties{"clusterName": "dev", "namespace": namespace, "serviceAccount": account, "roleArn": l.Object(store.RoleType, role).Text("arn")}
}

// Associate creates a role for a service account, which has the name of the service account, and its association.
func (l *Lab) Associate(namespace, account string, policies ...string) *Lab {
	l.T.Helper()
	l.Role(account, PodIdentityTrust(namespace, account), policies...)
	l.Make(account+"-association", store.PodIdentityType, l.AssociationInputs(namespace, account, account))
	return l
}

// CNIWithPodIdentity installs the agent, and the CNI's add-on with an association for its role aws-node.
func (l *Lab) CNIWithPodIdentity() *Lab {
	l.T.Helper()
	l.Agent()
	role := l.Role("aws-node", PodIdentityTrust("kube-system", "aws-node"), "AmazonEKS_CNI_Policy")
	in := l.AddonInputs("vpc-cni")
	in["podIdentityAssociations"] = []any{map[string]any{"serviceAccount": "aws-node", "roleArn": role}}
	l.Make("vpc-cni", store.AddonType, in)
	return l
}
