package stack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/cluster"
	"eksnet/plan"
	"eksnet/workloads"
)

// clusterExists reports whether the region has a cluster of the stack's name.
func (b *builder) clusterExists() (bool, error) {
	clusters, err := eks.GetClusters(b.ctx, pulumi.Provider(b.aws))
	if err != nil {
		return false, fmt.Errorf("clusters of %s: %w", b.spec.Region, err)
	}
	return slices.Contains(clusters.Names, b.spec.Cluster.Name), nil
}

// checkExisting requests the stack's cluster from EKS, and refuses what EKS does not change before anything changes.
func (b *builder) checkExisting() error {
	if !b.hasCluster {
		return nil
	}
	found, err := eks.LookupCluster(b.ctx, &eks.LookupClusterArgs{Name: b.spec.Cluster.Name}, pulumi.Provider(b.aws))
	if err != nil {
		return fmt.Errorf("cluster %s: %w", b.spec.Cluster.Name, err)
	}
	existing := plan.ExistingCluster{Version: found.Version, HasZonalShift: len(found.ZonalShiftConfigs) > 0, Identity: plan.IdentityOf(found.Tags)}
	if existing.Encrypted, err = b.hasSecretsKey(); err != nil {
		return err
	}
	if existing.PodGroups, err = b.podGroups(); err != nil {
		return err
	}
	for _, network := range found.KubernetesNetworkConfigs {
		existing.IPFamily, existing.ServiceCIDR = network.IpFamily, network.ServiceIpv4Cidr
	}
	b.existing = existing
	return plan.CheckExisting(b.spec, existing).Err()
}

// hasSecretsKey reports whether the existing cluster has a key for Secrets, which only a stack file without encryption
// needs to know. DescribeCluster returns the key, but the AWS provider's function does not, so the key's alias is
// requested. The function has an error for an alias that does not exist (terraform-provider-aws,
// internal/service/kms/alias_data_source.go).
func (b *builder) hasSecretsKey() (bool, error) {
	if b.spec.Cluster.SecretsEncryption {
		return false, nil
	}
	alias := cluster.SecretsKeyAlias(b.spec.Cluster.Name)
	_, err := kms.LookupAlias(b.ctx, &kms.LookupAliasArgs{Name: alias}, pulumi.Provider(b.aws))
	switch {
	case err == nil:
		return true, nil
	case strings.Contains(err.Error(), "empty result"), strings.Contains(err.Error(), "couldn't find resource"):
		return false, nil
	}
	return false, fmt.Errorf("key %s for Secrets: %w", alias, err)
}

// podGroups returns the IDs of the security groups of pods, which only a stack file that does not enable them needs to
// know.
func (b *builder) podGroups() ([]string, error) {
	if b.spec.Addons.VPCCNI.PodSecurityGroups != nil {
		return nil, nil
	}
	found, err := ec2.GetSecurityGroups(b.ctx, &ec2.GetSecurityGroupsArgs{Tags: map[string]string{
		stackTag: b.ctx.Stack(), workloads.PodGroupTag: workloads.PodGroupTagValue,
	}}, pulumi.Provider(b.aws))
	if err != nil {
		return nil, fmt.Errorf("security groups of pods: %w", err)
	}
	return found.Ids, nil
}
