package check

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"eksnet/lab/rehearsed"
)

// Rehearsed returns the snapshot of the rehearsal's simulated account.
func Rehearsed(s *rehearsed.Stack) *Snapshot {
	r := &reader{world: s.World, names: newNameMap(), snapshot: newSnapshot()}
	r.readNames()
	r.addSecurityGroups()
	r.addTargetGroups()
	r.addBalancers()
	r.addObjects()
	r.addServices()
	r.addPods()
	r.addBranches()
	return r.snapshot
}

// Before returns the snapshot before any controller acts: the security groups of the program and of EKS.
func Before(s *rehearsed.Stack) *Snapshot {
	return snapshotWithout(s, func(o *rehearsed.Object) bool {
		return o.Owner == rehearsed.LoadBalancerController || o.Owner == rehearsed.CloudController || o.Type == rehearsed.Service || o.Type == rehearsed.Ingress || o.Type == rehearsed.Pod || slices.Contains(rehearsed.GatewayTypes, o.Type)
	})
}

// istioController is the name of istiod in the status of routes.
const istioController = "istio.io/gateway-controller"

// Left returns the snapshot after all of the load balancer controller's objects and all Gateways were deleted: the
// cloud controller's resources. istiod removes its status from the routes of a deleted Gateway.
func Left(s *rehearsed.Stack) *Snapshot {
	return snapshotWithout(s, func(o *rehearsed.Object) bool {
		switch o.Type {
		case rehearsed.Ingress, rehearsed.Gateway:
			return true
		case rehearsed.Service:
			return o.Text("spec.loadBalancerClass") != ""
		}
		if slices.ContainsFunc(o.Items("status.parents"), func(parent map[string]any) bool { return parent["controllerName"] == istioController }) {
			return true
		}
		return o.Owner == rehearsed.LoadBalancerController
	})
}

// snapshotWithout returns the snapshot of a simulated account without some objects.
func snapshotWithout(s *rehearsed.Stack, lacks func(*rehearsed.Object) bool) *Snapshot {
	less := *s
	less.World = &rehearsed.World{Objects: slices.DeleteFunc(slices.Clone(s.World.Objects), lacks)}
	return Rehearsed(&less)
}

// reader takes the snapshot of a simulated account.
type reader struct {
	world    *rehearsed.World
	names    *nameMap
	snapshot *Snapshot
}

func (r *reader) readNames() {
	n := r.names
	for _, o := range r.world.All(rehearsed.SecurityGroupType) {
		n.groups[o.ID] = groupFor(o.Text("name"), o.Text("description"), o.Map("tags"))
	}
	for _, o := range r.world.All(rehearsed.Pod) {
		n.pods[o.Text("status.podIP")] = podName(o.Text("metadata.namespace"), o.Map("metadata.labels"))
	}
	for _, o := range r.world.All(rehearsed.Service) {
		n.addNodePorts(o.Number("spec.healthCheckNodePort"))
		for _, port := range o.Items("spec.ports") {
			n.addNodePorts(0, (&rehearsed.Object{Outputs: port}).Number("nodePort"))
		}
	}
	for _, o := range r.world.All(rehearsed.TargetGroupBinding) {
		n.targetGroups[o.Text("spec.targetGroupARN")] = fmt.Sprintf("%s/%s:%v", o.Text("metadata.namespace"), o.Text("spec.serviceRef.name"), o.At("spec.serviceRef.port"))
	}
}

// podName returns the name of a pod's application, which is the same for all of its pods.
func podName(namespace string, labels map[string]string) string {
	return podNamed(namespace, labels["app.kubernetes.io/name"])
}

func podNamed(namespace, application string) string { return "pod of " + namespace + "/" + application }

// addSecurityGroups adds all security groups except the VPC's default one.
func (r *reader) addSecurityGroups() {
	for _, o := range r.world.All(rehearsed.SecurityGroupType, func(o *rehearsed.Object) bool { return o.Text("name") != "default" }) {
		g := Group{Description: nameFor(o.Text("description"), o.Map("tags")), Tags: withoutAWS(o.Map("tags"))}
		for _, rule := range r.world.All(rehearsed.SecurityGroupRule, func(rule *rehearsed.Object) bool {
			return rule.Text("securityGroupId") == o.ID && rule.Text("type") == "ingress"
		}) {
			for _, who := range ruleSources(o, rule) {
				g.Rules = append(g.Rules, r.names.rule(rule.Text("protocol"), rule.Number("fromPort"), rule.Number("toPort"), who, rule.Text("description")))
			}
		}
		if o.Owner == "eks" { // the simulated account has no objects for EKS's own rules
			for _, rule := range r.world.ClusterGroupRules(o.ID) {
				if !rule.Egress {
					g.Rules = append(g.Rules, r.names.rule(rule.Protocol, rule.FromPort, rule.ToPort, rule.Source, rule.Description))
				}
			}
		}
		slices.Sort(g.Rules)
		r.snapshot.Groups[r.names.groups[o.ID]] = g
	}
}

