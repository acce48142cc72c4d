package ccm

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"

	"eksnet/rehearsal/world/elb"
	"eksnet/rehearsal/world/kube"
	"eksnet/rehearsal/world/store"
)

var (
	CloudAnnotations = store.NewRule("annotations have the format of the cloud controller",
		store.CloudError+`error parsing service annotation: %s=%s`, store.CloudSource+"pkg/providers/v1/aws.go EnsureLoadBalancer")
	CloudTags = store.NewRule("a tag of a Classic Load Balancer has one =, between key and value",
		store.CloudError+`additional resource tag %q: the cloud controller splits at every = and would give %s the value %q`,
		store.CloudSource+"pkg/providers/v1/aws_loadbalancer.go getKeyValuePropertiesFromAnnotation (it reports no error: the value is cut off)")
	CloudAffinity = store.NewRule("a Classic Load Balancer does not support client IP affinity",
		store.CloudError+`unsupported load balancer affinity: %s`, store.CloudSource+"pkg/providers/v1/aws.go EnsureLoadBalancer")
	CloudTargetAttributes = store.NewRule("a Classic Load Balancer has no target groups",
		store.CloudError+`target group annotations attribute is only supported for NLB`, store.CloudSource+"pkg/providers/v1/aws_validations.go")
	CloudSubnetsGiven = store.NewRule("subnets that are named for a Classic Load Balancer exist",
		store.CloudError+`expected to find %d, but found %d subnets`, store.CloudSource+"pkg/providers/v1/aws.go resolveSubnetNameOrIDs")
	CloudHealth = store.NewRule("a Classic Load Balancer's health check is within its limits",
		store.CloudError+`cannot update health check for load balancer "%s": "some of the load balancer health check parameters are invalid: HealthCheck validation errors: %s"`,
		store.CloudSource+"pkg/providers/v1/aws_loadbalancer.go ValidateHealthCheck")
	ClassicNumbers = store.NewRule("a Classic Load Balancer's timeouts are at most an hour",
		store.CloudError+`Unable to update load balancer attributes during attribute sync: "operation error Elastic Load Balancing: ModifyLoadBalancerAttributes, api error ValidationError: Value '%d' at '%s' failed to satisfy constraint: Member must have value between 1 and %d"`,
		"https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_ConnectionDraining.html, API_ConnectionSettings.html")
	ClassicInterval = store.NewRule("a Classic Load Balancer's health check times out before the next one begins",
		store.CloudError+`error configuring load balancer health check for "%s": "operation error Elastic Load Balancing: ConfigureHealthCheck, api error ValidationError: HealthCheck timeout must be less than interval"`,
		"https://docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_HealthCheck.html")
)

// readOfClassic are the annotations of Services that both the cloud controller and the simulated account read.
var readOfClassic = []string{
	annotations.SvcLBSuffixLoadBalancerType, annotations.SvcLBSuffixInternal, annotations.SvcLBSuffixProxyProtocol, annotations.SvcLBSuffixAdditionalTags,
	annotations.SvcLBSuffixCrossZoneLoadBalancingEnabled, annotations.SvcLBSuffixSSLCertificate, annotations.SvcLBSuffixBEProtocol,
	annotations.SvcLBSuffixTargetGroupAttributes, annotations.SvcLBSuffixSubnets, annotations.SvcLBSuffixHCProtocol, annotations.SvcLBSuffixHCPort,
	annotations.SvcLBSuffixHCPath, annotations.SvcLBSuffixHCHealthyThreshold, annotations.SvcLBSuffixHCUnhealthyThreshold, annotations.SvcLBSuffixHCTimeout,
	annotations.SvcLBSuffixHCInterval, annotations.SvcLBSuffixAccessLogEnabled, annotations.SvcLBSuffixAccessLogS3BucketName,
	annotations.SvcLBSuffixAccessLogS3BucketPrefix, ClassicDraining, ClassicDrainingPeriod, ClassicIdle,
}

