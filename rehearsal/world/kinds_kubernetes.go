package world

import "time"

// kubernetesKinds are the types that a program may own in a cluster. The API server answers at once; what takes time are the
// provider's waits. A Service waits ten seconds for its endpoints to settle, and has its load balancer's name by then, long
// before the load balancer is active (pulumi-kubernetes, provider/pkg/await/service.go); what its deletion waits for stands in
// the world's waits. Pods pull an image and become ready.
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
		{"namespace controller", "empties a namespace that is deleted, then lets it go",
			"nothing: it runs in EKS's control plane; what is held by a finalizer stays until the finalizer's actor acts",
			keysOf(namespaceType), watchNamespaces, emptyNamespace},
		{"scheduler and kubelet", "place and start the pods of Deployments, end those whose node or Deployment is gone",
			"a ready node that fits, kube-proxy, an address from the CNI, a way to the image's registry, the node role's right to pull, service account and volumes that exist",
			deploymentItems, watchDeployments, runPods},
		{"autoscaler", "keeps the pods of a Deployment between an autoscaler's least and greatest number",
			"nothing: it runs in EKS's control plane; to follow the load it needs metrics-server, which EKS does not bring and this world does not have",
			keysOf(autoscalerType), watchAutoscalers, autoscale},
		{"disruption controller", "counts how many pods of a disruption budget may go", "nothing: it runs in EKS's control plane",
			keysOf(disruptionType), watchDisruptions, countDisruptions},
		{"load balancer controller", "makes, changes and removes NLBs for Services and ALBs for groups of Ingresses, target groups and their bindings, listeners, security groups and the rules on the nodes' group; serves its webhooks",
			"a ready pod, its definitions and rights in the cluster, CoreDNS, its region and VPC, a way to EC2, ELB and STS, its role with the policy and the trust through the OIDC provider",
			controllerItems, watchBalanced, reconcileItem},
		{"cloud controller", "makes, changes and removes classic load balancers with their security group and the rule on the nodes' group",
			"the cluster role with its policy; it runs in EKS's control plane",
			keysOf(serviceType), watchClassics, balanceItem},
	}
}
