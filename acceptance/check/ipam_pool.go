package check

import (
	"context"
	"fmt"

	"eksnet/acceptance/account"
)

// IPAMPool is a pool of Amazon VPC IPAM.
type IPAMPool struct {
	// Locale is the region whose VPCs may use it, and None if no VPC may. Family is ipv4 or ipv6.
	Locale, Family string
	// State is create-complete for one that can be used.
	State string
}

// checkIPAMPool fails for a pool from which the VPC cannot get its range. A VPC uses pools of its region alone
// (docs.aws.amazon.com/vpc/latest/ipam/create-vpc-ipam.html).
func checkIPAMPool(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	id, region := s.Spec.Network.IPAMPool, s.Spec.Region
	if id == "" {
		return nil, nil
	}
	pool, err := p.IPAMPool(ctx, id)
	if err != nil && account.CauseOf(err) != account.Gone {
		return nil, err
	}
	row := Row{Check: "IPAM pool", Status: Passed, Found: fmt.Sprintf("%s, %s, locale %s, %s", id, pool.Family, pool.Locale, pool.State)}
	switch {
	case err != nil:
		row.Status, row.Found = Failed, id+" does not exist, or is not shared with the account"
		row.Advice = "create a pool with the locale " + region + " or share it by AWS RAM, or write another ID: aws ec2 describe-ipam-pools --region " + region
	case pool.Locale != region:
		row.Status, row.Advice = Failed, "only VPCs of its locale get ranges of it: write a pool with the locale "+region
	case pool.Family != "ipv4":
		row.Status, row.Advice = Failed, "network.cidr is an IPv4 range: write a pool of the family ipv4"
	case pool.State != "create-complete":
		row.Status, row.Advice = Failed, "wait until its state is create-complete, or write another pool"
	}
	return []Row{row}, nil
}
