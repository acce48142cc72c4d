package world

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"

	"eksnet/internal/awsdata"
)

const modelSource = controllerSource + "pkg/service/model_build_"

var (
	schemeKnown = rule("a load balancer is internal or internet-facing",
		`unknown scheme: %s`, modelSource+"load_balancer.go")
	addressTypeKnown = rule("a load balancer speaks ipv4 or dualstack",
		`unknown IPAddressType: %s`, modelSource+"load_balancer.go")
	balancerNameFits = rule("a load balancer's name has at most 32 characters",
		`load balancer name cannot be longer than 32 characters`, modelSource+"load_balancer.go")
	proxyKnown = rule("proxy protocol is on for every target group or off",
		`invalid value %s for Load Balancer proxy protocol v2 annotation, only value currently supported is *`, modelSource+"target_group.go")
	targetsOutside = rule("instance targets need a Service with node ports",
		`unsupported service type "%s" for load balancer target type "%s"`, modelSource+"target_group.go")
	nodePortsGiven = rule("instance targets need the ports on the nodes",
		`unable to support instance target type with an unallocated NodePort`, modelSource+"target_group.go")
	tlsPortsUsed = rule("the ports that speak TLS are the Service's",
		`Unused port in ssl-ports annotation [%s]`, modelSource+"listener.go")
	attributeParses = rule("annotations have the form that the controller reads",
		`%s`, controllerSource+"pkg/annotations/parser.go")
	elasticOutside = rule("only an internet-facing load balancer takes elastic addresses",
		`EIP allocations can only be set for internet facing load balancers`, modelSource+"load_balancer.go")
	elasticMatch = rule("a load balancer takes one elastic address for each subnet",
		`count of EIP allocations (%d) and subnets (%d) must match`, modelSource+"load_balancer.go")
	rangesOfFamily = rule("a load balancer that speaks ipv4 has no IPv6 source ranges",
		`unsupported v6 cidr %s when lb is not dualstack`, modelSource+"managed_sg.go")
	routingKnown = rule("the way in which a load balancer's name leads to its zones is one of three",
		`invalid dns_record.client_routing_policy set in annotation %s: got '%s' expected one of ['any_availability_zone', 'partial_availability_zone_affinity', 'availability_zone_affinity']`,
		modelSource+"load_balancer.go")
	targetPortsGiven = rule("targets have a port",
		`TargetGroup port is empty. When using Instance targets, your service be must of type 'NodePort' or 'LoadBalancer'`, modelSource+"target_group.go")
	groupsNamed = rule("security groups that are named for a load balancer exist",
		`couldn't find all security groups: requested ids [%s] but found []`, controllerSource+"pkg/networking/security_group_resolver.go")
)

// balancerModel is what the controller wants to stand for a Service, or for a group of Ingresses.
type balancerModel struct {
	stack       stack
	service     *corev1.Service // nil for Ingresses
	kind        string          // "network" or "application"
	name        string
	groupName   string // of the security group that the controller makes
	scheme      string
	addressType string
	subnets     []*Object
	groups      []string // named by the Service; none: the controller makes one
	elastic     []string
	attributes  map[string]string
	tags        map[string]string
	ranges      []string
	listeners   []listenerModel
	targets     []*targetModel
	manages     bool // the rules on the nodes' groups, where it names its own groups
}

// listenerModel is one listener.
type listenerModel struct {
	port         int
	protocol     string
	certificates []string
	policy       string       // of TLS, "" for a listener that does not take it off
	forward      *targetModel // what no rule takes; nil for an answer of the load balancer's own
	redirect     int          // the port of HTTPS that everything is sent to instead, 0 for none
	rules        []ruleModel  // by priority
}

// ruleModel is one rule of an application load balancer's listener.
type ruleModel struct {
	host    string // "" for any
	paths   []string
	tags    map[string]string
	forward *targetModel // nil for an answer of the load balancer's own
}

// targetModel is one target group: a port of a Service.
type targetModel struct {
	service    *corev1.Service
	port       corev1.ServicePort
	reference  any // the port as whoever asks for the target group names it: a number or a name
	name       string
	tag        string // the controller's name of it in the stack
	arn        string // known once it stands
	protocol   string
	targetType string
	targetPort int
	version    string // of HTTP, "" for a network load balancer's
	health     healthCheck
	attributes map[string]string
}

