package world

import (
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"

	"eksnet/rehearsal/world/lbc"
)

// controllerOwner owns what the load balancer controller makes.
const controllerOwner = "aws-load-balancer-controller"

const controllerSource = "https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/"

var (
	controllerInstalled = rule("somebody must make the load balancer",
		`the AWS Load Balancer Controller is not installed`, "https://docs.aws.amazon.com/eks/latest/userguide/aws-load-balancer-controller.html")
	controllerRuns = rule("the load balancer controller acts while one of its pods is ready",
		`no pod of the AWS Load Balancer Controller is ready`, "https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2220, #4207")
	controllerFlags = rule("the load balancer controller starts with valid flags",
		`{"logger":"setup","msg":"unable to load controller config","error":"%s"}`, controllerSource+"pkg/config/controller_config.go (Validate)")
	controllerDefinitions = rule("the load balancer controller starts once its custom resources are defined",
		`{"error":"no matches for kind \"TargetGroupBinding\" in version \"elbv2.k8s.aws/v1beta1\""}`,
		controllerSource+"docs/deploy/installation.md (skipCRDs)")
	controllerRights = rule("the load balancer controller starts once it may read the cluster",
		`targetgroupbindings.elbv2.k8s.aws is forbidden: User "system:serviceaccount:%s:%s" cannot list resource "targetgroupbindings" in API group "elbv2.k8s.aws" at the cluster scope`,
		controllerSource+"helm/aws-load-balancer-controller/templates/rbac.yaml")
	controllerMetadata = rule("the load balancer controller knows its region and VPC, from its flags or from the instance",
		`unable to initialize AWS cloud: failed to get VPC ID: failed to fetch VPC ID from instance metadata: operation error ec2imds: GetMetadata: request canceled, context deadline exceeded: set region and vpcId, the hop limit of %s is %d`,
		controllerSource+"docs/deploy/installation.md (IMDS hop limit)")
	controllerPlace = rule("the load balancer controller works in the cluster's own VPC and region",
		`operation error EC2: DescribeSubnets: no subnets of VPC %q in region %q`, controllerSource+"docs/deploy/configurations.md")
	controllerReaches = rule("the load balancer controller reaches AWS's endpoints",
		`Post "https://%s.%s.%s/": dial tcp: i/o timeout: %s has no way to it`,
		"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html; "+"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2894")
	controllerRole = rule("the load balancer controller has a role of its own or its node's",
		`operation error EC2: DescribeSubnets, get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found: service account %s has no role`,
		"https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html")
	controllerAllowed = rule("the load balancer controller's role allows what it does",
		`api error AccessDenied: User: %s is not authorized to perform: %s on resource: %s`,
		controllerSource+"docs/install/iam_policy.json")
)

// controller is the load balancer controller of one cluster.
type controller struct {
	*World
	cluster    string
	eks        *Object
	deployment *Object // nil where it is not installed
	arguments  controllerArguments
}

// controllerOf finds a cluster's controller by what it is started with, whatever the release calls it.
func (w *World) controllerOf(cluster string) *controller {
	c := &controller{World: w, cluster: cluster, eks: w.get(clusterType, cluster), arguments: controllerArguments{}}
	for _, o := range only(w.lookup(deploymentType, "image", controllerOwner, imageOwners), []func(*Object) bool{inCluster(cluster)}) {
		d := live[appsv1.Deployment](o)
		if arguments := argumentsOf(&d); arguments["cluster-name"] != "" {
			c.deployment, c.arguments = o, arguments
		}
	}
	return c
}

// imageOwners is the controller whose image a Deployment runs, if it is the load balancer controller's.
func imageOwners(o *Object) []string {
	d := live[appsv1.Deployment](o)
	if strings.Contains(containerOf(&d).Image, controllerOwner) {
		return []string{controllerOwner}
	}
	return nil
}

// containerOf is a Deployment's first container.
func containerOf(d *appsv1.Deployment) corev1.Container {
	if len(d.Spec.Template.Spec.Containers) == 0 {
		return corev1.Container{}
	}
	return d.Spec.Template.Spec.Containers[0]
}

// class is the load balancer class whose Services are the controller's.
func (c *controller) class() string {
	return c.arguments.or("load-balancer-class", "service.k8s.aws/nlb")
}

// flags returns the arguments of the controller's container.
func (c *controller) flags() []string {
	if c.deployment == nil {
		return nil
	}
	d := live[appsv1.Deployment](c.deployment)
	return containerOf(&d).Args
}

// account is the service account that the controller runs as.
func (c *controller) account() (namespace, name string) {
	name = c.deployment.text("spec.template.spec.serviceAccountName")
	if name == "" {
		name = "default"
	}
	return c.deployment.namespace(), name
}

// starts refuses a pod of the controller that would end before it is ready. Other pods start.
func (w *World) starts(node, pod *Object, spec *corev1.PodSpec) error {
	if len(spec.Containers) == 0 || !strings.Contains(spec.Containers[0].Image, controllerOwner) {
		return nil
	}
	c := w.controllerOf(pod.Cluster)
	if c.deployment == nil {
		return nil
	}
	namespace, name := c.account()
	hops := w.hopLimit(node)
	named := (c.arguments["aws-vpc-id"] != "" || c.arguments["aws-vpc-tags"] != "") && c.arguments["aws-region"] != ""
	_, err := lbc.Parse(c.flags())
	return first(
		controllerFlags.when(err != nil, err),
		controllerDefinitions.when(w.find(pod.Cluster, crdType, "targetgroupbindings.elbv2.k8s.aws") == nil),
		controllerRights.when(!c.mayRead(namespace, name), namespace, name),
		controllerMetadata.when(!named && hops < 2, node.name(), hops),
	)
}

