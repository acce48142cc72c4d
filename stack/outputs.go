package stack

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/cluster"
	"eksnet/dns"
	"eksnet/network"
)

// exportOutputs exports the outputs of the stack, which `pulumi stack output NAME` prints.
func (b *builder) exportOutputs(vpc *network.VPC, nat *network.NAT, control *cluster.ControlPlane, zones []*dns.Zone) {
	if b.err != nil {
		return
	}
	b.ctx.Export("clusterName", b.checkCreations(control.Name))
	b.ctx.Export("endpoint", control.Endpoint)
	b.ctx.Export("kubeconfig", control.Kubeconfig())
	b.ctx.Export("updateKubeconfig", control.UpdateKubeconfig())
	if control.ProviderARN != nil {
		b.ctx.Export("oidcProviderArn", control.ProviderARN)
	}
	b.ctx.Export("oidcIssuer", control.Issuer)
	b.ctx.Export("vpcId", vpc.ID)
	b.ctx.Export("publicSubnetIds", network.IDs(vpc.Public))
	b.ctx.Export("privateSubnetIds", network.IDs(vpc.Private))
	b.ctx.Export("natAddresses", natAddresses(nat))
	b.ctx.Export("addresses", b.addresses)
	b.ctx.Export("names", b.names())
	b.ctx.Export("nameServers", nameServers(b.spec.DNS, zones))
	if len(b.arns) > 0 {
		b.ctx.Export("loadBalancerArns", b.arns)
	}
}

// natAddresses returns the public addresses of the NAT gateways by zone; none with nat: none.
func natAddresses(nat *network.NAT) pulumi.StringMap {
	if nat == nil {
		return pulumi.StringMap{}
	}
	return nat.Addresses
}
