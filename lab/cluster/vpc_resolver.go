package cluster

import (
	"context"
	"fmt"
	"net/netip"

	"eksnet/lab/balancer"
	"eksnet/lab/fabric"
	"eksnet/lab/resolver"
)

const (
	// resolverHost is the host of the VPC's resolver.
	resolverHost = "resolver"
	// resolverGroup is its security group: a VPC has no rules for its resolver
	// (docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html).
	resolverGroup = "sg-00000000000000001"
)

// addResolver adds the host of the VPC's resolver.
func (l *Lab) addResolver(spec *fabric.Spec) error {
	address := resolverAddress(l.ranges()[0])
	for _, s := range spec.Subnets {
		if !s.Range.Contains(address) {
			continue
		}
		all := []netip.Prefix{netip.PrefixFrom(netip.IPv4Unspecified(), 0)}
		spec.SecurityGroups = append(spec.SecurityGroups, fabric.SecurityGroup{ID: resolverGroup, Rules: []fabric.Rule{
			{Protocol: "-1", CIDRs: all}, {Protocol: "-1", CIDRs: all, Egress: true}}})
		spec.Interfaces = append(spec.Interfaces, fabric.Interface{ID: "eni-00000000000000001", Subnet: s.ID, Host: resolverHost,
			Primary: address, Groups: []string{resolverGroup}})
		return nil
	}
	return fmt.Errorf("no subnet has the address of the VPC's resolver, %s", address)
}

// startResolver starts the VPC's resolver, which resolves the names of load balancers and those in hosted zones.
func (l *Lab) startResolver(ctx context.Context) error {
	host, err := l.network.Host(resolverHost)
	if err != nil {
		return err
	}
	r, err := resolver.Start(host, l.resolveInVPC)
	if err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { _ = r.Stop(context.Background()) })
	return nil
}

// resolveBalancer returns the addresses of a load balancer in its healthy zones.
func (l *Lab) resolveBalancer(name string) (addresses []netip.Addr, known bool) {
	b := l.balancers.withName(name)
	if b == nil {
		return nil, false
	}
	return entriesOf(b.ZonesInDNS()), true
}

// entriesOf returns the addresses of zones that clients use.
func entriesOf(zones []balancer.Zone) (addresses []netip.Addr) {
	for _, z := range zones {
		addresses = append(addresses, z.Entries()...)
	}
	return addresses
}
