package world

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

var (
	backendStands = rule("a backend's Service exists where the controller is told to insist on it",
		`Service %q not found`, ingressSource+"enhanced_backend_builder.go (flag tolerate-non-existent-backend-service)")
	backendPort = rule("a backend's port is one of its Service's",
		`unable to find port %s on service %s`, controllerSource+"pkg/k8s/service_utils.go (LookupServicePort)")
	targetTypeKnown = rule("targets of an application load balancer are instances or addresses",
		`unknown targetType: %s`, ingressModelSource+"target_group.go")
	targetPortGiven = rule("instance targets of an application load balancer need a Service with node ports",
		`TargetGroup port is empty. When using Instance targets, your service be must of type 'NodePort' or 'LoadBalancer'`, ingressModelSource+"target_group.go")
	backendProtocolKnown = rule("the backends of an application load balancer speak HTTP or HTTPS",
		`backend protocol must be within [HTTP, HTTPS]: %s`, ingressModelSource+"target_group.go")
	backendVersionKnown = rule("the backends of an application load balancer speak HTTP1, HTTP2 or GRPC",
		`backend protocol version must be within [HTTP1, HTTP2, GRPC]: %s`, ingressModelSource+"target_group.go")
	healthSpeaksHTTP = rule("an application load balancer checks health by HTTP or HTTPS",
		`healthCheckProtocol must be within [HTTP, HTTPS]`, ingressModelSource+"target_group.go")
)

// backendTarget is the target group of a backend: one for each Ingress, Service and port. It is nil for a Service that does not
// exist, in whose stead the load balancer answers 503.
func (c *controller) backendTarget(g *ingressGroup, m *balancerModel, o *Object, backend *networkingv1.IngressBackend) (*targetModel, error) {
	if backend.Service == nil {
		return nil, unmodelled("a backend of Ingress %s that is no Service", o.ID)
	}
	if backend.Service.Port.Name == "use-annotation" {
		return nil, unmodelled("an action of Ingress %s that its annotation describes", o.ID)
	}
	found := c.find(c.cluster, serviceType, identity(o.namespace(), backend.Service.Name))
	if found == nil {
		return nil, backendStands.when(!c.arguments.on("tolerate-non-existent-backend-service", true), backend.Service.Name)
	}
	port := intstr.FromInt32(backend.Service.Port.Number)
	if backend.Service.Port.Name != "" {
		port = intstr.FromString(backend.Service.Port.Name)
	}
	tag := o.namespace() + "/" + o.name() + "-" + backend.Service.Name + ":" + port.String()
	if i := slices.IndexFunc(m.targets, func(p *targetModel) bool { return p.tag == tag }); i >= 0 {
		return m.targets[i], nil
	}
	service := live[corev1.Service](found)
	at := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool {
		return (port.Type == intstr.Int && p.Port == port.IntVal) || (port.Type == intstr.String && p.Name == port.StrVal)
	})
	if err := backendPort.when(at < 0, port.String(), found.ID); err != nil || at < 0 {
		return nil, err
	}
	p := &targetModel{service: &service, port: service.Spec.Ports[at], tag: tag, reference: referenceOf(port)}
	if err := c.buildBackend(g, o, p, port.String()); err != nil {
		return nil, err
	}
	m.targets = append(m.targets, p)
	return p, nil
}

// referenceOf is a port as JSON has it.
func referenceOf(port intstr.IntOrString) any {
	if port.Type == intstr.String {
		return port.StrVal
	}
	return float64(port.IntVal)
}

// settings are the annotations of a backend: the Service's, then the Ingress's.
type settings map[string]string

func (s settings) text(suffix, otherwise string) string {
	ingressAnnotations.ParseStringAnnotation(suffix, &otherwise, s)
	return otherwise
}

// buildBackend fills a target group with what Service and Ingress ask for.
func (c *controller) buildBackend(g *ingressGroup, o *Object, p *targetModel, port string) (err error) {
	asked := settings{}
	for _, from := range []map[string]string{o.meta().GetAnnotations(), p.service.Annotations} {
		for key, value := range from {
			asked[key] = value
		}
	}
	p.targetType = asked.text(annotations.IngressSuffixTargetType, c.arguments.or("default-target-type", "instance"))
	p.protocol = asked.text(annotations.IngressSuffixBackendProtocol, "HTTP")
	p.version = asked.text(annotations.IngressSuffixBackendProtocolVersion, "HTTP1")
	p.targetPort = int(p.port.NodePort)
	if p.targetType == "ip" {
		p.targetPort = 1
		if p.port.TargetPort.Type == intstr.Int {
			p.targetPort = p.port.TargetPort.IntValue()
		}
	}
	if err := first(
		targetTypeKnown.when(p.targetType != "ip" && p.targetType != "instance", p.targetType),
		backendProtocolKnown.when(p.protocol != "HTTP" && p.protocol != "HTTPS", p.protocol),
		backendVersionKnown.when(!slices.Contains([]string{"HTTP1", "HTTP2", "GRPC"}, p.version), p.version),
		targetPortGiven.when(p.targetPort == 0),
		asked.health(p),
	); err != nil {
		return err
	}
	_, err = ingressAnnotations.ParseStringMapAnnotation(annotations.IngressSuffixTargetGroupAttributes, &p.attributes, asked)
	p.name = shortName(p.service.Namespace, p.service.Name, c.arguments["cluster-name"], g.id.String(), o.namespace(), o.name(),
		identity(p.service.Namespace, p.service.Name), port, strconv.Itoa(p.targetPort), p.targetType, p.protocol, p.version)
	return attributeParses.when(err != nil, err)
}

