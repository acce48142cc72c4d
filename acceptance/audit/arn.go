package audit

import (
	"slices"
	"strings"

	"eksnet/acceptance/account"
	"eksnet/internal/leftover"
)

// arnKinds are the beginnings of ARNs, from the service on, of the resources that services list, by type
// (docs.aws.amazon.com/service-authorization). Parts of a resource have its type.
var arnKinds = []struct{ service, resource, typ string }{
	{"route53", "hostedzone", leftover.HostedZoneType},
	{"ec2", "vpc-flow-log", leftover.FlowLogType},
	{"elasticloadbalancing", "loadbalancer/app", leftover.LoadBalancerType},
	{"elasticloadbalancing", "loadbalancer/net", leftover.LoadBalancerType},
	{"elasticloadbalancing", "listener", leftover.LoadBalancerType},
	{"elasticloadbalancing", "loadbalancer/", leftover.ClassicType},
	{"elasticloadbalancing", "targetgroup", leftover.TargetGroupType},
	{"eks", "nodegroup", leftover.NodeGroupType},
	{"eks", "", leftover.ClusterType},
	{"autoscaling", "autoScalingGroup", leftover.ScalingGroupType},
	{"ec2", "instance/", leftover.InstanceType},
	{"ec2", "launch-template", leftover.TemplateType},
	{"ec2", "volume", leftover.VolumeType},
	{"ec2", "snapshot", leftover.SnapshotType},
	{"ec2", "vpc-endpoint", leftover.EndpointType},
	{"ec2", "natgateway", leftover.NATGatewayType},
	{"ec2", "elastic-ip", leftover.AddressType},
	{"ec2", "network-interface", leftover.InterfaceType},
	{"ec2", "security-group", leftover.SecurityGroupType},
	{"ec2", "route-table", leftover.RouteTableType},
	{"ec2", "subnet", leftover.SubnetType},
	{"ec2", "internet-gateway", leftover.GatewayType},
	{"ec2", "egress-only-internet-gateway", leftover.EgressGatewayType},
	{"ec2", "vpc/", leftover.VPCType},
	{"ec2", "network-acl", leftover.VPCType},
	{"iam", "role", leftover.RoleType},
	{"iam", "policy", leftover.PolicyType},
	{"iam", "oidc-provider", leftover.OIDCProviderType},
	{"kms", "", leftover.KeyType},
	{"logs", "", leftover.LogGroupType},
}

// isRead reports whether one of the services lists the type of an ARN.
func isRead(arn string, services []account.Service) bool {
	parts := strings.SplitN(arn, ":", 6)
	if len(parts) < 6 {
		return false
	}
	for _, k := range arnKinds {
		if k.service != parts[2] || !strings.HasPrefix(parts[5], k.resource) {
			continue
		}
		if slices.ContainsFunc(services, func(s account.Service) bool { return slices.Contains(s.Types(), k.typ) }) {
			return true
		}
	}
	return false
}
