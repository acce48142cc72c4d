package world

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

const targetGroupDocs = "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html"

const createTargetOp = "operation error Elastic Load Balancing v2: CreateTargetGroup, api error "

var (
	targetGroupName = rule("a target group's name has at most 32 letters, digits and -",
		createTargetOp+"ValidationError: Target group name '%s' cannot be longer than '32' characters and contains only alphanumeric characters and hyphens", targetGroupDocs)
	targetGroupUnique = rule("a target group's name is unique in its region",
		createTargetOp+"DuplicateTargetGroupName: A target group with the same name '%s' exists, but with different settings", targetGroupDocs)
	targetGroupUsed = rule("a target group is used by no listener when it is deleted",
		"operation error Elastic Load Balancing v2: DeleteTargetGroup, api error ResourceInUse: Target group '%s' is currently in use by a listener or a rule",
		"https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTargetGroup.html")
	healthNumbers = rule("a health check's times and thresholds are within their ranges",
		createTargetOp+"ValidationError: Health check %s '%d' must be in the range [%d, %d]", targetGroupDocs)
	healthInterval = rule("a health check times out before the next one begins",
		createTargetOp+"ValidationError: Health check interval must be greater than the timeout.",
		"https://github.com/terraform-linters/tflint-ruleset-aws/issues/404, https://github.com/kubernetes-sigs/aws-load-balancer-controller/issues/2951; with a network load balancer they may be equal, as the controller's defaults are")
	healthPath = rule("a health check's path begins with /",
		createTargetOp+"ValidationError: Health check path '%s' must begin with a '/' character, and can have 1024 characters", targetGroupDocs)
	healthCodes = rule("a health check's success codes are HTTP status codes",
		createTargetOp+"ValidationError: Health check matcher HTTP code '%s' must be within '%d-%d' inclusive", targetGroupDocs)
	healthPort = rule("a health check's port is a valid port",
		createTargetOp+"ValidationError: Health check port '%s' must be 'traffic-port' or within 1 and 65535", targetGroupDocs)
)

// targetGroup holds the parameters of a new target group.
type targetGroup struct {
	name, owner, vpc string
	targetType       string // "ip" or "instance"
	protocol         string
	version          string // of HTTP, "" otherwise
	port             int
	health           healthCheck
	tags             map[string]any
}

// healthCheck holds the settings of a health check.
type healthCheck struct {
	Protocol  string `json:"protocol"`
	Port      string `json:"port"`
	Path      string `json:"path,omitempty"`    // of HTTP and HTTPS
	Matcher   string `json:"matcher,omitempty"` // of HTTP and HTTPS
	Interval  int    `json:"interval"`
	Timeout   int    `json:"timeout"`
	Healthy   int    `json:"healthyThreshold"`
	Unhealthy int    `json:"unhealthyThreshold"`
}

// createTargetGroup creates a target group; its targets are the IDs in its output "targets". Attributes are set by a
// separate call.
func (w *World) createTargetGroup(spec targetGroup) (*Object, error) {
	if err := first(
		targetGroupName.when(!balancerForm.MatchString(spec.name), spec.name),
		targetGroupUnique.when(len(w.with(targetGroupType, "name", spec.name)) > 0, spec.name),
		checkHealth(spec.protocol, spec.health),
	); err != nil {
		return nil, err
	}
	o := &Object{Type: targetGroupType, Owner: spec.owner,
		ID: w.arn("elasticloadbalancing", "targetgroup/"+spec.name+"/"+w.newID("")[1:17])}
	o.show(Properties{"arn": o.ID, "name": spec.name, "targetVpcId": spec.vpc, "targetType": spec.targetType, "protocol": spec.protocol,
		"protocolVersion": spec.version, "port": spec.port, "healthCheck": spec.health.shown(), "attributes": map[string]any{}, "tags": spec.tags, "targets": []any{}})
	w.put(o)
	return o, nil
}

// shown returns a health check in the form of an output.
func (h healthCheck) shown() map[string]any {
	shown := map[string]any{"protocol": h.Protocol, "port": h.Port, "interval": float64(h.Interval), "timeout": float64(h.Timeout),
		"healthyThreshold": float64(h.Healthy), "unhealthyThreshold": float64(h.Unhealthy)}
	if h.Path != "" {
		shown["path"] = h.Path
	}
	if h.Matcher != "" {
		shown["matcher"] = h.Matcher
	}
	return shown
}

// checkHealth refuses a health check that AWS refuses for a target group of a protocol.
func checkHealth(protocol string, h healthCheck) error {
	for _, n := range []struct {
		what               string
		value, least, most int
	}{{"interval", h.Interval, 5, 300}, {"timeout", h.Timeout, 2, 120}, {"healthy threshold", h.Healthy, 2, 10}, {"unhealthy threshold", h.Unhealthy, 2, 10}} {
		if err := healthNumbers.when(n.value < n.least || n.value > n.most, n.what, n.value, n.least, n.most); err != nil {
			return err
		}
	}
	late := h.Timeout >= h.Interval
	least, most := 200, 499
	if kindOfProtocol(protocol) == ofNLB {
		late, least, most = h.Timeout > h.Interval, 200, 599
	}
	port, err := strconv.Atoi(h.Port)
	return first(
		healthInterval.when(late),
		healthPort.when(h.Port != trafficPort && (err != nil || port < 1 || port > 65535), h.Port),
		healthPath.when(h.Protocol != "TCP" && (!strings.HasPrefix(h.Path, "/") || len(h.Path) > 1024), h.Path),
		healthCodes.when(h.Matcher != "" && !codesWithin(h.Matcher, least, most), h.Matcher, least, most),
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

// trafficPort is the health check port of a target that is checked on its traffic port.
const trafficPort = "traffic-port"

// modifyTargetGroup changes the health check of a target group.
func (w *World) modifyTargetGroup(o *Object, h healthCheck) error {
	if err := checkHealth(o.text("protocol"), h); err != nil {
		return err
	}
	o.set("healthCheck", h.shown())
	return nil
}

// setTargetAttributes sets attributes of a target group; others keep their values.
func (w *World) setTargetAttributes(o *Object, asked map[string]string) error {
	all := merged(o.Outputs["attributes"], asked)
	if err := checkTargetAttributes(o.text("protocol"), textMap(all)); err != nil {
		return err
	}
	o.set("attributes", all)
	return nil
}

// setTargets registers exactly these targets: addresses or instance IDs.
func (w *World) setTargets(group *Object, targets []string) {
	slices.Sort(targets)
	group.set("targets", anyOf(targets))
}

// deleteTargetGroup refuses if a listener or one of its rules forwards to the target group.
func (w *World) deleteTargetGroup(o *Object) error {
	used := slices.Concat(w.holding(listenerType, "targetGroupArns", o.ID), w.holding(listenerRuleType, "targetGroupArns", o.ID))
	if err := targetGroupUsed.when(len(used) > 0, o.ID); err != nil {
		return err
	}
	w.drop(o)
	return nil
}

// healthOf returns a target group's health check.
func healthOf(target *Object) healthCheck {
	h, _ := as[healthCheck](mapOf(target.at("healthCheck")))
	return h
}

func (h healthCheck) String() string {
	return fmt.Sprintf("%s on port %s%s", h.Protocol, h.Port, h.Path)
}