func ruleSources(group, rule *rehearsed.Object) []string {
	who := slices.Concat(rule.Texts("cidrBlocks"), rule.Texts("ipv6CidrBlocks"), rule.Texts("prefixListIds"))
	if source := rule.Text("sourceSecurityGroupId"); source != "" {
		who = append(who, source)
	}
	if rule.Flag("self") {
		who = append(who, group.ID)
	}
	return who
}

// withoutAWS omits the tags with the reserved prefix aws:.
func withoutAWS(tags map[string]string) map[string]string {
	tags = maps.Clone(tags)
	maps.DeleteFunc(tags, func(key, _ string) bool { return strings.HasPrefix(key, "aws:") })
	return tags
}

func (r *reader) addTargetGroups() {
	for _, o := range r.world.All(rehearsed.TargetGroup) {
		t := Target{Name: withoutUID(o.Text("name")), Type: o.Text("targetType"), Protocol: o.Text("protocol"), Version: o.Text("protocolVersion"), Port: r.names.port(o.Number("port")),
			Health: map[string]string{}, Attributes: o.Map("attributes"), Tags: o.Map("tags")}
		health, _ := o.At("healthCheck").(map[string]any)
		for key, value := range health {
			t.Health[key] = fmt.Sprint(value)
		}
		t.Health["port"] = r.healthPort(t.Health["port"])
		for _, target := range o.Texts("targets") {
			id, port := cutTarget(target)
			number, _ := strconv.Atoi(port)
			t.Targets = append(t.Targets, r.names.target(id, number))
		}
		slices.Sort(t.Targets)
		for _, b := range r.world.All(rehearsed.TargetGroupBinding, func(b *rehearsed.Object) bool { return b.Text("spec.targetGroupARN") == o.ID }) {
			t.Binding = Binding{Labels: b.Map("metadata.labels"), Finalizers: sortedCopy(b.Texts("metadata.finalizers")), Type: b.Text("spec.targetType"),
				AddressType: b.Text("spec.ipAddressType"), VPC: b.Text("spec.vpcID"), Networking: r.names.networking(b.At("spec.networking"))}
		}
		r.snapshot.Targets[nameOf(r.names.targetGroups, o.ID)] = t
	}
}

func (r *reader) healthPort(port string) string {
	if number, err := strconv.Atoi(port); err == nil {
		return r.names.port(number)
	}
	return port
}

func (r *reader) addBalancers() {
	for _, o := range slices.Concat(r.world.All(rehearsed.LoadBalancer), r.world.All(rehearsed.ClassicLoadBalancer)) {
		tags := o.Map("tags")
		b := Balancer{Kind: o.Text("loadBalancerType"), Name: nameFor(o.Text("name"), tags), Scheme: o.Text("scheme"), AddressType: o.Text("ipAddressType"), WebACL: o.Text("webAclArn"),
			Subnets: sortedCopy(o.Texts("subnets")), Groups: namesOf(r.names.groups, o.Texts("securityGroups")), Tags: tags,
			Attributes: attributeTexts(o), Listeners: map[string]Listener{}, ElasticIPs: r.elasticIPs(o),
			Instances: sortedCopy(o.Texts("instances")), ProxyProtocol: o.Flag("proxyProtocol")}
		for _, item := range o.Items("listeners") {
			l := &rehearsed.Object{Outputs: item}
			b.Listeners[strconv.Itoa(l.Number("lbPort"))] = Listener{Protocol: l.Text("protocol"), Default: r.names.port(l.Number("instancePort")),
				Certificates: l.Texts("certificates")}
		}
		for _, l := range r.world.All(rehearsed.Listener, func(l *rehearsed.Object) bool { return l.Text("loadBalancerArn") == o.ID }) {
			b.Listeners[strconv.Itoa(l.Number("port"))] = r.listener(l)
		}
		if health, is := o.At("healthCheck").(map[string]any); is {
			b.Health = map[string]string{}
			for key, value := range health {
				b.Health[key] = fmt.Sprint(value)
			}
			b.Health["target"] = r.names.healthTarget(b.Health["target"])
		}
		r.snapshot.Balancers[stackOf(tags)] = b
	}
}

// attributeTexts returns a load balancer's attributes as strings, which they are in AWS for all but Classic Load
// Balancers.
func attributeTexts(o *rehearsed.Object) map[string]string {
	values, _ := o.At("attributes").(map[string]any)
	all := map[string]string{}
	for key, value := range values {
		all[key] = fmt.Sprint(value)
	}
	return all
}

// elasticIPs returns the Elastic IP addresses of a load balancer's network interfaces by subnet.
func (r *reader) elasticIPs(balancer *rehearsed.Object) map[string]string {
	taken := map[string]string{}
	for _, address := range r.world.All(rehearsed.ElasticIP) {
		eni := r.world.Find(rehearsed.NetworkInterface, address.Text("networkInterface"))
		if eni != nil && eni.Text("description") == balancer.Text("description") {
			taken[eni.Text("subnetId")] = address.ID
		}
	}
	return taken
}

