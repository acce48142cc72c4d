package account

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// describe returns lines with the resources in moto, except those that exist in a new account.
func describe(t *testing.T, a *Account) []string {
	t.Helper()
	var lines []string
	add := func(format string, values ...any) {
		lines = append(lines, strings.TrimSpace(fmt.Sprintf(format, values...)))
	}
	for _, read := range []func(context.Context, *Account, func(string, ...any)) error{describeNetwork, describeRoutes,
		describeSecurityGroups, describeInstances, describeInterfaces, describeOperatorResources, describeIdentity, describePolicies,
		describeHostedZones} {
		if err := read(t.Context(), a, add); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(lines)
	return lines
}

func tagText(tags []types.Tag) string {
	var list []string
	for _, tag := range tags {
		list = append(list, *tag.Key+"="+*tag.Value)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func iamTagText(tags []iamtypes.Tag) string {
	var list []types.Tag
	for _, tag := range tags {
		list = append(list, types.Tag{Key: tag.Key, Value: tag.Value})
	}
	return tagText(list)
}

// quotedAfter returns the text between a prefix and the next quotation mark of a policy document.
func quotedAfter(document *string, prefix string) string {
	text, _ := url.QueryUnescape(aws.ToString(document))
	_, text, _ = strings.Cut(text, prefix)
	text, _, _ = strings.Cut(text, `"`)
	return text
}

func describeNetwork(ctx context.Context, a *Account, add func(string, ...any)) error {
	vpcs, err := a.ec2.DescribeVpcs(ctx, &ec2.DescribeVpcsInput{})
	if err != nil {
		return err
	}
	for _, v := range vpcs.Vpcs {
		if aws.ToBool(v.IsDefault) {
			continue
		}
		var blocks []string
		for _, block := range v.CidrBlockAssociationSet {
			if block.CidrBlockState.State == types.VpcCidrBlockStateCodeAssociated {
				blocks = append(blocks, *block.CidrBlock)
			}
		}
		for _, block := range v.Ipv6CidrBlockAssociationSet {
			if block.Ipv6CidrBlockState.State == types.VpcCidrBlockStateCodeAssociated {
				blocks = append(blocks, *block.Ipv6CidrBlock)
			}
		}
		add("VPC %s %s %s", *v.VpcId, strings.Join(blocks, " "), tagText(v.Tags))
	}
	subnets, err := a.ec2.DescribeSubnets(ctx, &ec2.DescribeSubnetsInput{})
	if err != nil {
		return err
	}
	for _, s := range subnets.Subnets {
		if !aws.ToBool(s.DefaultForAz) {
			blocks := *s.CidrBlock
			for _, block := range s.Ipv6CidrBlockAssociationSet {
				if block.Ipv6CidrBlockState.State == types.SubnetCidrBlockStateCodeAssociated {
					blocks += " " + *block.Ipv6CidrBlock
				}
			}
			add("subnet %s %s %s public %v %s", *s.SubnetId, blocks, *s.AvailabilityZone, *s.MapPublicIpOnLaunch,
				tagText(s.Tags))
		}
	}
	return nil
}

func describeRoutes(ctx context.Context, a *Account, add func(string, ...any)) error {
	gateways, err := a.ec2.DescribeInternetGateways(ctx, &ec2.DescribeInternetGatewaysInput{})
	if err != nil {
		return err
	}
	for _, g := range gateways.InternetGateways {
		add("internet gateway %s of %s", *g.InternetGatewayId, *g.Attachments[0].VpcId)
	}
	egressOnly, err := a.ec2.DescribeEgressOnlyInternetGateways(ctx, &ec2.DescribeEgressOnlyInternetGatewaysInput{})
	if err != nil {
		return err
	}
	for _, g := range egressOnly.EgressOnlyInternetGateways {
		add("egress-only internet gateway %s of %s", *g.EgressOnlyInternetGatewayId, *g.Attachments[0].VpcId)
	}
	nats, err := a.ec2.DescribeNatGateways(ctx, &ec2.DescribeNatGatewaysInput{})
	if err != nil {
		return err
	}
	for _, g := range nats.NatGateways {
		if at := g.NatGatewayAddresses[0]; g.State == types.NatGatewayStateAvailable {
			add("NAT gateway %s in %s %s %s %s %s", *g.NatGatewayId, *g.SubnetId, g.ConnectivityType, *at.PrivateIp,
				aws.ToString(at.PublicIp), tagText(g.Tags))
		}
	}
	tables, err := a.ec2.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{})
	if err != nil {
		return err
	}
	for _, table := range tables.RouteTables {
		main, to, subnets := false, "", []string{} // main route tables are omitted
		for _, association := range table.Associations {
			main = main || aws.ToBool(association.Main)
			subnets = append(subnets, aws.ToString(association.SubnetId))
		}
		for _, route := range table.Routes {
			if aws.ToString(route.DestinationCidrBlock) == anywhere {
				to = aws.ToString(route.GatewayId) + aws.ToString(route.NatGatewayId) + to
			}
			if aws.ToString(route.DestinationIpv6CidrBlock) == anywhereIPv6 {
				to += " " + aws.ToString(route.GatewayId) + aws.ToString(route.EgressOnlyInternetGatewayId)
			}
		}
		slices.Sort(subnets)
		if !main {
			add("route table %s default %s for %s %s", *table.RouteTableId, to, strings.Join(subnets, " "),
				tagText(table.Tags))
		}
	}
	return nil
}

func describeSecurityGroups(ctx context.Context, a *Account, add func(string, ...any)) error {
	groups, err := a.ec2.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{})
	if err != nil {
		return err
	}
	for _, g := range groups.SecurityGroups {
		if *g.GroupName == "default" {
			continue
		}
		add("security group %s %s %s", *g.GroupName, *g.GroupId, tagText(g.Tags))
		for _, p := range g.IpPermissions {
			for _, r := range p.IpRanges {
				add("security group %s: %s %d from %s", *g.GroupName, *p.IpProtocol, aws.ToInt32(p.FromPort), *r.CidrIp)
			}
			for _, r := range p.Ipv6Ranges {
				add("security group %s: %s %d from %s", *g.GroupName, *p.IpProtocol, aws.ToInt32(p.FromPort), *r.CidrIpv6)
			}
			for _, pair := range p.UserIdGroupPairs {
				add("security group %s: %s %d from %s", *g.GroupName, *p.IpProtocol, aws.ToInt32(p.FromPort),
					*pair.GroupId)
			}
		}
		for _, p := range g.IpPermissionsEgress {
			for _, r := range p.IpRanges {
				add("security group %s: %s %d to %s", *g.GroupName, *p.IpProtocol, aws.ToInt32(p.FromPort), *r.CidrIp)
			}
			for _, r := range p.Ipv6Ranges {
				add("security group %s: %s %d to %s", *g.GroupName, *p.IpProtocol, aws.ToInt32(p.FromPort), *r.CidrIpv6)
			}
		}
	}
	return nil
}

func describeInstances(ctx context.Context, a *Account, add func(string, ...any)) error {
	reservations, err := a.ec2.DescribeInstances(ctx, &ec2.DescribeInstancesInput{})
	if err != nil {
		return err
	}
	for _, r := range reservations.Reservations {
		for _, i := range r.Instances {
			if i.State.Name == types.InstanceStateNameRunning {
				add("instance %s %s %s", *i.InstanceId, *i.PrivateIpAddress, tagText(i.Tags))
			}
		}
	}
	return nil
}

func describeInterfaces(ctx context.Context, a *Account, add func(string, ...any)) error {
	interfaces, err := a.ec2.DescribeNetworkInterfaces(ctx, &ec2.DescribeNetworkInterfacesInput{})
	if err != nil {
		return err
	}
	for _, i := range interfaces.NetworkInterfaces {
		var addresses []string
		for _, address := range i.PrivateIpAddresses {
			addresses = append(addresses, *address.PrivateIpAddress)
		}
		slices.Sort(addresses)
		var groups []string
		for _, group := range i.Groups {
			groups = append(groups, *group.GroupName)
		}
		slices.Sort(groups)
		of, public := "a NAT gateway", ""
		if i.Attachment != nil {
			of = *i.Attachment.InstanceId
		}
		if i.Association != nil {
			public = " (" + *i.Association.PublicIp + ")"
		}
		for _, address := range i.Ipv6Addresses {
			public += " " + *address.Ipv6Address
		}
		for _, prefix := range i.Ipv6Prefixes {
			public += " " + *prefix.Ipv6Prefix
		}
		add("network interface %s of %s %s%s in %s", *i.NetworkInterfaceId, of, strings.Join(addresses, " "), public,
			strings.Join(groups, " "))
	}
	return nil
}

func describeOperatorResources(ctx context.Context, a *Account, add func(string, ...any)) error {
	addresses, err := a.ec2.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
	if err != nil {
		return err
	}
	for _, address := range addresses.Addresses {
		add("Elastic IP %s %s of %s %s", *address.AllocationId, *address.PublicIp,
			aws.ToString(address.NetworkInterfaceId), tagText(address.Tags))
	}
	certificates, err := a.acm.ListCertificates(ctx, &acm.ListCertificatesInput{})
	if err != nil {
		return err
	}
	for _, c := range certificates.CertificateSummaryList {
		add("certificate %s", *c.CertificateArn)
	}
	return nil
}

func describeIdentity(ctx context.Context, a *Account, add func(string, ...any)) error {
	providers, err := a.iam.ListOpenIDConnectProviders(ctx, &iam.ListOpenIDConnectProvidersInput{})
	if err != nil {
		return err
	}
	for _, p := range providers.OpenIDConnectProviderList {
		described, err := a.iam.GetOpenIDConnectProvider(ctx,
			&iam.GetOpenIDConnectProviderInput{OpenIDConnectProviderArn: p.Arn})
		if err != nil {
			return err
		}
		add("OIDC provider %s %s", *p.Arn, iamTagText(described.Tags))
	}
	roles, err := a.iam.ListRoles(ctx, &iam.ListRolesInput{})
	if err != nil {
		return err
	}
	for _, r := range roles.Roles {
		described, err := a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: r.RoleName})
		if err != nil {
			return err
		}
		add("role %s trusts %s %s", *r.RoleName, quotedAfter(described.Role.AssumeRolePolicyDocument, `"Service":"`),
			iamTagText(described.Role.Tags))
	}
	return nil
}

func describePolicies(ctx context.Context, a *Account, add func(string, ...any)) error {
	policies, err := a.iam.ListPolicies(ctx, &iam.ListPoliciesInput{Scope: "Local"})
	if err != nil {
		return err
	}
	for _, p := range policies.Policies {
		version, err := a.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: p.Arn,
			VersionId: p.DefaultVersionId})
		if err != nil {
			return err
		}
		versions, err := a.iam.ListPolicyVersions(ctx, &iam.ListPolicyVersionsInput{PolicyArn: p.Arn})
		if err != nil {
			return err
		}
		described, err := a.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: p.Arn})
		if err != nil {
			return err
		}
		add("policy %s %s versions %d attached %d %s", *p.PolicyName, quotedAfter(version.PolicyVersion.Document,
			`"Action":"`), len(versions.Versions), *p.AttachmentCount, iamTagText(described.Policy.Tags))
	}
	return nil
}