// model reads a Service as the controller does, or tells which annotation it refuses.
func (c *controller) model(s *corev1.Service) (*balancerModel, error) {
	m := &balancerModel{stack: serviceStack(s), service: s, kind: "network"}
	for _, build := range []func(*balancerModel) error{
		readOfServices, c.buildScheme, c.buildSubnets, c.buildAddressType, c.buildAttributes, c.buildGroups, c.buildTags, c.buildElastic, c.buildName, c.buildPorts,
	} {
		if err := build(m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// text is the value of an annotation, "" where there is none.
func (m *balancerModel) text(suffix string) string {
	value := ""
	serviceAnnotations.ParseStringAnnotation(suffix, &value, m.service.Annotations)
	return value
}

func (m *balancerModel) list(suffix string) []string {
	var value []string
	serviceAnnotations.ParseStringSliceAnnotation(suffix, &value, m.service.Annotations)
	return value
}

func (m *balancerModel) pairs(suffix string) (map[string]string, error) {
	var value map[string]string
	_, err := serviceAnnotations.ParseStringMapAnnotation(suffix, &value, m.service.Annotations)
	return value, attributeParses.when(err != nil, err)
}

func (m *balancerModel) flag(suffix string, otherwise bool) (bool, error) {
	value := otherwise
	_, err := serviceAnnotations.ParseBoolAnnotation(suffix, &value, m.service.Annotations)
	return value, attributeParses.when(err != nil, err)
}

// The default is internal since version 2.2. A load balancer that stands keeps its scheme unless the Service names one.
func (c *controller) buildScheme(m *balancerModel) error {
	m.scheme = c.arguments.or("default-load-balancer-scheme", "internal")
	if standing := c.balancerOf(m.stack); standing != nil {
		m.scheme = standing.text("scheme")
	}
	given := m.text(annotations.SvcLBSuffixScheme)
	if given != "" {
		m.scheme = given
		return schemeKnown.when(given != "internal" && given != "internet-facing", given)
	}
	if m.text(annotations.SvcLBSuffixInternal) == "" {
		return nil
	}
	internal, err := m.flag(annotations.SvcLBSuffixInternal, true)
	m.scheme = "internet-facing"
	if internal {
		m.scheme = "internal"
	}
	return err
}

func (c *controller) buildAddressType(m *balancerModel) error {
	m.addressType = m.text(annotations.SvcLBSuffixIPAddressType)
	if m.addressType == "" {
		m.addressType = "ipv4"
	}
	return addressTypeKnown.when(m.addressType != "ipv4" && m.addressType != "dualstack", m.addressType)
}

func (c *controller) buildAttributes(m *balancerModel) (err error) {
	if m.attributes, err = m.pairs(annotations.SvcLBSuffixLoadBalancerAttributes); err != nil {
		return err
	}
	if m.attributes == nil {
		m.attributes = map[string]string{}
	}
	// An attribute by its own name goes before the annotation of its own.
	cross, err := m.flag(annotations.SvcLBSuffixCrossZoneLoadBalancingEnabled, false)
	if _, given := m.attributes["load_balancing.cross_zone.enabled"]; !given && m.text(annotations.SvcLBSuffixCrossZoneLoadBalancingEnabled) != "" {
		m.attributes["load_balancing.cross_zone.enabled"] = strconv.FormatBool(cross)
	}
	logs, bad := m.flag(annotations.SvcLBSuffixAccessLogEnabled, false)
	if logs {
		m.attributes["access_logs.s3.enabled"] = "true"
		for attribute, suffix := range map[string]string{"access_logs.s3.bucket": annotations.SvcLBSuffixAccessLogS3BucketName, "access_logs.s3.prefix": annotations.SvcLBSuffixAccessLogS3BucketPrefix} {
			if value := m.text(suffix); value != "" {
				m.attributes[attribute] = value
			}
		}
	}
	policy, given := m.attributes["dns_record.client_routing_policy"]
	return first(err, bad, routingKnown.when(given && !valuesOf(awsdata.LoadBalancerAttributes[ofNLB]["dns_record.client_routing_policy"]).fits(policy),
		annotations.SvcLBSuffixLoadBalancerAttributes, policy))
}

// Whether an NLB has security groups is fixed when it is made.
func (c *controller) buildGroups(m *balancerModel) error {
	groups, err := c.namedBy(m.list(annotations.SvcLBSuffixLoadBalancerSecurityGroups))
	if err != nil {
		return err
	}
	manages, err := m.flag(annotations.SvcLBSuffixManageSGRules, c.arguments.on("enable-manage-backend-security-group-rules", false))
	if err != nil {
		return err
	}
	m.groups, m.manages = groups, manages
	m.ranges = slices.Clone(m.service.Spec.LoadBalancerSourceRanges)
	if len(m.ranges) == 0 {
		m.ranges = m.list(annotations.SvcLBSuffixSourceRanges)
	}
	for _, cidr := range m.ranges {
		if err := rangesOfFamily.when(strings.Contains(cidr, ":") && m.addressType != "dualstack", cidr); err != nil {
			return err
		}
		if _, err := netip.ParsePrefix(cidr); err != nil {
			return attributeParses.when(true, fmt.Sprintf("invalid CIDR %q in load-balancer-source-ranges", cidr))
		}
	}
	if len(m.ranges) == 0 && len(m.list(annotations.SvcLBSuffixSecurityGroupPrefixLists)) == 0 {
		m.ranges = []string{"0.0.0.0/0"}
		if m.addressType == "dualstack" {
			m.ranges = append(m.ranges, "::/0")
		}
	}
	return nil
}

// namedBy finds security groups by id or by tag Name.
func (c *controller) namedBy(names []string) (found []string, err error) {
	for _, nameOrID := range names {
		groups := c.with(securityGroupType, "vpcId", c.vpc(), func(g *Object) bool {
			return g.ID == nameOrID || g.tags()["Name"] == nameOrID
		})
		if err := groupsNamed.when(len(groups) == 0, nameOrID); err != nil || len(groups) == 0 {
			return nil, err
		}
		found = append(found, groups[0].ID)
	}
	return found, nil
}

func (c *controller) buildTags(m *balancerModel) error {
	m.tags = c.defaultTags()
	own, err := m.pairs(annotations.SvcLBSuffixAdditionalTags)
	for key, value := range own {
		m.tags[key] = value
	}
	return err
}

// defaultTags are those that the controller puts on everything that it makes.
func (c *controller) defaultTags() map[string]string {
	tags := map[string]string{}
	for _, pair := range strings.Split(c.arguments["default-tags"], ",") {
		if key, value, found := strings.Cut(strings.TrimSpace(pair), "="); found {
			tags[key] = value
		}
	}
	return tags
}

func (c *controller) buildElastic(m *balancerModel) error {
	m.elastic = m.list(annotations.SvcLBSuffixEIPAllocations)
	if len(m.elastic) == 0 {
		return nil
	}
	return first(
		elasticOutside.when(m.scheme != "internet-facing"),
		elasticMatch.when(len(m.elastic) != len(m.subnets), len(m.elastic), len(m.subnets)),
	)
}

func (c *controller) buildName(m *balancerModel) error {
	m.groupName = shortName(m.service.Namespace, m.service.Name, c.arguments["cluster-name"], m.service.Name, m.service.Namespace)
	if m.name = m.text(annotations.SvcLBSuffixLoadBalancerName); m.name != "" {
		return balancerNameFits.when(len(m.name) > 32)
	}
	m.name = shortName(m.service.Namespace, m.service.Name, c.arguments["cluster-name"], m.service.Namespace, m.service.Name, m.scheme)
	return nil
}

var notAlphanumeric = regexp.MustCompile("[[:^alnum:]]")

// shortName is the form of the names that the controller gives: k8s-namespace-name-hash.
func shortName(namespace, name string, hashed ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(hashed, "")))
	return fmt.Sprintf("k8s-%.8s-%.8s-%.10s", notAlphanumeric.ReplaceAllString(namespace, ""), notAlphanumeric.ReplaceAllString(name, ""), hex.EncodeToString(sum[:]))
}

func (c *controller) buildPorts(m *balancerModel) error {
	certificates, tls := m.list(annotations.SvcLBSuffixSSLCertificate), m.list(annotations.SvcLBSuffixSSLPorts)
	for _, named := range tls {
		used := slices.ContainsFunc(m.service.Spec.Ports, func(p corev1.ServicePort) bool {
			return p.Name == named || strconv.Itoa(int(p.Port)) == named
		})
		if err := tlsPortsUsed.when(!used, named); err != nil {
			return err
		}
	}
	for _, port := range m.service.Spec.Ports {
		p := &targetModel{service: m.service, port: port, reference: float64(port.Port), tag: m.stack.id + ":" + strconv.Itoa(int(port.Port)), protocol: string(port.Protocol)}
		l := listenerModel{port: int(port.Port), protocol: string(port.Protocol), forward: p}
		encrypted := len(tls) == 0 || slices.Contains(tls, port.Name) || slices.Contains(tls, strconv.Itoa(int(port.Port)))
		if len(certificates) > 0 && encrypted && l.protocol == "TCP" {
			l.protocol, l.certificates, l.policy = "TLS", certificates, orText(m.text(annotations.SvcLBSuffixSSLNegotiationPolicy), c.defaultPolicy())
			if m.text(annotations.SvcLBSuffixBEProtocol) == "ssl" {
				p.protocol = "TLS"
			}
		}
		if err := first(c.buildTargets(m, p), c.buildHealth(m, p)); err != nil {
			return err
		}
		p.name = shortName(m.service.Namespace, m.service.Name, c.arguments["cluster-name"], m.service.Namespace, m.service.Name, strconv.Itoa(int(port.Port)),
			strconv.Itoa(p.targetPort), p.targetType, p.protocol, p.health.Protocol, strconv.Itoa(p.health.Interval))
		m.listeners, m.targets = append(m.listeners, l), append(m.targets, p)
	}
	return nil
}

func (c *controller) buildTargets(m *balancerModel, p *targetModel) (err error) {
	wanted := c.arguments.or("default-target-type", "instance")
	if given := m.text(annotations.SvcLBSuffixTargetType); given != "" {
		wanted = given
	}
	p.targetType, p.targetPort = "instance", int(p.port.NodePort)
	if wanted == "ip" || m.text(annotations.SvcLBSuffixLoadBalancerType) == "nlb-ip" {
		p.targetType, p.targetPort = "ip", 1
		if p.port.TargetPort.Type == intstr.Int {
			p.targetPort = p.port.TargetPort.IntValue()
		}
	}
	allocates := m.service.Spec.AllocateLoadBalancerNodePorts
	proxy := m.text(annotations.SvcLBSuffixProxyProtocol)
	if err := first(
		targetsOutside.when(p.targetType == "instance" && m.service.Spec.Type == corev1.ServiceTypeClusterIP, m.service.Spec.Type, wanted),
		nodePortsGiven.when(p.targetType == "instance" && p.port.NodePort == 0 && allocates != nil && !*allocates),
		targetPortsGiven.when(p.targetPort == 0),
		proxyKnown.when(proxy != "" && proxy != "*", proxy),
	); err != nil {
		return err
	}
	p.attributes = map[string]string{"proxy_protocol_v2.enabled": "false"}
	for _, suffix := range []string{annotations.SvcLBSuffixTargetGroupAttributes, annotations.SvcLBSuffixTargetGroupAttributes + "." + strconv.Itoa(int(p.port.Port))} {
		asked, err := m.pairs(suffix)
		if err != nil {
			return err
		}
		maps.Copy(p.attributes, asked)
	}
	if proxy == "*" {
		p.attributes["proxy_protocol_v2.enabled"] = "true"
	}
	if preserve, given := p.attributes["preserve_client_ip.enabled"]; given {
		_, bad := strconv.ParseBool(preserve)
		return attributeParses.when(bad != nil, fmt.Sprintf("failed to parse attribute preserve_client_ip.enabled=%s: %v", preserve, bad))
	}
	return nil
}