// ignoredByClassic are the annotations of Services that the load balancer controller reads and the cloud controller
// does not.
var ignoredByClassic = []string{
	annotations.SvcLBSuffixSourceRanges, annotations.SvcLBSuffixTargetType, annotations.SvcLBSuffixLoadBalancerName, annotations.SvcLBSuffixScheme,
	annotations.SvcLBSuffixIPAddressType, annotations.SvcLBSuffixSSLPorts, annotations.SvcLBSuffixSSLNegotiationPolicy,
	annotations.SvcLBSuffixHCSuccessCodes, annotations.SvcLBSuffixEIPAllocations, annotations.SvcLBSuffixLoadBalancerAttributes,
	annotations.SvcLBSuffixLoadBalancerSecurityGroups, annotations.SvcLBSuffixManageSGRules, annotations.SvcLBSuffixDisableNLBSG,
	annotations.SvcLBSuffixSecurityGroupPrefixLists,
}

const ServicePrefixes = "service.beta.kubernetes.io/"

// The annotations that only the cloud controller reads (pkg/providers/v1/aws.go).
const (
	ClassicDraining       = "aws-load-balancer-connection-draining-enabled"
	ClassicDrainingPeriod = "aws-load-balancer-connection-draining-timeout"
	ClassicIdle           = "aws-load-balancer-connection-idle-timeout"
)

// classicSettings holds what a Service requests of a Classic Load Balancer.
type classicSettings struct {
	proxy      bool
	attributes elb.ClassicAttributes
	health     elb.ClassicHealthCheck
	subnets    []string // by ID or name; none: found by their tags
}

// readSettings reads a Service as the cloud controller does.
func readSettings(o *store.Object, s *corev1.Service) (*classicSettings, error) {
	k := &classicSettings{proxy: annotation(s, annotations.SvcLBSuffixProxyProtocol) == "*", subnets: splitList(annotation(s, annotations.SvcLBSuffixSubnets))}
	if err := store.First(checkAnnotations(o, s), CloudTargetAttributes.When(annotation(s, annotations.SvcLBSuffixTargetGroupAttributes) != ""),
		CloudAffinity.When(s.Spec.SessionAffinity == corev1.ServiceAffinityClientIP, s.Spec.SessionAffinity)); err != nil {
		return nil, err
	}
	return k, store.First(checkTags(s), k.readAttributes(s), k.readHealthCheck(o, s))
}

// annotation returns the value of an annotation, "" if there is none.
func annotation(s *corev1.Service, suffix string) string {
	return s.Annotations[ServicePrefixes+suffix]
}

// checkAnnotations refuses annotations for Classic Load Balancers that are not modelled. Annotations that only the
// other controller reads have no effect.
func checkAnnotations(o *store.Object, s *corev1.Service) error {
	for key := range s.Annotations {
		suffix, own := strings.CutPrefix(key, ServicePrefixes)
		if own && !slices.Contains(readOfClassic, suffix) && !slices.Contains(ignoredByClassic, suffix) {
			return store.Unmodelled("the annotation %s of Service %s", key, o.ID)
		}
	}
	return nil
}

// checkTags refuses tags that the load balancer would get with another value.
func checkTags(s *corev1.Service) error {
	for _, pair := range splitList(annotation(s, annotations.SvcLBSuffixAdditionalTags)) {
		parts := append(strings.Split(pair, "="), "")
		if err := CloudTags.When(len(parts) > 3, pair, parts[0], parts[1]); err != nil {
			return err
		}
	}
	return nil
}

