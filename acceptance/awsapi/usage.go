package awsapi

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	balancers "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/config"
	"eksnet/plan/quota"
)

// usage is how much of quotas is in use, by code.
type usage map[string]float64

// counter counts the use of some quotas. Service Quotas itself reports it for few quotas, as metrics of CloudWatch.
type counter struct {
	codes []string
	call  string
	count func(ctx context.Context, used usage) error
}

func (a *Account) counters() []counter {
	return []counter{
		{[]string{quota.VPCs}, "ec2:DescribeVpcs", a.countVPCs},
		{[]string{quota.InternetGateways}, "ec2:DescribeInternetGateways", a.countGateways},
		{[]string{quota.ElasticIPs}, "ec2:DescribeAddresses", a.countAddresses},
		{[]string{quota.NATGateways}, "ec2:DescribeNatGateways", a.countNATGateways},
		{[]string{quota.OnDemandStandard, quota.OnDemandGraphics, quota.SpotStandard, quota.SpotGraphics}, "ec2:DescribeInstances", a.countProcessors},
		{[]string{quota.VolumeStorage}, "ec2:DescribeVolumes", a.countStorage},
		{[]string{quota.Clusters}, "eks:ListClusters", a.countClusters},
		{[]string{quota.ClassicLoadBalancers}, "elasticloadbalancing:DescribeLoadBalancers", a.countClassic},
		{[]string{quota.NetworkLoadBalancers, quota.ApplicationLoadBalancers}, "elasticloadbalancing:DescribeLoadBalancers", a.countBalancers},
		{[]string{quota.HostedZones}, "route53:ListHostedZones", a.countZones},
	}
}

// Usage implements check.Prober.
func (a *Account) Usage(ctx context.Context, codes []string) (map[string]float64, error) {
	used := usage{}
	for _, c := range a.counters() {
		if !slices.ContainsFunc(c.codes, func(code string) bool { return slices.Contains(codes, code) }) {
			continue
		}
		for _, code := range c.codes {
			used[code] = 0
		}
		if err := c.count(ctx, used); err != nil {
			return nil, explain(c.call, err)
		}
	}
	return used, nil
}

func (a *Account) countVPCs(ctx context.Context, used usage) error {
	all, err := a.VPCs(ctx)
	used[quota.VPCs] = float64(len(all))
	return err
}

func (a *Account) countGateways(ctx context.Context, used usage) error {
	pages := ec2.NewDescribeInternetGatewaysPaginator(a.ec2.client, &ec2.DescribeInternetGatewaysInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		used[quota.InternetGateways] += float64(len(page.InternetGateways))
	}
	return nil
}

func (a *Account) countAddresses(ctx context.Context, used usage) error {
	found, err := a.ec2.client.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
	if err == nil {
		used[quota.ElasticIPs] = float64(len(found.Addresses))
	}
	return err
}

// countNATGateways counts those of the zone that has most: the quota is that of each zone.
func (a *Account) countNATGateways(ctx context.Context, used usage) error {
	zones := map[string]string{}
	subnets := ec2.NewDescribeSubnetsPaginator(a.ec2.client, &ec2.DescribeSubnetsInput{})
	for subnets.HasMorePages() {
		page, err := subnets.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, subnet := range page.Subnets {
			zones[aws.ToString(subnet.SubnetId)] = aws.ToString(subnet.AvailabilityZone)
		}
	}
	byZone := map[string]float64{}
	pages := ec2.NewDescribeNatGatewaysPaginator(a.ec2.client, &ec2.DescribeNatGatewaysInput{Filter: []types.Filter{filter("state", "pending", "available", "deleting")}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, gateway := range page.NatGateways {
			zone := zones[aws.ToString(gateway.SubnetId)]
			byZone[zone]++
			used[quota.NATGateways] = max(used[quota.NATGateways], byZone[zone])
		}
	}
	return nil
}

// countProcessors counts the vCPUs of running instances
// (docs.aws.amazon.com/ec2/latest/instancetypes/ec2-instance-quotas.html).
func (a *Account) countProcessors(ctx context.Context, used usage) error {
	pages := ec2.NewDescribeInstancesPaginator(a.ec2.client, &ec2.DescribeInstancesInput{Filters: []types.Filter{filter("instance-state-name", "pending", "running")}})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, reservation := range page.Reservations {
			for _, instance := range reservation.Instances {
				capacity := config.OnDemand
				if instance.InstanceLifecycle == types.InstanceLifecycleTypeSpot {
					capacity = config.Spot
				}
				if code := quota.PoolOf(string(instance.InstanceType), capacity); code != "" {
					used[code] += processorsOf(instance)
				}
			}
		}
	}
	return nil
}

// countStorage counts gp3 volumes in TiB, as the quota does.
func (a *Account) countStorage(ctx context.Context, used usage) error {
	pages := ec2.NewDescribeVolumesPaginator(a.ec2.client, &ec2.DescribeVolumesInput{Filters: []types.Filter{filter("volume-type", string(types.VolumeTypeGp3))}})
	gibibytes := 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, volume := range page.Volumes {
			gibibytes += int(aws.ToInt32(volume.Size))
		}
	}
	used[quota.VolumeStorage] = float64((gibibytes + 1023) / 1024)
	return nil
}

func (a *Account) countClusters(ctx context.Context, used usage) error {
	pages := eks.NewListClustersPaginator(eks.NewFromConfig(a.config), &eks.ListClustersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		used[quota.Clusters] += float64(len(page.Clusters))
	}
	return nil
}

func (a *Account) countClassic(ctx context.Context, used usage) error {
	pages := elasticloadbalancing.NewDescribeLoadBalancersPaginator(elasticloadbalancing.NewFromConfig(a.config), &elasticloadbalancing.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		used[quota.ClassicLoadBalancers] += float64(len(page.LoadBalancerDescriptions))
	}
	return nil
}

func (a *Account) countBalancers(ctx context.Context, used usage) error {
	codes := map[balancers.LoadBalancerTypeEnum]string{balancers.LoadBalancerTypeEnumNetwork: quota.NetworkLoadBalancers, balancers.LoadBalancerTypeEnumApplication: quota.ApplicationLoadBalancers}
	pages := elasticloadbalancingv2.NewDescribeLoadBalancersPaginator(elasticloadbalancingv2.NewFromConfig(a.config), &elasticloadbalancingv2.DescribeLoadBalancersInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, v := range page.LoadBalancers {
			if code := codes[v.Type]; code != "" {
				used[code]++
			}
		}
	}
	return nil
}

func (a *Account) countZones(ctx context.Context, used usage) error {
	zones, err := a.HostedZones(ctx)
	used[quota.HostedZones] = float64(len(zones))
	return err
}

// processorsOf returns the vCPUs of an instance, as it was started with.
func processorsOf(instance types.Instance) float64 {
	if o := instance.CpuOptions; o != nil && aws.ToInt32(o.CoreCount) > 0 {
		return float64(aws.ToInt32(o.CoreCount) * max(1, aws.ToInt32(o.ThreadsPerCore)))
	}
	return float64(quota.ProcessorsOf(string(instance.InstanceType)))
}
