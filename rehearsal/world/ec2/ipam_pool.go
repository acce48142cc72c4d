package ec2

import (
	"net/netip"
	"time"

	"eksnet/rehearsal/world/store"
)

var (
	IPAMPoolExists = store.NewRule("an IPAM pool that is named exists",
		createVPCOp+", api error InvalidIpamPoolId.NotFound: The ipam-pool ID '%s' does not exist",
		"https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html")
	// AWS does not document its words for a part that is outside of the pool or not free. These are its words for a pool
	// without a free part of the size.
	IPAMPoolFree = store.NewRule("a VPC's network is a free part of its IPAM pool",
		createVPCOp+", api error InvalidParameterValue: The allocation size is too big for the pool. (%s of %s)",
		"https://github.com/hashicorp/terraform-provider-aws/issues/39046")
)

// IPAMPool is an IPAM pool of the operator. No stack creates one. Its allocations are the VPCs with its ID.
type IPAMPool struct {
	CIDR store.Prefix `json:"cidr"`
}

// HoldIPAMPool adds an IPAM pool of the operator with a range; an existing one does not change.
func HoldIPAMPool(w *store.Account, id, cidr string) {
	if w.Get(store.IPAMPoolType, id) != nil {
		return
	}
	o := &store.Object{Type: store.IPAMPoolType, ID: id, Owner: store.OperatorOwner, Inputs: store.Properties{"addressFamily": "ipv4", "cidr": cidr}}
	o.Show(store.Properties{"arn": "arn:" + w.Partition().ID + ":ec2::" + w.Options.Account + ":ipam-pool/" + id})
	w.Put(o)
}

// allocateFromPool refuses a network that is not a free part of the pool that a new VPC names.
func allocateFromPool(w *store.Account, pool string, network netip.Prefix) error {
	if pool == "" {
		return nil
	}
	o := w.Get(store.IPAMPoolType, pool)
	if err := IPAMPoolExists.When(o == nil, pool); err != nil || o == nil {
		return err
	}
	taken := w.With(store.VPCType, "ipv4IpamPoolId", pool, func(vpc *store.Object) bool { return VPCOf(vpc).CIDR.Overlaps(network) })
	return IPAMPoolFree.When(!IsInside(network, store.Decode[IPAMPool](o).CIDR.Prefix) || len(taken) > 0, network, pool)
}

// awaitRelease records that the deletion of a VPC waits until IPAM has released its network. The provider waits for 35
// minutes, because it can take about 30
// (https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/ec2/vpc_.go, resourceVPCDelete).
func awaitRelease(c *store.Call, pool string) {
	if pool != "" {
		c.Behind(30*time.Minute, "IPAM releases the network of %s", pool)
		c.Awaited()
	}
}
