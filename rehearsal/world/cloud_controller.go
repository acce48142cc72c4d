package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

// cloudFinalizer is the finalizer of the cloud controller, which runs in EKS's control plane.
const cloudFinalizer = "service.kubernetes.io/load-balancer-cleanup"

// internalClassic is the annotation that makes a classic load balancer internal.
const internalClassic = "service.beta.kubernetes.io/" + annotations.SvcLBSuffixInternal

// cloudOwner is the owner of what the cloud controller creates.
const cloudOwner = "aws-cloud-controller"

const cloudSource = "https://github.com/kubernetes/cloud-provider-aws/blob/master/"

var (
	cloudAllowed = rule("the cluster's role allows the cloud controller's actions",
		`error syncing load balancer: api error AccessDenied: User: %s is not authorized to perform: %s`,
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html; terraform-aws-eks-blueprints#1843")
	cloudSubnets = rule("a Classic Load Balancer has a subnet",
		`error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets for creating the ELB`,
		cloudSource+"pkg/providers/v1/aws.go findELBSubnets")
	cloudProtocols = rule("a Classic Load Balancer forwards TCP only",
		`error syncing load balancer: failed to ensure load balancer: Protocol %s not supported by LoadBalancer`,
		cloudSource+"pkg/providers/v1/aws.go checkProtocol")
	cloudProxyKnown = rule("a Classic Load Balancer uses proxy protocol on every port or on none",
		`error syncing load balancer: failed to ensure load balancer: annotation "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"="%s" detected, but the only value supported currently is '*'`,
		cloudSource+"pkg/providers/v1/aws.go")
	cloudCertificates = rule("a Classic Load Balancer with TLS to its backends has a certificate",
		`error syncing load balancer: failed to ensure load balancer: no certificate for backend protocol %s`, cloudSource+"pkg/providers/v1/aws.go buildListener")
	cloudGroupTagged = rule("at most one security group of an instance has the cluster's tag",
		`error syncing load balancer: failed to ensure load balancer: Multiple tagged security groups found for instance %s; ensure only the k8s security group is tagged; the tagged groups were %s`,
		cloudSource+"pkg/providers/v1/aws.go findSecurityGroupForInstance")
)

// cloudOwns reports whether the cloud controller reconciles a Service: it has no class, and no annotation for another
// controller.
func (w *World) cloudOwns(s *corev1.Service) bool {
	return s.Spec.Type == corev1.ServiceTypeLoadBalancer && classOf(&s.Spec) == "" && !elsewhere(s)
}

// elsewhere reports whether a Service's annotation selects the load balancer controller, with or without a target type.
func elsewhere(s *corev1.Service) bool {
	return typeAnnotation(s) == "external" || typeAnnotation(s) == "nlb-ip"
}

func typeAnnotation(s *corev1.Service) string {
	kind := ""
	serviceAnnotations.ParseStringAnnotation(annotations.SvcLBSuffixLoadBalancerType, &kind, s.Annotations)
	return kind
}

// balance does what the cloud controller does when a Service has changed. It reports whether it changed anything and
// what prevents it from finishing.
func (w *World) balance(o *Object) (bool, error) {
	s := live[corev1.Service](o)
	held := slices.Contains(o.finalizers(), cloudFinalizer)
	switch {
	case held && elsewhere(&s):
		// The annotation was added after the load balancer: the cloud controller stops reconciling the Service and does
		// not delete the load balancer.
		if o.deleting() {
			w.release(o, cloudFinalizer)
		}
		return o.deleting(), nil
	case held && (o.deleting() || !w.cloudOwns(&s)):
		return w.unbalance(o)
	case o.deleting() || !w.cloudOwns(&s):
		return false, nil
	}
	if typeAnnotation(&s) == "nlb" {
		return false, unmodelled("network load balancers of the cloud controller (annotation aws-load-balancer-type: nlb)")
	}
	if err := w.cloudMay(o.Cluster, "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "elasticloadbalancing:DescribeLoadBalancers"); err != nil {
		return false, err
	}
	changed := o.addFinalizer(cloudFinalizer)
	if err := classicFits(&s); err != nil {
		return changed, err
	}
	balancer, did, err := w.ensureClassic(o, &s)
	if err != nil || balancer == nil {
		return changed || did, err
	}
	status := map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"hostname": balancer.text("dnsName")}}}}
	if !same(o.Outputs["status"], status) {
		o.set("status", status)
		changed = true
	}
	return changed || did, nil
}

