package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/smithy-go"

	"eksnet/internal/leftover"
)

// Delete implements account.Service.
func (s *networkService) Delete(ctx context.Context, r leftover.Resource) (err error) {
	call := ""
	switch r.Type {
	case leftover.FlowLogType:
		found, err := s.client.DeleteFlowLogs(ctx, &ec2.DeleteFlowLogsInput{FlowLogIds: []string{r.ID}})
		if err != nil {
			return explain("ec2:DeleteFlowLogs", err)
		}
		return explainItems("ec2:DeleteFlowLogs", found.Unsuccessful)
	case leftover.InstanceType:
		call = "ec2:TerminateInstances"
		_, err = s.client.TerminateInstances(ctx, &ec2.TerminateInstancesInput{InstanceIds: []string{r.ID}})
	case leftover.TemplateType:
		call = "ec2:DeleteLaunchTemplate"
		_, err = s.client.DeleteLaunchTemplate(ctx, &ec2.DeleteLaunchTemplateInput{LaunchTemplateId: &r.ID})
	case leftover.VolumeType:
		call = "ec2:DeleteVolume"
		_, err = s.client.DeleteVolume(ctx, &ec2.DeleteVolumeInput{VolumeId: &r.ID})
	case leftover.SnapshotType:
		call = "ec2:DeleteSnapshot"
		_, err = s.client.DeleteSnapshot(ctx, &ec2.DeleteSnapshotInput{SnapshotId: &r.ID})
	case leftover.AddressType:
		call = "ec2:ReleaseAddress"
		_, err = s.client.ReleaseAddress(ctx, &ec2.ReleaseAddressInput{AllocationId: &r.ID})
	default:
		return s.deleteInVPC(ctx, r)
	}
	return explain(call, err)
}

// deleteInVPC deletes a VPC or a resource in it.
func (s *networkService) deleteInVPC(ctx context.Context, r leftover.Resource) (err error) {
	call := ""
	switch r.Type {
	case leftover.EndpointType:
		found, err := s.client.DeleteVpcEndpoints(ctx, &ec2.DeleteVpcEndpointsInput{VpcEndpointIds: []string{r.ID}})
		if err != nil {
			return explain("ec2:DeleteVpcEndpoints", err)
		}
		return explainItems("ec2:DeleteVpcEndpoints", found.Unsuccessful)
	case leftover.NATGatewayType:
		call = "ec2:DeleteNatGateway"
		_, err = s.client.DeleteNatGateway(ctx, &ec2.DeleteNatGatewayInput{NatGatewayId: &r.ID})
	case leftover.InterfaceType:
		call = "ec2:DeleteNetworkInterface"
		_, err = s.client.DeleteNetworkInterface(ctx, &ec2.DeleteNetworkInterfaceInput{NetworkInterfaceId: &r.ID})
	case leftover.SecurityGroupType:
		return s.deleteSecurityGroup(ctx, r)
	case leftover.RouteTableType:
		return s.deleteRouteTable(ctx, r)
	case leftover.ReservationType:
		call = "ec2:DeleteSubnetCidrReservation"
		_, err = s.client.DeleteSubnetCidrReservation(ctx, &ec2.DeleteSubnetCidrReservationInput{SubnetCidrReservationId: &r.ID})
	case leftover.SubnetType:
		call = "ec2:DeleteSubnet"
		_, err = s.client.DeleteSubnet(ctx, &ec2.DeleteSubnetInput{SubnetId: &r.ID})
	case leftover.GatewayType:
		return s.deleteGateway(ctx, r)
	case leftover.EgressGatewayType:
		call = "ec2:DeleteEgressOnlyInternetGateway"
		_, err = s.client.DeleteEgressOnlyInternetGateway(ctx, &ec2.DeleteEgressOnlyInternetGatewayInput{EgressOnlyInternetGatewayId: &r.ID})
	case leftover.VPCType:
		call = "ec2:DeleteVpc"
		_, err = s.client.DeleteVpc(ctx, &ec2.DeleteVpcInput{VpcId: &r.ID})
	}
	return explain(call, err)
}

