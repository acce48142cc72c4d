package podclient

import (
	"cmp"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"

	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

const serviceAccountRoles = "https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html"

var (
	ProgramRuns = store.NewRule("a program in a cluster acts while one of its pods is ready",
		`no pod of %s is ready`, "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/")
	ProgramReads = store.NewRule("a program reads the objects of a cluster that its service account may read",
		`%s is forbidden: User "system:serviceaccount:%s:%s" cannot %s resource "%[1]s" in API group "%[5]s" at the cluster scope`,
		"https://kubernetes.io/docs/reference/access-authn-authz/rbac/")
	ProgramReaches = store.NewRule("a program reaches the endpoints of the AWS services that it calls",
		`Post "https://%s/": dial tcp: i/o timeout: %s has no way to it`,
		"https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html")
	ProgramRole = store.NewRule("a program that calls AWS has a role",
		`get identity: get credentials: failed to refresh cached credentials, no EC2 IMDS role found: service account %s has no role`,
		serviceAccountRoles)
	ProgramAllowed = store.NewRule("a program's role allows what it calls",
		`api error AccessDenied: User: %s is not authorized to perform: %s on resource: %s`,
		"https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html")
)

// Program is a program in a pod.
type Program struct {
	*store.Account
	Cluster string
	// Namespace and ServiceAccount are those of its pod, and Node the node of the pod.
	Namespace, ServiceAccount string
	Node                      *store.Object
	// association is the ID of the Pod Identity association that the pod got when it was created, "" for none.
	association string
}

// Running returns the program of a Deployment, or why none of its pods is ready. The name is that in the message.
func Running(w *store.Account, name string, deployment *store.Object) (*Program, error) {
	pods := store.Filter(kube.PodsOf(w, deployment.Key()), []func(*store.Object) bool{kube.PodReady})
	if len(pods) == 0 {
		_, why := kube.RollOut(w, deployment)
		return nil, store.Caused(ProgramRuns.When(true, name), why)
	}
	node := w.Find(deployment.Cluster, store.NodeType, kube.Live[corev1.Pod](pods[0]).Spec.NodeName)
	d := kube.Live[appsv1.Deployment](deployment)
	p := On(w, node, deployment.Cluster, kube.Namespace(deployment), &d.Spec.Template.Spec)
	p.association = kube.AssociationOfPod(pods[0])
	return p, nil
}

// On returns the program of a new pod on a node.
func On(w *store.Account, node *store.Object, cluster, namespace string, spec *corev1.PodSpec) *Program {
	p := &Program{Account: w, Cluster: cluster, Namespace: namespace, ServiceAccount: cmp.Or(spec.ServiceAccountName, "default"), Node: node}
	if association := eks.FindAssociation(w, cluster, namespace, p.ServiceAccount); association != nil {
		p.association = association.ID
	}
	return p
}

// CheckRights refuses the first request to the API server that the service account may not make.
func (p *Program) CheckRights(requests ...kube.Access) error {
	for _, r := range requests {
		may := kube.ServiceAccountMay(p.Account, p.Cluster, p.Namespace, p.ServiceAccount, r)
		if err := ProgramReads.When(!may, r.Resource, p.Namespace, p.ServiceAccount, r.Verb, r.Group); err != nil {
			return err
		}
	}
	return nil
}

// CheckConnection refuses while the program cannot resolve the name of an AWS service, cannot connect to it, or has no
// credentials. Without Pod Identity it needs STS for these. host is that of the service.
func (p *Program) CheckConnection(service, host string) error {
	if p.association != "" {
		if err := store.First(kube.Resolves(p.Account, p.Cluster, host), p.checkReached(service, host)); err != nil {
			return err
		}
		return nodepkg.CheckPodIdentity(p.Account, p.Node, p.association)
	}
	sts := "sts." + p.Region + "." + p.Partition().DNSSuffix
	if err := store.First(kube.Resolves(p.Account, p.Cluster, sts), p.checkReached("sts", sts), p.checkReached(service, host)); err != nil {
		return err
	}
	role := p.roleARN()
	if err := ProgramRole.When(role == "", kube.ObjectID(p.Namespace, p.ServiceAccount)); err != nil {
		return err
	}
	return iam.AssumeRoleWithWebIdentity(p.Account, role, p.Cluster, p.Namespace, p.ServiceAccount)
}

func (p *Program) checkReached(service, host string) error {
	if p.Node == nil {
		return ProgramReaches.When(true, host, "a deleted node")
	}
	return ProgramReaches.When(!eks.ReachesService(p.Account, p.Node, service), host, kube.Name(p.Node))
}

// roleARN returns the role in the annotation of the service account, "" for none. Pods cannot use the role of their
// node: the hop limit of the stack's nodes is 1.
func (p *Program) roleARN() string {
	account := p.Find(p.Cluster, store.ServiceAccountType, kube.ObjectID(p.Namespace, p.ServiceAccount))
	if account == nil {
		return ""
	}
	return kube.Meta(account).GetAnnotations()["eks.amazonaws.com/role-arn"]
}

// CheckAllowed refuses an action that the program's role does not allow. facts are the condition keys of the request.
func (p *Program) CheckAllowed(action, resource string, facts iam.Facts) error {
	role, user := iam.FindRole(p.Account, p.roleARN()), "its role"
	if p.association != "" {
		role = nodepkg.RoleOfAssociation(p.Account, p.association)
	}
	if role != nil {
		user = iam.RoleOf(role).ARN
	}
	return ProgramAllowed.When(!iam.IsAllowed(p.Account, role, action, resource, facts), user, action, resource)
}

// ImageNamed reports whether a Deployment's first container has an image with this name, in any registry.
func ImageNamed(o *store.Object, name string) bool {
	containers := kube.Live[appsv1.Deployment](o).Spec.Template.Spec.Containers
	return len(containers) > 0 && kube.ImageName(containers[0].Image) == name
}
