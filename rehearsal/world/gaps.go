package world

// Gaps are what AWS or Kubernetes have and this world has not. What a program asks for and the world does not know is refused
// as such; the rest of these changes nothing here.
var Gaps = []string{
	"Time: a call is answered at once, and what follows by itself has happened then. Two calls that AWS would answer while a third is under way meet here one after the other; eventual consistency and throttling do not exist.",
	"KMS key policies: a key can be used by everybody who names it.",
	"IAM: conditions on dates, numbers and addresses count as unmet in an Allow and as met in a Deny; permission boundaries, session policies and organisations' policies are not looked at; the operator's own credentials may do everything.",
	"vCPU quotas of EC2, and capacity: an instance that fits its subnet starts. Spot capacity is reclaimed only where a proof asks for it.",
	"Instance types outside the families m, c, r and t, and sizes that those have not in common.",
	"EKS Auto Mode, Fargate, hybrid nodes, Outposts, IPv6 clusters, and self-managed nodes.",
	"The cluster autoscaler and Karpenter: nothing changes a node group's size but a call.",
	"WARM_IP_TARGET, MINIMUM_IP_TARGET and WARM_PREFIX_TARGET: the CNI keeps one spare interface or prefix, and gives none back before its node ends. Security groups for pods and network policies are not enforced.",
	"Security groups count where the control plane, nodes and webhooks meet and where load balancers reach targets by the controllers' rules; rules for outgoing traffic and network ACLs are not looked at.",
	"Where a caller is: a private endpoint and the public endpoint's networks let every operator in, unless a proof cuts them off.",
	"Ingresses and Gateways of a program, and the application load balancers that the controller makes of them.",
	"Network load balancers of the cloud controller (annotation aws-load-balancer-type: nlb).",
	"Helm charts but the load balancer controller's, in the version that the rehearsal has installed.",
	"PodDisruptionBudgets, HorizontalPodAutoscalers, readiness gates, StatefulSets, Jobs, DaemonSets of the program, persistent volumes: accepted where the API server serves them, and without effect. Of resources, pods compete for CPU alone.",
	"EKS Pod Identity but for add-ons that name an association, and the agent's own needs.",
	"The kubelet's, the CNI's and the controllers' own faults: an actor that has what it needs succeeds.",
}
