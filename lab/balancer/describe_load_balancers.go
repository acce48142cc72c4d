package balancer

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/internal/awsdata"
)

// networkIdleTimeout is that of TCP listeners of a Network Load Balancer
// (docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout).
const networkIdleTimeout = 350 * time.Second

// describeLoadBalancers describes Network and Application Load Balancers.
func (d *Describer) describeLoadBalancers(ctx context.Context, h *hosts) (all []Spec, failed error) {
	list, err := elbPages(ctx, d.elbv2)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	groups, err := d.describeTargetGroups(ctx, h)
	if err != nil {
		return nil, err
	}
	for _, b := range list {
		if aws.ToString(b.VpcId) != h.vpc {
			continue
		}
		spec, err := d.describeLoadBalancer(ctx, h, b)
		if missing := (*types.LoadBalancerNotFoundException)(nil); errors.As(err, &missing) {
			continue // it has just been deleted
		}
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("load balancer %s: %w", aws.ToString(b.LoadBalancerName), err))
			continue
		}
		spec.addTargetGroups(groups)
		all = append(all, spec)
	}
	return all, failed
}

func elbPages(ctx context.Context, client *elasticloadbalancingv2.Client) (all []types.LoadBalancer, err error) {
	pages := elasticloadbalancingv2.NewDescribeLoadBalancersPaginator(client, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, page.LoadBalancers...)
	}
	return all, nil
}

// addTargetGroups adds the target groups of all actions.
func (s *Spec) addTargetGroups(groups map[string]TargetGroup) {
	s.TargetGroups = map[string]TargetGroup{}
	add := func(a Action) {
		for id := range a.Forward {
			if group, found := groups[id]; found {
				s.TargetGroups[id] = group
			}
		}
	}
	for _, l := range s.Listeners {
		add(l.Default)
		for _, r := range l.Rules {
			add(r.Action)
		}
	}
}

func (d *Describer) describeLoadBalancer(ctx context.Context, h *hosts, b types.LoadBalancer) (s Spec, err error) {
	s = Spec{ID: aws.ToString(b.LoadBalancerArn), Name: aws.ToString(b.LoadBalancerName), Kind: string(b.Type),
		DNSName: aws.ToString(b.DNSName), Internal: b.Scheme == types.LoadBalancerSchemeEnumInternal,
		DualStack:      b.IpAddressType == types.IpAddressTypeDualstack,
		SecurityGroups: b.SecurityGroups}
	if s.Zones, err = h.zonesOf(b); err != nil {
		return s, err
	}
	described, err := d.elbv2.DescribeLoadBalancerAttributes(ctx,
		&elasticloadbalancingv2.DescribeLoadBalancerAttributesInput{LoadBalancerArn: b.LoadBalancerArn})
	if err != nil {
		return s, err
	}
	attributes := map[string]string{}
	for name, accepted := range awsdata.LoadBalancerAttributes[s.Kind] {
		attributes[name] = accepted.Default
	}
	for _, a := range described.Attributes {
		attributes[aws.ToString(a.Key)] = aws.ToString(a.Value)
	}
	// An ALB balances across zones whatever the attribute says: it cannot be turned off
	// (docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html).
	s.CrossZone = s.Kind == Application || attributes[awsdata.LoadBalancerCrossZone] == "true"
	s.IdleTimeout = networkIdleTimeout
	if s.Kind == Application {
		s.IdleTimeout = seconds(attributes["idle_timeout.timeout_seconds"], time.Minute)
		s.ForwardedFor = attributes[awsdata.ForwardedForMode]
	}
	s.Listeners, err = d.describeListeners(ctx, s.Kind, b.LoadBalancerArn)
	return s, err
}

// zonesOf returns the zones of a load balancer with the addresses that were given for it: the private address or the
// Elastic IP address of a subnet mapping
// (docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_SubnetMapping.html).
func (h *hosts) zonesOf(b types.LoadBalancer) ([]Zone, error) {
	var ids []string
	given := map[string]types.LoadBalancerAddress{}
	for _, zone := range b.AvailabilityZones {
		ids = append(ids, aws.ToString(zone.SubnetId))
		if len(zone.LoadBalancerAddresses) > 0 {
			given[aws.ToString(zone.SubnetId)] = zone.LoadBalancerAddresses[0]
		}
	}
	zones := h.zones(ids)
	for i := range zones {
		z, a := &zones[i], given[zones[i].Subnet]
		z.Public = h.public[aws.ToString(a.AllocationId)]
		if text := aws.ToString(a.PrivateIPv4Address); text != "" {
			var err error
			if z.Address, err = netip.ParseAddr(text); err != nil {
				return nil, fmt.Errorf("subnet %s: %w", z.Subnet, err)
			}
		}
	}
	return zones, nil
}

func (d *Describer) describeListeners(ctx context.Context, kind string, arn *string) (all []Listener, err error) {
	pages := elasticloadbalancingv2.NewDescribeListenersPaginator(d.elbv2,
		&elasticloadbalancingv2.DescribeListenersInput{LoadBalancerArn: arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, described := range page.Listeners {
			l, err := d.describeListener(ctx, kind, described)
			if missing := (*types.ListenerNotFoundException)(nil); errors.As(err, &missing) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("listener on port %d: %w", aws.ToInt32(described.Port), err)
			}
			all = append(all, l)
		}
	}
	return all, nil
}

func (d *Describer) describeListener(ctx context.Context, kind string, described types.Listener) (l Listener,
	err error) {
	l = Listener{Port: int(aws.ToInt32(described.Port)), Protocol: string(described.Protocol)}
	if l.Default, err = describeAction(described.DefaultActions); err != nil {
		return l, err
	}
	if described.Protocol == types.ProtocolEnumTls || described.Protocol == types.ProtocolEnumHttps {
		list, err := d.elbv2.DescribeListenerCertificates(ctx,
			&elasticloadbalancingv2.DescribeListenerCertificatesInput{ListenerArn: described.ListenerArn})
		if err != nil {
			return l, err
		}
		for _, c := range list.Certificates {
			made, err := d.certificate(ctx, aws.ToString(c.CertificateArn))
			if err != nil {
				return l, err
			}
			l.Certificates = append(l.Certificates, made)
		}
	}
	if kind == Application {
		l.Rules, err = d.describeRules(ctx, described.ListenerArn)
	}
	return l, err
}
