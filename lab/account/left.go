package account

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// Left returns a sorted line for each load balancer, target group, security group, network interface, Elastic IP
// address, instance and record in moto that the account did not create. The default security groups of VPCs are not
// included.
func (a *Account) Left(ctx context.Context) (lines []string, err error) {
	a.updating.Lock()
	defer a.updating.Unlock()
	for _, list := range []func(context.Context) ([]string, error){a.leftClassic, a.leftBalancers, a.leftTargetGroups, a.leftRecords} {
		found, err := list(ctx)
		if err != nil {
			return nil, err
		}
		lines = append(lines, found...)
	}
	own := a.ownIDs()
	for _, list := range []func(context.Context) (map[string]string, error){a.listSecurityGroups, a.listInterfaces,
		a.listAddresses, a.listInstances} {
		found, err := list(ctx)
		if err != nil {
			return nil, err
		}
		for id, line := range found {
			if !own[id] {
				lines = append(lines, line)
			}
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// ownIDs returns the IDs of the EC2 resources that the account created.
func (a *Account) ownIDs() map[string]bool {
	own := map[string]bool{}
	for _, r := range a.created {
		own[r.id], own[r.networkInterface] = true, true
	}
	return own
}

func (a *Account) leftClassic(ctx context.Context) (lines []string, err error) {
	pages := elasticloadbalancing.NewDescribeLoadBalancersPaginator(elasticloadbalancing.NewFromConfig(a.Config()), nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, b := range page.LoadBalancerDescriptions {
			lines = append(lines, "Classic Load Balancer "+aws.ToString(b.LoadBalancerName))
		}
	}
	return lines, nil
}

func (a *Account) leftBalancers(ctx context.Context) (lines []string, err error) {
	pages := elasticloadbalancingv2.NewDescribeLoadBalancersPaginator(elasticloadbalancingv2.NewFromConfig(a.Config()),
		nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, b := range page.LoadBalancers {
			lines = append(lines, fmt.Sprintf("load balancer %s (%s)", aws.ToString(b.LoadBalancerName), b.Type))
		}
	}
	return lines, nil
}

func (a *Account) leftTargetGroups(ctx context.Context) (lines []string, err error) {
	pages := elasticloadbalancingv2.NewDescribeTargetGroupsPaginator(elasticloadbalancingv2.NewFromConfig(a.Config()),
		nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.TargetGroups {
			lines = append(lines, "target group "+aws.ToString(g.TargetGroupName))
		}
	}
	return lines, nil
}

// listSecurityGroups returns lines by ID, as the other list functions.
func (a *Account) listSecurityGroups(ctx context.Context) (map[string]string, error) {
	lines := map[string]string{}
	pages := ec2.NewDescribeSecurityGroupsPaginator(a.ec2, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, g := range page.SecurityGroups {
			if id, name := aws.ToString(g.GroupId), aws.ToString(g.GroupName); name != "default" {
				lines[id] = "security group " + name + " (" + id + ")"
			}
		}
	}
	return lines, nil
}

func (a *Account) listInterfaces(ctx context.Context) (map[string]string, error) {
	lines := map[string]string{}
	pages := ec2.NewDescribeNetworkInterfacesPaginator(a.ec2, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, i := range page.NetworkInterfaces {
			id := aws.ToString(i.NetworkInterfaceId)
			lines[id] = "network interface " + id + " with " + aws.ToString(i.PrivateIpAddress)
		}
	}
	return lines, nil
}

func (a *Account) listAddresses(ctx context.Context) (map[string]string, error) {
	lines := map[string]string{}
	found, err := a.ec2.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
	if err != nil {
		return nil, err
	}
	for _, address := range found.Addresses {
		id := aws.ToString(address.AllocationId)
		lines[id] = "Elastic IP address " + id
	}
	return lines, nil
}

// listInstances omits terminated instances, which EC2 still lists for some time.
func (a *Account) listInstances(ctx context.Context) (map[string]string, error) {
	lines := map[string]string{}
	pages := ec2.NewDescribeInstancesPaginator(a.ec2, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, reservation := range page.Reservations {
			for _, i := range reservation.Instances {
				if id := aws.ToString(i.InstanceId); i.State == nil ||
					i.State.Name != types.InstanceStateNameTerminated {
					lines[id] = "instance " + id
				}
			}
		}
	}
	return lines, nil
}
