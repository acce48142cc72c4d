package account

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"

	"eksnet/lab/rehearsed"
)

func securityGroupName(g rehearsed.SecurityGroup) string {
	return "security group " + g.Name + " (" + g.ID + ")"
}

func (a *Account) securityGroups(s *rehearsed.Stack) (all []*resource) {
	for _, g := range s.SecurityGroups {
		all = append(all, &resource{
			name: securityGroupName(g), id: g.ID, state: g.Tags, change: a.ec2TagsChange(g.ID, g.Tags),
			create: func(ctx context.Context) error {
				made, err := a.ec2.CreateSecurityGroup(withIDs(ctx, g.ID), &ec2.CreateSecurityGroupInput{
					GroupName: &g.Name, Description: &g.Description, VpcId: &s.Network.VPC.ID,
					TagSpecifications: tagSpecification(types.ResourceTypeSecurityGroup, g.Tags)})
				if err != nil {
					return err
				}
				return checkID(g.ID, made.GroupId)
			},
			delete: func(ctx context.Context) error {
				return deleteOnceUnused(ctx, func() error {
					_, err := a.ec2.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: &g.ID})
					return err
				})
			},
		})
	}
	return all
}

// revokedEgressRules removes the rule of each new security group that allows all egress, as the provider does. The
// stack has a rule for it where it is wanted
// (registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/security_group).
func (a *Account) revokedEgressRules(s *rehearsed.Stack) (all []*resource) {
	for _, g := range s.SecurityGroups {
		everything := rehearsed.GroupRule{Protocol: "-1", CIDRs: []string{anywhere}}
		if s.Network.VPC.IPv6CIDR != "" {
			everything.CIDRs = append(everything.CIDRs, anywhereIPv6)
		}
		all = append(all, &resource{
			name: "default egress rule of " + securityGroupName(g),
			create: func(ctx context.Context) error {
				_, err := a.ec2.RevokeSecurityGroupEgress(ctx, &ec2.RevokeSecurityGroupEgressInput{GroupId: &g.ID,
					IpPermissions: []types.IpPermission{permission(everything)}})
				return err
			},
		})
	}
	return all
}

// securityGroupRules returns the rules of all security groups. Their sources may be any of the groups.
func (a *Account) securityGroupRules(s *rehearsed.Stack) (all []*resource) {
	for _, g := range s.SecurityGroups {
		for _, r := range g.Rules {
			rule := &resource{name: ruleName(r) + " of " + securityGroupName(g)}
			permissions := []types.IpPermission{permission(r)}
			if r.Egress {
				rule.create, rule.delete = a.egressRule(g.ID, permissions)
			} else {
				rule.create, rule.delete = a.ingressRule(g.ID, permissions)
			}
			all = append(all, rule)
		}
	}
	return all
}

// ingressRule returns functions that create and delete an ingress rule.
func (a *Account) ingressRule(group string, rule []types.IpPermission) (create, remove func(context.Context) error) {
	create = func(ctx context.Context) error {
		_, err := a.ec2.AuthorizeSecurityGroupIngress(ctx,
			&ec2.AuthorizeSecurityGroupIngressInput{GroupId: &group, IpPermissions: rule})
		return err
	}
	remove = func(ctx context.Context) error {
		_, err := a.ec2.RevokeSecurityGroupIngress(ctx,
			&ec2.RevokeSecurityGroupIngressInput{GroupId: &group, IpPermissions: rule})
		return err
	}
	return create, remove
}

// egressRule returns functions that create and delete an egress rule.
func (a *Account) egressRule(group string, rule []types.IpPermission) (create, remove func(context.Context) error) {
	create = func(ctx context.Context) error {
		_, err := a.ec2.AuthorizeSecurityGroupEgress(ctx,
			&ec2.AuthorizeSecurityGroupEgressInput{GroupId: &group, IpPermissions: rule})
		return err
	}
	remove = func(ctx context.Context) error {
		_, err := a.ec2.RevokeSecurityGroupEgress(ctx,
			&ec2.RevokeSecurityGroupEgressInput{GroupId: &group, IpPermissions: rule})
		return err
	}
	return create, remove
}

// ruleName returns a name with all properties of a rule.
func ruleName(r rehearsed.GroupRule) string {
	direction, peer := "rule", "from"
	if r.Egress {
		direction, peer = "egress rule", "to"
	}
	return fmt.Sprintf("%s %q for %s %d to %d %s %s", direction, r.Description, r.Protocol, r.FromPort, r.ToPort, peer,
		strings.Join(append([]string{r.Source}, r.CIDRs...), " "))
}

func permission(r rehearsed.GroupRule) types.IpPermission {
	p := types.IpPermission{IpProtocol: &r.Protocol}
	if r.Protocol != "-1" {
		p.FromPort, p.ToPort = aws.Int32(int32(r.FromPort)), aws.Int32(int32(r.ToPort))
	}
	for _, cidr := range r.CIDRs {
		if isIPv6(cidr) {
			p.Ipv6Ranges = append(p.Ipv6Ranges, types.Ipv6Range{CidrIpv6: &cidr, Description: &r.Description})
			continue
		}
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: &cidr, Description: &r.Description})
	}
	if r.Source != "" {
		p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: &r.Source, Description: &r.Description}}
	}
	return p
}

func isIPv6(cidr string) bool { return strings.Contains(cidr, ":") }
