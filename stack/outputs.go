package stack

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/cluster"
	"eksnet/network"
)

// outputs are what people and other stacks ask for: `pulumi stack output NAME`.
func (b *builder) outputs(vpc *network.VPC, nat *network.NAT, control *cluster.ControlPlane) {
	if b.err != nil {
		return
	}
	b.ctx.Export("clusterName", control.Name)
	b.ctx.Export("endpoint", control.Endpoint)
	b.ctx.Export("kubeconfig", control.Kubeconfig(b.spec.Region))
	b.ctx.Export("updateKubeconfig", pulumi.Sprintf("aws eks update-kubeconfig --region %s --name %s", b.spec.Region, control.Name))
	b.ctx.Export("vpcId", vpc.ID)
	b.ctx.Export("publicSubnetIds", network.IDs(vpc.Public))
	b.ctx.Export("privateSubnetIds", network.IDs(vpc.Private))
	b.ctx.Export("natAddresses", nat.Addresses)
	b.ctx.Export("addresses", b.addresses)
}
