package ccm

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/eks"
	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/kube"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
)

// CloudFinalizer is the finalizer of the cloud controller, which runs in EKS's control plane.
const CloudFinalizer = "service.kubernetes.io/load-balancer-cleanup"

// InternalClassic is the annotation that makes a classic load balancer internal.
const InternalClassic = "service.beta.kubernetes.io/" + annotations.SvcLBSuffixInternal

var (
	CloudAllowed = store.NewRule("the cluster's role allows the cloud controller's actions",
		`error syncing load balancer: api error AccessDenied: User: %s is not authorized to perform: %s`,
		"https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html; terraform-aws-eks-blueprints#1843")
	CloudSubnets = store.NewRule("a Classic Load Balancer has a subnet",
		`error syncing load balancer: failed to ensure load balancer: could not find any suitable subnets for creating the ELB`,
		store.CloudSource+"pkg/providers/v1/aws.go findELBSubnets")
	CloudFamily = store.NewRule("a Classic Load Balancer is for Services of IPv4",
		`error syncing load balancer: failed to ensure load balancer: Service %s has the IP family %s, which Classic Load Balancers do not support`,
		"https://github.com/kubernetes/cloud-provider-aws/issues/1313; https://docs.aws.amazon.com/eks/latest/best-practices/ipv6.html")
	CloudProtocols = store.NewRule("a Classic Load Balancer forwards TCP only",
		`error syncing load balancer: failed to ensure load balancer: Protocol %s not supported by LoadBalancer`,
		store.CloudSource+"pkg/providers/v1/aws.go checkProtocol")
	CloudProxyKnown = store.NewRule("a Classic Load Balancer uses proxy protocol on every port or on none",
		`error syncing load balancer: failed to ensure load balancer: annotation "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"="%s" detected, but the only value supported currently is '*'`,
		store.CloudSource+"pkg/providers/v1/aws.go")
	CloudCertificates = store.NewRule("a Classic Load Balancer with TLS to its backends has a certificate",
		`error syncing load balancer: failed to ensure load balancer: no certificate for backend protocol %s`, store.CloudSource+"pkg/providers/v1/aws.go buildListener")
	CloudGroupTagged = store.NewRule("at most one security group of an instance has the cluster's tag",
		`error syncing load balancer: failed to ensure load balancer: Multiple tagged security groups found for instance %s; ensure only the k8s security group is tagged; the tagged groups were %s`,
		store.CloudSource+"pkg/providers/v1/aws.go findSecurityGroupForInstance")
)

// IsResponsible reports whether the cloud controller reconciles a Service: it has no class, and no annotation for
// another controller.
func IsResponsible(w *store.Account, s *corev1.Service) bool {
	return s.Spec.Type == corev1.ServiceTypeLoadBalancer && kube.ClassOf(&s.Spec) == "" && !isForOtherController(s)
}

// isForOtherController reports whether a Service's annotation selects the load balancer controller, with or without a
// target type.
func isForOtherController(s *corev1.Service) bool {
	return typeAnnotation(s) == "external" || typeAnnotation(s) == "nlb-ip"
}

// typeAnnotation returns the type of load balancer that a Service's annotation requests, "" for none.
func typeAnnotation(s *corev1.Service) string {
	kind := ""
	kube.ServiceAnnotations.ParseStringAnnotation(annotations.SvcLBSuffixLoadBalancerType, &kind, s.Annotations)
	return kind
}

