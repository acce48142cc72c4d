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
	b.ctx.Export("clusterName", b.created(control.Name))
	b.ctx.Export("endpoint", control.Endpoint)
	b.ctx.Export("kubeconfig", control.Kubeconfig())
	b.ctx.Export("updateKubeconfig", control.UpdateKubeconfig())
	b.ctx.Export("vpcId", vpc.ID)
	b.ctx.Export("publicSubnetIds", network.IDs(vpc.Public))
	b.ctx.Export("privateSubnetIds", network.IDs(vpc.Private))
	b.ctx.Export("natAddresses", addressesOf(nat))
	b.ctx.Export("addresses", b.addresses)
}

// addressesOf are what the outside sees of nodes in private subnets, by zone; none with nat none.
func addressesOf(nat *network.NAT) pulumi.StringMap {
	if nat == nil {
		return pulumi.StringMap{}
	}
	return nat.Addresses
}