// readAttributes reads the attributes that the cloud controller always sets: AWS's default where there is no
// annotation.
func (k *classicSettings) readAttributes(s *corev1.Service) error {
	k.attributes = elb.ClassicAttributes{IdleTimeout: 60, LogBucket: annotation(s, annotations.SvcLBSuffixAccessLogS3BucketName),
		LogPrefix: annotation(s, annotations.SvcLBSuffixAccessLogS3BucketPrefix)}
	for _, flag := range []struct {
		suffix string
		value  *bool
	}{{annotations.SvcLBSuffixCrossZoneLoadBalancingEnabled, &k.attributes.CrossZone}, {ClassicDraining, &k.attributes.Draining},
		{annotations.SvcLBSuffixAccessLogEnabled, &k.attributes.AccessLogs}} {
		text := annotation(s, flag.suffix)
		value, err := strconv.ParseBool(cmp.Or(text, "false"))
		if refused := CloudAnnotations.When(err != nil, ServicePrefixes+flag.suffix, text); refused != nil {
			return refused
		}
		*flag.value = value
	}
	for _, n := range []struct {
		suffix, member string
		value          *int
		most           int
	}{{ClassicDrainingPeriod, "loadBalancerAttributes.connectionDraining.timeout", &k.attributes.DrainingTimeout, 3600},
		{ClassicIdle, "loadBalancerAttributes.connectionSettings.idleTimeout", &k.attributes.IdleTimeout, 4000}} {
		text := annotation(s, n.suffix)
		if text == "" {
			continue
		}
		value, err := strconv.Atoi(text)
		if refused := store.First(
			CloudAnnotations.When(err != nil, ServicePrefixes+n.suffix, text),
			ClassicNumbers.When(err == nil && (value < 1 || value > n.most), value, n.member, n.most),
		); refused != nil {
			return refused
		}
		*n.value = value
	}
	return nil
}

// readHealthCheck reads the health check: a connection to the first node port, or with the Local policy kube-proxy's
// health check of the local pods.
func (k *classicSettings) readHealthCheck(o *store.Object, s *corev1.Service) error {
	protocol, path, port := "TCP", "", 0
	if len(s.Spec.Ports) > 0 {
		port = int(s.Spec.Ports[0].NodePort)
	}
	requested := annotation(s, annotations.SvcLBSuffixHCPort)
	if kube.IsLocal(s) && s.Spec.HealthCheckNodePort != 0 {
		protocol, path = "HTTP", "/healthz"
		if requested != elb.TrafficPort {
			port = int(s.Spec.HealthCheckNodePort)
		}
	}
	if backend := annotation(s, annotations.SvcLBSuffixBEProtocol); protocol == "TCP" && (backend == "https" || backend == "ssl") {
		protocol = "SSL"
	}
	protocol = cmp.Or(annotation(s, annotations.SvcLBSuffixHCProtocol), protocol)
	if requested != "" && requested != elb.TrafficPort {
		number, err := strconv.Atoi(requested)
		if refused := CloudAnnotations.When(err != nil, ServicePrefixes+annotations.SvcLBSuffixHCPort, requested); refused != nil {
			return refused
		}
		port = number
	}
	if kind := strings.ToUpper(protocol); kind == "HTTP" || kind == "HTTPS" {
		path = cmp.Or(annotation(s, annotations.SvcLBSuffixHCPath), path, "/")
	} else {
		path = ""
	}
	k.health.Target = protocol + ":" + strconv.Itoa(port) + path
	return k.readHealthNumbers(o, s)
}

func (k *classicSettings) readHealthNumbers(o *store.Object, s *corev1.Service) error {
	for _, n := range []struct {
		suffix, name     string
		value            *int
		otherwise, least int
	}{{annotations.SvcLBSuffixHCHealthyThreshold, "HealthyThreshold", &k.health.Healthy, 2, 2},
		{annotations.SvcLBSuffixHCInterval, "Interval", &k.health.Interval, 10, 5},
		{annotations.SvcLBSuffixHCTimeout, "Timeout", &k.health.Timeout, 5, 2},
		{annotations.SvcLBSuffixHCUnhealthyThreshold, "UnhealthyThreshold", &k.health.Unhealthy, 6, 2}} {
		text := annotation(s, n.suffix)
		value, err := strconv.Atoi(cmp.Or(text, strconv.Itoa(n.otherwise)))
		if refused := store.First(
			CloudAnnotations.When(err != nil, ServicePrefixes+n.suffix, text),
			CloudHealth.When(value < n.least, ClassicName(o), n.name+" must be at least "+strconv.Itoa(n.least)),
		); refused != nil {
			return refused
		}
		*n.value = value
	}
	return ClassicInterval.When(k.health.Timeout >= k.health.Interval, ClassicName(o))
}

