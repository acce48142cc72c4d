package world

import (
	"slices"

	"eksnet/rehearsal/world/ccm"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
)

// Unreachable lists the target groups, and the classic load balancers, that have nothing to send to, or nothing that
// they can reach or that is healthy; targets in zones where their load balancer has no subnet; the pods that do not
// wait for their targets where they should; and the CNI metrics helpers that send no metrics.
func (w *World) Unreachable() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, o := range w.All(store.TargetGroupType) {
		target := elb.TargetGroupOf(o)
		if target.Problem != "" {
			lines = append(lines, target.Name+": "+target.Problem)
		} else if len(target.Targets) == 0 {
			lines = append(lines, target.Name+": no targets")
		} else if why := elb.FailingTargets(w.Account, o); why != "" {
			lines = append(lines, target.Name+": no healthy target: "+target.HealthCheck.String()+": "+why)
		}
	}
	for _, o := range w.All(store.ClassicType) {
		balancer := elb.ClassicLoadBalancerOf(o)
		if len(balancer.Instances) == 0 {
			lines = append(lines, balancer.Name+": no instances")
		} else if why := elb.ClassicFailing(w.Account, o); why != "" {
			lines = append(lines, balancer.Name+": no healthy instance: "+balancer.HealthCheck.Target+": "+why)
		}
	}
	lines = slices.Concat(lines, blockedBalancers(w.Account), elb.OutsideZones(w.Account), lbc.PodsWithoutGate(w.Account))
	for _, c := range controllers {
		lines = append(lines, c.problems(w.Account)...)
	}
	return lines
}

// blockedBalancers lists the internet-facing load balancers of an account with VPC Block Public Access: AWS creates
// them, and clients on the internet do not reach them.
func blockedBalancers(a *store.Account) []string {
	mode, lines := a.Options.PublicAccessBlock, []string{}
	if mode == "" {
		return nil
	}
	blocked := func(name, scheme string) {
		if scheme != "internal" {
			lines = append(lines, name+": clients on the internet do not reach it: VPC Block Public Access is "+mode)
		}
	}
	for _, o := range a.All(store.LoadBalancerType) {
		blocked(elb.LoadBalancerOf(o).Name, elb.LoadBalancerOf(o).Scheme)
	}
	for _, o := range a.All(store.ClassicType) {
		blocked(elb.ClassicLoadBalancerOf(o).Name, elb.ClassicLoadBalancerOf(o).Scheme)
	}
	return lines
}

// Events returns what the load balancer controller and the cloud controller report for Services, Ingresses and Gateways
// that they cannot reconcile: the warnings that `kubectl events` shows. The load balancers do not change meanwhile.
func (w *World) Events() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, eks := range w.All(store.ClusterType) {
		c := lbc.ControllerOf(w.Account, eks.ID)
		for _, o := range kube.ObjectsIn(w.Account, eks.ID, store.ServiceType) {
			if _, err := ccm.ReconcileService(w.Account, o); err != nil {
				lines = append(lines, "Service "+o.ID+": "+err.Error())
			}
			if _, err := c.Reconcile(o); err != nil {
				lines = append(lines, "Service "+o.ID+": "+err.Error())
			}
		}
		for _, o := range kube.ObjectsIn(w.Account, eks.ID, store.GatewayType) {
			if _, err := c.ReconcileGateway(o); err != nil {
				lines = append(lines, "Gateway "+o.ID+": "+err.Error())
			}
		}
		for _, id := range c.Groups() {
			if _, err := c.ReconcileGroup(id); err != nil {
				lines = append(lines, id.Stack().Title()+": "+err.Error())
			}
		}
	}
	slices.Sort(lines)
	return lines
}
