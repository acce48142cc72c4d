package lbc

import (
	"slices"
	"strconv"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc/builders"
	"eksnet/rehearsal/world/store"
)

// describes are the reads without which the controller cannot begin.
var describes = []string{
	"ec2:DescribeAvailabilityZones", "ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:DescribeSecurityGroups", "ec2:DescribeInstances",
	"ec2:DescribeNetworkInterfaces", "elasticloadbalancing:DescribeLoadBalancers", "elasticloadbalancing:DescribeTags",
	"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeTargetHealth",
	"elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeTargetGroupAttributes",
	"elasticloadbalancing:DescribeListenerAttributes",
}

// deploy makes the account look like the model, step by step; it stops at the first step that is refused, and what was
// made before stays. It reports whether it changed anything.
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
	return changed, step(c.dropUnwanted(m))
}

// requested are the facts of a call that makes something with the controller's tags.
func (c *Controller) requested(action string) iam.Facts {
	return iam.Facts{"aws:RequestTag/" + clusterTag: {c.arguments["cluster-name"]}, "ec2:CreateAction": {action}, "elasticloadbalancing:CreateAction": {action}}
}

// existing are the facts of a call on something that carries tags.
func existing(target *store.Object) iam.Facts {
	known := iam.Facts{}
	for key, value := range target.Tags() {
		if s, ok := value.(string); ok {
			known["aws:ResourceTag/"+key] = []string{s}
		}
	}
	return known
}

// makes refuses a resource that the controller may not make or tag.
func (c *Controller) makes(service, action, kind string) error {
	resource := c.ARN(service, kind)
	return store.First(
		c.may(service+":"+action, resource, c.requested(action)),
		c.may(service+":"+tagging(service), resource, c.requested(action)),
	)
}

// tagging is the action that tags resources of a service.
func tagging(service string) string {
	if service == "ec2" {
		return "CreateTags"
	}
	return "AddTags"
}

// action is the default action of a listener, or the action of a rule.
type action struct {
	forward  []string // to target groups; none: the load balancer answers
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
		}
	}
	return found, nil
}

// ensureListener makes a listener with its rules, or changes the existing one on its port.
func (c *Controller) ensureListener(m *balancerModel, balancer *store.Object, l *elbv2.Listener) (bool, error) {
	asked, err := actionOf(l.Spec.DefaultActions)
	if err != nil {
		return false, err
	}
	for _, standing := range c.made(store.ListenerType, m.stack) {
		if standing.Number("port") == int(l.Spec.Port) {
			return c.changeListener(m, balancer, standing, l, asked)
		}
	}
	if err := c.makes("elasticloadbalancing", "CreateListener", "listener/"+elb.FamilyOf(balancer.Text("loadBalancerType"))+"/"+balancer.Text("name")+"/*/*"); err != nil {
		return false, err
	}
	listener, err := elb.CreateListener(c.Account, balancer, string(l.Spec.Protocol), int(l.Spec.Port), asked.forward, certificatesOf(l))
	if err != nil {
		return false, err
	}
	listener.Set("tags", elb.AnyMap(m.Tags(l, l.Spec.Tags)))
	listener.Set("redirect", asked.redirect)
	listener.Set("sslPolicy", valueOf(l.Spec.SSLPolicy))
	_, err = c.ensureListenerRules(m, balancer, listener, l)
	return true, err
}

func (c *Controller) changeListener(m *balancerModel, balancer, standing *store.Object, l *elbv2.Listener, asked action) (bool, error) {
	protocol, policy, certificates := string(l.Spec.Protocol), valueOf(l.Spec.SSLPolicy), certificatesOf(l)
	if standing.Text("protocol") == protocol && store.Same(standing.Texts("targetGroupArns"), store.TextsOf(asked.forward)) &&
		store.Same(standing.Texts("certificates"), store.TextsOf(certificates)) && standing.Number("redirect") == asked.redirect && standing.Text("sslPolicy") == policy {
		return c.ensureListenerRules(m, balancer, standing, l)
	}
	if err := store.First(
		c.may("elasticloadbalancing:ModifyListener", standing.ID, existing(standing)),
		elb.CheckCertificates(c.Account, protocol, certificates),
	); err != nil {
		return false, err
	}
	standing.Set("protocol", protocol)
	standing.Set("targetGroupArns", store.AnyOf(asked.forward))
	standing.Set("certificates", store.AnyOf(certificates))
	standing.Set("redirect", asked.redirect)
	standing.Set("sslPolicy", policy)
	_, err := c.ensureListenerRules(m, balancer, standing, l)
	return true, err
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

// dropUnwanted removes what a stack has no longer: listeners, bindings, target groups, the load balancer's own security
// group, one at a time.
func (c *Controller) dropUnwanted(m *balancerModel) (bool, error) {
	wanted := func(arn string) bool {
		return slices.ContainsFunc(m.TargetGroups, func(t *elbv2.TargetGroup) bool { return t.Status.TargetGroupARN == arn })
	}
	for _, listener := range c.made(store.ListenerType, m.stack) {
		if !slices.ContainsFunc(m.Listeners, func(l *elbv2.Listener) bool { return int(l.Spec.Port) == listener.Number("port") }) {
			err := c.dropListener(listener)
			return err == nil, err
		}
	}
	for _, binding := range c.bindings(m.stack) {
		if !wanted(binding.Text("spec.targetGroupARN")) {
			kube.MarkDeleted(c.Account, binding)
			return c.unbind(binding)
		}
	}
	for _, target := range c.made(store.TargetGroupType, m.stack) {
		if !wanted(target.ID) {
			err := c.dropTargetGroup(target)
			return err == nil, err
		}
	}
	for _, group := range c.made(store.SecurityGroupType, m.stack) {
		if m.SecurityGroup == nil {
			err := c.dropGroup(group)
			return err == nil, err
		}
	}
	return false, nil
}

func (c *Controller) dropListener(o *store.Object) error {
	if err := c.may("elasticloadbalancing:DeleteListener", o.ID, existing(o)); err != nil {
		return err
	}
	elb.DeleteListener(c.Account, o)
	return nil
}

func (c *Controller) dropTargetGroup(o *store.Object) error {
	if err := c.may("elasticloadbalancing:DeleteTargetGroup", o.ID, existing(o)); err != nil {
		return err
	}
	return elb.DeleteTargetGroup(c.Account, o)
}

// takeDown removes everything that the controller made for a stack, in its order. The listeners go with
// their load balancer, and the shared group stays for others.
func (c *Controller) takeDown(s Stack) (changed bool, err error) {
	for _, balancer := range c.made(store.LoadBalancerType, s) {
		if err := c.dropBalancer(balancer); err != nil {
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
	for _, target := range c.made(store.TargetGroupType, s) {
		if err := c.dropTargetGroup(target); err != nil {
			return changed, err
		}
		changed = true
	}
	for _, group := range c.made(store.SecurityGroupType, s) {
		if err := c.dropGroup(group); err != nil {
			return changed, err
		}
		changed = true
	}
	return changed, nil
}
