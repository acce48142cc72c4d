package awsapi

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/internal/leftover"
)

// listInterfaces marks the interfaces that AWS deletes with another resource.
func (s *networkService) listInterfaces(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeNetworkInterfacesPaginator(s.client, &ec2.DescribeNetworkInterfacesInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.NetworkInterfaces {
			r := s.resource(leftover.InterfaceType, "network-interface", v.NetworkInterfaceId, v.TagSet)
			r.VPC, r.Description, r.State = aws.ToString(v.VpcId), aws.ToString(v.Description), string(v.Status)
			r.Ending = deletedWith(v)
			all = append(all, r)
		}
	}
	return all, nil
}

// managed are the beginnings of the descriptions of interfaces that their service deletes
// (docs.aws.amazon.com/AWSEC2/latest/UserGuide/requester-managed-eni.html).
var managed = []string{"ELB ", "Amazon EKS ", "Interface for NAT Gateway ", "VPC Endpoint Interface "}

// deletedWith says with what an interface is deleted, "" for an interface that nothing deletes.
func deletedWith(v types.NetworkInterface) string {
	for _, beginning := range managed {
		if strings.HasPrefix(aws.ToString(v.Description), beginning) {
			return "its service deletes it, some minutes after the resource of its description"
		}
	}
	if v.Attachment != nil && v.Attachment.InstanceId != nil && aws.ToBool(v.Attachment.DeleteOnTermination) {
		return fmt.Sprintf("EC2 deletes it with instance %s", aws.ToString(v.Attachment.InstanceId))
	}
	return ""
}

// listSecurityGroups leaves out the default groups, which are deleted with their VPCs. Rules that reference a group are
// revoked first, because groups that reference each other cannot be deleted.
func (s *networkService) listSecurityGroups(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeSecurityGroupsPaginator(s.client, &ec2.DescribeSecurityGroupsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.SecurityGroups {
			r := s.resource(leftover.SecurityGroupType, "security-group", v.GroupId, v.Tags)
			r.VPC, r.Name, r.Description = aws.ToString(v.VpcId), aws.ToString(v.GroupName), aws.ToString(v.Description)
			if referencesGroups(v.IpPermissions) {
				r.Before = append(r.Before, revocation(r.ID, "ingress"))
			}
			if referencesGroups(v.IpPermissionsEgress) {
				r.Before = append(r.Before, revocation(r.ID, "egress"))
			}
			if r.Name != "default" {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

func referencesGroups(rules []types.IpPermission) bool {
	for _, rule := range rules {
		if len(rule.UserIdGroupPairs) > 0 {
			return true
		}
	}
	return false
}

// revocation is the command that revokes the rules of a group that reference groups.
func revocation(group, direction string) string {
	ids := fmt.Sprintf("$(aws ec2 describe-security-group-rules --filters Name=group-id,Values=%s --query 'SecurityGroupRules[?ReferencedGroupInfo && IsEgress==`%t`].SecurityGroupRuleId' --output text)",
		group, direction == "egress")
	return partCommand(leftover.GroupRuleType, ids, map[string]string{"direction": direction, "group": group})
}

// listAddresses returns Elastic IP addresses. One that is in use is released once its user is deleted.
func (s *networkService) listAddresses(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	found, err := s.client.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{Filters: filters})
	if err != nil {
		return nil, err
	}
	for _, v := range found.Addresses {
		r := s.resource(leftover.AddressType, "elastic-ip", v.AllocationId, v.Tags)
		r.Description = aws.ToString(v.PublicIp)
		if user := aws.ToString(v.NetworkInterfaceId); user != "" {
			r.Users = []string{user}
		}
		all = append(all, r)
	}
	return all, nil
}

// listNATGateways leaves out deleted gateways, which EC2 lists for an hour.
func (s *networkService) listNATGateways(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeNatGatewaysPaginator(s.client, &ec2.DescribeNatGatewaysInput{Filter: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.NatGateways {
			r := s.resource(leftover.NATGatewayType, "natgateway", v.NatGatewayId, v.Tags)
			r.VPC, r.State = aws.ToString(v.VpcId), string(v.State)
			if v.State == types.NatGatewayStateDeleting {
				r.Ending = "it is being deleted, which takes about a minute"
			}
			if v.State != types.NatGatewayStateDeleted {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// listEndpoints returns the VPC endpoints. Interface endpoints are billed by zone, gateway endpoints are free.
func (s *networkService) listEndpoints(ctx context.Context, filters []types.Filter) (all []leftover.Resource, err error) {
	pages := ec2.NewDescribeVpcEndpointsPaginator(s.client, &ec2.DescribeVpcEndpointsInput{Filters: filters})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range page.VpcEndpoints {
			r := s.resource(leftover.EndpointType, "vpc-endpoint", v.VpcEndpointId, v.Tags)
			r.VPC, r.Description, r.State = aws.ToString(v.VpcId), aws.ToString(v.ServiceName), string(v.State)
			r.Size = float64(len(v.SubnetIds))
			if v.VpcEndpointType == types.VpcEndpointTypeGateway {
				r.Size = 0
			}
			switch { // EC2 reports the states in lower case, unlike the SDK
			case strings.EqualFold(r.State, string(types.StateDeleted)):
				continue
			case strings.EqualFold(r.State, string(types.StateDeleting)):
				r.Ending = "it is being deleted"
			}
			all = append(all, r)
		}
	}
	return all, nil
}
