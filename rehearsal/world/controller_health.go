package world

import (
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

var (
	healthProtocolKnown = rule("a health check speaks TCP, HTTP or HTTPS",
		`unsupported health check protocol %s`, modelSource+"target_group.go")
	healthPortFound = rule("a health check's port is traffic-port, a number or a port of the Service",
		`failed to resolve healthCheckPort: unable to find port %s on service %s`, modelSource+"target_group.go")
	healthPortNumber = rule("a health check of addresses finds the number of its port in the Service",
		`cannot use named healthCheckPort for IP TargetType when service's targetPort is a named port`, modelSource+"target_group.go")
)

// The checks that the controller asks for where nothing else is said (pkg/service/model_builder.go, pkg/ingress/model_builder.go): of a
// Service, of one whose nodes may send to their own pods alone, which kube-proxy answers for, and of an Ingress.
var (
	serviceHealth = healthCheck{Protocol: "TCP", Port: trafficPort, Path: "/", Matcher: "200-399", Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3}
	localHealth   = healthCheck{Protocol: "HTTP", Path: "/healthz", Matcher: "200-399", Interval: 10, Timeout: 6, Healthy: 2, Unhealthy: 2}
	ingressHealth = healthCheck{Port: trafficPort, Path: "/", Matcher: "200", Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2}
)

// buildHealth is the check of a Service's port.
func (c *controller) buildHealth(m *balancerModel, p *targetModel) error {
	h := serviceHealth
	if p.targetType == "instance" && isLocal(m.service) {
		h = localHealth
		h.Port = strconv.Itoa(int(m.service.Spec.HealthCheckNodePort))
	}
	h.Protocol = strings.ToUpper(orText(m.text(annotations.SvcLBSuffixHCProtocol), h.Protocol))
	h.Port = orText(m.text(annotations.SvcLBSuffixHCPort), h.Port)
	h.Path = orText(m.text(annotations.SvcLBSuffixHCPath), h.Path)
	h.Matcher = orText(m.text(annotations.SvcLBSuffixHCSuccessCodes), h.Matcher)
	if err := first(
		healthProtocolKnown.when(!slices.Contains([]string{"TCP", "HTTP", "HTTPS"}, h.Protocol), h.Protocol),
		m.number(annotations.SvcLBSuffixHCInterval, &h.Interval),
		m.number(annotations.SvcLBSuffixHCTimeout, &h.Timeout),
		m.number(annotations.SvcLBSuffixHCHealthyThreshold, &h.Healthy),
		m.number(annotations.SvcLBSuffixHCUnhealthyThreshold, &h.Unhealthy),
		h.resolve(p),
	); err != nil {
		return err
	}
	if h.Protocol == "TCP" {
		h.Path, h.Matcher = "", ""
	}
	p.health = h
	return nil
}

// isLocal tells whether nodes send what comes from outside to their own pods alone.
func isLocal(s *corev1.Service) bool {
	return s.Spec.Type == corev1.ServiceTypeLoadBalancer && s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal
}

// number reads an annotation's number where there is one.
func (m *balancerModel) number(suffix string, into *int) error {
	value := int32(*into)
	_, err := serviceAnnotations.ParseInt32Annotation(suffix, &value, m.service.Annotations)
	*into = int(value)
	return attributeParses.when(err != nil, err)
}

// resolve turns the name of a Service's port into the number at which targets are asked.
func (h *healthCheck) resolve(p *targetModel) error {
	if _, err := strconv.Atoi(h.Port); err == nil || h.Port == trafficPort {
		return nil
	}
	at := slices.IndexFunc(p.service.Spec.Ports, func(sp corev1.ServicePort) bool { return sp.Name == h.Port })
	if err := healthPortFound.when(at < 0, h.Port, identity(p.service.Namespace, p.service.Name)); err != nil || at < 0 {
		return err
	}
	port := p.service.Spec.Ports[at]
	if p.targetType == "instance" {
		h.Port = strconv.Itoa(int(port.NodePort))
		return nil
	}
	h.Port = port.TargetPort.String()
	return healthPortNumber.when(port.TargetPort.Type == intstr.String)
}
