package world

import (
	"maps"
	"slices"
	"time"

	"eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kms"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/logs"
	"eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

func init() {
	store.Kinds = map[string]*store.Kind{}
	for _, k := range append(AwsKinds(), KubernetesKinds()...) {
		store.Kinds[k.Typ] = k
	}
	store.Functions = awsFunctions()
}

func AwsKinds() []*store.Kind {
	return slices.Concat(ec2.Kinds(), kms.Kinds(), logs.Kinds(), iam.Kinds(), eks.Kinds(), addon.Kinds(), node.Kinds())
}

func awsFunctions() map[string]store.Function {
	functions := map[string]store.Function{}
	maps.Copy(functions, ec2.Functions())
	maps.Copy(functions, eks.Functions())
	maps.Copy(functions, node.Functions())
	return functions
}

// awsActors are the actors outside the cluster, and those of a node below Kubernetes: the start of the kubelet and the
// CNI.
func awsActors() []actor {
	return []actor{
		{"control plane logs", "writes to the cluster's log group and creates a missing one again, without retention; the last events may be written after the cluster is deleted",
			"a cluster with log types",
			store.KeysOf(store.ClusterType), eks.WatchControlPlaneLogs, eks.WriteControlPlaneLogs},
		{"nodes", "join their cluster and become ready; a node that can no longer reach the API is not ready",
			"the node role with its policies and access entry, network access to EC2, ECR, S3 and STS and to the API, the control plane's security group, a CNI with its permissions",
			store.KeysOf(store.NodeType), node.WatchNodes, node.JoinNode},
		{"vpc-cni", "keeps addresses ready on each node according to its warm targets, single ones or prefixes, assigns them to pods, releases unused ones, and deletes its interfaces when a node is terminated",
			"the add-on's pods, a role with the CNI's policy (the node's, or its own through the OIDC provider), network access to EC2 and, for a role of its own, to STS",
			store.KeysOf(store.NodeType), node.WatchNodes, node.WarmAddresses},
	}
}

// KubernetesKinds are the types that a program may own in a cluster. The API server responds at once; the provider's
// waits take time. A Service waits ten seconds for its endpoints to settle, and has its load balancer's name by then,
// long before the load balancer is active (pulumi-kubernetes, provider/pkg/await/service.go); waits.go has what its
// deletion waits for. Pods pull an image and become ready.
func KubernetesKinds() []*store.Kind {
	timed := func(k *store.Kind, creation, deletion time.Duration) *store.Kind {
		k.Creation, k.Deletion = creation, deletion
		return k
	}
	return []*store.Kind{
		timed(kube.NamespaceKind(), time.Second, 6*time.Second),
		timed(kube.KubernetesKind(store.ServiceAccountType, nil), time.Second, time.Second),
		timed(kube.ConfigMapKind(), time.Second, time.Second),
		timed(kube.DeploymentKind(), 15*time.Second, 5*time.Second),
		timed(kube.ServiceKind(), 11*time.Second, time.Second),
		timed(kube.IngressKind(), 11*time.Second, time.Second),
		timed(kube.KubernetesKind(store.IngressClassType, nil), time.Second, time.Second),
		timed(kube.KubernetesKind(store.NetworkPolicyType, nil), time.Second, time.Second),
		timed(kube.KubernetesKind(store.DisruptionType, nil), time.Second, time.Second),
		timed(kube.KubernetesKind(store.AutoscalerType, nil), time.Second, time.Second),
		helm.ReleaseKind(),
	}
}

// clusterActors are the actors in the clusters.
func clusterActors() []actor {
	return []actor{
		{"namespace controller", "deletes the objects in a deleted namespace, then the namespace",
			"nothing: it runs in EKS's control plane; an object with a finalizer remains until the finalizer's actor acts",
			store.KeysOf(store.NamespaceType), kube.WatchNamespaces, kube.EmptyNamespace},
		{"scheduler and kubelet", "schedule and start the pods of Deployments, terminate those whose node or Deployment is deleted",
			"a ready node that fits, kube-proxy, an address from the CNI, network access to the image's registry, the node role's permission to pull, service account and volumes that exist",
			node.DeploymentItems, node.WatchDeployments, node.RunPods},
		{"autoscaler", "keeps the pods of a Deployment between an autoscaler's minimum and maximum",
			"nothing: it runs in EKS's control plane; to scale with the load it needs metrics-server, which EKS does not install and is not simulated",
			store.KeysOf(store.AutoscalerType), kube.WatchAutoscalers, kube.Autoscale},
		{"disruption controller", "counts how many pods of a disruption budget may be evicted", "nothing: it runs in EKS's control plane",
			store.KeysOf(store.DisruptionType), kube.WatchDisruptions, kube.CountDisruptions},
		{"load balancer controller", "creates, changes and deletes NLBs for Services and ALBs for groups of Ingresses, target groups and their bindings, listeners, security groups and the rules in the nodes' security group; serves its webhooks",
			"a ready pod, its CustomResourceDefinitions and RBAC permissions, CoreDNS, its region and VPC, network access to EC2, ELB and STS, its role with the policy and the trust through the OIDC provider",
			lbc.ControllerItems, lbc.WatchBalanced, lbc.ReconcileItem},
		{"cloud controller", "creates, changes and deletes Classic Load Balancers with their security group and the rule in the nodes' security group",
			"the cluster role with its policy; it runs in EKS's control plane",
			store.KeysOf(store.ServiceType), ccm.WatchClassics, ccm.BalanceItem},
	}
}