// ReconcileService reconciles a Service as the cloud controller does. It reports whether it changed anything, and
// returns the error that prevents it from finishing.
func ReconcileService(w *store.Account, o *store.Object) (bool, error) {
	s := kube.Live[corev1.Service](o)
	held := slices.Contains(kube.Finalizers(o), CloudFinalizer)
	switch {
	case held && isForOtherController(&s):
		// The annotation was added after the load balancer: the cloud controller stops reconciling the Service and does
		// not delete the load balancer.
		if kube.Deleting(o) {
			kube.ReleaseFinalizer(w, o, CloudFinalizer)
		}
		return kube.Deleting(o), nil
	case held && (kube.Deleting(o) || !IsResponsible(w, &s)):
		return deleteClassic(w, o)
	case kube.Deleting(o) || !IsResponsible(w, &s):
		return false, nil
	}
	if typeAnnotation(&s) == "nlb" {
		return false, store.Unmodelled("network load balancers of the cloud controller (annotation aws-load-balancer-type: nlb)")
	}
	if err := CheckAllowed(w, o.Cluster, "ec2:DescribeSubnets", "ec2:DescribeSecurityGroups", "elasticloadbalancing:DescribeLoadBalancers"); err != nil {
		return false, err
	}
	changed := kube.AddFinalizer(o, CloudFinalizer)
	if err := checkService(&s); err != nil {
		return changed, err
	}
	balancer, did, err := ensureClassic(w, o, &s)
	if err != nil || balancer == nil {
		return changed || did, err
	}
	published := setStatus(o, corev1.LoadBalancerIngress{Hostname: elb.LoadBalancerOf(balancer).DNSName})
	return changed || did || published, nil
}

// setStatus writes the addresses of a load balancer into a Service's status. It reports whether they changed.
func setStatus(o *store.Object, addresses ...corev1.LoadBalancerIngress) bool {
	status, _ := store.AsProperties(corev1.ServiceStatus{LoadBalancer: corev1.LoadBalancerStatus{Ingress: addresses}})
	return o.Change("status", status)
}

// checkService refuses what a Classic Load Balancer does not support.
func checkService(s *corev1.Service) error {
	proxy, backend := annotation(s, annotations.SvcLBSuffixProxyProtocol), annotation(s, annotations.SvcLBSuffixBEProtocol)
	certificate := annotation(s, annotations.SvcLBSuffixSSLCertificate)
	for _, port := range s.Spec.Ports {
		if err := CloudProtocols.When(port.Protocol != corev1.ProtocolTCP, port.Protocol); err != nil {
			return err
		}
	}
	ipv6 := slices.Contains(s.Spec.IPFamilies, corev1.IPv6Protocol)
	return store.First(
		CloudFamily.When(ipv6, s.Name, corev1.IPv6Protocol),
		CloudProxyKnown.When(proxy != "" && proxy != "*", proxy),
		CloudCertificates.When((backend == "https" || backend == "ssl") && certificate == "", backend),
	)
}

// CheckAllowed refuses the first action that the cluster's role does not allow.
func CheckAllowed(w *store.Account, cluster string, actions ...string) error {
	arn := eks.ClusterOf(w.Get(store.ClusterType, cluster)).RoleARN
	role := iam.FindRole(w, arn)
	for _, action := range actions {
		if err := CloudAllowed.When(!iam.IsAllowed(w, role, action, "*", nil), arn, action); err != nil {
			return err
		}
	}
	return nil
}

// ensureClassic creates the load balancer, its security group and the rule that allows it to reach the nodes, and keeps
// the ready nodes as its instances.
func ensureClassic(w *store.Account, o *store.Object, s *corev1.Service) (*store.Object, bool, error) {
	settings, err := readSettings(o, s)
	if err != nil {
		return nil, false, err
	}
	instances, nodes := readyInstances(w, o.Cluster)
	existing, changed := classicFor(w, o), false
	if existing == nil {
		if existing, err = createClassic(w, o, s, settings); err != nil {
			return nil, false, err
		}
		existing.Set("instances", store.AnyOf(instances))
		changed = true
	} else if changed, err = updateClassic(w, o, s, existing, instances); err != nil {
		return existing, changed, err
	}
	for _, step := range []func() (bool, error){
		func() (bool, error) { return settings.updateSubnets(w, o, s, existing) },
		func() (bool, error) { return settings.update(w, o, existing) },
		func() (bool, error) { return allowToNodes(w, o, existing, nodes) },
	} {
		did, err := step()
		if changed = changed || did; err != nil {
			return existing, changed, err
		}
	}
	return existing, changed, nil
}