// classicFits refuses what a Classic Load Balancer does not support.
func classicFits(s *corev1.Service) error {
	proxy := s.Annotations["service.beta.kubernetes.io/"+annotations.SvcLBSuffixProxyProtocol]
	backend := s.Annotations["service.beta.kubernetes.io/"+annotations.SvcLBSuffixBEProtocol]
	certificate := s.Annotations["service.beta.kubernetes.io/"+annotations.SvcLBSuffixSSLCertificate]
	for _, port := range s.Spec.Ports {
		if err := cloudProtocols.when(port.Protocol != corev1.ProtocolTCP, port.Protocol); err != nil {
			return err
		}
	}
	return first(
		cloudProxyKnown.when(proxy != "" && proxy != "*", proxy),
		cloudCertificates.when((backend == "https" || backend == "ssl") && certificate == "", backend),
	)
}

// cloudMay refuses the first action that the cluster's role does not allow.
func (w *World) cloudMay(cluster string, actions ...string) error {
	arn := w.get(clusterType, cluster).text("roleArn")
	role := w.roleOf(arn)
	for _, action := range actions {
		if err := cloudAllowed.when(!w.allowed(role, action, "*", nil), arn, action); err != nil {
			return err
		}
	}
	return nil
}

// ensureClassic creates the load balancer, its security group and the rule that allows it to reach the nodes, and keeps
// the ready nodes as its instances.
func (w *World) ensureClassic(o *Object, s *corev1.Service) (*Object, bool, error) {
	asked, err := classicOf(o, s)
	if err != nil {
		return nil, false, err
	}
	instances, nodes := w.readyInstances(o.Cluster)
	existing, changed := w.classicFor(o), false
	if existing == nil {
		if existing, err = w.makeClassic(o, s, asked); err != nil {
			return nil, false, err
		}
		existing.set("instances", anyOf(instances))
		changed = true
	} else if changed, err = w.changeClassic(o, s, existing, instances); err != nil {
		return existing, changed, err
	}
	for _, step := range []func() (bool, error){
		func() (bool, error) { return asked.changeSubnets(w, o, existing) },
		func() (bool, error) { return asked.settle(w, o, existing) },
		func() (bool, error) { return w.openToClassic(o, existing, nodes) },
	} {
		did, err := step()
		if changed = changed || did; err != nil {
			return existing, changed, err
		}
	}
	return existing, changed, nil
}

// makeClassic creates a load balancer with its security group.
func (w *World) makeClassic(o *Object, s *corev1.Service, asked *classicSettings) (*Object, error) {
	internal := wantsInternal(s)
	subnets, err := asked.subnetsFor(w, o.Cluster, internal)
	if err != nil {
		return nil, err
	}
	if err := w.cloudMay(o.Cluster, "ec2:CreateSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "elasticloadbalancing:CreateLoadBalancer"); err != nil {
		return nil, err
	}
	name := classicName(o)
	group, _, err := w.ensureClassicGroup(o, s, name)
	if err != nil {
		return nil, err
	}
	listeners := classicListeners(s)
	for _, l := range listOf(listeners) {
		if err := w.checkCertificates(strings.ToUpper(orText(l["protocol"], "")), texts(l["certificates"])); err != nil {
			return nil, err
		}
	}
	balancer, err := w.createLoadBalancer(loadBalancer{name: name, kind: "classic", scheme: schemeOf(internal), owner: cloudOwner,
		vpc: w.vpcOfCluster(o.Cluster), subnets: ids(subnets), groups: []string{group.ID},
		tags: classicTags(o, s, map[string]any{"kubernetes.io/service-name": o.ID})})
	if err == nil {
		balancer.set("listeners", listeners)
	}
	return balancer, err
}

// wantsInternal reports whether a Service requests an internal load balancer: any value of the annotation does except
// "false".
func wantsInternal(s *corev1.Service) bool {
	value := s.Annotations[internalClassic]
	return value != "" && value != "false"
}

