package stack

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

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

// checkVersion requests the Kubernetes version of the stack's cluster from EKS, and refuses an update that EKS does not
// make before anything changes.
func (b *builder) checkVersion() error {
	if !b.hasCluster {
		return nil
	}
	cluster, err := eks.LookupCluster(b.ctx, &eks.LookupClusterArgs{Name: b.spec.Cluster.Name}, pulumi.Provider(b.aws))
	if err != nil {
		return fmt.Errorf("cluster %s: %w", b.spec.Cluster.Name, err)
	}
	return plan.CheckUpgrade(b.spec, cluster.Version).Err()
}