// createClassic creates a load balancer with its security group.
func createClassic(w *store.Account, o *store.Object, s *corev1.Service, settings *classicSettings) (*store.Object, error) {
	internal := wantsInternal(s)
	subnets, err := settings.subnetsFor(w, o.Cluster, internal)
	if err != nil {
		return nil, err
	}
	if err := CheckAllowed(w, o.Cluster, "ec2:CreateSecurityGroup", "ec2:AuthorizeSecurityGroupIngress", "elasticloadbalancing:CreateLoadBalancer"); err != nil {
		return nil, err
	}
	name := ClassicName(o)
	group, _, err := ensureClassicGroup(w, o, s, name)
	if err != nil {
		return nil, err
	}
	listeners := classicListeners(s)
	for _, l := range listeners {
		if err := elb.CheckCertificates(w, strings.ToUpper(l.Protocol), l.Certificates); err != nil {
			return nil, err
		}
	}
	balancer, err := elb.CreateLoadBalancer(w, elb.LoadBalancerSpec{Name: name, Kind: elb.Classic, Scheme: schemeOf(internal), Owner: store.CloudOwner,
		VPC: eks.VPCOfCluster(w, o.Cluster), Subnets: store.IDs(subnets), Groups: []string{group.ID},
		Tags: classicTags(o, s, map[string]any{"kubernetes.io/service-name": o.ID})})
	if err == nil {
		elb.SetClassicListeners(balancer, listeners)
	}
	return balancer, err
}

// wantsInternal reports whether a Service requests an internal load balancer: any value of the annotation does except
// "false".
func wantsInternal(s *corev1.Service) bool {
	value := s.Annotations[InternalClassic]
	return value != "" && value != "false"
}