// update updates an existing load balancer to the Service's settings, one call after the other, and reports whether
// anything changed.
func (k *classicSettings) update(w *store.Account, o, existing *store.Object) (bool, error) {
	b, changed := elb.ClassicLoadBalancerOf(existing), false
	for _, part := range []struct {
		action  string
		same    bool
		refused error
		set     func()
	}{
		{"SetLoadBalancerPoliciesForBackendServer", b.ProxyProtocol == k.proxy, nil, func() { existing.Set("proxyProtocol", k.proxy) }},
		{"ModifyLoadBalancerAttributes", b.Attributes == k.attributes, k.checkLogs(w, existing.ID), func() { elb.SetClassicAttributes(existing, k.attributes) }},
		{"ConfigureHealthCheck", b.HealthCheck == k.health, nil, func() { elb.SetClassicHealthCheck(existing, k.health) }},
	} {
		if part.same {
			continue
		}
		if err := store.First(CheckAllowed(w, o.Cluster, "elasticloadbalancing:"+part.action), part.refused); err != nil {
			return changed, err
		}
		part.set()
		changed = true
	}
	return changed, nil
}

// checkLogs refuses a bucket into which a load balancer cannot write its access logs.
func (k *classicSettings) checkLogs(w *store.Account, balancer string) error {
	if !k.attributes.AccessLogs {
		return nil
	}
	const operation = store.CloudError + "Unable to update load balancer attributes during attribute sync: operation error Elastic Load Balancing: ModifyLoadBalancerAttributes, api error "
	return elb.CheckLogBucket(w, operation, balancer, elb.Classic, k.attributes.LogBucket)
}

// subnetsFor returns the subnets that the Service names, or those that are found for its scheme by their tags.
func (k *classicSettings) subnetsFor(w *store.Account, cluster string, internal bool) ([]*store.Object, error) {
	if len(k.subnets) == 0 {
		found := classicSubnets(w, cluster, internal)
		return found, CloudSubnets.When(len(found) == 0)
	}
	found := w.All(store.SubnetType, func(s *store.Object) bool {
		name, _ := s.Tags()["Name"].(string)
		return slices.Contains(k.subnets, s.ID) || (name != "" && slices.Contains(k.subnets, name))
	})
	return found, CloudSubnetsGiven.When(len(found) != len(k.subnets), len(k.subnets), len(found))
}

// updateSubnets removes subnets that are no longer requested from a load balancer, then adds the others
// (pkg/providers/v1/aws_loadbalancer.go). Subnets are searched for when the Service changes, not when they change: the
// controller watches Services and nodes only.
func (k *classicSettings) updateSubnets(w *store.Account, o *store.Object, s *corev1.Service, existing *store.Object) (bool, error) {
	b, service := elb.ClassicLoadBalancerOf(existing), &elb.ClassicService{Annotations: s.Annotations, Spec: s.Spec}
	if equality.Semantic.DeepEqual(b.Service, service) {
		return false, nil
	}
	found, err := k.subnetsFor(w, o.Cluster, b.Scheme == "internal")
	if err != nil {
		return false, err
	}
	wanted := store.IDs(found)
	if !store.Equal(store.SortedTexts(b.Subnets), store.SortedTexts(wanted)) {
		keepsOne := slices.ContainsFunc(b.Subnets, func(id string) bool { return slices.Contains(wanted, id) })
		if err := store.First(
			elb.ClassicKeepsSubnet.When(!keepsOne, existing.ID),
			CheckAllowed(w, o.Cluster, "elasticloadbalancing:DetachLoadBalancerFromSubnets", "elasticloadbalancing:AttachLoadBalancerToSubnets"),
		); err != nil {
			return false, err
		}
		if err := elb.SetSubnets(w, existing, wanted, nil); err != nil {
			return false, err
		}
	}
	elb.LearnClassicService(existing, service)
	return true, nil
}

// splitList returns the elements of an annotation's list.
func splitList(text string) []string {
	var found []string
	for _, e := range strings.Split(text, ",") {
		if e = strings.TrimSpace(e); e != "" {
			found = append(found, e)
		}
	}
	return found
}
