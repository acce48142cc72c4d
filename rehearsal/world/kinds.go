package world

import (
	"maps"
	"slices"

	"eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/externaldns"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/istio"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/route53"
	"eksnet/rehearsal/world/store"
)

// Actors act on the account in this order. They are set by init, because their functions let the actors act.
var Actors []store.Actor

func init() {
	Actors = append(clusterActors(), awsActors()...)
	store.Kinds = map[string]*store.Kind{}
	for _, k := range append(AWSKinds(), KubernetesKinds()...) {
		store.Kinds[k.Typ] = k
	}
	store.Functions = awsFunctions()
}

// AWSKinds are the types of AWS resources.
func AWSKinds() []*store.Kind {
	return slices.Concat(ec2.Kinds(), kms.Kinds(), logs.Kinds(), iam.Kinds(), eks.Kinds(), addon.Kinds(), node.Kinds(), route53.Kinds())
}

func awsFunctions() map[string]store.Function {
	functions := map[string]store.Function{}
	for _, more := range []map[string]store.Function{ec2.Functions(), kms.Functions(), eks.Functions(), node.Functions(), elb.Functions(), route53.Functions()} {
		maps.Copy(functions, more)
	}
	return functions
}

// awsActors are the actors outside the cluster, and those of a node below Kubernetes: the start of the kubelet and the
// CNI.
func awsActors() []store.Actor {
	return []store.Actor{
		{Name: "control plane logs", Does: "writes to the cluster's log group and creates a missing one again, without retention; the last events may be written after the cluster is deleted",
			Needs: "a cluster with log types",
			Items: store.KeysOf(store.ClusterType), Watch: eks.WatchControlPlaneLogs, Act: eks.WriteControlPlaneLogs},
		{Name: "nodes", Does: "join their cluster and become ready; a node that can no longer reach the API is not ready",
			Needs: "the node role with its policies and access entry, network access to EC2, ECR, S3 and STS and to the API, the control plane's security group, a CNI with its permissions",
			Items: store.KeysOf(store.NodeType), Watch: node.WatchNodes, Act: node.JoinNode},
		{Name: "vpc-cni", Does: "keeps addresses ready on each node according to its warm targets, single ones or prefixes, assigns them to pods, releases unused ones, and deletes its interfaces when a node is terminated",
			Needs: "the add-on's pods, a role with the CNI's policy (the node's, or its own through the OIDC provider or Pod Identity), network access to EC2 and, for a role through the OIDC provider, to STS",
			Items: store.KeysOf(store.NodeType), Watch: node.WatchNodes, Act: node.WarmAddresses},
		{Name: "VPC resource controller", Does: "attaches a trunk interface to each node whose CNI enables security groups for pods, lets new pods that a SecurityGroupPolicy matches request a branch interface, creates these interfaces, and deletes them a minute after their pods",
			Needs: "an instance type with a trunk interface, a free interface of the node, the cluster role with AmazonEKSVPCResourceController; it runs in EKS's control plane",
			Items: node.ResourceControllerItems, Watch: node.WatchTrunks, Act: node.ManageTrunks},
	}
}

// KubernetesKinds are the types that a program may own in a cluster.
func KubernetesKinds() []*store.Kind { return slices.Concat(kube.Kinds(), helm.Kinds()) }

// clusterActors are the actors in the clusters.
func clusterActors() []store.Actor {
	return []store.Actor{
		kube.NamespaceController,
		kube.DefinitionController,
		{Name: "scheduler and kubelet", Does: "schedule and start the pods of Deployments, terminate those whose node or Deployment is deleted",
			Needs: "a ready node that fits, kube-proxy, an address from the CNI, network access to the image's registry, the node role's permission to pull, service account and volumes that exist",
			Items: node.DeploymentItems, Watch: node.WatchDeployments, Act: node.RunPods},
		kube.Autoscaler,
		kube.DisruptionController,
		{Name: "load balancer controller", Does: "creates, changes and deletes NLBs for Services, ALBs for groups of Ingresses and both for Gateways, target groups and their bindings, listeners, security groups and the rules in the nodes' security group; serves its webhooks; accepts GatewayClasses",
			Needs: "a ready pod, its CustomResourceDefinitions and RBAC permissions, for Gateways the definitions of the Gateway API before its pods start, CoreDNS, its region and VPC, network access to EC2 and ELB, its role with the policy and the trust through the OIDC provider (then also access to STS) or through Pod Identity",
			Items: lbc.ControllerItems, Watch: lbc.WatchBalanced, Act: lbc.ReconcileItem},
		{Name: "cloud controller", Does: "creates, changes and deletes Classic Load Balancers with their security group and the rule in the nodes' security group",
			Needs: "the cluster role with its policy; it runs in EKS's control plane",
			Items: store.KeysOf(store.ServiceType), Watch: ccm.WatchClassics, Act: ccm.ReconcileItem},
		{Name: "ExternalDNS", Does: "creates aliases of types A and AAAA, each with a TXT record of its owner, for the names of Services and Ingresses in the hosted zones of its filters; changes and deletes those with a TXT record of its own owner",
			Needs: "a ready pod, its RBAC permissions, CoreDNS, network access to Route 53, its role with the policy and the trust through the OIDC provider (then also access to STS) or through Pod Identity, the policy sync for deletions",
			Items: externaldns.Items, Watch: externaldns.Watch, Act: externaldns.Act},
		{Name: "istiod", Does: "injects proxies into new pods of labelled namespaces and completes those of gateways, sets the failure policy of its validating webhooks to Fail, writes the certificate authority of the mesh into each namespace, creates the GatewayClass istio, and programs the Gateways of this class",
			Needs: "a ready pod, its RBAC permissions, the ConfigMap with the values of its release",
			Items: istio.Items, Watch: istio.Watch, Act: istio.Act},
	}
}
