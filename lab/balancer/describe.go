package balancer

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
)

// Describer describes the load balancers of an account. Its methods are not for concurrent use.
type Describer struct {
	acm   *acm.Client
	ec2   *ec2.Client
	elb   *elasticloadbalancing.Client
	elbv2 *elasticloadbalancingv2.Client
	// certificates are by ARN. ACM does not return private keys of imported certificates, so the load balancers have
	// certificates of their own for the same names.
	certificates map[string]tls.Certificate
}

// NewDescriber returns a Describer of an account.
func NewDescriber(config aws.Config) *Describer {
	return &Describer{acm: acm.NewFromConfig(config), ec2: ec2.NewFromConfig(config),
		elb: elasticloadbalancing.NewFromConfig(config), elbv2: elasticloadbalancingv2.NewFromConfig(config),
		certificates: map[string]tls.Certificate{}}
}

// Describe returns the load balancers of a VPC, sorted by name. Zones are in the order of their names. Their addresses
// are those that were given for the load balancer, and else not set. A load balancer that cannot be described is
// omitted, and the error names it.
func (d *Describer) Describe(ctx context.Context, vpc string) ([]Spec, error) {
	hosts, err := d.describeHosts(ctx, vpc)
	if err != nil {
		return nil, fmt.Errorf("VPC %s: %w", vpc, err)
	}
	classic, classicErr := d.describeClassic(ctx, hosts)
	others, othersErr := d.describeLoadBalancers(ctx, hosts)
	all := append(classic, others...)
	slices.SortFunc(all, func(a, b Spec) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all, errors.Join(classicErr, othersErr)
}

// hosts holds what EC2 describes of targets.
type hosts struct {
	vpc       string
	subnets   []subnet
	instances map[string]Target // by ID, with port 0
	// public holds the addresses of Elastic IPs by allocation ID.
	public map[string]netip.Addr
}

type subnet struct {
	id, zone string
	addrs    []netip.Prefix // IPv4 and IPv6
}

func (d *Describer) describeHosts(ctx context.Context, vpc string) (*hosts, error) {
	h := &hosts{vpc: vpc, instances: map[string]Target{}, public: map[string]netip.Addr{}}
	return h, errors.Join(d.describeSubnets(ctx, h), d.describeInstances(ctx, h), d.describeAddresses(ctx, h))
}

func (d *Describer) describeSubnets(ctx context.Context, h *hosts) error {
	pages := ec2.NewDescribeSubnetsPaginator(d.ec2, &ec2.DescribeSubnetsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, s := range page.Subnets {
			if aws.ToString(s.VpcId) != h.vpc {
				continue
			}
			addresses, err := netip.ParsePrefix(aws.ToString(s.CidrBlock))
			if err != nil {
				return fmt.Errorf("subnet %s: %w", aws.ToString(s.SubnetId), err)
			}
			described := subnet{aws.ToString(s.SubnetId), aws.ToString(s.AvailabilityZone), []netip.Prefix{addresses}}
			for _, block := range s.Ipv6CidrBlockAssociationSet {
				if ipv6, err := netip.ParsePrefix(aws.ToString(block.Ipv6CidrBlock)); err == nil {
					described.addrs = append(described.addrs, ipv6)
				}
			}
			h.subnets = append(h.subnets, described)
		}
	}
	return nil
}

func (d *Describer) describeInstances(ctx context.Context, h *hosts) error {
	pages := ec2.NewDescribeInstancesPaginator(d.ec2, &ec2.DescribeInstancesInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, reservation := range page.Reservations {
			for _, i := range reservation.Instances {
				address, err := netip.ParseAddr(aws.ToString(i.PrivateIpAddress))
				if err != nil || i.Placement == nil {
					continue // a terminated instance has no address
				}
				h.instances[aws.ToString(i.InstanceId)] =
					Target{Address: netip.AddrPortFrom(address, 0), Zone: aws.ToString(i.Placement.AvailabilityZone)}
			}
		}
	}
	return nil
}

func (d *Describer) describeAddresses(ctx context.Context, h *hosts) error {
	found, err := d.ec2.DescribeAddresses(ctx, &ec2.DescribeAddressesInput{})
	if err != nil {
		return err
	}
	for _, a := range found.Addresses {
		if h.public[aws.ToString(a.AllocationId)], err = netip.ParseAddr(aws.ToString(a.PublicIp)); err != nil {
			return fmt.Errorf("the Elastic IP address %s: %w", aws.ToString(a.AllocationId), err)
		}
	}
	return nil
}

// target returns the target of a registered ID, which is that of an instance or an address. It is not found for an
// instance that has been terminated.
func (h *hosts) target(id string, port int) (t Target, found bool) {
	if t, found = h.instances[id]; !found {
		address, err := netip.ParseAddr(id)
		if err != nil {
			return t, false
		}
		t = Target{Address: netip.AddrPortFrom(address, 0), Zone: h.zoneOf(address)}
	}
	t.Address = netip.AddrPortFrom(t.Address.Addr(), uint16(port))
	return t, true
}

// zoneOf returns the zone of an address of the VPC, "" for another one.
func (h *hosts) zoneOf(address netip.Addr) string {
	for _, s := range h.subnets {
		if slices.ContainsFunc(s.addrs, func(p netip.Prefix) bool { return p.Contains(address) }) {
			return s.zone
		}
	}
	return ""
}

// zones returns the zones of subnets, sorted by name.
func (h *hosts) zones(ids []string) (all []Zone) {
	for _, s := range h.subnets {
		if slices.Contains(ids, s.id) {
			all = append(all, Zone{Name: s.zone, Subnet: s.id})
		}
	}
	slices.SortFunc(all, func(a, b Zone) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Subnet, b.Subnet))
	})
	return all
}

// seconds returns a duration of an attribute, the default for one that is not set.
func seconds(text string, byDefault time.Duration) time.Duration {
	n, err := strconv.Atoi(text)
	if err != nil {
		return byDefault
	}
	return time.Duration(n) * time.Second
}

func secondsOf(n *int32, byDefault time.Duration) time.Duration {
	if n == nil {
		return byDefault
	}
	return time.Duration(*n) * time.Second
}
