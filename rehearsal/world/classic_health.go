package world

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

// classicHealth is the health check that the cloud controller sets: the first port on the nodes, or with the Local policy kube-proxy's answer,
// unless annotations name another (pkg/providers/v1/aws_loadbalancer.go ensureLoadBalancerHealthCheck, getExpectedHealthCheck).
func classicHealth(s *corev1.Service) (map[string]any, error) {
	given := func(suffix, otherwise string) string {
		return cmp.Or(s.Annotations["service.beta.kubernetes.io/"+suffix], otherwise)
	}
	protocol, port, path := "TCP", 0, ""
	if len(s.Spec.Ports) > 0 {
		port = int(s.Spec.Ports[0].NodePort)
	}
	switch backend := given(annotations.SvcLBSuffixBEProtocol, ""); {
	case s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal:
		protocol, port, path = "HTTP", int(s.Spec.HealthCheckNodePort), "/healthz"
	case backend == "https" || backend == "ssl":
		protocol = "SSL"
	}
	protocol = given(annotations.SvcLBSuffixHCProtocol, protocol)
	number := strconv.Itoa(port)
	if named := given(annotations.SvcLBSuffixHCPort, "traffic-port"); named != "traffic-port" {
		number = named
	}
	if strings.HasPrefix(strings.ToUpper(protocol), "HTTP") {
		path = given(annotations.SvcLBSuffixHCPath, cmp.Or(path, "/"))
	} else {
		path = ""
	}
	health := Properties{"target": fmt.Sprintf("%s:%s%s", protocol, number, path)}
	err := healthNumbers{10, 5, 2, 6}.read(serviceAnnotations, s.Annotations, health, annotations.SvcLBSuffixHCInterval, annotations.SvcLBSuffixHCTimeout,
		annotations.SvcLBSuffixHCHealthyThreshold, annotations.SvcLBSuffixHCUnhealthyThreshold)
	return health, err
}
