package lbc

import (
	"cmp"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

var (
	ControllerInstalled = store.NewRule("somebody must make the load balancer",
		`the AWS Load Balancer Controller is not installed`, "https://docs.aws.amazon.com/eks/latest/userguide/aws-load-balancer-controller.html")
	ControllerRuns = store.NewRule("the load balancer controller acts while one of its pods is ready",
		`no pod of the AWS Load Balancer Controller is ready`, "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2220, #4207")
	ControllerFlags = store.NewRule("the load balancer controller starts with valid flags",
		`{"logger":"setup","msg":"unable to load controller config","error":"%s"}`, store.ControllerSource+"pkg/config/controller_config.go (Validate)")
	ControllerDefinitions = store.NewRule("the load balancer controller starts once its custom resources are defined",
		`{"error":"no matches for kind \"TargetGroupBinding\" in version \"elbv2.k8s.aws/v1beta1\""}`,
		store.ControllerSource+"docs/deploy/installation.md (skipCRDs)")
	ControllerConfigurations = store.NewRule("the load balancer controller starts once its configurations of Gateways are defined",
		`{"error":"no matches for kind \"LoadBalancerConfiguration\" in version \"gateway.k8s.aws/v1beta1\""}`,
		store.ControllerSource+"docs/guide/gateway/gateway.md (crds/gateway-crds.yaml); main.go")
	ControllerRights = store.NewRule("the load balancer controller starts once it may read the cluster",
		`targetgroupbindings.elbv2.k8s.aws is forbidden: User "system:serviceaccount:%s:%s" cannot list resource "targetgroupbindings" in API group "elbv2.k8s.aws" at the cluster scope`,
		store.ControllerSource+"helm/aws-load-balancer-controller/templates/rbac.yaml")
	ControllerMetadata = store.NewRule("the load balancer controller knows its region and VPC, from its flags or from the instance",
		`unable to initialize AWS cloud: failed to get VPC ID: failed to fetch VPC ID from instance metadata: operation error ec2imds: GetMetadata: request canceled, context deadline exceeded: set region and vpcId, the hop limit of %s is %d`,
		store.ControllerSource+"docs/deploy/installation.md (IMDS hop limit)")
	ControllerPlace = store.NewRule("the load balancer controller works in the cluster's own VPC and region",
		`operation error EC2: DescribeSubnets: no subnets of VPC %q in region %q`, store.ControllerSource+"docs/deploy/configurations.md")
	ControllerReaches = store.NewRule("the load balancer controller reaches AWS's endpoints",
		`Post "https://%s.%s.%s/": dial tcp: i/o timeout: %s has no way to it`,
		"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html; "+"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2894")
	ControllerRole = store.NewRule("the load balancer controller has a role of its own or its node's",
		`operation error EC2: DescribeSubnets, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found: service account %s has no role`,
		"https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html")
	ControllerAllowed = store.NewRule("the load balancer controller's role allows what it does",
		`api error AccessDenied: User: %s is not authorized to perform: %s on resource: %s`,
		store.ControllerSource+"docs/install/iam_policy.json")
)

// Controller is the load balancer controller of one cluster.
type Controller struct {
	*store.Account
	cluster    string
	eks        *store.Object
	Deployment *store.Object // nil if it is not installed
	arguments  controllerArguments
}

// ControllerOf finds a cluster's controller by its image and arguments, whatever the name of its release.
func ControllerOf(w *store.Account, cluster string) *Controller {
	c := &Controller{Account: w, cluster: cluster, eks: w.Get(store.ClusterType, cluster), arguments: controllerArguments{}}
	for _, o := range store.Filter(w.Lookup(store.DeploymentType, "image", store.ControllerOwner, controllerOfImage), []func(*store.Object) bool{kube.InCluster(cluster)}) {
		d := kube.Live[appsv1.Deployment](o)
		if arguments := argumentsOf(&d); arguments["cluster-name"] != "" {
			c.Deployment, c.arguments = o, arguments
		}
	}
	return c
}

// controllerOfImage returns one value for a Deployment with the image of the load balancer controller, for the index.
func controllerOfImage(o *store.Object) []string {
	d := kube.Live[appsv1.Deployment](o)
	if strings.Contains(containerOf(&d).Image, store.ControllerOwner) {
		return []string{store.ControllerOwner}
	}
	return nil
}

// containerOf returns a Deployment's first container.
func containerOf(d *appsv1.Deployment) corev1.Container {
	if len(d.Spec.Template.Spec.Containers) == 0 {
		return corev1.Container{}
	}
	return d.Spec.Template.Spec.Containers[0]
}

// class returns the load balancer class of the Services that the controller reconciles.
func (c *Controller) class() string {
	return c.arguments.valueOr("load-balancer-class", "service.k8s.aws/nlb")
}

// flags returns the arguments of the controller's container.
func (c *Controller) flags() []string {
	if c.Deployment == nil {
		return nil
	}
	d := kube.Live[appsv1.Deployment](c.Deployment)
	return containerOf(&d).Args
}

// serviceAccount returns the service account that the controller runs as.
func (c *Controller) serviceAccount() (namespace, name string) {
	return kube.Namespace(c.Deployment), cmp.Or(kube.Live[appsv1.Deployment](c.Deployment).Spec.Template.Spec.ServiceAccountName, "default")
}

// CheckStart refuses to start a pod of the controller that would exit before it is ready. Other pods start.
func CheckStart(w *store.Account, node, pod *store.Object, spec *corev1.PodSpec) error {
	if len(spec.Containers) == 0 || !strings.Contains(spec.Containers[0].Image, store.ControllerOwner) {
		return nil
	}
	c := ControllerOf(w, pod.Cluster)
	if c.Deployment == nil {
		return nil
	}
	namespace, name := c.serviceAccount()
	hops := nodepkg.HopLimit(w, node)
	named := (c.arguments["aws-vpc-id"] != "" || c.arguments["aws-vpc-tags"] != "") && c.arguments["aws-region"] != ""
	_, err := builders.Parse(c.flags())
	if err := ControllerFlags.When(err != nil, err); err != nil {
		return err
	}
	gateways, err := c.detectGateways(pod)
	if err != nil {
		return err
	}
	return store.First(
		ControllerDefinitions.When(w.Find(pod.Cluster, store.CrdType, "targetgroupbindings.elbv2.k8s.aws") == nil),
		ControllerConfigurations.When(gateways && w.Find(pod.Cluster, store.CrdType, "loadbalancerconfigurations.gateway.k8s.aws") == nil),
		ControllerRights.When(!c.canRead(namespace, name), namespace, name),
		ControllerMetadata.When(!named && hops < 2, kube.Name(node), hops),
	)
}

// canRead reports whether the service account may list target group bindings.
func (c *Controller) canRead(namespace, name string) bool {
	return kube.ServiceAccountMay(c.Account, c.cluster, namespace, name, kube.Access{Verb: "list", Group: "elbv2.k8s.aws", Resource: "targetgroupbindings"})
}

// Pods returns the controller's ready pods.
func (c *Controller) Pods() []*store.Object {
	if c.Deployment == nil {
		return nil
	}
	return store.Filter(kube.PodsOf(c.Account, c.Deployment.Key()), []func(*store.Object) bool{kube.PodReady})
}

// Lacks returns what prevents the controller from acting on AWS, nil while it can.
func (c *Controller) Lacks() error {
	if err := ControllerInstalled.When(c.Deployment == nil); err != nil || c.Deployment == nil {
		return err
	}
	pods := c.Pods()
	if len(pods) == 0 {
		_, why := kube.RollOut(c.Account, c.Deployment)
		return store.Caused(ControllerRuns.When(true), why)
	}
	vpc, region := c.arguments.valueOr("aws-vpc-id", c.vpc()), c.arguments.valueOr("aws-region", c.Region)
	return store.First(
		c.checkDNS(c.resolvedService()+"."+c.Region+"."+c.Partition().DNSSuffix),
		ControllerPlace.When(vpc != c.vpc() || region != c.Region, vpc, region),
		c.checkEndpoints(pods[0]),
		c.checkCredentials(pods[0]),
	)
}

// checkDNS refuses while the controller's pods cannot resolve a name. On the host's network they use the VPC's resolver
// and not CoreDNS, unless their DNS policy is another one.
func (c *Controller) checkDNS(name string) error {
	pod := kube.Live[appsv1.Deployment](c.Deployment).Spec.Template.Spec
	if pod.HostNetwork && pod.DNSPolicy != corev1.DNSClusterFirstWithHostNet {
		return nil
	}
	return kube.Resolves(c.Account, c.cluster, name)
}

// checkEndpoints refuses while a pod cannot reach the services that the controller calls.
func (c *Controller) checkEndpoints(pod *store.Object) error {
	node, name := c.nodeOfPod(pod)
	services := []string{"ec2", "elasticloadbalancing"}
	if c.roleARN() != "" && c.association() == "" {
		services = append([]string{"sts"}, services...)
	}
	for _, service := range services {
		reached := node != nil && eks.ReachesService(c.Account, node, service)
		if err := ControllerReaches.When(!reached, service, c.Region, c.Partition().DNSSuffix, name); err != nil {
			return err
		}
	}
	return nil
}

// nodeOfPod returns the node of a pod, nil if it is deleted, and its name.
func (c *Controller) nodeOfPod(pod *store.Object) (*store.Object, string) {
	name := kube.Live[corev1.Pod](pod).Spec.NodeName
	return c.Find(c.cluster, store.NodeType, name), name
}

// checkCredentials refuses while the controller gets no credentials.
func (c *Controller) checkCredentials(pod *store.Object) error {
	namespace, name := c.serviceAccount()
	if association := kube.AssociationOfPod(pod); association != "" {
		node, _ := c.nodeOfPod(pod)
		if node == nil {
			return nil // checkEndpoints has refused
		}
		return nodepkg.CheckPodIdentity(c.Account, node, association)
	}
	annotated := c.roleARN()
	if annotated != "" {
		return iam.AssumeRoleWithWebIdentity(c.Account, annotated, c.cluster, namespace, name)
	}
	return ControllerRole.When(c.nodeRole(pod) == nil, kube.ObjectID(namespace, name))
}

// association returns the ID of the Pod Identity association of the controller's pods, "" for none.
func (c *Controller) association() string {
	if pods := c.Pods(); len(pods) > 0 {
		return kube.AssociationOfPod(pods[0])
	}
	return ""
}

// resolvedService returns the service whose name the controller resolves first: STS, which exchanges a token for
// credentials, unless the agent of Pod Identity on its node has them.
func (c *Controller) resolvedService() string {
	if c.association() != "" {
		return "ec2"
	}
	return "sts"
}

// roleARN returns the role in the annotation of the controller's service account, "" for none.
func (c *Controller) roleARN() string {
	namespace, name := c.serviceAccount()
	if account := c.Find(c.cluster, store.ServiceAccountType, kube.ObjectID(namespace, name)); account != nil {
		return kube.Meta(account).GetAnnotations()["eks.amazonaws.com/role-arn"]
	}
	return ""
}

// nodeRole returns the role of a pod's instance, nil if the hop limit does not allow pods to use it.
func (c *Controller) nodeRole(pod *store.Object) *store.Object {
	node, _ := c.nodeOfPod(pod)
	if node == nil || nodepkg.HopLimit(c.Account, node) < 2 {
		return nil
	}
	return eks.RoleOfNode(c.Account, node)
}

// checkAllowed refuses an action that the controller's role does not allow.
func (c *Controller) checkAllowed(action, resource string, facts iam.Facts) error {
	role := iam.FindRole(c.Account, c.roleARN())
	if association := c.association(); association != "" {
		role = nodepkg.RoleOfAssociation(c.Account, association)
	} else if pods := c.Pods(); role == nil && len(pods) > 0 {
		role = c.nodeRole(pods[0])
	}
	user := "its role"
	if role != nil {
		user = iam.RoleOf(role).ARN
	}
	return ControllerAllowed.When(!iam.IsAllowed(c.Account, role, action, resource, facts), user, action, resource)
}

// checkAllAllowed refuses the first of several actions on any resource that the role does not allow.
func (c *Controller) checkAllAllowed(actions ...string) error {
	for _, action := range actions {
		if err := c.checkAllowed(action, "*", nil); err != nil {
			return err
		}
	}
	return nil
}

// vpc returns the ID of the cluster's VPC.
func (c *Controller) vpc() string { return eks.VPCOfCluster(c.Account, c.cluster) }
