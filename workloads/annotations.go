package workloads

import (
	"maps"
	"slices"
	"strings"

	"eksnet/internal/component"
)

// Annotations of an Ingress that the load balancer controller reads
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations).
const (
	albScheme             = "alb.ingress.kubernetes.io/scheme"
	albTargetType         = "alb.ingress.kubernetes.io/target-type"
	albAddressType        = "alb.ingress.kubernetes.io/ip-address-type"
	albGroup              = "alb.ingress.kubernetes.io/group.name"
	albOrder              = "alb.ingress.kubernetes.io/group.order"
	albListenPorts        = "alb.ingress.kubernetes.io/listen-ports"
	albCertificate        = "alb.ingress.kubernetes.io/certificate-arn"
	albTLSPolicy          = "alb.ingress.kubernetes.io/ssl-policy"
	albRedirect           = "alb.ingress.kubernetes.io/ssl-redirect"
	albInboundCIDRs       = "alb.ingress.kubernetes.io/inbound-cidrs"
	albPrefixLists        = "alb.ingress.kubernetes.io/security-group-prefix-lists"
	albSubnets            = "alb.ingress.kubernetes.io/subnets"
	albSecurityGroups     = "alb.ingress.kubernetes.io/security-groups"
	albManageBackendRules = "alb.ingress.kubernetes.io/manage-backend-security-group-rules"
	albMutualTLS          = "alb.ingress.kubernetes.io/mutual-authentication"
	albWAF                = "alb.ingress.kubernetes.io/wafv2-acl-arn"
	albAttributes         = "alb.ingress.kubernetes.io/load-balancer-attributes"
	albTargetAttributes   = "alb.ingress.kubernetes.io/target-group-attributes"
	albCheckProtocol      = "alb.ingress.kubernetes.io/healthcheck-protocol"
	albCheckPort          = "alb.ingress.kubernetes.io/healthcheck-port"
	albCheckPath          = "alb.ingress.kubernetes.io/healthcheck-path"
	albCheckInterval      = "alb.ingress.kubernetes.io/healthcheck-interval-seconds"
	albCheckTimeout       = "alb.ingress.kubernetes.io/healthcheck-timeout-seconds"
	albHealthy            = "alb.ingress.kubernetes.io/healthy-threshold-count"
	albUnhealthy          = "alb.ingress.kubernetes.io/unhealthy-threshold-count"
)

// Annotations of a Service that the load balancer controller reads, and the load balancer class of the Services that it
// handles (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations).
const (
	nlbClass              = "service.k8s.aws/nlb"
	nlbScheme             = "service.beta.kubernetes.io/aws-load-balancer-scheme"
	nlbTargetType         = "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"
	nlbAddressType        = "service.beta.kubernetes.io/aws-load-balancer-ip-address-type"
	nlbProxyProtocol      = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"
	nlbCertificate        = "service.beta.kubernetes.io/aws-load-balancer-ssl-cert"
	nlbTLSPorts           = "service.beta.kubernetes.io/aws-load-balancer-ssl-ports"
	nlbListenerAttributes = "service.beta.kubernetes.io/aws-load-balancer-listener-attributes." // and PROTOCOL-PORT
	nlbTLSPolicy          = "service.beta.kubernetes.io/aws-load-balancer-ssl-negotiation-policy"
	nlbTCPUDP             = "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener"
	nlbSubnets            = "service.beta.kubernetes.io/aws-load-balancer-subnets"
	nlbPrefixLists        = "service.beta.kubernetes.io/aws-load-balancer-security-group-prefix-lists"
	nlbElasticIPs         = "service.beta.kubernetes.io/aws-load-balancer-eip-allocations"
	nlbSecurityGroups     = "service.beta.kubernetes.io/aws-load-balancer-security-groups"
	nlbManageBackendRules = "service.beta.kubernetes.io/aws-load-balancer-manage-backend-security-group-rules"
	nlbAttributes         = "service.beta.kubernetes.io/aws-load-balancer-attributes"
	nlbTargetAttributes   = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"
	nlbCheckProtocol      = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-protocol"
	nlbCheckPort          = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port"
	nlbCheckPath          = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-path"
	nlbCheckInterval      = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval"
	nlbCheckTimeout       = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-timeout"
	nlbHealthy            = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-healthy-threshold"
	nlbUnhealthy          = "service.beta.kubernetes.io/aws-load-balancer-healthcheck-unhealthy-threshold"
)

// Annotations of a Service without a class that the EKS cloud controller reads
// (cloud-provider-aws.sigs.k8s.io/service_controller).
const (
	clbInternal       = "service.beta.kubernetes.io/aws-load-balancer-internal"
	clbSubnets        = "service.beta.kubernetes.io/aws-load-balancer-subnets"
	clbTags           = "service.beta.kubernetes.io/aws-load-balancer-additional-resource-tags"
	clbProxyProtocol  = "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol"
	clbCrossZone      = "service.beta.kubernetes.io/aws-load-balancer-cross-zone-load-balancing-enabled"
	clbLogs           = "service.beta.kubernetes.io/aws-load-balancer-access-log-enabled"
	clbLogBucket      = "service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-name"
	clbLogPrefix      = "service.beta.kubernetes.io/aws-load-balancer-access-log-s3-bucket-prefix"
	clbDraining       = "service.beta.kubernetes.io/aws-load-balancer-connection-draining-enabled"
	clbDrainingPeriod = "service.beta.kubernetes.io/aws-load-balancer-connection-draining-timeout"
)

// Annotations that Pulumi reads on any object. They replace the condition that Pulumi waits for, or disable the wait
// (pulumi.com/registry/packages/kubernetes/installation-configuration, resource annotations).
const (
	waitFor  = component.WaitFor
	skipWait = "pulumi.com/skipAwait"

	// patchForce takes over fields that another field manager owns. Without it the API server refuses to change them
	// (pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply).
	patchForce = "pulumi.com/patchForce"

	// untilHostname is the condition that the load balancer of a Service or Ingress has a DNS name.
	untilHostname = "jsonpath={.status.loadBalancer.ingress[0].hostname}"
)

// readinessGateLabel is the label of a namespace in which the controller injects readiness gates into new pods
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate).
const readinessGateLabel = "elbv2.k8s.aws/pod-readiness-gate-inject"

// dualStack is the address type of load balancers with addresses of both families.
const dualStack = "dualstack"

// allPorts is the only value that the controllers accept for the proxy protocol.
const allPorts = "*"

// joinPairs formats tags or attributes for an annotation, sorted by key: a=b,c=d.
func joinPairs(values map[string]string) string {
	var all []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		all = append(all, key+"="+values[key])
	}
	return strings.Join(all, ",")
}

// mergePairs formats the pairs of two maps. For a key in both maps, the value of overrides is used.
func mergePairs(defaults, overrides map[string]string) string {
	all := maps.Clone(defaults)
	maps.Copy(all, overrides)
	return joinPairs(all)
}