func (r *reader) listener(o *rehearsed.Object) Listener {
	l := Listener{Protocol: o.Text("protocol"), Default: r.forward(o), Certificates: o.Texts("certificates"), Policy: o.Text("sslPolicy"),
		Tags: o.Map("tags"), Rules: map[string]Rule{}}
	if to := o.Number("redirect"); to != 0 {
		l.Default = redirectText("HTTPS", strconv.Itoa(to), "HTTP_301") // the controller always sets this status (pkg/ingress/model_build_actions.go)
	}
	for _, rule := range r.world.All(rehearsed.ListenerRule, func(rule *rehearsed.Object) bool { return rule.Text("listenerArn") == o.ID }) {
		made := Rule{Paths: sortedCopy(rule.Texts("paths")), Forward: r.forward(rule), Tags: rule.Map("tags")}
		if to := rule.Number("redirect"); to != 0 {
			made.Forward = redirectText("HTTPS", strconv.Itoa(to), "HTTP_301")
		}
		made.Hosts = sortedCopy(rule.Texts("hosts"))
		l.Rules[strconv.Itoa(rule.Number("priority"))] = made
	}
	return l
}

// redirectText describes a redirect action.
func redirectText(protocol, port, status string) string {
	return "redirect to " + protocol + " " + port + ", " + status
}

// notFound describes the response to requests that match no rule.
const notFound = "fixed response 404"

func (r *reader) forward(o *rehearsed.Object) string {
	arns := o.Texts("targetGroupArns")
	if len(arns) == 0 {
		return notFound
	}
	weights, _ := o.At("weights").([]any)
	shares := map[string]string{}
	for i, arn := range arns {
		share := ""
		if i < len(weights) {
			share = fmt.Sprint(weights[i])
		}
		shares[nameOf(r.names.targetGroups, arn)] = share
	}
	return sharesText(shares)
}

// sharesText describes the target groups of an action with their weights, "" for the only one.
func sharesText(shares map[string]string) string {
	var parts []string
	for _, group := range slices.Sorted(maps.Keys(shares)) {
		if len(shares) > 1 {
			group += " with weight " + shares[group]
		}
		parts = append(parts, group)
	}
	return strings.Join(parts, ", ")
}

func (r *reader) addObjects() {
	hosts := map[string]string{}
	for _, o := range slices.Concat(r.world.All(rehearsed.LoadBalancer), r.world.All(rehearsed.ClassicLoadBalancer)) {
		hosts[o.Text("dnsName")] = stackOf(o.Map("tags"))
	}
	for _, o := range slices.Concat(r.world.All(rehearsed.Service), r.world.All(rehearsed.Ingress)) {
		made := Object{Finalizers: sortedCopy(o.Texts("metadata.finalizers"))}
		for _, ingress := range o.Items("status.loadBalancer.ingress") {
			host, _ := ingress["hostname"].(string)
			made.Address = addressText(hosts, host)
		}
		if made.Address != "" || len(made.Finalizers) > 0 {
			r.snapshot.Objects[o.Text("kind")+" "+o.ID] = made
		}
	}
	for _, typ := range rehearsed.GatewayTypes {
		for _, o := range r.world.All(typ) {
			r.snapshot.addGatewayObject(o.Outputs, hosts)
		}
	}
}

func (r *reader) addServices() {
	for _, o := range r.world.All(rehearsed.Service) {
		var ports []string
		for _, item := range o.Items("spec.ports") {
			port := &rehearsed.Object{Outputs: item}
			ports = append(ports, servicePort(port.Text("protocol"), port.Number("port"), port.Number("nodePort"), port.At("targetPort")))
		}
		r.snapshot.addService(o.ID, o.Text("spec.type"), o.Text("spec.externalTrafficPolicy"), ports, o.Number("spec.healthCheckNodePort"))
	}
}

// addPods adds pods with readiness gates, and pods with a proxy.
func (r *reader) addPods() {
	for _, o := range r.world.All(rehearsed.Pod) {
		name := podName(o.Text("metadata.namespace"), o.Map("metadata.labels"))
		if pod, err := podOf(o); err != nil {
			r.snapshot.Proxied[err.Error()] = Proxied{} // a difference
		} else {
			r.snapshot.addProxied(name, pod)
		}
		status := map[string]string{}
		for _, condition := range o.Items("status.conditions") {
			c := &rehearsed.Object{Outputs: condition}
			status[c.Text("type")] = c.Text("status")
		}
		gates := map[string]string{}
		for _, item := range o.Items("spec.readinessGates") {
			gate := (&rehearsed.Object{Outputs: item}).Text("conditionType")
			gates[gateFor(gate)] = status[gate]
		}
		r.snapshot.addPod(name, gates, status["Ready"] == "True")
	}
}

// gateFor returns a comparable name of a readiness gate, which ends with the name of a TargetGroupBinding, in which
// there may be a hash of a UID.
func gateFor(gate string) string {
	kind, binding, _ := strings.Cut(gate, "/")
	return kind + "/" + withoutUID(binding)
}

// addressText describes the host name in an object's status by its load balancer.
func addressText(hosts map[string]string, host string) string {
	if stack, known := hosts[host]; known {
		return "the DNS name of the load balancer of " + stack
	}
	return host
}