// classicTags returns the tags of a load balancer and its security group: the cluster's, the given ones, and those of
// the Service.
func classicTags(o *Object, s *corev1.Service, more map[string]any) map[string]any {
	tags := map[string]any{"kubernetes.io/cluster/" + o.Cluster: "owned"}
	maps.Copy(tags, more)
	for _, pair := range listOfText(s.Annotations["service.beta.kubernetes.io/"+annotations.SvcLBSuffixAdditionalTags]) {
		key, value, _ := strings.Cut(pair, "=")
		tags[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return tags
}

// classicListeners returns a listener from each port of a Service to its node port; with a certificate they terminate
// TLS.
func classicListeners(s *corev1.Service) []any {
	listeners := []any{}
	for _, port := range s.Spec.Ports {
		l := map[string]any{"lbPort": float64(port.Port), "instancePort": float64(port.NodePort), "protocol": string(port.Protocol)}
		if certificate := classicText(s, annotations.SvcLBSuffixSSLCertificate); certificate != "" {
			l["protocol"], l["certificates"] = "SSL", []any{certificate}
		}
		listeners = append(listeners, l)
	}
	return listeners
}

// changeClassic updates the instances, listeners and security group of an existing load balancer. Its scheme does not
// change (pkg/providers/v1/aws_loadbalancer.go ensureLoadBalancer).
func (w *World) changeClassic(o *Object, s *corev1.Service, existing *Object, instances []string) (bool, error) {
	changed := false
	if !same(existing.Outputs["instances"], anyOf(instances)) {
		if err := w.cloudMay(o.Cluster, "elasticloadbalancing:RegisterInstancesWithLoadBalancer", "elasticloadbalancing:DeregisterInstancesFromLoadBalancer"); err != nil {
			return false, err
		}
		existing.set("instances", anyOf(instances))
		changed = true
	}
	if listeners := classicListeners(s); !same(existing.Outputs["listeners"], listeners) {
		if err := w.cloudMay(o.Cluster, "elasticloadbalancing:CreateLoadBalancerListeners", "elasticloadbalancing:DeleteLoadBalancerListeners"); err != nil {
			return changed, err
		}
		existing.set("listeners", listeners)
		changed = true
	}
	_, did, err := w.ensureClassicGroup(o, s, classicName(o))
	return changed || did, err
}

// firstOf returns the first of some objects, nil if there is none.
func firstOf(objects []*Object) *Object {
	if len(objects) == 0 {
		return nil
	}
	return objects[0]
}

func schemeOf(internal bool) string {
	if internal {
		return "internal"
	}
	return "internet-facing"
}

// ids returns the IDs of objects.
func ids(objects []*Object) []string {
	var found []string
	for _, o := range objects {
		found = append(found, o.ID)
	}
	return found
}

// classicFor returns the Classic Load Balancer of a Service, nil if it has none.
func (w *World) classicFor(o *Object) *Object {
	for _, existing := range w.with(classicType, "name", classicName(o)) {
		return existing
	}
	return nil
}

// classicName returns "a" and the Service's UID without dashes, cut to 32 characters, as the cloud controller does.
func classicName(o *Object) string {
	sum := sha256.Sum256([]byte(o.Cluster + "/" + o.ID))
	return "a" + hex.EncodeToString(sum[:])[:31]
}

// classicSubnets returns the subnets of the cluster's VPC for the scheme: those with the role tag, or else with the
// matching route; one for each zone (findELBSubnets).
func (w *World) classicSubnets(cluster string, internal bool) []*Object {
	role := "kubernetes.io/role/elb"
	if internal {
		role = "kubernetes.io/role/internal-elb"
	}
	byZone := map[string]*Object{}
	for _, subnet := range w.with(subnetType, "vpcId", w.vpcOfCluster(cluster)) {
		if ownedByAnother(subnet, cluster) || (!internal && w.egress(subnet).Gateway == nil) {
			continue
		}
		zone := subnet.text("availabilityZone")
		_, tagged := subnet.tags()[role]
		if byZone[zone] == nil || (tagged && byZone[zone].tags()[role] == nil) {
			byZone[zone] = subnet
		}
	}
	var found []*Object
	for _, subnet := range byZone {
		found = append(found, subnet)
	}
	slices.SortFunc(found, func(a, b *Object) int { return strings.Compare(a.ID, b.ID) })
	return found
}

// readyInstances returns the instances that a load balancer forwards to, and their nodes.
func (w *World) readyInstances(cluster string) (instances []string, nodes []*Object) {
	for _, node := range w.readyNodes(cluster) {
		if _, excluded := node.labels()["node.kubernetes.io/exclude-from-external-load-balancers"]; !excluded {
			instances, nodes = append(instances, node.text("instanceId")), append(nodes, node)
		}
	}
	return instances, nodes
}

// unbalance deletes a Service's load balancer, with its security group and the rules that refer to it.
func (w *World) unbalance(o *Object) (bool, error) {
	if err := w.cloudMay(o.Cluster, "elasticloadbalancing:DeleteLoadBalancer", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup"); err != nil {
		return false, err
	}
	if balancer := w.classicFor(o); balancer != nil {
		if err := w.deleteLoadBalancer(balancer); err != nil {
			return false, err
		}
	}
	for _, group := range w.with(securityGroupType, "name", "k8s-elb-"+classicName(o)) {
		for _, r := range w.with(groupRuleType, "sourceSecurityGroupId", group.ID) {
			w.drop(r)
		}
		if err := w.deleteGroup(group); err != nil {
			return true, fmt.Errorf("error syncing load balancer: failed to delete load balancer: %w", err)
		}
	}
	o.set("status", map[string]any{"loadBalancer": map[string]any{}})
	w.release(o, cloudFinalizer)
	return true, nil
}

// cloudCleanedUp returns what prevents the cloud controller from removing its finalizer from a Service.
func (w *World) cloudCleanedUp(o *Object) error {
	_, err := w.balance(o)
	return err
}
