package memory

import (
	"context"
	"errors"
	"slices"

	"eksnet/acceptance/account"
	"eksnet/acceptance/check"
	"eksnet/internal/leftover"
)

// Settings are what a check reads beside resources.
type Settings struct {
	RegionState, Block string
	ZoneList           map[string]check.Zone
	Offered            map[string][]string
	Roles              []string
	// Quotas are values by code, without those that have their default.
	Quotas map[string]float64
}

// RegionStatus implements check.Prober.
func (a *Account) RegionStatus(context.Context) (string, error) {
	return a.RegionState, a.refused("ec2:DescribeRegions", leftover.Resource{})
}

// Zones implements check.Prober.
func (a *Account) Zones(context.Context) (map[string]check.Zone, error) {
	return a.ZoneList, a.refused("ec2:DescribeAvailabilityZones", leftover.Resource{})
}

// Offerings implements check.Prober.
func (a *Account) Offerings(context.Context, []string) (map[string][]string, error) {
	return a.Offered, a.refused("ec2:DescribeInstanceTypeOfferings", leftover.Resource{})
}

// PublicAccessBlock implements check.Prober.
func (a *Account) PublicAccessBlock(context.Context) (string, error) {
	return a.Block, a.refused("ec2:DescribeVpcBlockPublicAccessOptions", leftover.Resource{})
}

// HasRole implements check.Prober.
func (a *Account) HasRole(_ context.Context, name string) (bool, error) {
	return slices.Contains(a.Roles, name), a.refused("iam:GetRole", leftover.Resource{})
}

// Quota implements check.Prober.
func (a *Account) Quota(_ context.Context, _, _, code string) (float64, error) {
	if err := a.refused("servicequotas:GetServiceQuota", leftover.Resource{}); err != nil {
		return 0, err
	}
	value, set := a.Quotas[code]
	if !set {
		return 0, &account.Error{Cause: account.Gone, Call: "servicequotas:GetServiceQuota", Err: errors.New("NoSuchResourceException")}
	}
	return value, nil
}
