package node

import (
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

const (
	agentSetup   = "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-agent-setup.html"
	agentRequest = `get credentials: failed to load credentials: operation error EKS Auth: AssumeRoleForPodIdentity, `
)

var (
	AgentRuns = store.NewRule("pods get the credentials of Pod Identity from the agent on their node",
		`get credentials: failed to load credentials: Get "http://%s/v1/credentials": dial tcp %[1]s:80: connect: connection refused: the EKS Pod Identity Agent does not run`, agentSetup)
	AgentReaches = store.NewRule("the agent of Pod Identity reaches EKS Auth",
		agentRequest+`Post "https://eks-auth.%s.api.aws/": dial tcp: i/o timeout: %s has no way to it`, agentSetup)
	AgentAllowed = store.NewRule("the role of a node allows the agent of Pod Identity to get credentials",
		agentRequest+`AccessDeniedException: User: %s is not authorized to perform: eks-auth:AssumeRoleForPodIdentity`, agentSetup)
	AgentAssociation = store.NewRule("pods get credentials as long as their Pod Identity association exists",
		agentRequest+`ResourceNotFoundException: No association found: %s`,
		"https://docs.aws.amazon.com/eks/latest/APIReference/API_auth_AssumeRoleForPodIdentity.html")
	AgentTrusted = store.NewRule("EKS Pod Identity may assume the role of an association for the pods of its service account",
		agentRequest+`AccessDeniedException: Unauthorized Exception! EKS does not have permissions to assume the associated role. (%s)`,
		"https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html")
)

// CheckPodIdentity returns why pods on a node get no credentials for an association, nil if they do.
func CheckPodIdentity(w *store.Account, node *store.Object, association string) error {
	o, role := w.Get(store.PodIdentityType, association), eks.RoleOfNode(w, node)
	address := "169.254.170.23"
	if eks.IsIPv6(w, node.Cluster) {
		address = "[fd00:ec2::23]"
	}
	if err := store.First(
		AgentRuns.When(kube.WorkloadOf(w, node.Cluster, kube.PodIdentityAgent) == nil, address),
		AgentReaches.When(!ec2.ReachesService(w, node, "eks-auth"), w.Region, kube.Name(node)),
		AgentAllowed.When(!iam.IsAllowed(w, role, "eks-auth:AssumeRoleForPodIdentity", "*", nil), IDText(role)),
		AgentAssociation.When(o == nil, association)); err != nil {
		return err
	}
	a, cluster := eks.AssociationOf(o), w.Get(store.ClusterType, node.Cluster)
	trusted := iam.TrustsPodIdentity(w, iam.FindRole(w, a.RoleARN), cluster.Text("arn"), a.Namespace, a.ServiceAccount)
	return AgentTrusted.When(!trusted, a.RoleARN)
}

// RoleOfAssociation returns the role of an association, nil for none.
func RoleOfAssociation(w *store.Account, association string) *store.Object {
	if o := w.Get(store.PodIdentityType, association); o != nil {
		return iam.FindRole(w, eks.AssociationOf(o).RoleARN)
	}
	return nil
}
