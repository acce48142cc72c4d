package world

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

const ingressModelSource = ingressSource + "model_build_"

// classParamsType are the parameters of IngressClasses.
const classParamsType = "kubernetes:elbv2.k8s.aws/v1beta1:IngressClassParams"

var (
	groupAgrees = rule("Ingresses that share a load balancer ask for the same one",
		`conflicting %s: [%s]`, ingressModelSource+"load_balancer.go")
	balancerTwoZones = rule("the load balancer controller finds two subnets for an application load balancer",
		`subnets count less than minimal required count: %d < 2`, subnetSource)
	listensForm = rule("an Ingress's listeners are ports of HTTP or HTTPS",
		`%s`, ingressModelSource+"listener.go (computeIngressListenPorts)")
	certificateFound = rule("an HTTPS listener has a certificate, named or found by its hosts",
		`no certificate found for host: %s`, controllerSource+"pkg/certs/cert_discovery.go")
	groupSubnetsAgree = rule("Ingresses that share a load balancer name the same subnets, in any order",
		`conflicting subnets: [%s] | [%s]`, ingressModelSource+"load_balancer.go (buildLoadBalancerSubnetMappings)")
	oneDefault = rule("one Ingress of a group has a default backend",
		`multiple ingress defined default backend: [%s]`, ingressModelSource+"listener.go")
)

// readHere are the annotations of Ingresses that this world reads, or that change nothing that it looks at.
var readHere = []string{
	annotations.IngressSuffixLoadBalancerName, annotations.IngressSuffixGroupName, annotations.IngressSuffixGroupOrder,
	annotations.IngressSuffixTags, annotations.IngressSuffixIPAddressType, annotations.IngressSuffixScheme, annotations.IngressSuffixSubnets,
	annotations.IngressSuffixLoadBalancerAttributes, annotations.IngressSuffixWAFv2ACLARN, annotations.IngressSuffixWAFACLID,
	annotations.IngressSuffixShieldAdvancedProtection, annotations.IngressSuffixSecurityGroups, annotations.IngressSuffixManageSecurityGroupRules,
	annotations.IngressSuffixListenPorts, annotations.IngressSuffixSSLRedirect, annotations.IngressSuffixInboundCIDRs, annotations.IngressSuffixCertificateARN,
	annotations.IngressSuffixSSLPolicy, annotations.IngressSuffixTargetType, annotations.IngressSuffixBackendProtocol,
	annotations.IngressSuffixBackendProtocolVersion, annotations.IngressSuffixTargetGroupAttributes, annotations.IngressSuffixHealthCheckPort,
	annotations.IngressSuffixHealthCheckProtocol, annotations.IngressSuffixHealthCheckPath, annotations.IngressSuffixHealthCheckIntervalSeconds,
	annotations.IngressSuffixHealthCheckTimeoutSeconds, annotations.IngressSuffixHealthyThresholdCount,
	annotations.IngressSuffixUnhealthyThresholdCount, annotations.IngressSuffixSuccessCodes,
}

