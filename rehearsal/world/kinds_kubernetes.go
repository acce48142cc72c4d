package world

import "time"

// kubernetesKinds are the types that a program may own in a cluster. The API server responds at once; the provider's
// waits take time. A Service waits ten seconds for its endpoints to settle, and has its load balancer's name by then,
// long before the load balancer is active (pulumi-kubernetes, provider/pkg/await/service.go); waits.go has what its
// deletion waits for. Pods pull an image and become ready.
func kubernetesKinds() []*kind {
	timed := func(k *kind, creation, deletion time.Duration) *kind {
		k.creation, k.deletion = creation, deletion
		return k
	}
	return []*kind{
		timed(namespaceKind(), time.Second, 6*time.Second),
		timed(kubernetesKind(serviceAccountType, nil), time.Second, time.Second),
		timed(configMapKind(), time.Second, time.Second),
		timed(deploymentKind(), 15*time.Second, 5*time.Second),
		timed(serviceKind(), 11*time.Second, time.Second),
		timed(ingressKind(), 11*time.Second, time.Second),
		timed(kubernetesKind(ingressClassType, nil), time.Second, time.Second),
		timed(kubernetesKind(networkPolicyType, nil), time.Second, time.Second),
		timed(kubernetesKind(disruptionType, nil), time.Second, time.Second),
		timed(kubernetesKind(autoscalerType, nil), time.Second, time.Second),
		releaseKind(),
	}
}

// clusterActors are the actors in the clusters.
func clusterActors() []actor {
	return []actor{
		{"namespace controller", "deletes the objects in a deleted namespace, then the namespace",
			"nothing: it runs in EKS's control plane; an object with a finalizer remains until the finalizer's actor acts",
			keysOf(namespaceType), watchNamespaces, emptyNamespace},
		{"scheduler and kubelet", "schedule and start the pods of Deployments, terminate those whose node or Deployment is deleted",
			"a ready node that fits, kube-proxy, an address from the CNI, network access to the image's registry, the node role's permission to pull, service account and volumes that exist",
			deploymentItems, watchDeployments, runPods},
		{"autoscaler", "keeps the pods of a Deployment between an autoscaler's minimum and maximum",
			"nothing: it runs in EKS's control plane; to scale with the load it needs metrics-server, which EKS does not install and is not simulated",
			keysOf(autoscalerType), watchAutoscalers, autoscale},
		{"disruption controller", "counts how many pods of a disruption budget may be evicted", "nothing: it runs in EKS's control plane",
			keysOf(disruptionType), watchDisruptions, countDisruptions},
		{"load balancer controller", "creates, changes and deletes NLBs for Services and ALBs for groups of Ingresses, target groups and their bindings, listeners, security groups and the rules in the nodes' security group; serves its webhooks",
			"a ready pod, its CustomResourceDefinitions and RBAC permissions, CoreDNS, its region and VPC, network access to EC2, ELB and STS, its role with the policy and the trust through the OIDC provider",
			controllerItems, watchBalanced, reconcileItem},
		{"cloud controller", "creates, changes and deletes Classic Load Balancers with their security group and the rule in the nodes' security group",
			"the cluster role with its policy; it runs in EKS's control plane",
			keysOf(serviceType), watchClassics, balanceItem},
	}
}
