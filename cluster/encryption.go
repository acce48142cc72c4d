package cluster

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// SecretsKeyAlias returns the alias of the KMS key for the Secrets of a cluster.
func SecretsKeyAlias(clusterName string) string { return "alias/eks/" + clusterName }

// newSecretsKey registers the KMS key for envelope encryption of Kubernetes Secrets. It rotates every year. After
// destroy AWS keeps it for seven days, the shortest waiting period.
func newSecretsKey(ctx *pulumi.Context, name string, in pulumi.ResourceOption) (*kms.Key, error) {
	key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
		Description:          pulumi.String("Kubernetes Secrets of EKS cluster " + name),
		EnableKeyRotation:    pulumi.Bool(true),
		DeletionWindowInDays: pulumi.Int(7),
	}, in)
	if err != nil {
		return nil, fmt.Errorf("KMS key: %w", err)
	}
	_, err = kms.NewAlias(ctx, name, &kms.AliasArgs{Name: pulumi.String(SecretsKeyAlias(name)), TargetKeyId: key.KeyId}, in)
	if err != nil {
		return nil, fmt.Errorf("KMS alias: %w", err)
	}
	return key, nil
}
