package ec2

import (
	"slices"
	"time"

	"eksnet/rehearsal/world/store"
)

// Kinds returns the resource types of EC2.
func Kinds() []*store.Kind {
	return slices.Concat(vpcKinds(), subnetKinds(), reservationKinds(), routeKinds(), gatewayKinds(), addressKinds(), securityGroupKinds(), endpointKinds(),
		launchTemplateKinds(), flowLogKinds(), egressGatewayKinds())
}

// Functions returns the functions that look up resources of EC2, the region and the caller.
func Functions() map[string]store.Function {
	return map[string]store.Function{
		"aws:index/getPartition:getPartition":                       getPartition,
		"aws:index/getRegion:getRegion":                             getRegion,
		"aws:index/getCallerIdentity:getCallerIdentity":             getCallerIdentity,
		"aws:index/getAvailabilityZones:getAvailabilityZones":       getAvailabilityZones,
		"aws:ec2/getInstanceTypeOfferings:getInstanceTypeOfferings": getInstanceTypeOfferings,
		"aws:ec2/getSubnet:getSubnet":                               getSubnet,
		"aws:ec2/getSubnets:getSubnets":                             getSubnets,
		"aws:ec2/getSecurityGroups:getSecurityGroups":               getSecurityGroups,
	}
}

// Timeouts returns how long the provider retries what EC2 refuses before it reports the error
// (https://github.com/hashicorp/terraform-provider-aws, internal/service/ec2: vpc_subnet.go, vpc_security_group.go,
// vpc_internet_gateway.go, wait.go).
func Timeouts() map[store.Rule]time.Duration {
	return map[store.Rule]time.Duration{SubnetEmpty: 20 * time.Minute, GroupUnused: 15 * time.Minute, GatewayUnmapped: 20 * time.Minute,
		VPCEmpty: 5 * time.Minute}
}
