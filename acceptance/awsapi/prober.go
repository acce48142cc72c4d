package awsapi

import (
	"context"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/eks"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/route53"
	"github.com/aws/aws-sdk-go-v2/service/servicequotas"

	"eksnet/acceptance/account"
	"eksnet/acceptance/check"
)

// RegionStatus implements check.Prober.
func (a *Account) RegionStatus(ctx context.Context) (string, error) {
	found, err := a.ec2.client.DescribeRegions(ctx, &ec2.DescribeRegionsInput{AllRegions: aws.Bool(true), RegionNames: []string{a.config.Region}})
	if err != nil {
		return "", explain("ec2:DescribeRegions", err)
	}
	for _, region := range found.Regions {
		return aws.ToString(region.OptInStatus), nil
	}
	return "not listed", nil
}

// Zones implements check.Prober. Local Zones are left out: EKS has no control planes in them.
func (a *Account) Zones(ctx context.Context) (map[string]check.Zone, error) {
	found, err := a.ec2.client.DescribeAvailabilityZones(ctx, &ec2.DescribeAvailabilityZonesInput{})
	if err != nil {
		return nil, explain("ec2:DescribeAvailabilityZones", err)
	}
	zones := map[string]check.Zone{}
	for _, zone := range found.AvailabilityZones {
		if kind := aws.ToString(zone.ZoneType); kind == "" || kind == "availability-zone" {
			zones[aws.ToString(zone.ZoneName)] = check.Zone{ID: aws.ToString(zone.ZoneId), State: string(zone.State)}
		}
	}
	return zones, nil
}

// Offerings implements check.Prober.
func (a *Account) Offerings(ctx context.Context, wanted []string) (map[string][]string, error) {
	input := &ec2.DescribeInstanceTypeOfferingsInput{LocationType: types.LocationTypeAvailabilityZone, Filters: []types.Filter{filter("instance-type", wanted...)}}
	offered := map[string][]string{}
	pages := ec2.NewDescribeInstanceTypeOfferingsPaginator(a.ec2.client, input)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("ec2:DescribeInstanceTypeOfferings", err)
		}
		for _, o := range page.InstanceTypeOfferings {
			offered[string(o.InstanceType)] = append(offered[string(o.InstanceType)], aws.ToString(o.Location))
		}
	}
	return offered, nil
}

// PublicAccessBlock implements check.Prober.
func (a *Account) PublicAccessBlock(ctx context.Context) (string, error) {
	found, err := a.ec2.client.DescribeVpcBlockPublicAccessOptions(ctx, &ec2.DescribeVpcBlockPublicAccessOptionsInput{})
	if err != nil {
		return "", explain("ec2:DescribeVpcBlockPublicAccessOptions", err)
	}
	if found.VpcBlockPublicAccessOptions == nil {
		return string(types.InternetGatewayBlockModeOff), nil
	}
	return string(found.VpcBlockPublicAccessOptions.InternetGatewayBlockMode), nil
}

// HasRole implements check.Prober.
func (a *Account) HasRole(ctx context.Context, name string) (bool, error) {
	_, err := iam.NewFromConfig(a.config).GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	failed := explain("iam:GetRole", err)
	if account.CauseOf(failed) == account.Gone {
		return false, nil
	}
	return failed == nil, failed
}

// Quota implements check.Prober.
func (a *Account) Quota(ctx context.Context, region, service, code string) (float64, error) {
	c := a.config.Copy()
	c.Region = region
	found, err := servicequotas.NewFromConfig(c).GetServiceQuota(ctx, &servicequotas.GetServiceQuotaInput{ServiceCode: &service, QuotaCode: &code})
	if err != nil {
		return 0, explain("servicequotas:GetServiceQuota", err)
	}
	return aws.ToFloat64(found.Quota.Value), nil
}

// Certificate implements check.Prober.
func (a *Account) Certificate(ctx context.Context, arn string) (check.Certificate, error) {
	found, err := acm.NewFromConfig(a.config).DescribeCertificate(ctx, &acm.DescribeCertificateInput{CertificateArn: &arn})
	if err != nil {
		return check.Certificate{}, explain("acm:DescribeCertificate", err)
	}
	c := check.Certificate{Status: string(found.Certificate.Status), Names: append([]string{aws.ToString(found.Certificate.DomainName)}, found.Certificate.SubjectAlternativeNames...)}
	slices.Sort(c.Names)
	c.Names = slices.Compact(c.Names)
	return c, nil
}

// HostedZones implements check.Prober.
func (a *Account) HostedZones(ctx context.Context) (all []check.HostedZone, err error) {
	pages := route53.NewListHostedZonesPaginator(route53.NewFromConfig(a.config), &route53.ListHostedZonesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("route53:ListHostedZones", err)
		}
		for _, v := range page.HostedZones {
			zone := check.HostedZone{ID: strings.TrimPrefix(aws.ToString(v.Id), "/hostedzone/"), Domain: strings.TrimSuffix(aws.ToString(v.Name), ".")}
			zone.Private = v.Config != nil && v.Config.PrivateZone
			all = append(all, zone)
		}
	}
	return all, nil
}

// AddonVersions implements check.Prober.
func (a *Account) AddonVersions(ctx context.Context, addon, kubernetes string) (versions []string, err error) {
	pages := eks.NewDescribeAddonVersionsPaginator(eks.NewFromConfig(a.config), &eks.DescribeAddonVersionsInput{AddonName: &addon, KubernetesVersion: &kubernetes})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, explain("eks:DescribeAddonVersions", err)
		}
		for _, found := range page.Addons {
			for _, v := range found.AddonVersions {
				versions = append(versions, aws.ToString(v.AddonVersion))
			}
		}
	}
	return versions, nil
}
