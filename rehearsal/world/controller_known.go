package world

import (
	"slices"
	"strings"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
)

const servicePrefixes = "service.beta.kubernetes.io/"

// readOfService are the annotations of Services that this world reads, or that change nothing that it looks at.
var readOfService = []string{
	annotations.SvcLBSuffixSourceRanges, annotations.SvcLBSuffixLoadBalancerType, annotations.SvcLBSuffixTargetType,
	annotations.SvcLBSuffixLoadBalancerName, annotations.SvcLBSuffixScheme, annotations.SvcLBSuffixInternal, annotations.SvcLBSuffixProxyProtocol,
	annotations.SvcLBSuffixIPAddressType, annotations.SvcLBSuffixAccessLogEnabled, annotations.SvcLBSuffixAccessLogS3BucketName,
	annotations.SvcLBSuffixAccessLogS3BucketPrefix, annotations.SvcLBSuffixCrossZoneLoadBalancingEnabled, annotations.SvcLBSuffixSSLCertificate,
	annotations.SvcLBSuffixSSLPorts, annotations.SvcLBSuffixSSLNegotiationPolicy, annotations.SvcLBSuffixBEProtocol,
	annotations.SvcLBSuffixAdditionalTags, annotations.SvcLBSuffixHCHealthyThreshold, annotations.SvcLBSuffixHCUnhealthyThreshold,
	annotations.SvcLBSuffixHCTimeout, annotations.SvcLBSuffixHCInterval, annotations.SvcLBSuffixHCProtocol, annotations.SvcLBSuffixHCPort,
	annotations.SvcLBSuffixHCPath, annotations.SvcLBSuffixHCSuccessCodes, annotations.SvcLBSuffixTargetGroupAttributes,
	annotations.SvcLBSuffixSubnets, annotations.SvcLBSuffixEIPAllocations, annotations.SvcLBSuffixLoadBalancerAttributes,
	annotations.SvcLBSuffixLoadBalancerSecurityGroups, annotations.SvcLBSuffixManageSGRules, annotations.SvcLBSuffixDisableNLBSG,
	annotations.SvcLBSuffixSecurityGroupPrefixLists,
}

// readOfServices refuses a Service that asks the controller for something that this world does not know.
func readOfServices(m *balancerModel) error {
	for key := range m.service.Annotations {
		suffix, own := strings.CutPrefix(key, servicePrefixes)
		// Attributes may be those of one port's target group.
		if strings.HasPrefix(suffix, annotations.SvcLBSuffixTargetGroupAttributes+".") {
			continue
		}
		if own && !slices.Contains(readOfService, suffix) {
			return unmodelled("the annotation %s of Service %s", key, m.stack.id)
		}
	}
	return nil
}
