package lbc

import (
	"slices"
	"strconv"

	elbv2api "sigs.k8s.io/aws-load-balancer-controller/apis/elbv2/v1beta1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// readActions are the actions that the controller needs before it builds a model.
var readActions = []string{
	"ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeInstances",
	"ec2:DescribeNetworkInterfaces", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags",
	"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeTargetHealth",
	"elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeTargetGroupAttributes",
	"elasticloadbalancing:DescribeListenerAttributes",
}

// deploy creates, updates and deletes the resources of a model. It stops at the first refused call; earlier changes
// remain. It reports whether it changed anything.
func (c *Controller) deploy(m *balancerModel) (bool, error) {
	changed := false
	step := func(did bool, err error) error {
		changed = changed || did
		return err
	}
	if err := step(c.ensureOwnGroup(m)); err != nil {
		return changed, err
	}
	balancer, did, err := c.ensureBalancer(m)
	if err := step(did, err); err != nil {
		return changed, err
	}
	for _, t := range m.TargetGroups {
		if err := step(c.ensureTargetGroup(m, t)); err != nil {
			return changed, err
		}
	}
	for _, l := range m.Listeners {
		if err := step(c.ensureListener(m, balancer, l)); err != nil {
			return changed, err
		}
	}
	for _, t := range m.TargetGroups {
		if err := step(c.ensureBinding(m, t)); err != nil {
			return changed, err
		}
		if err := step(c.ensureTargets(t.Status.TargetGroupARN)); err != nil {
			return changed, err
		}
	}
	if err := step(c.ensureWebACL(m, balancer)); err != nil {
		return changed, err
	}
	return changed, step(c.deleteUnwanted(m))
}

// requestFacts returns the facts of a call that creates a resource with the controller's tags, for conditions of
// policies.
func (c *Controller) requestFacts(action string) iam.Facts {
	return iam.Facts{"aws:RequestTag/" + clusterTag: {c.arguments["cluster-name"]}, "ec2:CreateAction": {action}, "elasticloadbalancing:CreateAction": {action}}
}

// resourceFacts returns the facts of a call on a resource with tags, for conditions of policies.
func resourceFacts(o *store.Object) iam.Facts {
	facts := iam.Facts{}
	for key, value := range o.Tags() {
		if s, ok := value.(string); ok {
			facts["aws:ResourceTag/"+key] = []string{s}
		}
	}
	return facts
}

// checkCreate refuses a resource that the controller's role does not allow to create or tag.
func (c *Controller) checkCreate(service, action, kind string) error {
	resource := c.ARN(service, kind)
	return store.First(
		c.checkAllowed(service+":"+action, resource, c.requestFacts(action)),
		c.checkAllowed(service+":"+tagAction(service), resource, c.requestFacts(action)),
	)
}

// tagAction returns the action that tags resources of a service.
func tagAction(service string) string {
	if service == "ec2" {
		return "CreateTags"
	}
	return "AddTags"
}

// action is the default action of a listener, or the action of a rule.
type action struct {
	forward  []string // to target groups; none: the load balancer sends a fixed response
	weights  []int    // of several target groups, in their order
	redirect int      // the port of HTTPS that clients are redirected to, 0 for none
}

// actionOf reads the actions of a listener or a rule.
func actionOf(actions []elbv2.Action) (found action, err error) {
	for _, a := range actions {
		if a.RedirectConfig != nil && a.RedirectConfig.Port != nil {
			found.redirect, _ = strconv.Atoi(*a.RedirectConfig.Port)
		}
		if a.ForwardConfig == nil {
			continue
		}
		for _, t := range a.ForwardConfig.TargetGroups {
			arn, err := builders.Resolve(t.TargetGroupARN)
			if err != nil {
				return found, err
			}
			found.forward = append(found.forward, arn)
			if len(a.ForwardConfig.TargetGroups) > 1 {
				found.weights = append(found.weights, int(valueOf(t.Weight)))
			}
		}
	}
	return found, nil
}

// ensureListener creates a listener with its rules, or updates the existing one on its port.
func (c *Controller) ensureListener(m *balancerModel, balancer *store.Object, l *elbv2.Listener) (bool, error) {
	wanted, err := actionOf(l.Spec.DefaultActions)
	if err != nil {
		return false, err
	}
	for _, existing := range c.createdFor(store.ListenerType, m.stack) {
		if elb.ListenerOf(existing).Port == int(l.Spec.Port) {
			return c.updateListener(m, balancer, existing, l, wanted)
		}
	}
	b := elb.LoadBalancerOf(balancer)
	if err := c.checkCreate("elasticloadbalancing", "CreateListener", "listener/"+elb.FamilyOf(b.Kind)+"/"+b.Name+"/*/*"); err != nil {
		return false, err
	}
	if err := elb.CheckTLSPolicy(valueOf(l.Spec.SSLPolicy)); err != nil {
		return false, err
	}
	listener, err := elb.CreateListener(c.Account, balancer, string(l.Spec.Protocol), int(l.Spec.Port), wanted.forward, certificatesOf(l))
	if err != nil {
		return false, err
	}
	listener.Set("tags", elb.PropertiesOf(m.Tags(l, l.Spec.Tags)))
	listener.Set("redirect", wanted.redirect)
	listener.Set("weights", wanted.weights)
	listener.Set("sslPolicy", valueOf(l.Spec.SSLPolicy))
	if _, err := c.ensureMutualTLS(listener, l); err != nil {
		return true, err
	}
	if _, err := c.ensureListenerAttributes(listener, l); err != nil {
		return true, err
	}
	_, err = c.ensureListenerRules(m, balancer, listener, l)
	return true, err
}

// updateListener updates an existing listener and its rules.
func (c *Controller) updateListener(m *balancerModel, balancer, existing *store.Object, l *elbv2.Listener, wanted action) (bool, error) {
	before, protocol, policy, certificates := elb.ListenerOf(existing), string(l.Spec.Protocol), valueOf(l.Spec.SSLPolicy), certificatesOf(l)
	if before.Protocol == protocol && before.TLSPolicy == policy && before.RedirectPort == wanted.redirect &&
		slices.Equal(before.TargetGroups, wanted.forward) && slices.Equal(before.Weights, wanted.weights) && slices.Equal(before.Certificates, certificates) {
		return c.ensureListenerParts(m, balancer, existing, l)
	}
	if err := store.First(
		c.checkAllowed("elasticloadbalancing:ModifyListener", existing.ID, resourceFacts(existing)),
		elb.CheckCertificates(c.Account, protocol, certificates), elb.CheckTLSPolicy(policy),
	); err != nil {
		return false, err
	}
	existing.Set("protocol", protocol)
	existing.Set("targetGroupArns", store.AnyOf(wanted.forward))
	existing.Set("certificates", store.AnyOf(certificates))
	existing.Set("redirect", wanted.redirect)
	existing.Set("weights", wanted.weights)
	existing.Set("sslPolicy", policy)
	_, err := c.ensureListenerParts(m, balancer, existing, l)
	return true, err
}

// ensureListenerParts updates mutual TLS, the attributes and the rules of an existing listener.
func (c *Controller) ensureListenerParts(m *balancerModel, balancer, existing *store.Object, l *elbv2.Listener) (bool, error) {
	authenticates, err := c.ensureMutualTLS(existing, l)
	if err != nil {
		return authenticates, err
	}
	changed, err := c.ensureListenerAttributes(existing, l)
	if err != nil {
		return changed || authenticates, err
	}
	did, err := c.ensureListenerRules(m, balancer, existing, l)
	return changed || authenticates || did, err
}

// ensureMutualTLS sets how a listener handles the certificates of clients. Where the model has nothing of it, the
// controller leaves it as it is (pkg/deploy/elbv2/listener_manager.go, isSDKListenerSettingsDrifted).
func (c *Controller) ensureMutualTLS(listener *store.Object, l *elbv2.Listener) (bool, error) {
	if l.Spec.MutualAuthentication == nil {
		return false, nil
	}
	wanted := elb.MutualTLS{Mode: l.Spec.MutualAuthentication.Mode, TrustStore: valueOf(l.Spec.MutualAuthentication.TrustStoreArn)}
	existing, off := elb.ListenerOf(listener).MutualTLS, string(elbv2.MutualAuthenticationOffMode)
	if existing == wanted || existing.Mode == "" && wanted.Mode == off {
		return false, nil
	}
	if err := c.checkAllowed("elasticloadbalancing:ModifyListener", listener.ID, resourceFacts(listener)); err != nil {
		return false, err
	}
	err := elb.SetMutualTLS(c.Account, listener, wanted)
	return err == nil, err
}

// ensureListenerAttributes sets the attributes of a listener that differ. Those that the model lacks keep their values.
func (c *Controller) ensureListenerAttributes(listener *store.Object, l *elbv2.Listener) (bool, error) {
	before, different := elb.ListenerOf(listener).Attributes, map[string]string{}
	for _, a := range l.Spec.ListenerAttributes {
		if before[a.Key] != a.Value {
			different[a.Key] = a.Value
		}
	}
	if len(different) == 0 {
		return false, nil
	}
	if err := c.checkAllowed("elasticloadbalancing:ModifyListenerAttributes", listener.ID, resourceFacts(listener)); err != nil {
		return false, err
	}
	err := elb.SetListenerAttributes(listener, different)
	return err == nil, err
}

// certificatesOf returns the ARNs of a listener's certificates, the default one first.
func certificatesOf(l *elbv2.Listener) []string {
	var arns []string
	for _, certificate := range l.Spec.Certificates {
		arns = append(arns, valueOf(certificate.CertificateARN))
	}
	return arns
}

// valueOf returns the value of a pointer, zero for nil.
func valueOf[T any](pointer *T) (value T) {
	if pointer != nil {
		value = *pointer
	}
	return value
}

// deleteUnwanted deletes one resource that is no longer in a stack's model: a listener, a binding, a target group or
// the load balancer's own security group.
func (c *Controller) deleteUnwanted(m *balancerModel) (bool, error) {
	wanted := func(arn string) bool {
		return slices.ContainsFunc(m.TargetGroups, func(t *elbv2.TargetGroup) bool { return t.Status.TargetGroupARN == arn })
	}
	for _, listener := range c.createdFor(store.ListenerType, m.stack) {
		port := elb.ListenerOf(listener).Port
		if !slices.ContainsFunc(m.Listeners, func(l *elbv2.Listener) bool { return int(l.Spec.Port) == port }) {
			err := c.deleteListener(listener)
			return err == nil, err
		}
	}
	for _, binding := range c.bindings(m.stack) {
		if !wanted(kube.Live[elbv2api.TargetGroupBinding](binding).Spec.TargetGroupARN) {
			kube.MarkDeleted(c.Account, binding)
			return c.unbind(binding)
		}
	}
	for _, target := range c.createdFor(store.TargetGroupType, m.stack) {
		if !wanted(target.ID) {
			err := c.deleteTargetGroup(target)
			return err == nil, err
		}
	}
	for _, group := range c.createdFor(store.SecurityGroupType, m.stack) {
		if m.SecurityGroup == nil {
			err := c.deleteGroup(group)
			return err == nil, err
		}
	}
	return false, nil
}

// deleteListener deletes a listener if the controller's role allows it.
func (c *Controller) deleteListener(o *store.Object) error {
	if err := c.checkAllowed("elasticloadbalancing:DeleteListener", o.ID, resourceFacts(o)); err != nil {
		return err
	}
	elb.DeleteListener(c.Account, o)
	return nil
}

// deleteTargetGroup deletes a target group if the controller's role allows it.
func (c *Controller) deleteTargetGroup(o *store.Object) error {
	if err := c.checkAllowed("elasticloadbalancing:DeleteTargetGroup", o.ID, resourceFacts(o)); err != nil {
		return err
	}
	return elb.DeleteTargetGroup(c.Account, o)
}

// deleteStack deletes everything that the controller created for a stack, in its order. The listeners are deleted with
// their load balancer; the shared security group remains for other load balancers.
func (c *Controller) deleteStack(s Stack) (changed bool, err error) {
	for _, balancer := range c.createdFor(store.LoadBalancerType, s) {
		if err := c.deleteBalancer(balancer); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, binding := range c.bindings(s) {
		kube.MarkDeleted(c.Account, binding)
		if _, err := c.unbind(binding); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, target := range c.createdFor(store.TargetGroupType, s) {
		if err := c.deleteTargetGroup(target); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, group := range c.createdFor(store.SecurityGroupType, s) {
		if err := c.deleteGroup(group); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