// health is the check of a target group: / by the targets' own protocol on the targets' own port, unless told otherwise.
func (s settings) health(p *targetModel) error {
	h := ingressHealth
	if p.version == "GRPC" {
		h.Path, h.Matcher = "/AWS.ALB/healthcheck", "12"
	}
	h.Protocol = s.text(annotations.IngressSuffixHealthCheckProtocol, p.protocol)
	h.Port = s.text(annotations.IngressSuffixHealthCheckPort, h.Port)
	h.Path = s.text(annotations.IngressSuffixHealthCheckPath, h.Path)
	h.Matcher = s.text(annotations.IngressSuffixSuccessCodes, h.Matcher)
	err := first(
		healthSpeaksHTTP.when(h.Protocol != "HTTP" && h.Protocol != "HTTPS"),
		s.number(annotations.IngressSuffixHealthCheckIntervalSeconds, &h.Interval),
		s.number(annotations.IngressSuffixHealthCheckTimeoutSeconds, &h.Timeout),
		s.number(annotations.IngressSuffixHealthyThresholdCount, &h.Healthy),
		s.number(annotations.IngressSuffixUnhealthyThresholdCount, &h.Unhealthy),
		h.resolve(p),
	)
	p.health = h
	return err
}

// number reads a number where there is one.
func (s settings) number(suffix string, into *int) error {
	value := int32(*into)
	_, err := ingressAnnotations.ParseInt32Annotation(suffix, &value, s)
	*into = int(value)
	return attributeParses.when(err != nil, err)
}

// ensureListenerRules makes a listener's rules the wanted ones, by priority.
func (c *controller) ensureListenerRules(s stack, balancer, listener *Object, wanted []ruleModel) (bool, error) {
	changed := false
	standing := c.with(listenerRuleType, "listenerArn", listener.ID)
	for i, r := range wanted {
		priority := i + 1
		shown := Properties{"listenerArn": listener.ID, "priority": priority, "host": r.host, "paths": anyOf(r.paths), "targetGroupArns": anyOf(r.forward.arns())}
		at := slices.IndexFunc(standing, func(o *Object) bool { return o.number("priority") == priority })
		if at < 0 {
			if err := c.ruleFits(balancer); err != nil {
				return changed, err
			}
			kind := "listener-rule/app/" + balancer.text("name") + "/*/*/*"
			if err := c.makes("elasticloadbalancing", "CreateRule", kind); err != nil {
				return changed, err
			}
			o := &Object{Type: listenerRuleType, Owner: controllerOwner, ID: strings.Replace(listener.ID, ":listener/", ":listener-rule/", 1) + "/" + c.newID("")[1:17]}
			o.show(shown)
			o.set("arn", o.ID)
			o.set("tags", c.tagsFor(s, strconv.Itoa(listener.number("port"))+":"+strconv.Itoa(priority), r.tags))
			c.put(o)
			changed = true
			continue
		}
		o := standing[at]
		if o.text("host") == r.host && same(o.texts("paths"), textsOf(r.paths)) && same(o.texts("targetGroupArns"), textsOf(r.forward.arns())) {
			continue
		}
		if err := c.may("elasticloadbalancing:ModifyRule", o.ID, existing(o)); err != nil {
			return changed, err
		}
		for property, value := range shown {
			o.set(property, value)
		}
		changed = true
	}
	for _, o := range standing {
		if o.number("priority") <= len(wanted) {
			continue
		}
		if err := c.may("elasticloadbalancing:DeleteRule", o.ID, existing(o)); err != nil {
			return changed, err
		}
		c.drop(o)
		changed = true
	}
	return changed, nil
}

// ruleFits refuses one more rule of a load balancer that has all it may have.
func (c *controller) ruleFits(balancer *Object) error {
	has := c.all(listenerRuleType, func(r *Object) bool { return strings.HasPrefix(r.text("listenerArn"), balancer.ID+"/") })
	return ruleQuota.when(len(has) >= 100, balancer.ID)
}
