package quota

import "eksnet/internal/awsdata"

// The codes of quotas of which an account uses a part that can be counted.
const (
	VPCs                     = "L-F678F1CE"
	InternetGateways         = "L-A4707A72"
	ElasticIPs               = "L-0263D0A3"
	NATGateways              = "L-FE5A380F"
	Clusters                 = "L-1194D53C"
	OnDemandStandard         = "L-1216C47A"
	OnDemandGraphics         = "L-DB2E81BA"
	SpotStandard             = "L-34B43A08"
	SpotGraphics             = "L-3819A6DF"
	VolumeStorage            = "L-7A658B76"
	ClassicLoadBalancers     = "L-E9E9831D"
	NetworkLoadBalancers     = "L-69A177A2"
	ApplicationLoadBalancers = "L-53DA6B97"
	HostedZones              = "L-4EA4796A"
)

// PoolOf returns the code of the quota that an instance type counts towards by its capacity, "" for a quota that is not
// in the table.
func PoolOf(instanceType, capacity string) string {
	pool, _, known := processors(instanceType, capacity)
	if !known {
		return ""
	}
	return pool.code
}

// ProcessorsOf returns how many vCPUs an instance type has, 0 for a type that is not in the table.
func ProcessorsOf(instanceType string) int { return awsdata.InstanceTypes()[instanceType].VCPUs }
