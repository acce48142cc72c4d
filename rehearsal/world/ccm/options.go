package ccm

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
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
	annotations.SvcLBSuffixHCInterval, ClassicDraining, ClassicDrainingPeriod, ClassicIdle,
}

// ignoredByClassic are the annotations of Services that the load balancer controller reads and the cloud controller
// does not.
var ignoredByClassic = []string{
	annotations.SvcLBSuffixSourceRanges, annotations.SvcLBSuffixTargetType, annotations.SvcLBSuffixLoadBalancerName, annotations.SvcLBSuffixScheme,
	annotations.SvcLBSuffixIPAddressType, annotations.SvcLBSuffixAccessLogEnabled, annotations.SvcLBSuffixAccessLogS3BucketName,
	annotations.SvcLBSuffixAccessLogS3BucketPrefix, annotations.SvcLBSuffixSSLPorts, annotations.SvcLBSuffixSSLNegotiationPolicy,
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
	attributes map[string]any
	health     map[string]any
	subnets    []string // by ID or name; none: found by their tags
}

// classicOf reads a Service as the cloud controller does.
func classicOf(o *store.Object, s *corev1.Service) (*classicSettings, error) {
	k := &classicSettings{proxy: classicText(s, annotations.SvcLBSuffixProxyProtocol) == "*", subnets: listOfText(classicText(s, annotations.SvcLBSuffixSubnets))}
	if err := store.First(classicKnown(o, s), CloudTargetAttributes.When(classicText(s, annotations.SvcLBSuffixTargetGroupAttributes) != ""),
		CloudAffinity.When(s.Spec.SessionAffinity == corev1.ServiceAffinityClientIP, s.Spec.SessionAffinity)); err != nil {
		return nil, err
	}
	return k, store.First(classicTagsFit(s), k.readAttributes(s), k.readHealth(o, s))
}

// classicText returns the value of an annotation, "" if there is none.
func classicText(s *corev1.Service, suffix string) string {
	return s.Annotations[ServicePrefixes+suffix]
}

// classicKnown refuses annotations for Classic Load Balancers that are not modelled. Annotations that only the other
// controller reads have no effect.
func classicKnown(o *store.Object, s *corev1.Service) error {
	for key := range s.Annotations {
		suffix, own := strings.CutPrefix(key, ServicePrefixes)
		if own && !slices.Contains(readOfClassic, suffix) && !slices.Contains(ignoredByClassic, suffix) {
			return store.Unmodelled("the annotation %s of Service %s", key, o.ID)
		}
	}
	return nil
}

