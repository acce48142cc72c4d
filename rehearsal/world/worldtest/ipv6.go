package worldtest

import (
	"fmt"
	"strings"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/store"
)

// IPv6Network creates a network whose VPC and subnets have IPv6 networks, with IPv6 default routes.
func (l *Lab) IPv6Network() *Lab {
	l.T.Helper()
	l.Network()
	l.Must(l.Change(store.VPCType, l.IDs["vpc"], store.Properties{"assignGeneratedIpv6CidrBlock": true}))
	for i, name := range []string{"private-a", "private-b", "public-a", "public-b"} {
		l.Must(l.Change(store.SubnetType, l.IDs[name], store.Properties{"ipv6CidrBlock": l.IPv6CIDR(i), "assignIpv6AddressOnCreation": true}))
	}
	l.Make("eigw", store.EgressGatewayType, store.Properties{"vpcId": l.IDs["vpc"]})
	l.Make("ipv6-to-eigw", store.RouteType, store.Properties{"routeTableId": l.IDs["private"], "destinationIpv6CidrBlock": "::/0", "egressOnlyGatewayId": l.IDs["eigw"]})
	l.Make("ipv6-to-igw", store.RouteType, store.Properties{"routeTableId": l.IDs["public"], "destinationIpv6CidrBlock": "::/0", "gatewayId": l.IDs["igw"]})
	return l
}

// IPv6CIDR returns the nth /64 of the VPC's IPv6 network.
func (l *Lab) IPv6CIDR(n int) string {
	block := l.Object(store.VPCType, "vpc").Text("ipv6CidrBlock")
	return fmt.Sprintf("%s:%x::/64", strings.TrimSuffix(block, "::/56"), n)
}

// IPv6ClusterInputs creates the role of a cluster and returns the inputs of a valid IPv6 cluster.
func (l *Lab) IPv6ClusterInputs() store.Properties {
	l.T.Helper()
	l.Role("cluster-role", TrustFor("eks"), "AmazonEKSClusterPolicy")
	return With(l.ClusterInputs(), "kubernetesNetworkConfig", store.Properties{"ipFamily": "ipv6"})
}

// IPv6ClusterUp creates an IPv6 cluster in an IPv6 network, with the roles that nodes need.
func (l *Lab) IPv6ClusterUp() *Lab {
	l.T.Helper()
	return l.IPv6Network().clusterOf(l.IPv6ClusterInputs())
}

// IPv6CNI installs the CNI's add-on in a version with an environment, and a role that allows some actions of EC2.
func (l *Lab) IPv6CNI(version string, env store.Properties, actions ...string) *Lab {
	l.T.Helper()
	allowed := make([]any, len(actions))
	for i, action := range actions {
		allowed[i] = "ec2:" + action
	}
	l.Make("cni-policy", store.PolicyType, store.Properties{"name": "cni", "policy": iam.JSONText(store.Properties{"Version": "2012-10-17",
		"Statement": []any{store.Properties{"Effect": "Allow", "Action": allowed, "Resource": "*"}}})})
	arn := l.Role("ipv6-cni-role", l.irsaTrust("kube-system", "aws-node"))
	l.Make("cni-attachment", store.AttachmentType, store.Properties{"role": "ipv6-cni-role", "policyArn": l.IDs["cni-policy"]})
	in := l.AddonInputs("vpc-cni")
	in["serviceAccountRoleArn"], in["addonVersion"] = arn, version
	if env != nil {
		in["configurationValues"] = iam.JSONText(store.Properties{"env": env})
	}
	l.Make("vpc-cni", store.AddonType, in)
	return l
}

// IPv6Rights are the actions that the CNI's policy for IPv6 allows.
var IPv6Rights = []string{"AssignIpv6Addresses", "DescribeInstances", "DescribeSecurityGroups", "DescribeSubnets", "DescribeTags", "DescribeNetworkInterfaces", "DescribeInstanceTypes"}
