package balancer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
)

// Defaults of Classic Load Balancers (docs.aws.amazon.com/elasticloadbalancing/latest/classic/config-idle-timeout.html
// and …/config-conn-drain.html).
const (
	classicIdleTimeout = 60 * time.Second
	classicDraining    = 300 * time.Second
)

func (d *Describer) describeClassic(ctx context.Context, h *hosts) (all []Spec, failed error) {
	pages := elasticloadbalancing.NewDescribeLoadBalancersPaginator(d.elb, nil)
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return all, errors.Join(failed, err)
		}
		for _, b := range page.LoadBalancerDescriptions {
			if aws.ToString(b.VPCId) != h.vpc {
				continue
			}
			spec, err := d.describeClassicLoadBalancer(ctx, h, b)
			if missing := (*types.AccessPointNotFoundException)(nil); errors.As(err, &missing) {
				continue // it has just been deleted
			}
			if err != nil {
				failed = errors.Join(failed, fmt.Errorf("load balancer %s: %w", aws.ToString(b.LoadBalancerName), err))
				continue
			}
			all = append(all, spec)
		}
	}
	return all, failed
}

// ClassicTargetGroup returns the ID of the target group of a listener of a Classic Load Balancer.
func ClassicTargetGroup(name string, port int) string { return name + ":" + strconv.Itoa(port) }

func (d *Describer) describeClassicLoadBalancer(ctx context.Context, h *hosts, b types.LoadBalancerDescription) (s Spec,
	err error) {
	s = Spec{ID: aws.ToString(b.LoadBalancerName), Name: aws.ToString(b.LoadBalancerName), Kind: Classic,
		DNSName: aws.ToString(b.DNSName), Internal: aws.ToString(b.Scheme) == "internal",
		SecurityGroups: b.SecurityGroups, Zones: h.zones(b.Subnets), IdleTimeout: classicIdleTimeout,
		ForwardedFor: "append", TargetGroups: map[string]TargetGroup{}}
	described, err := d.elb.DescribeLoadBalancerAttributes(ctx,
		&elasticloadbalancing.DescribeLoadBalancerAttributesInput{LoadBalancerName: b.LoadBalancerName})
	if err != nil {
		return s, err
	}
	group := TargetGroup{}
	if a := described.LoadBalancerAttributes; a != nil {
		s.CrossZone = a.CrossZoneLoadBalancing != nil && a.CrossZoneLoadBalancing.Enabled
		if a.ConnectionSettings != nil {
			s.IdleTimeout = secondsOf(a.ConnectionSettings.IdleTimeout, classicIdleTimeout)
		}
		if a.ConnectionDraining != nil && a.ConnectionDraining.Enabled {
			group.DeregistrationDelay = secondsOf(a.ConnectionDraining.Timeout, classicDraining)
		}
	}
	if group.Check, err = describeClassicHealthCheck(b.HealthCheck); err != nil {
		return s, err
	}
	proxy, err := d.proxyProtocolPolicies(ctx, b)
	if err != nil {
		return s, err
	}
	for _, description := range b.ListenerDescriptions {
		if err := d.addClassicListener(ctx, h, &s, b, description.Listener, group, proxy); err != nil {
			return s, err
		}
	}
	return s, nil
}

// addClassicListener adds a listener, and its targets as a target group.
func (d *Describer) addClassicListener(ctx context.Context, h *hosts, s *Spec, b types.LoadBalancerDescription,
	described *types.Listener, group TargetGroup, proxy []string) error {
	l := Listener{Port: int(described.LoadBalancerPort), Protocol: strings.ToUpper(aws.ToString(described.Protocol))}
	if arn := aws.ToString(described.SSLCertificateId); arn != "" {
		made, err := d.certificate(ctx, arn)
		if err != nil {
			return err
		}
		l.Certificates = append(l.Certificates, made)
	}
	group.ID = ClassicTargetGroup(s.Name, l.Port)
	group.Protocol = cmp.Or(strings.ToUpper(aws.ToString(described.InstanceProtocol)), l.Protocol)
	port := aws.ToInt32(described.InstancePort)
	for _, i := range b.Instances {
		if t, found := h.target(aws.ToString(i.InstanceId), int(port)); found {
			group.Targets = append(group.Targets, t)
		}
	}
	slices.SortFunc(group.Targets, func(a, b Target) int { return a.Address.Compare(b.Address) })
	for _, server := range b.BackendServerDescriptions {
		if aws.ToInt32(server.InstancePort) == port && slices.ContainsFunc(server.PolicyNames,
			func(name string) bool { return slices.Contains(proxy, name) }) {
			group.ProxyProtocol = 1
		}
	}
	l.Default = Action{Forward: map[string]int{group.ID: 1}}
	s.Listeners = append(s.Listeners, l)
	s.TargetGroups[group.ID] = group
	return nil
}

// proxyProtocolPolicies returns the names of the policies with which a load balancer sends the proxy protocol header
// (docs.aws.amazon.com/elasticloadbalancing/latest/classic/enable-proxy-protocol.html).
func (d *Describer) proxyProtocolPolicies(ctx context.Context, b types.LoadBalancerDescription) (names []string,
	err error) {
	if len(b.BackendServerDescriptions) == 0 {
		return nil, nil
	}
	list, err := d.elb.DescribeLoadBalancerPolicies(ctx,
		&elasticloadbalancing.DescribeLoadBalancerPoliciesInput{LoadBalancerName: b.LoadBalancerName})
	if err != nil {
		return nil, err
	}
	for _, p := range list.PolicyDescriptions {
		enabled := slices.ContainsFunc(p.PolicyAttributeDescriptions, func(a types.PolicyAttributeDescription) bool {
			return aws.ToString(a.AttributeName) == "ProxyProtocol" &&
				strings.EqualFold(aws.ToString(a.AttributeValue), "true")
		})
		if aws.ToString(p.PolicyTypeName) == "ProxyProtocolPolicyType" && enabled {
			names = append(names, aws.ToString(p.PolicyName))
		}
	}
	return names, nil
}

// describeClassicHealthCheck reads a target such as TCP:80 or HTTP:80/path
// (docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_HealthCheck.html). The response must be 200.
func describeClassicHealthCheck(described *types.HealthCheck) (c HealthCheck, err error) {
	if described == nil {
		return c, errors.New("it has no health check")
	}
	target := aws.ToString(described.Target)
	protocol, rest, _ := strings.Cut(target, ":")
	port, path, hasPath := strings.Cut(rest, "/")
	c = HealthCheck{Protocol: strings.ToUpper(protocol), Interval: secondsOf(described.Interval, 30*time.Second),
		Timeout: secondsOf(described.Timeout, 5*time.Second), Healthy: int(aws.ToInt32(described.HealthyThreshold)),
		Unhealthy: int(aws.ToInt32(described.UnhealthyThreshold))}
	if hasPath {
		c.Path, c.Codes = "/"+path, "200"
	}
	if c.Port, err = strconv.Atoi(port); err != nil {
		return c, fmt.Errorf("health check %q: the port is not a number: %w", target, err)
	}
	return c, nil
}
