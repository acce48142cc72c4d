package world

// Gaps are the features of AWS and Kubernetes that are not simulated. A resource type or function that is not simulated
// is refused; the rest of these have no effect.
var Gaps = []string{
	"Time: a call returns at once, and what AWS or a controller does after it is done by then. Calls that are concurrent on AWS are sequential here; eventual consistency and throttling do not exist.",
	"KMS key policies, except for CloudWatch Logs and the keys of log groups: every other principal may use a key.",
	"IAM: conditions on dates, numbers and addresses count as unmet in an Allow and as met in a Deny; permission boundaries, session policies and service control policies are not evaluated; the operator's own credentials allow everything.",
	"vCPU quotas of EC2, and capacity: an instance that fits its subnet starts. Spot capacity is reclaimed only in the proof of interruptions.",
	"Instance types of old, rare or special families, such as m4, hpc, mac and u; instance types that are missing in a region, and sizes of a family that are missing in a zone; the architecture that an image needs, except for node selectors.",
	"The content of private registries: an image is taken to exist; EKS's own images exist in its accounts only.",
	"Settings of Bottlerocket besides those of its kubelet, and the content of the sections of a NodeConfig besides what a kubelet reserves and when it evicts. No pod is evicted for lack of memory or disk.",
	"DNS and policies of endpoints beyond their private names; zones in which a service has no endpoint.",
	"EKS Auto Mode, Fargate, hybrid nodes, Outposts, and self-managed nodes.",
	"Node auto repair: a node that is not ready stays as it is.",
	"The cluster autoscaler and Karpenter: only a call changes a node group's size.",
	"The position of addresses in a subnet: the lowest free address is assigned, where AWS scatters them, so that only reservations and explicit addresses fragment a subnet here. The CNI releases at once what it keeps for half a minute or more on AWS, and leaves no first interface out because of the tag kubernetes.io/role/cni=0 of its subnet. Network policies are not enforced.",
	"Security groups for pods: CNINodes, the annotation and the events of pods, another cooldown in the ConfigMap amazon-vpc-cni, and pods that the CNI gives an address of their node after ENABLE_POD_ENI was disabled, whose branch interfaces remain on AWS. The rules of these groups are evaluated for probes, load balancers and kube-proxy, and not for traffic between pods, such as requests to CoreDNS. A branch interface that the controller could not delete remains, although the controller deletes it within an hour if it may again, and its node is terminated.",
	"Security groups are evaluated between the control plane, nodes and webhooks, and from load balancers to targets; egress rules and network ACLs are not evaluated.",
	"The networks of the public endpoint include every operator. Operators are inside the VPC unless the rehearsal places them outside; a proxy connects to a private endpoint from any network.",
	"The content of the profiles in the operator's AWS configuration: each counts as an IAM user of its name. Every principal may assume a role that the program did not create.",
	"Groups of access entries: RoleBindings do not extend what a caller's access policies allow. Only the access policies AmazonEKSClusterAdminPolicy and AmazonEKSAdminViewPolicy include custom resources.",
	"Of the Gateway API: ListenerSets, the status of routes that name no Gateway of the load balancer controller, secrets of listeners (certificateRefs, which the controller ignores too), and generations in other conditions than those of Gateways and classes: these are always current; and the time between the acceptance of a route and the creation of its target group.",
	"Of the models that the load balancer controller builds: actions beside forwarding and redirects to HTTPS, conditions beside hosts and paths, transforms and authentication, mutual TLS, attributes and ALPN policies of listeners, QUIC, Network Load Balancers in front of others, capacity reservations, explicit private addresses, target groups of several clusters. IngressClassParams with a group or a namespaceSelector. Web ACLs and Shield protections: the account has none. A certificate ARN in the right region and partition is taken to exist; ACM has no certificates that are discovered by host.",
	"UIDs: a Kubernetes object that is created again has the same UID, so load balancers and target groups get the same names again.",
	"Requests: load balancers send no traffic. A target is healthy if a container, or kube-proxy for ready pods, listens on the health check port, and security groups allow the check; a container listens on the ports that it declares, whatever its response would be.",
	"Network load balancers of the cloud controller (annotation aws-load-balancer-type: nlb), and settings of Classic Load Balancers other than proxy protocol, zones, draining, idle timeout, certificates, subnets and health checks; listeners for QUIC.",
	"Istio: traffic, and so mutual TLS, certificates, and what a policy or a route of the mesh does with a request; the validation of its objects beyond their schemas; sidecars of DaemonSets and Jobs; ambient mode. The charts are those of the source at the time when the branch of the release began, in its version.",
	"Helm charts other than those of package charts in the version that the rehearsal has installed, and certificates that a chart generates: an upgrade without keepTLSSecret replaces that of the controller's webhook, and every Ingress is refused until the pods have read it.",
	"Disruption budgets are evaluated, but no node is drained with them. Autoscalers enforce their minimum and maximum; with metrics-server they scale to the minimum, because simulated pods have no load.",
	"StatefulSets, Jobs, DaemonSets of the program, persistent volumes: accepted where the API server serves them, and without effect. Of the resources that pods request, only CPU is counted. Preferred affinity has no effect: of the nodes that fit, a pod gets the one with the fewest pods.",
	"EKS Pod Identity except for add-ons with an association, and the requirements of the agent.",
	"The kubelet's, the CNI's and the controllers' own faults: an actor with all it needs succeeds. Load balancers that are deleted at the same time are deleted one after the other, so the load balancer controller deletes its own shared security group, which may remain on AWS.",
}
