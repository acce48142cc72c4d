package path_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/balancer"
	"eksnet/workloads"
)

// threeZoneSettings are the settings of a stack with three zones.
var threeZoneSettings = map[string]string{
	"aws:region":            "ap-northeast-2",
	"aws:allowedAccountIds": `["111122223333"]`,
	"eksnet:network":        `{"zones": ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]}`,
	"eksnet:cluster":        `{"name": "dev", "endpoint": {"private": true}}`,
	"eksnet:nodeGroups":     `{"general": {"instanceTypes": ["m7i.large"], "scaling": {"min": 2, "desired": 3, "max": 6}}}`,
}

// readStackFile reads a stack file with these workloads.
func readStackFile(workloads string) (*config.Stack, *plan.Plan, config.Problems) {
	all := maps.Clone(threeZoneSettings)
	all["eksnet:workloads"] = workloads
	s, problems := config.Load(func(key string) (string, bool) { value, set := all[key]; return value, set }, slices.Collect(maps.Keys(all)))
	p, more := plan.New(s)
	return s, p, problems.With(more)
}

// These are the ports that the API server assigns to Services.
const (
	nodePort       = 31080
	healthNodePort = 32456
)

// workloadObjects are the objects of a workload that the load balancer controller reads.
type workloadObjects struct {
	service *corev1.Service
	ingress *networkingv1.Ingress // nil but behind an ALB
}

// registerWorkload runs the program's own components and adds the defaults of the API server.
func registerWorkload(t *testing.T, s *config.Stack, name string) workloadObjects {
	t.Helper()
	r := &resourceRecorder{made: map[string]resource.PropertyMap{}}
	if err := pulumi.RunErr(func(ctx *pulumi.Context) error { return registerComponents(ctx, s, name) }, pulumi.WithMocks("eksnet", "dev", r)); err != nil {
		t.Fatal(err)
	}
	var o workloadObjects
	for token, inputs := range r.made {
		text, err := yaml.Marshal(inputs.Mappable())
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasSuffix(token, ":Service"):
			o.service = &corev1.Service{}
			err = yaml.UnmarshalStrict(text, o.service)
		case strings.HasSuffix(token, ":Ingress"):
			o.ingress = &networkingv1.Ingress{}
			err = yaml.UnmarshalStrict(text, o.ingress)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	addServiceDefaults(o.service)
	return o
}

// addServiceDefaults sets the fields of a Service that the API server sets.
func addServiceDefaults(s *corev1.Service) {
	for i := range s.Spec.Ports {
		port := &s.Spec.Ports[i]
		if port.Protocol == "" {
			port.Protocol = corev1.ProtocolTCP
		}
		allocates := s.Spec.AllocateLoadBalancerNodePorts == nil || *s.Spec.AllocateLoadBalancerNodePorts
		if s.Spec.Type == corev1.ServiceTypeNodePort || s.Spec.Type == corev1.ServiceTypeLoadBalancer && allocates {
			port.NodePort = nodePort
		}
	}
	if s.Spec.ExternalTrafficPolicy == corev1.ServiceExternalTrafficPolicyLocal && s.Spec.Type == corev1.ServiceTypeLoadBalancer {
		s.Spec.HealthCheckNodePort = healthNodePort
	}
}

func registerComponents(ctx *pulumi.Context, s *config.Stack, name string) error {
	spec := s.Workloads[name]
	application, err := workloads.NewApplication(ctx, name, &workloads.ApplicationArgs{Spec: spec})
	if err != nil {
		return err
	}
	var subnets pulumi.StringArray
	for _, zone := range balancer.ZonesOf(s, name) {
		subnets = append(subnets, pulumi.String("subnet-"+zone))
	}
	if spec.Kind == config.KindNLB {
		_, err = workloads.NewNLB(ctx, name, &workloads.NLBArgs{Spec: spec, Application: application, Subnets: subnets})
		return err
	}
	backend, err := workloads.NewBackend(ctx, name, &workloads.BackendArgs{Spec: spec, Application: application})
	if err != nil {
		return err
	}
	_, err = workloads.NewALB(ctx, name, &workloads.ALBArgs{Spec: spec, Backend: backend, Class: pulumi.String("alb"), Subnets: subnets})
	return err
}

// resourceRecorder records registered resources, and returns a load balancer's name to components that wait for it.
type resourceRecorder struct {
	mu   sync.Mutex
	made map[string]resource.PropertyMap // by type
}

func (r *resourceRecorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.made[args.TypeToken] = args.Inputs
	outputs := args.Inputs.Copy()
	outputs["status"] = resource.NewPropertyValue(map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"hostname": "shop.elb.amazonaws.com"}}}})
	return args.Name, outputs, nil
}

func (*resourceRecorder) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }
