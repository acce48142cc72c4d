package world

import (
	"slices"
	"strconv"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var groupTagged = rule("exactly one security group of a node's interface carries the cluster's tag",
	`expected exactly one securityGroup tagged with kubernetes.io/cluster/%s for eni %s, got: [%s] (clusterName: %[1]s)`,
	controllerSource+"pkg/networking/networking_manager.go")

// arns are what a listener or a rule forwards to: a target group, or none.
func (p *targetModel) arns() []string {
	if p == nil {
		return nil
	}
	return []string{p.arn}
}

// targetGroupOf is the target group that stands for a port, nil where none does or where it must be another: type of target and protocol
// cannot change (pkg/deploy/elbv2/target_group_synthesizer.go).
func (c *controller) targetGroupOf(s stack, p *targetModel) *Object {
	for _, standing := range c.made(targetGroupType, s) {
		if standing.tags()[s.prefix+"/resource"] == p.tag && standing.text("targetType") == p.targetType &&
			standing.text("protocol") == p.protocol && standing.text("protocolVersion") == p.version {
			return standing
		}
	}
	return nil
}

// ensureTargetGroup makes a port's target group or changes the one that stands. What the new one replaces goes once no listener
// forwards to it.
func (c *controller) ensureTargetGroup(m *balancerModel, p *targetModel) (bool, error) {
	if standing := c.targetGroupOf(m.stack, p); standing != nil {
		p.arn = standing.ID
		return c.changeTargetGroup(standing, p)
	}
	if err := c.makes("elasticloadbalancing", "CreateTargetGroup", "targetgroup/"+p.name+"/*"); err != nil {
		return false, err
	}
	made, err := c.createTargetGroup(targetGroup{name: p.name, owner: controllerOwner, vpc: c.vpc(), targetType: p.targetType, protocol: p.protocol,
		version: p.version, port: p.targetPort, health: p.health, tags: c.tagsFor(m.stack, p.tag, m.tags)})
	if err != nil {
		return false, err
	}
	p.arn = made.ID
	return true, c.modifyTargetAttributes(made, p.attributes)
}

// changeTargetGroup brings the health check and the attributes of a target group up to date.
func (c *controller) changeTargetGroup(standing *Object, p *targetModel) (bool, error) {
	changed := false
	if healthOf(standing) != p.health {
		if err := c.may("elasticloadbalancing:ModifyTargetGroup", standing.ID, existing(standing)); err != nil {
			return false, err
		}
		if err := c.modifyTargetGroup(standing, p.health); err != nil {
			return false, err
		}
		changed = true
	}
	if same(merged(standing.Outputs["attributes"], p.attributes), standing.Outputs["attributes"]) {
		return changed, nil
	}
	err := c.modifyTargetAttributes(standing, p.attributes)
	return changed || err == nil, err
}

// modifyTargetAttributes sets attributes of a target group if the controller may.
func (c *controller) modifyTargetAttributes(o *Object, attributes map[string]string) error {
	if err := c.may("elasticloadbalancing:ModifyTargetGroupAttributes", o.ID, existing(o)); err != nil {
		return err
	}
	return c.setTargetAttributes(o, attributes)
}

// bindingOf is the binding of a target group, nil where none stands.
func (c *controller) bindingOf(s stack, arn string) *Object {
	for _, binding := range c.bindings(s) {
		if binding.text("spec.targetGroupARN") == arn {
			return binding
		}
	}
	return nil
}

// ensureBinding makes the target group binding, which says whose pods or nodes a target group has. It passes the
// controller's own webhooks, as every object does.
func (c *controller) ensureBinding(s stack, p *targetModel) (bool, error) {
	if c.bindingOf(s, p.arn) != nil {
		return false, nil
	}
	binding := &Object{Type: bindingType, Cluster: c.cluster, Owner: controllerOwner, Inputs: Properties{
		"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "TargetGroupBinding",
		"metadata": map[string]any{"namespace": p.service.Namespace, "name": p.name, "labels": s.labels(), "finalizers": []any{bindingFinalizer}},
		"spec": map[string]any{
			"targetGroupARN": p.arn, "targetType": p.targetType, "targetGroupProtocol": p.protocol, "vpcID": c.vpc(), "ipAddressType": "ipv4",
			"serviceRef": map[string]any{"name": p.service.Name, "port": p.reference},
		},
	}}
	t := c.served(c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if err := controllerDefinitions.when(t == nil); err != nil || t == nil {
		return false, err
	}
	if err := c.accept(t, binding); err != nil {
		return false, err
	}
	c.put(binding)
	return true, nil
}

// ensureTargets registers what serves the port now and deregisters what no longer does, and opens the nodes' security
// groups to the load balancer.
func (c *controller) ensureTargets(p *targetModel) (bool, error) {
	target := c.get(targetGroupType, p.arn)
	wanted, interfaces := c.targets(p)
	changed := false
	if standing := target.texts("targets"); !same(standing, wanted) {
		missing := slices.ContainsFunc(wanted, func(t string) bool { return !slices.Contains(standing, t) })
		surplus := slices.ContainsFunc(standing, func(t string) bool { return !slices.Contains(wanted, t) })
		for action, needed := range map[string]bool{"RegisterTargets": missing, "DeregisterTargets": surplus} {
			if !needed {
				continue
			}
			if err := c.may("elasticloadbalancing:"+action, target.ID, existing(target)); err != nil {
				return false, err
			}
		}
		if err := c.byInstance(p); err != nil {
			target.set("problem", err.Error())
			return false, err
		}
		c.setTargets(target, wanted)
		changed = true
	}
	did, err := c.open(interfaces)
	if err == nil {
		target.unset("problem")
	} else {
		// The controller writes this as an event of the binding; the load balancer has its name all the same.
		target.set("problem", err.Error())
	}
	if binding := c.boundTo(target.ID); binding != nil {
		changed = c.openGates(target, binding) || changed
	}
	return changed || did, nil
}

// Unreachable lists the target groups, and the classic load balancers, that have nothing to send to, or nothing that they can reach or
// that is healthy; targets in zones where their load balancer has no subnet; and the pods that do not wait for their targets where they
// should.
func (w *World) Unreachable() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var lines []string
	for _, target := range w.all(targetGroupType) {
		switch problem := target.text("problem"); {
		case problem != "":
			lines = append(lines, target.text("name")+": "+problem)
		case len(target.texts("targets")) == 0:
			lines = append(lines, target.text("name")+": no targets")
		case w.failing(target) != "":
			lines = append(lines, target.text("name")+": no healthy target: "+healthOf(target).String()+": "+w.failing(target))
		}
	}
	for _, balancer := range w.all(classicType) {
		if len(balancer.texts("instances")) == 0 {
			lines = append(lines, balancer.text("name")+": no instances")
		} else if why := w.classicFailing(balancer); why != "" {
			lines = append(lines, balancer.text("name")+": no healthy instance: "+balancer.text("healthCheck.target")+": "+why)
		}
	}
	return slices.Concat(lines, w.outsideZones(), w.ungated())
}

// targets are "address:port" or "instance:port" of what serves a port, and the network interfaces that these are on.
func (c *controller) targets(p *targetModel) (targets []string, interfaces []*Object) {
	targets = []string{}
	o := c.find(c.cluster, serviceType, identity(p.service.Namespace, p.service.Name))
	add := func(target string, eni *Object) {
		targets = append(targets, target)
		if eni != nil && !slices.Contains(interfaces, eni) {
			interfaces = append(interfaces, eni)
		}
	}
	if p.targetType == "instance" {
		for _, node := range c.readyNodes(c.cluster) {
			add(node.text("instanceId")+":"+strconv.Itoa(int(p.port.NodePort)), c.interfaceOf(node))
		}
	} else if binding := c.boundTo(p.arn); o != nil && binding != nil {
		for _, pod := range c.gated(o, binding) {
			address := pod.text("status.podIP")
			add(address+":"+strconv.Itoa(podPort(pod, p.port.TargetPort)), c.interfaceHoldingIn(address))
		}
	}
	slices.Sort(targets)
	return targets, interfaces
}

// podPort is a port of a pod by number or name.
func podPort(pod *Object, port intstr.IntOrString) int {
	if port.Type == intstr.Int {
		return port.IntValue()
	}
	for _, container := range listOf(pod.at("spec.containers")) {
		for _, p := range listOf(container["ports"]) {
			if p["name"] == port.StrVal {
				return integer(p["containerPort"])
			}
		}
	}
	return 0
}

// open lets the shared group in on the security group of every interface that has targets, on the ports of every binding.
func (c *controller) open(interfaces []*Object) (bool, error) {
	shared := c.sharedGroup()
	changed := false
	for _, eni := range interfaces {
		group, err := c.groupOf(eni)
		if err != nil || group == nil || shared == nil {
			return changed, err
		}
		did, err := c.ensureRules(group, c.wantedOn(shared), describedBy)
		if err != nil {
			return changed, err
		}
		changed = changed || did
	}
	return changed, nil
}

// wantedOn are the rules by which the nodes' groups let the shared group in, for all target groups of the cluster: on the
// targets' ports, and on those of their health checks. It is one rule for each protocol, from its first port to its last, unless the
// controller is told otherwise (pkg/networking/networking_manager.go, computeRestrictedIngressPermissionsPerSG).
func (c *controller) wantedOn(shared *Object) []groupRule {
	var wanted []groupRule
	let := func(protocol string, port int) {
		at := slices.IndexFunc(wanted, func(r groupRule) bool {
			return r.protocol == protocol && (r.from == port || !c.arguments.on("disable-restricted-sg-rules", false))
		})
		if at < 0 {
			wanted = append(wanted, groupRule{protocol: protocol, from: port, to: port, source: shared.ID})
			return
		}
		wanted[at].from, wanted[at].to = min(wanted[at].from, port), max(wanted[at].to, port)
	}
	for _, opening := range c.distinct(targetGroupType, "openings", openings) {
		bound := func(target *Object) bool {
			binding := c.boundTo(target.ID)
			return binding != nil && binding.Cluster == c.cluster
		}
		if slices.ContainsFunc(c.lookup(targetGroupType, "openings", opening, openings), bound) {
			protocol, port, _ := strings.Cut(opening, ":")
			n, _ := strconv.Atoi(port)
			let(protocol, n)
		}
	}
	return wanted
}

// openings are the protocols and ports, as in tcp:8080, on which a target group's targets get traffic and health checks.
func openings(target *Object) []string {
	var found []string
	for _, t := range target.texts("targets") {
		port, check := t[strings.LastIndex(t, ":")+1:], target.text("healthCheck.port")
		if _, err := strconv.Atoi(check); err != nil {
			check = port // "traffic-port"
		}
		for _, opening := range []string{protocolOf(target) + ":" + port, "tcp:" + check} {
			if !slices.Contains(found, opening) {
				found = append(found, opening)
			}
		}
	}
	return found
}

// protocolOf is the protocol of the packets that reach a target.
func protocolOf(target *Object) string {
	if target.text("protocol") == "UDP" {
		return "udp"
	}
	return "tcp"
}

// groupOf is the security group of an interface that the controller writes rules into: its only one, or the one with
// the cluster's tag.
func (c *controller) groupOf(eni *Object) (*Object, error) {
	groups := eni.texts("securityGroups")
	if len(groups) == 1 {
		return c.get(securityGroupType, groups[0]), nil
	}
	var tagged []string
	for _, id := range groups {
		if group := c.get(securityGroupType, id); group != nil && group.tags()["kubernetes.io/cluster/"+c.arguments["cluster-name"]] != nil {
			tagged = append(tagged, id)
		}
	}
	if err := groupTagged.when(len(tagged) != 1, c.arguments["cluster-name"], eni.ID, strings.Join(tagged, " ")); err != nil || len(tagged) == 0 {
		return nil, err
	}
	return c.get(securityGroupType, tagged[0]), nil
}

// unbind cleans up after a target group binding that was deleted: its targets and the nodes' rules go, then its finalizer.
func (c *controller) unbind(binding *Object) (bool, error) {
	if err := c.lacks(); err != nil {
		return false, err
	}
	if target := c.get(targetGroupType, binding.text("spec.targetGroupARN")); target != nil && len(target.texts("targets")) > 0 {
		if err := c.may("elasticloadbalancing:DeregisterTargets", target.ID, existing(target)); err != nil {
			return false, err
		}
		c.setTargets(target, nil)
	}
	for _, r := range c.with(groupRuleType, "description", describedBy) {
		group, shared := c.get(securityGroupType, r.text("securityGroupId")), c.sharedGroup()
		if r.Owner != controllerOwner || group == nil || shared == nil || r.text("sourceSecurityGroupId") != shared.ID {
			continue
		}
		if _, err := c.ensureRules(group, c.wantedOn(shared), describedBy); err != nil {
			return false, err
		}
	}
	// Taking the finalizer off is an update, which the controller's own webhooks review.
	t := c.served(c.cluster, "elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
	if t != nil {
		if err := first(c.mutate(t, binding, admissionv1.Update), c.review(t, binding, admissionv1.Update)); err != nil {
			return false, err
		}
	}
	c.leaveOpen(binding)
	c.release(binding, bindingFinalizer)
	return true, nil
}

// unbound tells what keeps the controller from removing its finalizer from a target group binding.
func (w *World) unbound(binding *Object) error {
	_, err := w.controllerOf(binding.Cluster).unbind(binding)
	return err
}
