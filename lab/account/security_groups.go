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
				_, err := a.ec2.DeleteSecurityGroup(ctx, &ec2.DeleteSecurityGroupInput{GroupId: &g.ID})
				return err
			},
		})
	}
	return all
}

// securityGroupRules returns the ingress rules of all security groups. Their sources may be any of the groups. Egress
// rules are omitted: a new security group allows all egress.
func (a *Account) securityGroupRules(s *rehearsed.Stack) (all []*resource) {
	for _, g := range s.SecurityGroups {
		for _, r := range g.Rules {
			if r.Egress {
				continue
			}
			permissions := []types.IpPermission{permission(r)}
			all = append(all, &resource{
				name: ruleName(r) + " of " + securityGroupName(g),
				create: func(ctx context.Context) error {
					_, err := a.ec2.AuthorizeSecurityGroupIngress(ctx,
						&ec2.AuthorizeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: permissions})
					return err
				},
				delete: func(ctx context.Context) error {
					_, err := a.ec2.RevokeSecurityGroupIngress(ctx,
						&ec2.RevokeSecurityGroupIngressInput{GroupId: &g.ID, IpPermissions: permissions})
					return err
				},
			})
		}
	}
	return all
}

// ruleName returns a name with all properties of an ingress rule.
func ruleName(r rehearsed.GroupRule) string {
	return fmt.Sprintf("rule %q for %s %d to %d from %s", r.Description, r.Protocol, r.FromPort, r.ToPort,
		strings.Join(append([]string{r.Source}, r.CIDRs...), " "))
}

func permission(r rehearsed.GroupRule) types.IpPermission {
	p := types.IpPermission{IpProtocol: &r.Protocol}
	if r.Protocol != "-1" {
		p.FromPort, p.ToPort = aws.Int32(int32(r.FromPort)), aws.Int32(int32(r.ToPort))
	}
	for _, cidr := range r.CIDRs {
		p.IpRanges = append(p.IpRanges, types.IpRange{CidrIp: &cidr, Description: &r.Description})
	}
	if r.Source != "" {
		p.UserIdGroupPairs = []types.UserIdGroupPair{{GroupId: &r.Source, Description: &r.Description}}
	}
	return p
}
