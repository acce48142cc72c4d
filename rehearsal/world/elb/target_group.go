package elb

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"eksnet/rehearsal/world/store"
)

const targetGroupDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"

const createTargetOp = "operation error Elastic Load Balancing v2: CreateTargetGroup, api error "

var (
	TargetGroupName = store.NewRule("a target group's name has at most 32 letters, digits and -",
		createTargetOp+"ValidationError: Target group name '%s' cannot be longer than '32' characters and contains only alphanumeric characters and hyphens", targetGroupDocs)
	TargetGroupUnique = store.NewRule("a target group's name is unique in its region",
		createTargetOp+"DuplicateTargetGroupName: A target group with the same name '%s' exists, but with different settings", targetGroupDocs)
	TargetGroupUsed = store.NewRule("a target group is used by no listener when it is deleted",
		"operation error Elastic Load Balancing v2: DeleteTargetGroup, api error ResourceInUse: Target group '%s' is currently in use by a listener or a rule",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html")
	TargetGroupFamily = store.NewRule("only a dual-stack load balancer forwards to a target group of IPv6 addresses",
		"operation error Elastic Load Balancing v2: CreateListener, api error InvalidConfigurationRequest: The IP address type of target group '%s' is ipv6, and the load balancer '%s' is not dualstack",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html#target-group-ip-address-type")
	TargetFamily = store.NewRule("the addresses of a target group are of its family",
		"operation error Elastic Load Balancing v2: RegisterTargets, api error ValidationError: The IP address '%s' is not a valid %s address",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-target-groups.html#target-group-ip-address-type")
	HealthNumbers = store.NewRule("a health check's times and thresholds are within their ranges",
		createTargetOp+"ValidationError: Health check %s '%d' must be in the range [%d, %d]", targetGroupDocs)
	HealthInterval = store.NewRule("a health check times out before the next one begins",
		createTargetOp+"ValidationError: Health check interval must be greater than the timeout.",
		"https://github.com/terraform-linters/tflint-ruleset-aws/issues/404, https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2951; with a network load balancer they may be equal, as the controller's defaults are")
	HealthPath = store.NewRule("a health check's path begins with /",
		createTargetOp+"ValidationError: Health check path '%s' must begin with a '/' character, and can have 1024 characters", targetGroupDocs)
	HealthCodes = store.NewRule("a health check's success codes are HTTP status codes",
		createTargetOp+"ValidationError: Health check matcher HTTP code '%s' must be within '%d-%d' inclusive", targetGroupDocs)
	HealthPort = store.NewRule("a health check's port is a valid port",
		createTargetOp+"ValidationError: Health check port '%s' must be 'traffic-port' or within 1 and 65535", targetGroupDocs)
)

// TargetGroup is a target group.
type TargetGroup struct {
	Name        string            `json:"name"`
	TargetType  string            `json:"targetType"` // "ip" or "instance"
	Protocol    string            `json:"protocol"`
	Version     string            `json:"protocolVersion"` // of HTTP, "" otherwise
	AddressType string            `json:"ipAddressType"`   // ipv4, also if it is "", or ipv6
	HealthCheck HealthCheck       `json:"healthCheck"`
	Attributes  map[string]string `json:"attributes"`
	Targets     []string          `json:"targets"` // "address:port" or "instance:port"
	// Problem is why the security groups of its targets have no rules for its load balancer, "" if they have them.
	Problem string `json:"problem"`
}

// TargetGroupOf returns the properties of a target group.
func TargetGroupOf(o *store.Object) *TargetGroup { return store.Decode[TargetGroup](o) }

// TargetGroupSpec holds the parameters of a new target group.
type TargetGroupSpec struct {
	Name, Owner, VPC string
	TargetType       string // "ip" or "instance"
	Protocol         string
	Version          string // of HTTP, "" otherwise
	Port             int
	AddressType      string // ipv4, also if it is "", or ipv6
	Health           HealthCheck
	Tags             map[string]any
}

// HealthCheck holds the settings of a health check.
type HealthCheck struct {
	Protocol  string `json:"protocol"`
	Port      string `json:"port"`
	Path      string `json:"path,omitempty"`    // of HTTP and HTTPS
	Matcher   string `json:"matcher,omitempty"` // of HTTP and HTTPS
	Interval  int    `json:"interval"`
	Timeout   int    `json:"timeout"`
	Healthy   int    `json:"healthyThreshold"`
	Unhealthy int    `json:"unhealthyThreshold"`
}

// CreateTargetGroup creates a target group; its targets are the IDs in its output "targets". Attributes are set by a
// separate call.
func CreateTargetGroup(w *store.Account, spec TargetGroupSpec) (*store.Object, error) {
	if err := store.First(
		TargetGroupName.When(!balancerForm.MatchString(spec.Name), spec.Name),
		TargetGroupUnique.When(len(w.With(store.TargetGroupType, "name", spec.Name)) > 0, spec.Name),
		checkHealth(spec.Protocol, spec.Health),
	); err != nil {
		return nil, err
	}
	o := &store.Object{Type: store.TargetGroupType, Owner: spec.Owner,
		ID: w.ARN("elasticloadbalancing", "targetgroup/"+spec.Name+"/"+w.NewID("")[1:17])}
	o.Show(store.Properties{"arn": o.ID, "name": spec.Name, "targetVpcId": spec.VPC, "targetType": spec.TargetType, "protocol": spec.Protocol,
		"protocolVersion": spec.Version, "port": spec.Port, "healthCheck": spec.Health.output(), "attributes": map[string]any{}, "tags": spec.Tags, "targets": []any{}})
	if spec.AddressType == IPv6Targets {
		o.Set("ipAddressType", spec.AddressType)
	}
	w.Put(o)
	return o, nil
}

// output returns a health check in the form of an output.
func (h HealthCheck) output() map[string]any {
	properties, _ := store.AsProperties(h)
	return properties
}

// checkHealth refuses a health check that AWS refuses for a target group of a protocol.
func checkHealth(protocol string, h HealthCheck) error {
	for _, n := range []struct {
		what               string
		value, least, most int
	}{{"interval", h.Interval, 5, 300}, {"timeout", h.Timeout, 2, 120}, {"healthy threshold", h.Healthy, 2, 10}, {"unhealthy threshold", h.Unhealthy, 2, 10}} {
		if err := HealthNumbers.When(n.value < n.least || n.value > n.most, n.what, n.value, n.least, n.most); err != nil {
			return err
		}
	}
	late := h.Timeout >= h.Interval
	least, most := 200, 499
	if KindOfProtocol(protocol) == Network {
		late, least, most = h.Timeout > h.Interval, 200, 599
	}
	port, err := strconv.Atoi(h.Port)
	return store.First(
		HealthInterval.When(late),
		HealthPort.When(h.Port != TrafficPort && (err != nil || port < 1 || port > 65535), h.Port),
		HealthPath.When(h.Protocol != "TCP" && (!strings.HasPrefix(h.Path, "/") || len(h.Path) > 1024), h.Path),
		HealthCodes.When(h.Matcher != "" && !codesWithin(h.Matcher, least, most), h.Matcher, least, most),
	)
}

// codesWithin reports whether success codes, such as 200,204 or 200-299, are in a range.
func codesWithin(codes string, least, most int) bool {
	for _, part := range strings.Split(codes, ",") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		low, lowErr := strconv.Atoi(from)
		high, highErr := strconv.Atoi(to)
		if lowErr != nil || highErr != nil || low < least || high > most || low > high {
			return false
		}
	}
	return true
}

// isUDP reports whether a target group's protocol is UDP, or TCP and UDP on one port.
func isUDP(protocol string) bool { return protocol == "UDP" || protocol == "TCP_UDP" }

// KindOfProtocol returns the type of load balancer whose target groups use a protocol.
func KindOfProtocol(protocol string) string {
	if protocol == "HTTP" || protocol == "HTTPS" {
		return Application
	}
	return Network
}

// TrafficPort is the health check port of a target that is checked on its traffic port.
const TrafficPort = "traffic-port"

// ModifyTargetGroup changes the health check of a target group.
func ModifyTargetGroup(w *store.Account, o *store.Object, h HealthCheck) error {
	if err := checkHealth(TargetGroupOf(o).Protocol, h); err != nil {
		return err
	}
	o.Set("healthCheck", h.output())
	return nil
}

// IPv6Targets is the address type of a target group of IPv6 addresses.
const IPv6Targets = "ipv6"

// SetTargets registers exactly these targets: addresses of the target group's family, or instance IDs.
func SetTargets(w *store.Account, o *store.Object, targets []string) error {
	t := TargetGroupOf(o)
	for _, id := range targets {
		text, _ := parseTarget(id)
		address, err := netip.ParseAddr(text)
		if err := TargetFamily.When(t.TargetType == "ip" && (err != nil || address.Is6() != (t.AddressType == IPv6Targets)), text, cmp.Or(t.AddressType, "ipv4")); err != nil {
			return err
		}
	}
	o.Set("targets", store.AnyOf(slices.Sorted(slices.Values(targets))))
	return nil
}

// DeleteTargetGroup refuses if a listener or one of its rules forwards to the target group.
func DeleteTargetGroup(w *store.Account, o *store.Object) error {
	used := slices.Concat(w.Holding(store.ListenerType, "targetGroupArns", o.ID), w.Holding(store.ListenerRuleType, "targetGroupArns", o.ID))
	if err := TargetGroupUsed.When(len(used) > 0, o.ID); err != nil {
		return err
	}
	w.Drop(o)
	return nil
}

func (h HealthCheck) String() string {
	return fmt.Sprintf("%s on port %s%s", h.Protocol, h.Port, h.Path)
}
