package elb

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"eksnet/internal/awsdata"
	"eksnet/rehearsal/world/store"
)

const (
	balancerAttributeDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html"
	targetAttributeDocs   = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html"
	modifyBalancerOp      = "operation error Elastic Load Balancing v2: ModifyLoadBalancerAttributes, api error "
	modifyTargetOp        = "operation error Elastic Load Balancing v2: ModifyTargetGroupAttributes, api error "
)

var (
	BalancerAttributeKnown = store.NewRule("a load balancer's attribute is supported by its type",
		modifyBalancerOp+"InvalidConfigurationRequest: Load balancer attribute key '%s' is not supported on load balancers with type '%s'",
		balancerAttributeDocs)
	BalancerAttributeFits = store.NewRule("a load balancer's attribute has a valid value",
		modifyBalancerOp+"ValidationError: Load balancer attribute value '%[2]s' of key '%[1]s' is not valid: it takes %[3]s",
		balancerAttributeDocs)
	BalancerLogBucket = store.NewRule("a load balancer with access logs has a bucket",
		modifyBalancerOp+"InvalidConfigurationRequest: The value of '%[1]s.s3.bucket' cannot be empty if '%[1]s.s3.enabled' is true",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html")
	BalancerSecondaryGrow = store.NewRule("the number of a network load balancer's secondary addresses does not decrease",
		modifyBalancerOp+"InvalidConfigurationRequest: The value of 'secondary_ips.auto_assigned.per_subnet' cannot be decreased from %s to %s",
		balancerAttributeDocs+": after you set this value, you can't decrease it")
	TargetAttributeKnown = store.NewRule("a target group's attribute is supported by its load balancer's type",
		modifyTargetOp+"ValidationError: Target group attribute key '%s' is not recognized for a target group of protocol %s",
		targetAttributeDocs)
	TargetAttributeFits = store.NewRule("a target group's attribute has a valid value",
		modifyTargetOp+"ValidationError: Target group attribute value '%[2]s' of key '%[1]s' is not valid: it takes %[3]s",
		targetAttributeDocs)
	TargetPreservesUDP = store.NewRule("a target group for UDP preserves the client's address",
		modifyTargetOp+"InvalidConfigurationRequest: preserve_client_ip.enabled cannot be false if the target group protocol is UDP or TCP_UDP",
		"https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/4899; https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation")
	TargetProxyTCP = store.NewRule("a target group for UDP does not use proxy protocol",
		modifyTargetOp+"InvalidConfigurationRequest: Proxy protocol v2 is not supported for target groups with the %s protocol",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#proxy-protocol: it is for TCP and TLS")
	TargetStickyTLS = store.NewRule("a target group with the TLS protocol has no sticky sessions",
		modifyTargetOp+"InvalidConfigurationRequest: You cannot enable stickiness on target groups with the TLS protocol",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#sticky-sessions")
	TargetSlowStart = store.NewRule("slow start requires the round robin algorithm",
		modifyTargetOp+"InvalidConfigurationRequest: You cannot enable slow start when the routing algorithm is %s",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-target-group-attributes.html#slow-start-mode")
)

// values holds a description of the valid values of an attribute, and a check of a value.
type values struct {
	description string
	contain     func(string) bool
}

func oneOf(known ...string) values {
	return values{strings.Join(known, ", "), func(value string) bool { return slices.Contains(known, value) }}
}

func within(least, most int) values {
	return values{strconv.Itoa(least) + " to " + strconv.Itoa(most), func(value string) bool {
		n, err := strconv.Atoi(value)
		return err == nil && n >= least && n <= most
	}}
}

// valuesOf returns the valid values of an attribute: some words, a range of numbers, both, or any text.
func valuesOf(a awsdata.Attribute) values {
	named, numbers := oneOf(a.Words...), within(a.Least, a.Most)
	switch {
	case a.Most == 0 && len(a.Words) == 0:
		return values{"any text", func(string) bool { return true }}
	case a.Most == 0:
		return named
	case len(a.Words) == 0:
		return numbers
	default:
		return values{named.description + ", " + numbers.description, func(value string) bool { return named.contain(value) || numbers.contain(value) }}
	}
}

// logKinds are what the attributes of logs begin with.
var logKinds = []string{"access_logs", "connection_logs", "health_check_logs"}

// checkBalancerAttributes refuses the first invalid attribute of a load balancer of a type.
func checkBalancerAttributes(kind string, all map[string]string) error {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		attribute, known := awsdata.LoadBalancerAttributes[kind][key]
		if err := BalancerAttributeKnown.When(!known, key, kind); err != nil || !known {
			return err
		}
		value, valid := all[key], valuesOf(attribute)
		if err := BalancerAttributeFits.When(!valid.contain(value), key, value, valid.description); err != nil {
			return err
		}
	}
	for _, logs := range logKinds {
		if err := BalancerLogBucket.When(all[logs+".s3.enabled"] == "true" && all[logs+".s3.bucket"] == "", logs); err != nil {
			return err
		}
	}
	return nil
}

// checkLogBuckets refuses buckets of enabled logs into which the load balancer cannot write.
func checkLogBuckets(w *store.Account, b *LoadBalancer, all map[string]string) error {
	for _, logs := range logKinds {
		if all[logs+".s3.enabled"] != "true" {
			continue
		}
		if err := CheckLogBucket(w, modifyBalancerOp, b.Name, b.Kind, all[logs+".s3.bucket"]); err != nil {
			return err
		}
	}
	return nil
}

// checkTargetAttributes refuses the first invalid attribute of a target group of a protocol.
func checkTargetAttributes(protocol string, all map[string]string) error {
	kind := KindOfProtocol(protocol)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		attribute, known := awsdata.TargetGroupAttributes[kind][key]
		if err := TargetAttributeKnown.When(!known, key, protocol); err != nil || !known {
			return err
		}
		value, valid := all[key], valuesOf(attribute)
		if err := TargetAttributeFits.When(!valid.contain(value), key, value, valid.description); err != nil {
			return err
		}
	}
	algorithm, slow := all["load_balancing.algorithm.type"], all["slow_start.duration_seconds"]
	return store.First(
		checkTogether(protocol, all),
		TargetPreservesUDP.When(isUDP(protocol) && all["preserve_client_ip.enabled"] == "false"),
		TargetProxyTCP.When(isUDP(protocol) && all["proxy_protocol_v2.enabled"] == "true", protocol),
		TargetStickyTLS.When(protocol == "TLS" && all["stickiness.enabled"] == "true"),
		TargetSlowStart.When(slow != "" && slow != "0" && algorithm != "" && algorithm != "round_robin", algorithm),
	)
}

// SetBalancerAttributes sets attributes of a load balancer; others keep their values.
func SetBalancerAttributes(w *store.Account, o *store.Object, requested map[string]string) error {
	const secondary = "secondary_ips.auto_assigned.per_subnet"
	b := LoadBalancerOf(o)
	all, before, after := withAttributes(b.Attributes, requested), b.Attributes[secondary], requested[secondary]
	if err := store.First(
		checkBalancerAttributes(b.Kind, all),
		checkLogBuckets(w, b, all),
		BalancerSecondaryGrow.When(after != "" && after < before, before, after)); err != nil {
		return err
	}
	o.Set("attributes", PropertiesOf(all))
	return nil
}

// SetTargetAttributes sets attributes of a target group; others keep their values.
func SetTargetAttributes(w *store.Account, o *store.Object, requested map[string]string) error {
	t := TargetGroupOf(o)
	all := withAttributes(t.Attributes, requested)
	if err := checkTargetAttributes(t.Protocol, all); err != nil {
		return err
	}
	o.Set("attributes", PropertiesOf(all))
	return nil
}

// withAttributes returns the current attributes with the requested ones: an attribute that is no longer requested keeps
// its value.
func withAttributes(existing, requested map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, existing)
	maps.Copy(all, requested)
	return all
}

// ChangesAttributes reports whether a request would change the current attributes.
func ChangesAttributes(existing, requested map[string]string) bool {
	return !maps.Equal(withAttributes(existing, requested), existing)
}

// StringsOf returns a JSON object whose values are strings.
func StringsOf(values map[string]any) map[string]string {
	found := make(map[string]string, len(values))
	for key, value := range values {
		found[key], _ = value.(string)
	}
	return found
}

// PropertiesOf returns strings as a JSON object.
func PropertiesOf(values map[string]string) map[string]any {
	found := make(map[string]any, len(values))
	for key, value := range values {
		found[key] = value
	}
	return found
}