// classicTags returns the tags of a load balancer and its security group: the cluster's, further ones, and those of
// the Service.
func classicTags(o *store.Object, s *corev1.Service, more map[string]any) map[string]any {
	tags := map[string]any{"kubernetes.io/cluster/" + o.Cluster: "owned"}
	maps.Copy(tags, more)
	for _, pair := range splitList(annotation(s, annotations.SvcLBSuffixAdditionalTags)) {
		key, value, _ := strings.Cut(pair, "=")
		tags[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return tags
}

// classicListeners returns a listener from each port of a Service to its node port; with a certificate they terminate
// TLS.
func classicListeners(s *corev1.Service) []elb.ClassicListener {
	listeners := make([]elb.ClassicListener, 0, len(s.Spec.Ports))
	for _, port := range s.Spec.Ports {
		l := elb.ClassicListener{Port: int(port.Port), InstancePort: int(port.NodePort), Protocol: string(port.Protocol)}
		if certificate := annotation(s, annotations.SvcLBSuffixSSLCertificate); certificate != "" {
			l.Protocol, l.Certificates = "SSL", []string{certificate}
		}
		listeners = append(listeners, l)
	}
	return listeners
}

// updateClassic updates the instances, listeners and security group of an existing load balancer. Its scheme does not
// change (pkg/providers/v1/aws_loadbalancer.go ensureLoadBalancer).
func updateClassic(w *store.Account, o *store.Object, s *corev1.Service, existing *store.Object, instances []string) (bool, error) {
	b, changed := elb.ClassicLoadBalancerOf(existing), false
	if !slices.Equal(b.Instances, instances) {
		if err := CheckAllowed(w, o.Cluster, "elasticloadbalancing:RegisterInstancesWithLoadBalancer", "elasticloadbalancing:DeregisterInstancesFromLoadBalancer"); err != nil {
			return false, err
		}
		existing.Set("instances", store.AnyOf(instances))
		changed = true
	}
	if listeners := classicListeners(s); !store.Equal(b.Listeners, listeners) {
		if err := CheckAllowed(w, o.Cluster, "elasticloadbalancing:CreateLoadBalancerListeners", "elasticloadbalancing:DeleteLoadBalancerListeners"); err != nil {
			return changed, err
		}
		elb.SetClassicListeners(existing, listeners)
		changed = true
	}
	_, did, err := ensureClassicGroup(w, o, s, ClassicName(o))
	return changed || did, err
}

// schemeOf returns the scheme of a load balancer.
func schemeOf(internal bool) string {
	if internal {
		return "internal"
	}
	return "internet-facing"
}

// classicFor returns the Classic Load Balancer of a Service, nil if it has none.
func classicFor(w *store.Account, o *store.Object) *store.Object {
	return store.FirstOf(w.With(store.ClassicType, "name", ClassicName(o)))
}

// ClassicName returns "a" and the Service's UID without dashes, cut to 32 characters, as the cloud controller does.
func ClassicName(o *store.Object) string {
	sum := sha256.Sum256([]byte(o.Cluster + "/" + o.ID))
	return "a" + hex.EncodeToString(sum[:])[:31]
}

// classicSubnets returns the subnets of the cluster's VPC for the scheme: those with the role tag, or else with the
// matching route; one for each zone (findELBSubnets).
func classicSubnets(w *store.Account, cluster string, internal bool) []*store.Object {
	role := "kubernetes.io/role/elb"
	if internal {
		role = "kubernetes.io/role/internal-elb"
	}
	byZone := map[string]*store.Object{}
	for _, subnet := range w.With(store.SubnetType, "vpcId", eks.VPCOfCluster(w, cluster)) {
		if ec2.OwnedByAnother(subnet, cluster) || (!internal && ec2.EgressPathOf(w, subnet).Gateway == nil) {
			continue
		}
		zone := ec2.SubnetOf(subnet).Zone
		_, tagged := subnet.Tags()[role]
		if byZone[zone] == nil || (tagged && byZone[zone].Tags()[role] == nil) {
			byZone[zone] = subnet
		}
	}
	return slices.SortedFunc(maps.Values(byZone), func(a, b *store.Object) int { return strings.Compare(a.ID, b.ID) })
}

// readyInstances returns the instances that a load balancer forwards to, and their nodes.
func readyInstances(w *store.Account, cluster string) (instances []string, nodes []*store.Object) {
	for _, node := range nodepkg.ReadyNodes(w, cluster) {
		if _, excluded := kube.Labels(node)["node.kubernetes.io/exclude-from-external-load-balancers"]; !excluded {
			instances, nodes = append(instances, nodepkg.NodeOf(node).Instance), append(nodes, node)
		}
	}
	return instances, nodes
}

// deleteClassic deletes a Service's load balancer, with its security group and the rules that refer to it.
func deleteClassic(w *store.Account, o *store.Object) (bool, error) {
	if err := CheckAllowed(w, o.Cluster, "elasticloadbalancing:DeleteLoadBalancer", "ec2:RevokeSecurityGroupIngress", "ec2:DeleteSecurityGroup"); err != nil {
		return false, err
	}
	if balancer := classicFor(w, o); balancer != nil {
		if err := elb.DeleteLoadBalancer(w, balancer); err != nil {
			return false, err
		}
	}
	for _, group := range w.With(store.SecurityGroupType, "name", groupPrefix+ClassicName(o)) {
		for _, r := range w.With(store.GroupRuleType, "sourceSecurityGroupId", group.ID) {
			w.Drop(r)
		}
		if err := elb.DeleteGroup(w, group); err != nil {
			return true, fmt.Errorf("error syncing load balancer: failed to delete load balancer: %w", err)
		}
	}
	setStatus(o)
	kube.ReleaseFinalizer(w, o, CloudFinalizer)
	return true, nil
}

// LacksCleanup returns what prevents the cloud controller from removing its finalizer from a Service.
func LacksCleanup(w *store.Account, o *store.Object) error {
	_, err := ReconcileService(w, o)
	return err
}
