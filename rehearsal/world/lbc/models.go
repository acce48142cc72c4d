package lbc

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"
	lbcingress "sigs.k8s.io/aws-load-balancer-controller/pkg/ingress"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// The controller's model builders refuse for many reasons, with their own texts.
var (
	ServiceModelled = store.NewRule("the load balancer controller can build a model of a Service",
		`FailedBuildModel: Failed build model due to %s`, store.ControllerSource+"pkg/service/model_builder.go")
	GroupModelled = store.NewRule("the load balancer controller can build a model of a group of Ingresses",
		`FailedBuildModel: Failed build model due to %s`, store.ControllerSource+"pkg/ingress/model_builder.go")
)

// balancerModel is the model that the controller deploys for a Service or for a group of Ingresses.
type balancerModel struct {
	*builders.Model
	stack Stack
}

// balancer returns the model's load balancer.
func (m *balancerModel) balancer() *elbv2.LoadBalancer { return m.LoadBalancers[0] }

// Settings returns the settings of the controller's flags; the defaults if it is not installed.
func (c *Controller) Settings() *builders.Settings {
	settings, _ := builders.Parse(c.flags())
	return settings
}

// ModelOfService builds the model of a Service, nil if the controller has no load balancer for it. It reports whether
// it created the security group that load balancers share.
func (c *Controller) ModelOfService(s *corev1.Service) (*balancerModel, bool, error) {
	return c.build(ServiceModelled, stackOfService(s), s.DeletionTimestamp.IsZero(), func(builder *builders.Controller) (*builders.Model, error) { return builder.Service(s) })
}

// modelOfGroup builds the model of a group of Ingresses, nil for one without members.
func (c *Controller) modelOfGroup(g *ingressGroup) (*balancerModel, bool, error) {
	group := lbcingress.Group{ID: lbcingress.GroupID{Namespace: g.id.namespace, Name: g.id.name}}
	for _, o := range g.members {
		member := kube.Live[networkingv1.Ingress](o)
		class, err := c.classConfiguration(&member)
		if err != nil {
			return nil, false, err
		}
		group.Members = append(group.Members, lbcingress.ClassifiedIngress{Ing: &member, IngClassConfig: class})
	}
	for _, o := range g.leaving {
		member := kube.Live[networkingv1.Ingress](o)
		group.InactiveMembers = append(group.InactiveMembers, &member)
	}
	return c.build(GroupModelled, g.id.Stack(), len(g.members) > 0, func(builder *builders.Controller) (*builders.Model, error) { return builder.Ingresses(group) })
}

// classConfiguration returns the class in an Ingress's field, with its parameters.
func (c *Controller) classConfiguration(o *networkingv1.Ingress) (configuration lbcingress.ClassConfiguration, err error) {
	found := c.Find(c.cluster, store.IngressClassType, className(o))
	if found == nil {
		return configuration, nil
	}
	class := kube.Live[networkingv1.IngressClass](found)
	configuration.IngClass = &class
	if class.Spec.Parameters == nil {
		return configuration, nil
	}
	if p := c.Find(c.cluster, store.ClassParamsType, class.Spec.Parameters.Name); p != nil {
		parameters := kube.Live[elbv2api.IngressClassParams](p)
		configuration.IngClassParams = &parameters
		if parameters.Spec.Group != nil || parameters.Spec.NamespaceSelector != nil {
			err = store.Unmodelled("group and namespaceSelector of IngressClassParams %s", kube.Name(p))
		}
	}
	return configuration, err
}

// build calls a model builder of the controller. An error of the builder is a refusal by the rule; an error of the
// account is not changed. A builder reads the account only for an object that is not being deleted
// (pkg/service/model_builder.go, run; pkg/ingress/model_builder.go, run).
func (c *Controller) build(r store.Rule, s Stack, reads bool, build func(*builders.Controller) (*builders.Model, error)) (*balancerModel, bool, error) {
	account := &controllerAccount{Controller: c}
	var err error
	if reads {
		err = c.checkAllAllowed(readActions...)
	}
	var built *builders.Model
	if err == nil {
		built, err = build(&builders.Controller{Settings: c.Settings(), VPC: c.vpc(), Account: account, Cluster: account})
	}
	if err == nil && built != nil {
		err = checkDeployable(built, s)
	}
	switch {
	case isKnown(err):
		return nil, account.changed, fmt.Errorf("FailedBuildModel: Failed build model due to %w", err)
	case err != nil || built == nil:
		return nil, account.changed, r.When(err != nil, err)
	}
	return &balancerModel{built, s}, account.changed, nil
}
