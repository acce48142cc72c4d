package cluster

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/internal/registered"
	"eksnet/plan"
)

func TestTheRoleOfTheClusterMayCreateInterfacesForPodsInEachPartition(t *testing.T) {
	for _, partition := range []string{"aws", "aws-cn"} {
		made := registered.By(t, nil, func(ctx *pulumi.Context) error {
			_, err := NewResourceController(ctx, "dev", &ResourceControllerArgs{Partition: plan.Partition{Name: partition}, ClusterRole: pulumi.String("dev-eksRole")})
			return err
		})
		attached := made["RolePolicyAttachment dev"]
		if attached["role"] != "dev-eksRole" || attached["policyArn"] != "arn:"+partition+":iam::aws:policy/AmazonEKSVPCResourceController" {
			t.Errorf("%s: %v", partition, attached)
		}
	}
}
