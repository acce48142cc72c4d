package stack

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/cluster"
	"eksnet/plan"
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
	existing := plan.ExistingCluster{Version: found.Version, Encrypted: b.hasSecretsKey()}
	for _, network := range found.KubernetesNetworkConfigs {
		existing.ServiceCIDR = network.ServiceIpv4Cidr
	}
	return plan.CheckExisting(b.spec, existing).Err()
}

// hasSecretsKey reports whether the existing cluster has a key for Secrets, which only a stack file without encryption
// needs to know. DescribeCluster returns the key, but the AWS provider's function does not, so the key's alias is
// requested. The function has an error for an alias that does not exist.
func (b *builder) hasSecretsKey() bool {
	if b.spec.Cluster.SecretsEncryption {
		return false
	}
	_, err := kms.LookupAlias(b.ctx, &kms.LookupAliasArgs{Name: cluster.SecretsKeyAlias(b.spec.Cluster.Name)}, pulumi.Provider(b.aws))
	return err == nil
}