// groupModel reads a group as the controller does, or tells what it refuses.
func (c *controller) groupModel(g *ingressGroup) (*balancerModel, error) {
	m := &balancerModel{stack: g.id.stack(), kind: "application"}
	for _, build := range []func(*ingressGroup, *balancerModel) error{
		c.buildKnown, c.buildListeners, c.buildGroupScheme, c.buildGroupAddressType, c.buildGroupSubnets, c.buildGroupGroups,
		c.buildGroupAttributes, c.buildGroupTags, c.buildGroupName, c.buildDefaults, c.buildRules, c.buildRedirect,
	} {
		if err := build(g, m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// buildKnown refuses what this world does not know.
func (c *controller) buildKnown(g *ingressGroup, _ *balancerModel) error {
	for _, o := range g.members {
		for key := range o.meta().GetAnnotations() {
			suffix, own := strings.CutPrefix(key, annotations.AnnotationPrefixIngress+"/")
			if own && !slices.Contains(readHere, suffix) {
				return unmodelled("the annotation %s of Ingress %s", key, o.ID)
			}
		}
		ingress := live[networkingv1.Ingress](o)
		class := c.find(c.cluster, ingressClassType, className(&ingress))
		if class == nil {
			continue
		}
		if p := c.find(c.cluster, classParamsType, class.text("spec.parameters.name")); p != nil && len(mapOf(p.at("spec"))) > 0 {
			return unmodelled("what IngressClassParams %s ask for", p.name())
		}
	}
	return nil
}

// agreed is the one value that members give an annotation, "" where none does.
func (g *ingressGroup) agreed(what, suffix string) (string, error) {
	var values []string
	for _, o := range g.members {
		value := ""
		if ingressAnnotations.ParseStringAnnotation(suffix, &value, o.meta().GetAnnotations()) && !slices.Contains(values, value) {
			values = append(values, value)
		}
	}
	slices.Sort(values)
	if err := groupAgrees.when(len(values) > 1, what, strings.Join(values, " ")); err != nil || len(values) == 0 {
		return "", err
	}
	return values[0], nil
}

// pairs are the pairs that members give an annotation, put together.
func (g *ingressGroup) pairs(what, suffix string) (map[string]string, error) {
	all := map[string]string{}
	for _, o := range g.members {
		var own map[string]string
		_, err := ingressAnnotations.ParseStringMapAnnotation(suffix, &own, o.meta().GetAnnotations())
		if refused := attributeParses.when(err != nil, err); refused != nil {
			return nil, refused
		}
		for key, value := range own {
			earlier, given := all[key]
			if err := groupAgrees.when(given && earlier != value, what+" "+key, earlier+" "+value); err != nil {
				return nil, err
			}
			all[key] = value
		}
	}
	return all, nil
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

// buildListeners joins the ports of all members. HTTP on 80 is the default, HTTPS on 443 for one that names certificates.
func (c *controller) buildListeners(g *ingressGroup, m *balancerModel) error {
	for _, o := range g.members {
		ports, err := listens(o)
		if err != nil {
			return err
		}
		certificates, err := c.certificatesOf(o, ports)
		if err != nil {
			return err
		}
		for _, port := range slices.Sorted(maps.Keys(ports)) {
			l := listenerModel{port: port, protocol: ports[port]}
			if l.protocol == "HTTPS" {
				l.certificates = certificates
				ingressAnnotations.ParseStringAnnotation(annotations.IngressSuffixSSLPolicy, &l.policy, o.meta().GetAnnotations())
			}
			i := slices.IndexFunc(m.listeners, func(other listenerModel) bool { return other.port == port })
			if i < 0 {
				m.listeners = append(m.listeners, l)
				continue
			}
			other := &m.listeners[i]
			if err := first(
				groupAgrees.when(other.protocol != l.protocol, "protocol of port "+strconv.Itoa(port), other.protocol+" "+l.protocol),
				groupAgrees.when(other.policy != "" && l.policy != "" && other.policy != l.policy, "sslPolicy", other.policy+" "+l.policy),
			); err != nil {
				return err
			}
			other.certificates, other.policy = union(other.certificates, l.certificates), orText(other.policy, l.policy)
		}
	}
	for i := range m.listeners {
		if l := &m.listeners[i]; l.protocol == "HTTPS" {
			l.policy = orText(l.policy, c.defaultPolicy())
		}
	}
	return nil
}

// defaultPolicy tells which versions of TLS listeners speak for which nothing else is said (pkg/config/controller_config.go).
func (c *controller) defaultPolicy() string {
	return c.arguments.or("default-ssl-policy", "ELBSecurityPolicy-2016-08")
}

// union are the texts of two lists, each once.
func union(a, b []string) []string {
	return slices.Concat(a, slices.DeleteFunc(slices.Clone(b), func(text string) bool { return slices.Contains(a, text) }))
}

// listens are the ports of an Ingress with their protocols.
func listens(o *Object) (map[int]string, error) {
	given := o.meta().GetAnnotations()
	text := ""
	if !ingressAnnotations.ParseStringAnnotation(annotations.IngressSuffixListenPorts, &text, given) {
		if given[annotations.AnnotationPrefixIngress+"/"+annotations.IngressSuffixCertificateARN] != "" {
			return map[int]string{443: "HTTPS"}, nil
		}
		return map[int]string{80: "HTTP"}, nil
	}
	var entries []map[string]int
	err := json.Unmarshal([]byte(text), &entries)
	if err := first(
		listensForm.when(err != nil, fmt.Sprintf("failed to parse listen-ports configuration: `%s`: %v", text, err)),
		listensForm.when(len(entries) == 0, fmt.Sprintf("empty listen-ports configuration: `%s`", text)),
	); err != nil {
		return nil, err
	}
	ports := map[int]string{}
	for _, entry := range entries {
		for protocol, port := range entry {
			if err := first(
				listensForm.when(port < 1 || port > 65535, fmt.Sprintf("listen port must be within [1, 65535]: %d", port)),
				listensForm.when(protocol != "HTTP" && protocol != "HTTPS", fmt.Sprintf("listen protocol must be within [HTTP, HTTPS]: %s", protocol)),
			); err != nil {
				return nil, err
			}
			ports[port] = protocol
		}
	}
	return ports, nil
}

// certificatesOf are the certificates that an Ingress names. For HTTPS without any the controller looks in ACM for one of each
// host; this account has none.
func (c *controller) certificatesOf(o *Object, ports map[int]string) ([]string, error) {
	named := listOfText(o.meta().GetAnnotations()[annotations.AnnotationPrefixIngress+"/"+annotations.IngressSuffixCertificateARN])
	if len(named) > 0 || !slices.Contains(slices.Collect(maps.Values(ports)), "HTTPS") {
		return named, nil
	}
	if err := first(c.mayAll("acm:ListCertificates"), c.reachesAddOn("acm", "certificate discovery")); err != nil {
		return nil, err
	}
	ingress := live[networkingv1.Ingress](o)
	var hosts []string
	for _, r := range ingress.Spec.Rules {
		hosts = append(hosts, r.Host)
	}
	for _, tls := range ingress.Spec.TLS {
		hosts = append(hosts, tls.Hosts...)
	}
	for _, host := range hosts {
		if err := certificateFound.when(host != "", host); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// The default is internal, and a group has one scheme.
func (c *controller) buildGroupScheme(g *ingressGroup, m *balancerModel) error {
	given, err := g.agreed("scheme", annotations.IngressSuffixScheme)
	m.scheme = cmp.Or(given, c.arguments.or("default-load-balancer-scheme", "internal"))
	return first(err, schemeKnown.when(m.scheme != "internal" && m.scheme != "internet-facing", m.scheme))
}

func (c *controller) buildGroupAddressType(g *ingressGroup, m *balancerModel) error {
	given, err := g.agreed("IPAddressType", annotations.IngressSuffixIPAddressType)
	m.addressType = cmp.Or(given, "ipv4")
	return first(err, addressTypeKnown.when(!slices.Contains([]string{"ipv4", "dualstack", "dualstack-without-public-ipv4"}, m.addressType), m.addressType))
}

// Subnets are those that members name, those of the load balancer that stands, or discovered.
func (c *controller) buildGroupSubnets(g *ingressGroup, m *balancerModel) error {
	named, err := g.subnets()
	if err != nil {
		return err
	}
	if standing := c.balancerOf(m.stack); standing != nil && standing.text("scheme") == m.scheme && len(named) == 0 {
		for _, id := range standing.texts("subnets") {
			if subnet := c.get(subnetType, id); subnet != nil {
				m.subnets = append(m.subnets, subnet)
			}
		}
		return nil
	}
	if len(named) > 0 {
		m.subnets, err = c.namedSubnets(named)
	} else if m.subnets, err = c.discover(m.scheme); err != nil {
		err = fmt.Errorf("couldn't auto-discover subnets: %w", err)
	}
	return first(err, balancerTwoZones.when(len(m.subnets) < 2, len(m.subnets)))
}

// subnets are those that members name. While members are changed one after the other they name different ones, and the controller leaves
// the load balancer as it is until they agree again.
func (g *ingressGroup) subnets() (chosen []string, err error) {
	for _, o := range g.members {
		var named []string
		if !ingressAnnotations.ParseStringSliceAnnotation(annotations.IngressSuffixSubnets, &named, o.meta().GetAnnotations()) {
			continue
		}
		if chosen == nil {
			chosen = named
		}
		if err := groupSubnetsAgree.when(!same(sortedTexts(chosen), sortedTexts(named)), strings.Join(chosen, " "), strings.Join(named, " ")); err != nil {
			return nil, err
		}
	}
	return chosen, nil
}

func (c *controller) buildGroupGroups(g *ingressGroup, m *balancerModel) error {
	named, err := g.agreed("securityGroups", annotations.IngressSuffixSecurityGroups)
	if err != nil {
		return err
	}
	if m.groups, err = c.namedBy(listOfText(named)); err != nil {
		return err
	}
	manages, err := g.agreed("manage backend security group rules settings", annotations.IngressSuffixManageSecurityGroupRules)
	m.manages = cmp.Or(manages, strconv.FormatBool(c.arguments.on("enable-manage-backend-security-group-rules", false))) == "true"
	if err != nil {
		return err
	}
	ranges, err := g.agreed("inbound-cidrs", annotations.IngressSuffixInboundCIDRs)
	if err != nil {
		return err
	}
	for _, cidr := range listOfText(ranges) {
		_, err := netip.ParsePrefix(cidr)
		if err := attributeParses.when(err != nil, fmt.Sprintf("invalid inbound-cidrs settings on Ingress: invalid CIDR address: %s", cidr)); err != nil {
			return err
		}
		m.ranges = append(m.ranges, cidr)
	}
	if len(m.ranges) == 0 {
		m.ranges = []string{"0.0.0.0/0"}
		if m.addressType != "ipv4" {
			m.ranges = append(m.ranges, "::/0")
		}
	}
	return nil
}

func (c *controller) buildGroupAttributes(g *ingressGroup, m *balancerModel) (err error) {
	m.attributes, err = g.pairs("load balancer attributes", annotations.IngressSuffixLoadBalancerAttributes)
	return err
}

func (c *controller) buildGroupTags(g *ingressGroup, m *balancerModel) error {
	own, err := g.pairs("tag", annotations.IngressSuffixTags)
	m.tags = own
	maps.Copy(m.tags, c.defaultTags())
	return err
}

// Names tell a group by its name, and one Ingress alone by namespace and name.
func (c *controller) buildGroupName(g *ingressGroup, m *balancerModel) error {
	hashed := func(more ...string) string {
		sum := sha256.Sum256([]byte(c.arguments["cluster-name"] + g.id.String() + strings.Join(more, "")))
		hash := hex.EncodeToString(sum[:])
		if g.id.explicit() {
			return fmt.Sprintf("k8s-%.17s-%.10s", notAlphanumeric.ReplaceAllString(g.id.name, ""), hash)
		}
		return fmt.Sprintf("k8s-%.8s-%.8s-%.10s", notAlphanumeric.ReplaceAllString(g.id.namespace, ""), notAlphanumeric.ReplaceAllString(g.id.name, ""), hash)
	}
	named, err := g.agreed("load balancer name", annotations.IngressSuffixLoadBalancerName)
	m.name, m.groupName = cmp.Or(named, hashed(m.scheme)), hashed()
	return first(err, balancerNameFits.when(len(named) > 32))
}