func (s *networkService) deleteGateway(ctx context.Context, r leftover.Resource) error {
	if r.VPC != "" {
		_, err := s.client.DetachInternetGateway(ctx, &ec2.DetachInternetGatewayInput{InternetGatewayId: &r.ID, VpcId: &r.VPC})
		if err := explainPart("ec2:DetachInternetGateway", err); err != nil {
			return err
		}
	}
	_, err := s.client.DeleteInternetGateway(ctx, &ec2.DeleteInternetGatewayInput{InternetGatewayId: &r.ID})
	return explain("ec2:DeleteInternetGateway", err)
}

// deleteRouteTable first removes the associations with subnets that remain.
func (s *networkService) deleteRouteTable(ctx context.Context, r leftover.Resource) error {
	found, err := s.client.DescribeRouteTables(ctx, &ec2.DescribeRouteTablesInput{RouteTableIds: []string{r.ID}})
	if err != nil {
		return explain("ec2:DescribeRouteTables", err)
	}
	for _, table := range found.RouteTables {
		for _, association := range table.Associations {
			_, err := s.client.DisassociateRouteTable(ctx, &ec2.DisassociateRouteTableInput{AssociationId: association.RouteTableAssociationId})
			if err := explainPart("ec2:DisassociateRouteTable", err); err != nil {
				return err
			}
		}
	}
	_, err = s.client.DeleteRouteTable(ctx, &ec2.DeleteRouteTableInput{RouteTableId: &r.ID})
	return explain("ec2:DeleteRouteTable", err)
}

// deleteSecurityGroup first revokes the rules of the group that reference groups. Rules of others that reference this
// group are not changed: those of the stack's groups are revoked with their groups.
func (s *networkService) deleteSecurityGroup(ctx context.Context, r leftover.Resource) error {
	found, err := s.client.DescribeSecurityGroups(ctx, &ec2.DescribeSecurityGroupsInput{GroupIds: []string{r.ID}})
	if err != nil {
		return explain("ec2:DescribeSecurityGroups", err)
	}
	for _, group := range found.SecurityGroups {
		if rules := withGroups(group.IpPermissions); len(rules) > 0 {
			_, err := s.client.RevokeSecurityGroupIngress(ctx, &ec2.RevokeSecurityGroupIngressInput{GroupId: &r.ID, IpPermissions: rules})
			if err := explainPart("ec2:RevokeSecurityGroupIngress", err); err != nil {
				return err
			}
		}
		if rules := withGroups(group.IpPermissionsEgress); len(rules) > 0 {
			_, err := s.client.RevokeSecurityGroupEgress(ctx, &ec2.RevokeSecurityGroupEgressInput{GroupId: &r.ID, IpPermissions: rules})
			if err := explainPart("ec2:RevokeSecurityGroupEgress", err); err != nil {
				return err
			}
		}
	}
	_, err = s.client.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: &r.ID})
	return explain("ec2:DeleteSecurityGroup", err)
}

// explainItems returns the error of the first item that a call on several items refused, nil if it refused none.
func explainItems(call string, refused []types.UnsuccessfulItem) error {
	for _, item := range refused {
		if item.Error != nil {
			return explain(call, &smithy.GenericAPIError{Code: aws.ToString(item.Error.Code), Message: aws.ToString(item.Error.Message)})
		}
	}
	return nil
}

// withGroups returns the rules that reference groups, without their ranges.
func withGroups(rules []types.IpPermission) (all []types.IpPermission) {
	for _, rule := range rules {
		if len(rule.UserIdGroupPairs) > 0 {
			rule.IpRanges, rule.Ipv6Ranges, rule.PrefixListIds = nil, nil, nil
			for i, pair := range rule.UserIdGroupPairs {
				rule.UserIdGroupPairs[i] = types.UserIdGroupPair{GroupId: pair.GroupId, UserId: pair.UserId}
			}
			all = append(all, rule)
		}
	}
	return all
}
