package world

import (
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"

	"eksnet/rehearsal/world/addon"
	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/externaldns"
	"eksnet/rehearsal/world/helm"
	"eksnet/rehearsal/world/istio"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// This file connects the packages of which a lower one needs a higher one.

func init() {
	kube.Connect(Balancing{}, machines{})
	nodepkg.ConnectStarter(Balancing{})
	eks.ConnectLauncher(addon.System{})
	helm.ConnectJobs(externaldns.RunJob)
}

// Balancing is what the API server needs of the controllers of load balancers.
type Balancing struct{}

// CallWebhook does what the webhooks of the load balancer controller and of istiod do; no other controller has any.
func (Balancing) CallWebhook(w *store.Account, path string, o *store.Object) error {
	if path == istio.InjectPath {
		return istio.Inject(w, o)
	}
	return lbc.CallWebhook(w, path, o)
}

// LacksGate returns the readiness gate that keeps a Deployment's pods from being ready.
func (Balancing) LacksGate(w *store.Account, deployment *store.Object) error {
	return lbc.LacksGate(w, deployment)
}

// HealthyAfter returns how long a new target of a TargetGroupBinding takes to be healthy: the number of checks in a
// row.
func (Balancing) HealthyAfter(w *store.Account, o *store.Object) time.Duration {
	binding := kube.Live[elbv2api.TargetGroupBinding](o)
	target := w.Get(store.TargetGroupType, binding.Spec.TargetGroupARN)
	if target == nil {
		return 0
	}
	check := elb.TargetGroupOf(target).HealthCheck
	return time.Duration(check.Interval*check.Healthy) * time.Second
}

// Starts refuses a pod of a controller that would end at once.
func (Balancing) Starts(w *store.Account, node, pod *store.Object, spec *corev1.PodSpec) error {
	if err := lbc.CheckStart(w, node, pod, spec); err != nil {
		return err
	}
	for _, c := range controllers {
		if err := c.checkStart(w, node, spec); err != nil {
			return err
		}
	}
	return nil
}

// LacksAddress returns why a Service, an Ingress or a Gateway has no load balancer, or why a route has none: whose it
// is, and what keeps that actor from making one.
func (Balancing) LacksAddress(w *store.Account, o *store.Object) error {
	switch {
	case istio.HandlesGateway(w, o):
		return istio.LacksGateway(w, o)
	case o.Type == store.IngressType:
		return lbc.LacksAddress(w, o)
	case o.Type == store.GatewayType:
		return lbc.LacksGateway(w, o)
	case o.Type == store.GatewayClassType:
		return lbc.LacksSupport(w, o)
	case o.Type != store.ServiceType:
		return lbc.LacksRoute(w, o)
	}
	s := kube.Live[corev1.Service](o)
	c := lbc.ControllerOf(w, o.Cluster)
	if c.Settings().Supports(&s) {
		_, err := c.Reconcile(o)
		return err
	}
	if ccm.IsResponsible(w, &s) {
		_, err := ccm.ReconcileService(w, o)
		return err
	}
	return lbc.ClassServed.When(true, kube.ClassOf(&s.Spec))
}

// Unmodelled returns what the Gateways of a cluster ask for that is not modelled: a route, a configuration or a class
// may be accepted although its Gateway is not reconciled.
func (Balancing) Unmodelled(w *store.Account, o *store.Object) error {
	return lbc.UnmodelledGateways(w, o.Cluster)
}

// LacksRelease returns which actor removes a finalizer and what prevents it from doing so.
func (Balancing) LacksRelease(w *store.Account, o *store.Object, finalizer string) error {
	switch finalizer {
	case lbc.ServiceFinalizer:
		return actorReason("the AWS Load Balancer Controller", lbc.LacksServiceCleanup(w, o))
	case lbc.BindingFinalizer:
		return actorReason("the AWS Load Balancer Controller", lbc.LacksBindingCleanup(w, o))
	case ccm.CloudFinalizer:
		return actorReason("the AWS cloud controller", ccm.LacksCleanup(w, o))
	}
	if lbc.GatewayFinalizer(o, finalizer) {
		return actorReason("the AWS Load Balancer Controller", lbc.LacksGateway(w, o))
	}
	if lbc.SupportFinalizer(o, finalizer) {
		return actorReason("the AWS Load Balancer Controller", lbc.LacksSupport(w, o))
	}
	if id, is := lbc.GroupOfFinalizer(o, finalizer); is && o.Type == store.IngressType {
		return actorReason("the AWS Load Balancer Controller", lbc.LacksIngressCleanup(w, o, id))
	}
	return store.Explain("no actor of this cluster removes %s", finalizer)
}

// actorReason joins the name of an actor and what it lacks.
func actorReason(who string, lack error) error {
	if lack == nil {
		return store.Explain("%s has not removed it", who)
	}
	return fmt.Errorf("%s cannot remove it: %w", who, lack)
}

// machines are the scheduler, the kubelet and the CNI.
type machines struct{}

// AdmitPod changes a new pod as the webhook of the VPC resource controller does.
func (machines) AdmitPod(w *store.Account, pod *store.Object) { nodepkg.AdmitPod(w, pod) }

// FindNode returns the node for one more pod of a Deployment.
func (machines) FindNode(w *store.Account, cluster string, d *appsv1.Deployment) (*store.Object, error) {
	return nodepkg.FindNode(w, cluster, d)
}

// StartPod starts a pod on a node and returns its address.
func (machines) StartPod(w *store.Account, node, pod *store.Object, d *appsv1.Deployment, owner string) (string, error) {
	return nodepkg.StartOnNode(w, node, pod, d, owner)
}

// ReleaseAddress releases a pod's address.
func (machines) ReleaseAddress(w *store.Account, address string) {
	nodepkg.ReleasePodAddress(w, address)
}
