package path_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"sigs.k8s.io/aws-load-balancer-controller/pkg/annotations"
	lbcconfig "sigs.k8s.io/aws-load-balancer-controller/pkg/config"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/elbv2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/deploy/tracking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/ingress"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/metrics/lbc"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/model/core"
	model "sigs.k8s.io/aws-load-balancer-controller/pkg/model/elbv2"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/networking"
	"sigs.k8s.io/aws-load-balancer-controller/pkg/service"
)

// made is what the controller would make of a workload.
type made struct {
	balancer  *model.LoadBalancer
	listeners []*model.Listener
	rules     []*model.ListenerRule
	targets   []*model.TargetGroup
}

// The controller's own settings, as the chart has them.
const (
	cluster       = "dev"
	vpc           = "vpc-1"
	tlsPolicy     = "ELBSecurityPolicy-2016-08"
	defaultTarget = "instance"
	defaultScheme = "internal"
)

// ofService is the controller's model of a Service.
func ofService(s *corev1.Service) (made, error) {
	parser, metrics := annotations.NewSuffixAnnotationParser("service.beta.kubernetes.io"), lbc.NewMockCollector()
	gates := lbcconfig.NewFeatureGates()
	builder := service.NewDefaultModelBuilder(parser, subnets{}, nil, vpc, tracking.NewDefaultProvider("service.k8s.aws", cluster),
		nothingStands{}, nil, gates, cluster, nil, nil, tlsPolicy, defaultTarget, defaultScheme, true,
		service.NewServiceUtils(parser, "service.k8s.aws/resources", "service.k8s.aws/nlb", gates),
		sharedGroup{}, groups{}, true, false, false, logr.Discard(), metrics, false, nil)
	stack, balancer, _, err := builder.Build(context.Background(), s, metrics)
	if err != nil {
		return made{}, err
	}
	if balancer == nil {
		return made{}, fmt.Errorf("the controller does not take Service %s for its own", s.Name)
	}
	return read(stack, balancer)
}

// ofIngresses is its model of a group of Ingresses, or of one.
func ofIngresses(group string, all ...objects) (made, error) {
	parser, metrics := annotations.NewSuffixAnnotationParser("alb.ingress.kubernetes.io"), lbc.NewMockCollector()
	in := backends{services: map[types.NamespacedName]*corev1.Service{}}
	id := ingress.NewGroupIDForExplicitGroup(group)
	var members []ingress.ClassifiedIngress
	for _, o := range all {
		in.services[types.NamespacedName{Namespace: o.service.Namespace, Name: o.service.Name}] = o.service
		members = append(members, ingress.ClassifiedIngress{Ing: o.ingress})
		if group == "" {
			id = ingress.NewGroupIDForImplicitGroup(types.NamespacedName{Namespace: o.ingress.Namespace, Name: o.ingress.Name})
		}
	}
	builder := ingress.NewDefaultModelBuilder(in, nil, nil, nil, nil, nil, parser, subnets{}, ingress.NewDefaultAuthConfigBuilder(parser),
		ingress.NewDefaultEnhancedBackendBuilder(in, parser, ingress.NewDefaultAuthConfigBuilder(parser), false, false),
		tracking.NewDefaultProvider("ingress.k8s.aws", cluster), nothingStands{}, lbcconfig.NewFeatureGates(),
		vpc, cluster, nil, nil, tlsPolicy, defaultTarget, defaultScheme, sharedGroup{}, groups{}, true, false, false, nil, true, nil, logr.Discard(), metrics)
	stack, balancer, _, _, _, _, err := builder.Build(context.Background(), ingress.Group{ID: id, Members: members}, metrics)
	if err != nil {
		return made{}, err
	}
	return read(stack, balancer)
}

// madeOf is its model of a workload.
func madeOf(o objects, group string) (made, error) {
	if o.ingress == nil {
		return ofService(o.service)
	}
	return ofIngresses(group, o)
}

func read(stack core.Stack, balancer *model.LoadBalancer) (made, error) {
	m := made{balancer: balancer}
	return m, errors.Join(stack.ListResources(&m.listeners), stack.ListResources(&m.rules), stack.ListResources(&m.targets))
}

// subnets are one in each zone, found by tag or by name.
type subnets struct{ networking.SubnetsResolver }

func (subnets) ResolveViaDiscovery(context.Context, ...networking.SubnetsResolveOption) ([]ec2types.Subnet, error) {
	return named("subnet-ap-northeast-2a", "subnet-ap-northeast-2b", "subnet-ap-northeast-2c"), nil
}

func (subnets) ResolveViaNameOrIDSlice(_ context.Context, names []string, _ ...networking.SubnetsResolveOption) ([]ec2types.Subnet, error) {
	return named(names...), nil
}

func named(ids ...string) []ec2types.Subnet {
	var all []ec2types.Subnet
	for _, id := range ids {
		all = append(all, ec2types.Subnet{SubnetId: aws.String(id), CidrBlock: aws.String("10.0.0.0/24")})
	}
	return all
}

// nothingStands: no load balancer is there yet.
type nothingStands struct{ elbv2.TaggingManager }

func (nothingStands) ListLoadBalancers(context.Context, ...tracking.TagFilter) ([]elbv2.LoadBalancerWithTags, error) {
	return nil, nil
}

// sharedGroup is the group by which nodes and pods let load balancers in.
type sharedGroup struct{ networking.BackendSGProvider }

func (sharedGroup) Get(context.Context, networking.ResourceType, []types.NamespacedName) (string, error) {
	return "sg-shared", nil
}

// groups exist that are named.
type groups struct{}

func (groups) ResolveViaNameOrID(_ context.Context, names []string) ([]string, error) {
	return names, nil
}

// backends are the Services that Ingresses send to.
type backends struct {
	client.Client
	services map[types.NamespacedName]*corev1.Service
}

func (b backends) Get(_ context.Context, key client.ObjectKey, into client.Object, _ ...client.GetOption) error {
	s, found := b.services[key]
	if !found {
		return fmt.Errorf("no Service %s", key)
	}
	s.DeepCopyInto(into.(*corev1.Service))
	return nil
}