// classicTagsFit refuses tags that the load balancer would get with another value.
func classicTagsFit(s *corev1.Service) error {
	for _, pair := range listOfText(classicText(s, annotations.SvcLBSuffixAdditionalTags)) {
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
	k.attributes = map[string]any{"crossZone": false, "connectionDraining": false, "idleTimeout": 60.0}
	for suffix, attribute := range map[string]string{annotations.SvcLBSuffixCrossZoneLoadBalancingEnabled: "crossZone", ClassicDraining: "connectionDraining"} {
		given := classicText(s, suffix)
		value, err := strconv.ParseBool(store.OrText(given, "false"))
		if refused := CloudAnnotations.When(err != nil, ServicePrefixes+suffix, given); refused != nil {
			return refused
		}
		k.attributes[attribute] = value
	}
	for _, n := range []struct {
		suffix, attribute, member string
		most                      int
	}{{ClassicDrainingPeriod, "connectionDrainingTimeout", "loadBalancerAttributes.connectionDraining.timeout", 3600},
		{ClassicIdle, "idleTimeout", "loadBalancerAttributes.connectionSettings.idleTimeout", 4000}} {
		given := classicText(s, n.suffix)
		if given == "" {
			continue
		}
		value, err := strconv.Atoi(given)
		if refused := store.First(
			CloudAnnotations.When(err != nil, ServicePrefixes+n.suffix, given),
			ClassicNumbers.When(err == nil && (value < 1 || value > n.most), value, n.member, n.most),
		); refused != nil {
			return refused
		}
		k.attributes[n.attribute] = float64(value)
	}
	return nil
}

// readHealth reads the health check: a connection to the first node port, or with the Local policy kube-proxy's health
// check of the local pods.
func (k *classicSettings) readHealth(o *store.Object, s *corev1.Service) error {
	protocol, path, port := "TCP", "", 0
	if len(s.Spec.Ports) > 0 {
		port = int(s.Spec.Ports[0].NodePort)
	}
	asked := classicText(s, annotations.SvcLBSuffixHCPort)
	if kube.IsLocal(s) && s.Spec.HealthCheckNodePort != 0 {
		protocol, path = "HTTP", "/healthz"
		if asked != elb.TrafficPort {
			port = int(s.Spec.HealthCheckNodePort)
		}
	}
	if backend := classicText(s, annotations.SvcLBSuffixBEProtocol); protocol == "TCP" && (backend == "https" || backend == "ssl") {
		protocol = "SSL"
	}
	protocol = store.OrText(classicText(s, annotations.SvcLBSuffixHCProtocol), protocol)
	if asked != "" && asked != elb.TrafficPort {
		given, err := strconv.Atoi(asked)
		if refused := CloudAnnotations.When(err != nil, ServicePrefixes+annotations.SvcLBSuffixHCPort, asked); refused != nil {
			return refused
		}
		port = given
	}
	if kind := strings.ToUpper(protocol); kind == "HTTP" || kind == "HTTPS" {
		path = store.OrText(classicText(s, annotations.SvcLBSuffixHCPath), store.OrText(path, "/"))
	} else {
		path = ""
	}
	k.health = map[string]any{"target": protocol + ":" + strconv.Itoa(port) + path}
	return k.readHealthNumbers(o, s)
}

func (k *classicSettings) readHealthNumbers(o *store.Object, s *corev1.Service) error {
	for _, n := range []struct {
		suffix, name     string
		otherwise, least int
	}{{annotations.SvcLBSuffixHCHealthyThreshold, "HealthyThreshold", 2, 2}, {annotations.SvcLBSuffixHCInterval, "Interval", 10, 5},
		{annotations.SvcLBSuffixHCTimeout, "Timeout", 5, 2}, {annotations.SvcLBSuffixHCUnhealthyThreshold, "UnhealthyThreshold", 6, 2}} {
		given := classicText(s, n.suffix)
		value, err := strconv.Atoi(store.OrText(given, strconv.Itoa(n.otherwise)))
		if refused := store.First(
			CloudAnnotations.When(err != nil, ServicePrefixes+n.suffix, given),
			CloudHealth.When(value < n.least, ClassicName(o), n.name+" must be at least "+strconv.Itoa(n.least)),
		); refused != nil {
			return refused
		}
		k.health[strings.ToLower(n.name[:1])+n.name[1:]] = float64(value)
	}
	return ClassicInterval.When(store.Integer(k.health["timeout"]) >= store.Integer(k.health["interval"]), ClassicName(o))
}

// settle updates an existing load balancer to the Service's settings, one call after the other, and reports whether
// anything changed.
func (k *classicSettings) settle(w *store.Account, o, existing *store.Object) (bool, error) {
	changed := false
	for _, part := range []struct {
		output, action string
		wanted         any
	}{{"proxyProtocol", "SetLoadBalancerPoliciesForBackendServer", k.proxy}, {"attributes", "ModifyLoadBalancerAttributes", k.attributes},
		{"healthCheck", "ConfigureHealthCheck", k.health}} {
		if store.Same(existing.Outputs[part.output], part.wanted) || (part.wanted == false && existing.Outputs[part.output] == nil) {
			continue
		}
		if err := CloudMay(w, o.Cluster, "elasticloadbalancing:"+part.action); err != nil {
			return changed, err
		}
		existing.Set(part.output, store.CloneValue(part.wanted))
		changed = true
	}
	return changed, nil
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

// seen is the fact of a Classic Load Balancer that holds the Service as the cloud controller last processed it.
const seen = "seen"

// changeSubnets removes subnets that are no longer requested from a load balancer, then adds the others
// (pkg/providers/v1/aws_loadbalancer.go). Subnets are searched for when the Service changes, not when they change: the
// controller watches Services and nodes only.
func (k *classicSettings) changeSubnets(w *store.Account, o, existing *store.Object) (bool, error) {
	service := store.Plain(map[string]any{"annotations": o.At("metadata.annotations"), "spec": o.At("spec")})
	if store.Same(existing.Facts[seen], service) {
		return false, nil
	}
	wanted, err := k.subnetsFor(w, o.Cluster, existing.Text("scheme") == "internal")
	if err != nil {
		return false, err
	}
	if !store.Same(store.SortedTexts(existing.Texts("subnets")), store.SortedTexts(store.IDs(wanted))) {
		stays := slices.ContainsFunc(existing.Texts("subnets"), func(id string) bool { return slices.Contains(store.IDs(wanted), id) })
		if err := store.First(
			elb.ClassicKeepsSubnet.When(!stays, existing.ID),
			CloudMay(w, o.Cluster, "elasticloadbalancing:DetachLoadBalancerFromSubnets", "elasticloadbalancing:AttachLoadBalancerToSubnets"),
		); err != nil {
			return false, err
		}
		if err := elb.SetSubnets(w, existing, store.IDs(wanted), nil); err != nil {
			return false, err
		}
	}
	existing.Learn(seen, service)
	return true, nil
}

// listOfText is an annotation's list.
func listOfText(text string) []string {
	var found []string
	for _, e := range strings.Split(text, ",") {
		if e = strings.TrimSpace(e); e != "" {
			found = append(found, e)
		}
	}
	return found
}