// mayRead reports whether a binding gives the service account a role of the cluster that reads target group bindings.
func (c *controller) mayRead(namespace, name string) bool {
	for _, o := range c.in(c.cluster, clusterBindingType) {
		binding := live[rbacv1.ClusterRoleBinding](o)
		bound := slices.ContainsFunc(binding.Subjects, func(s rbacv1.Subject) bool {
			return s.Kind == rbacv1.ServiceAccountKind && s.Namespace == namespace && s.Name == name
		})
		role := c.find(c.cluster, clusterRoleType, binding.RoleRef.Name)
		if !bound || role == nil {
			continue
		}
		if slices.ContainsFunc(live[rbacv1.ClusterRole](role).Rules, func(r rbacv1.PolicyRule) bool {
			return slices.Contains(r.Resources, "targetgroupbindings") && slices.Contains(r.Verbs, "list")
		}) {
			return true
		}
	}
	return false
}

// pods are the controller's ready pods.
func (c *controller) pods() []*Object {
	if c.deployment == nil {
		return nil
	}
	return only(c.podsOf(c.deployment.key()), []func(*Object) bool{podReady})
}

// lacks returns what prevents the controller from acting on AWS, nil while it can.
func (c *controller) lacks() error {
	if err := controllerInstalled.when(c.deployment == nil); err != nil || c.deployment == nil {
		return err
	}
	pods := c.pods()
	if len(pods) == 0 {
		_, why := c.rollOut(c.deployment)
		return caused(controllerRuns.when(true), why)
	}
	vpc, region := c.arguments.or("aws-vpc-id", c.vpc()), c.arguments.or("aws-region", c.region)
	return first(
		c.finds("sts."+c.region+"."+c.partition().dnsSuffix),
		controllerPlace.when(vpc != c.vpc() || region != c.region, vpc, region),
		c.reachesAWS(pods[0]),
		c.authenticated(pods[0]),
	)
}

// finds refuses while the controller's pods cannot resolve a name. On the host's network they ask the VPC and not
// CoreDNS, unless a flag is set otherwise.
func (c *controller) finds(name string) error {
	if c.deployment.flag("spec.template.spec.hostNetwork") && c.deployment.text("spec.template.spec.dnsPolicy") != "ClusterFirstWithHostNet" {
		return nil
	}
	return c.resolves(c.cluster, name)
}

// reachesAWS refuses while a pod has no way to the services that the controller calls.
func (c *controller) reachesAWS(pod *Object) error {
	node := c.find(c.cluster, nodeType, pod.text("spec.nodeName"))
	services := []string{"ec2", "elasticloadbalancing"}
	if c.roleARN() != "" {
		services = append([]string{"sts"}, services...)
	}
	for _, service := range services {
		reached := node != nil && c.reachesService(node, service)
		if err := controllerReaches.when(!reached, service, c.region, c.partition().dnsSuffix, pod.text("spec.nodeName")); err != nil {
			return err
		}
	}
	return nil
}

// authenticated refuses while the controller gets no credentials.
func (c *controller) authenticated(pod *Object) error {
	namespace, name := c.account()
	annotated := c.roleARN()
	if annotated != "" {
		return c.assumeRoleWithWebIdentity(annotated, c.cluster, namespace, name)
	}
	return controllerRole.when(c.nodeRole(pod) == nil, identity(namespace, name))
}

// roleARN is the role that the controller's service account is annotated with.
func (c *controller) roleARN() string {
	namespace, name := c.account()
	if account := c.find(c.cluster, serviceAccountType, identity(namespace, name)); account != nil {
		return account.meta().GetAnnotations()["eks.amazonaws.com/role-arn"]
	}
	return ""
}

// nodeRole is the role of a pod's instance, which a pod reaches when the hop limit lets it.
func (c *controller) nodeRole(pod *Object) *Object {
	node := c.find(c.cluster, nodeType, pod.text("spec.nodeName"))
	if node == nil || c.hopLimit(node) < 2 {
		return nil
	}
	return c.roleOfNode(node)
}

// may refuses an action that the controller's role does not allow.
func (c *controller) may(action, resource string, known facts) error {
	role := c.roleOf(c.roleARN())
	if pods := c.pods(); role == nil && len(pods) > 0 {
		role = c.nodeRole(pods[0])
	}
	who := "its role"
	if role != nil {
		who = role.text("arn")
	}
	return controllerAllowed.when(!c.allowed(role, action, resource, known), who, action, resource)
}

// mayAll refuses the first of several actions on any resource that the role does not allow.
func (c *controller) mayAll(actions ...string) error {
	for _, action := range actions {
		if err := c.may(action, "*", nil); err != nil {
			return err
		}
	}
	return nil
}

// vpc is the cluster's.
func (c *controller) vpc() string { return c.vpcOfCluster(c.cluster) }
