package world

// Gaps are what AWS or Kubernetes have and this world has not. What a program asks for and the world does not know is refused
// as such; the rest of these changes nothing here.
var Gaps = []string{
	"Time: a call is answered at once, and what follows by itself has happened then. Two calls that AWS would answer while a third is under way meet here one after the other; eventual consistency and throttling do not exist.",
	"KMS key policies: a key can be used by everybody who names it.",
	"IAM: conditions on dates, numbers and addresses count as unmet in an Allow and as met in a Deny; permission boundaries, session policies and organisations' policies are not looked at; the operator's own credentials may do everything.",
	"vCPU quotas of EC2, and capacity: an instance that fits its subnet starts. Spot capacity is reclaimed only where a proof asks for it.",
	"Instance types of old, rare or special families, such as m4, hpc, mac and u; the instance types that a region lacks, and the sizes that a zone lacks of a family; what an image needs of a processor's architecture, but for node selectors.",
	"What a private registry holds: an image there is taken to exist, EKS's own but in its accounts.",
	"Settings of Bottlerocket besides those of its kubelet, and what a NodeConfig says beneath its sections.",
	"DNS and policies of endpoints beyond their private names; zones in which a service has no endpoint.",
	"EKS Auto Mode, Fargate, hybrid nodes, Outposts, IPv6 clusters, and self-managed nodes.",
	"The cluster autoscaler and Karpenter: nothing changes a node group's size but a call.",
	"Where in a subnet addresses are: the lowest that is free is taken, where AWS scatters them, so that a subnet is fragmented here by what people make alone. The CNI gives back at once what it keeps for half a minute or more, and looks for no other subnets than its node's or its ENIConfig's. Security groups for pods and network policies are not enforced.",
	"Security groups count where the control plane, nodes and webhooks meet and where load balancers reach targets by the controllers' rules; rules for outgoing traffic and network ACLs are not looked at.",
	"The public endpoint's networks let every operator in. Operators stand inside the VPC unless the world is told that they stand outside; a proxy leads to a private endpoint from anywhere.",
	"What a profile of the operator's AWS configuration holds: each is taken for an IAM user of its name. A role that the program did not make may be taken by everybody.",
	"Groups of access entries: RoleBindings let no caller do more than its access policies do. Custom resources are in no access policy but the cluster administrator's and the one that views all.",
	"Gateways of a program, and the load balancers that the controller makes of them.",
	"Of what the load balancer controller builds into its models: actions, conditions, transforms and authentication by annotation, mutual TLS, attributes and ALPN policies of listeners, QUIC, network load balancers in front of others, reserved capacity, addresses of one's own in subnets, target groups of IPv6 addresses or of more than one cluster. IngressClassParams with a group or a namespaceSelector. Web ACLs and protections of Shield: an account has none. A certificate that is named in the right region and partition is taken to stand; ACM has none to be found by a host.",
	"UIDs: a Kubernetes object that is created again has the UID of the one before, and so have the load balancers and target groups that are named by it.",
	"Requests: load balancers send nothing. A target counts as healthy when a container, or kube-proxy for pods that are ready, listens on the port that is asked, and security groups let the question in; a container listens on the ports that it declares, whatever it would answer.",
	"Network load balancers of the cloud controller (annotation aws-load-balancer-type: nlb), and what classic ones are asked for beyond proxy protocol, zones, draining, idle time, certificates, subnets and health checks; listeners for TCP and UDP on one port.",
	"Helm charts but the load balancer controller's, in the version that the rehearsal has installed.",
	"Disruption budgets are counted, and nothing empties a node with them in mind. Autoscalers keep to their least and greatest number: nobody serves metrics.",
	"StatefulSets, Jobs, DaemonSets of the program, persistent volumes: accepted where the API server serves them, and without effect. Of resources, pods compete for CPU alone.",
	"EKS Pod Identity but for add-ons that name an association, and the agent's own needs.",
	"The kubelet's, the CNI's and the controllers' own faults: an actor that has what it needs succeeds.",
}
