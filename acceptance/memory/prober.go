package memory

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"eksnet/acceptance/account"
	"eksnet/acceptance/check"
	"eksnet/config"
	"eksnet/internal/leftover"
	"eksnet/plan"
)

// Settings are what a check reads beside resources.
type Settings struct {
	RegionState, Block string
	ZoneList           map[string]check.Zone
	Offered            map[string][]string
	Roles              []string
	// Quotas are values by code, without those that have their default, and Used is how much is in use.
	Quotas, Used map[string]float64
	// Certificates are those in ACM by ARN, and Zones the hosted zones.
	Certificates map[string]check.Certificate
	// Buckets are those of S3 by name.
	Buckets map[string]check.Bucket
	// KeyPairs are names, the others resources by ID or ARN.
	KeyPairs    []string
	PrefixLists map[string]check.PrefixList
	WebACLs     map[string]string
	TrustStores map[string]check.TrustStore
	IPAMPools   map[string]check.IPAMPool
	DNSZones    []check.HostedZone
	// Addons are the versions of add-ons that EKS offers, by name and Kubernetes version with a space between them.
	Addons map[string][]string
}

// ReadySettings are those of an account in which a stack can be created.
func ReadySettings(spec *config.Stack, planned *plan.Plan) Settings {
	s := Settings{RegionState: "opt-in-not-required", Block: "off", ZoneList: map[string]check.Zone{}, Offered: map[string][]string{}, Quotas: map[string]float64{},
		Used: map[string]float64{}, Certificates: map[string]check.Certificate{}, Buckets: map[string]check.Bucket{}, Addons: map[string][]string{},
		Roles: []string{"AWSServiceRoleForAmazonEKS", "AWSServiceRoleForAmazonEKSNodegroup", "AWSServiceRoleForAutoScaling", "AWSServiceRoleForEC2Spot", "AWSServiceRoleForElasticLoadBalancing"}}
	for i, zone := range spec.Network.Zones {
		s.ZoneList[zone] = check.Zone{ID: fmt.Sprintf("az%d", i+1), State: "available"}
	}
	for _, group := range spec.NodeGroups {
		for _, typ := range group.InstanceTypes {
			s.Offered[typ] = spec.Network.Zones
		}
	}
	for _, q := range planned.Quotas {
		s.Quotas[q.Code] = float64(q.Needed)
	}
	s.addNames(spec)
	s.addReferences(spec)
	versions := map[string]string{"vpc-cni": planned.Addons.VPCCNI, "kube-proxy": planned.Addons.KubeProxy, "coredns": planned.Addons.CoreDNS}
	if m := planned.Addons.MetricsServer; m != nil {
		versions["metrics-server"] = *m
	}
	for name, version := range versions {
		s.Addons[name+" "+spec.Cluster.Version] = []string{"v99.0.0-eksbuild.1", version}
	}
	return s
}

// addNames adds certificates for the hosts of workloads, the buckets of their access logs, and the hosted zones that
// the stack file names and does not create.
func (s *Settings) addNames(spec *config.Stack) {
	for _, w := range spec.Workloads {
		if w.Certificate != "" {
			c := s.Certificates[w.Certificate]
			s.Certificates[w.Certificate] = check.Certificate{Status: "ISSUED", Names: append(append(c.Names, w.Hosts...), w.Hostname)}
		}
	}
	for _, w := range spec.Workloads {
		if w.AccessLogs != nil && w.AccessLogs.Enabled {
			s.Buckets[w.AccessLogs.Bucket] = check.Bucket{Region: spec.Region, Encryption: "AES256",
				Writers: []string{"delivery.logs.amazonaws.com", "logdelivery.elasticloadbalancing.amazonaws.com"}}
		}
	}
	for i, zone := range spec.DNS.Zones {
		if !zone.Own {
			s.DNSZones = append(s.DNSZones, check.HostedZone{ID: cmp.Or(zone.ID, fmt.Sprintf("Z%d", i)), Domain: zone.Domain, Private: zone.Private})
		}
	}
}

