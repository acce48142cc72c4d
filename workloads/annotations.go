package workloads

import (
	"maps"
	"slices"
	"strings"
)

// What the load balancer controller reads of an Ingress
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations).
const (
	albScheme        = "alb.ingress.kubernetes.io/scheme"
	albTargetType    = "alb.ingress.kubernetes.io/target-type"
	albGroup         = "alb.ingress.kubernetes.io/group.name"
	albOrder         = "alb.ingress.kubernetes.io/group.order"
	albListen        = "alb.ingress.kubernetes.io/listen-ports"
	albCertificate   = "alb.ingress.kubernetes.io/certificate-arn"
	albRedirect      = "alb.ingress.kubernetes.io/ssl-redirect"
	albSources       = "alb.ingress.kubernetes.io/inbound-cidrs"
	albSubnets       = "alb.ingress.kubernetes.io/subnets"
	albGroups        = "alb.ingress.kubernetes.io/security-groups"
	albManage        = "alb.ingress.kubernetes.io/manage-backend-security-group-rules"
	albAttributes    = "alb.ingress.kubernetes.io/load-balancer-attributes"
	albTargets       = "alb.ingress.kubernetes.io/target-group-attributes"
	albCheckProtocol = "alb.ingress.kubernetes.io/healthcheck-protocol"
	albCheckPort     = "alb.ingress.kubernetes.io/healthcheck-port"
	albCheckPath     = "alb.ingress.kubernetes.io/healthcheck-path"
	albCheckInterval = "alb.ingress.kubernetes.io/healthcheck-interval-seconds"
	albCheckTimeout  = "alb.ingress.kubernetes.io/healthcheck-timeout-seconds"
	albHealthy       = "alb.ingress.kubernetes.io/healthy-threshold-count"
	albUnhealthy     = "alb.ingress.kubernetes.io/unhealthy-threshold-count"
)

// What it reads of a Service, and the class that makes the Service its own
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations).
const (
	nlbClass         = "service.k8s.aws/nlb"
	nlbScheme        = "service.beta.kubernetes.io/aws-load-balancer-scheme"
	nlbTargetType    = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"
	nlbProxyProtocol = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"
	nlbCertificate   = "service.beta.kubernetes.io/aws-load-balancer-ssl-cert"
	nlbTLSPorts      = "service.beta.kubernetes.io/aws-load-balancer-ssl-ports"
	nlbSubnets       = "service.beta.kubernetes.io/aws-load-balancer-subnets"
	nlbElasticIPs    = "service.beta.kubernetes.io/aws-load-balancer-eip-allocations"
	nlbGroups        = "service.beta.kubernetes.io/aws-load-balancer-security-groups"
	nlbManage        = "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules"
	nlbAttributes    = "service.beta.kubernetes.io/aws-load-balancer-attributes"
	nlbTargets       = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"
	nlbCheckProtocol = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"
	nlbCheckPort     = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"
	nlbCheckPath     = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"
	nlbCheckInterval = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval"
	nlbCheckTimeout  = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout"
	nlbHealthy       = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold"
	nlbUnhealthy     = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold"
)

// What EKS's own cloud controller reads of a Service without a class
// (cloud-provider-aws.sigs.k8s.io/service_controller).
const (
	clbInternal       = "service.beta.kubernetes.io/aws-load-balancer-internal"
	clbSubnets        = "service.beta.kubernetes.io/aws-load-balancer-subnets"
	clbTags           = "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"
	clbProxyProtocol  = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"
	clbCrossZone      = "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled"
	clbDraining       = "service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled"
	clbDrainingPeriod = "service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"
)

// What Pulumi reads of any object: it waits for what the annotation says in place of what it would wait for, or for nothing
// (pulumi.com/registry/packages/kubernetes/installation-configuration, resource annotations).
const (
	waitFor  = "pulumi.com/waitFor"
	skipWait = "pulumi.com/skipAwait"

	// patchForce takes fields over that another field manager wrote last. Without it the API server refuses to change them
	// (pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply).
	patchForce = "pulumi.com/patchForce"

	// hostname is what a Service or an Ingress has once its load balancer is made.
	hostname = "jsonpath={.status.loadBalancer.ingress[0].hostname}"
)

// readinessInject is the label of a namespace by which the controller puts gates into pods that start in it
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate).
const readinessInject = "elbv2.k8s.aws/pod-readiness-gate-inject"

// everywhere is the only value that the controllers take for the proxy protocol: all ports.
const everywhere = "*"

// pairs are tags or attributes as the controllers read them, in the order of their keys: a=b,c=d.
func pairs(values map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		all = append(all, key+"="+values[key])
	}
	return strings.Join(all, ",")
}

// both are the pairs of two maps; where both have a key, the second's.
func both(first, second map[string]string) string {
	all := maps.Clone(first)
	maps.Copy(all, second)
	return pairs(all)
}