// addReferences adds the key pairs, prefix lists, web ACLs, trust stores and the IPAM pool that the stack file names.
func (s *Settings) addReferences(spec *config.Stack) {
	s.PrefixLists, s.WebACLs, s.TrustStores = map[string]check.PrefixList{}, map[string]string{}, map[string]check.TrustStore{}
	s.IPAMPools = map[string]check.IPAMPool{}
	for _, group := range spec.NodeGroups {
		if group.KeyName != "" {
			s.KeyPairs = append(s.KeyPairs, group.KeyName)
		}
	}
	for _, w := range spec.Workloads {
		for id, entries := range w.PrefixLists {
			s.PrefixLists[id] = check.PrefixList{Name: "clients", MaxEntries: entries}
		}
		if w.WAF != "" && w.WAF != config.NoWAF {
			s.WebACLs[w.WAF] = "filter"
		}
		if w.MutualTLS != nil && w.MutualTLS.TrustStore != "" {
			s.TrustStores[w.MutualTLS.TrustStore] = check.TrustStore{Name: "clients", Status: "ACTIVE"}
		}
	}
	if id := spec.Network.IPAMPool; id != "" {
		s.IPAMPools[id] = check.IPAMPool{Locale: spec.Region, Family: "ipv4", State: "create-complete"}
	}
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

// Usage implements check.Prober.
func (a *Account) Usage(context.Context, []string) (map[string]float64, error) {
	return a.Used, a.refused("ec2:DescribeAddresses", leftover.Resource{})
}

// Certificate implements check.Prober.
func (a *Account) Certificate(_ context.Context, arn string) (check.Certificate, error) {
	c, exists := a.Certificates[arn]
	if !exists {
		return c, &account.Error{Cause: account.Gone, Call: "acm:DescribeCertificate", Err: errors.New("ResourceNotFoundException")}
	}
	return c, a.refused("acm:DescribeCertificate", leftover.Resource{})
}

// Bucket implements check.Prober.
func (a *Account) Bucket(_ context.Context, name string) (check.Bucket, error) {
	b, exists := a.Buckets[name]
	if !exists {
		return b, &account.Error{Cause: account.Gone, Call: "s3:HeadBucket", Err: errors.New("NotFound")}
	}
	return b, a.refused("s3:ListBucket", leftover.Resource{})
}

// HasKeyPair implements check.Prober.
func (a *Account) HasKeyPair(_ context.Context, name string) (bool, error) {
	return slices.Contains(a.KeyPairs, name), a.refused("ec2:DescribeKeyPairs", leftover.Resource{})
}

// PrefixList implements check.Prober.
func (a *Account) PrefixList(_ context.Context, id string) (check.PrefixList, error) {
	return named(a, a.PrefixLists, id, "ec2:DescribeManagedPrefixLists")
}

// WebACL implements check.Prober.
func (a *Account) WebACL(_ context.Context, arn string) (string, error) {
	return named(a, a.WebACLs, arn, "wafv2:GetWebACL")
}

// TrustStore implements check.Prober.
func (a *Account) TrustStore(_ context.Context, arn string) (check.TrustStore, error) {
	return named(a, a.TrustStores, arn, "elasticloadbalancing:DescribeTrustStores")
}

// IPAMPool implements check.Prober.
func (a *Account) IPAMPool(_ context.Context, id string) (check.IPAMPool, error) {
	return named(a, a.IPAMPools, id, "ec2:DescribeIpamPools")
}

// named returns a resource of a setting, as a call that may be refused does.
func named[T any](a *Account, all map[string]T, name, call string) (found T, err error) {
	if err := a.refused(call, leftover.Resource{}); err != nil {
		return found, err
	}
	found, exists := all[name]
	if !exists {
		return found, &account.Error{Cause: account.Gone, Call: call, Err: errors.New("NotFound")}
	}
	return found, nil
}

// HostedZones implements check.Prober.
func (a *Account) HostedZones(context.Context) ([]check.HostedZone, error) {
	return a.DNSZones, a.refused("route53:ListHostedZones", leftover.Resource{})
}

// AddonVersions implements check.Prober.
func (a *Account) AddonVersions(_ context.Context, addon, kubernetes string) ([]string, error) {
	return a.Addons[addon+" "+kubernetes], a.refused("eks:DescribeAddonVersions", leftover.Resource{})
}
