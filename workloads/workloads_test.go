package workloads_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/workloads"
)

// mockCluster records the resources that a workload registers, and gives load balancers its hostname.
type mockCluster struct {
	hostname   string
	mu         sync.Mutex
	registered map[string]resource.PropertyMap // by type and name
	aliases    []string                        // resources with an alias parent, and that parent
	address    string
	// subnets holds the subnet IDs of load balancers.
	subnets []string
}

func (c *mockCluster) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	title := args.TypeToken[strings.LastIndex(args.TypeToken, ":")+1:] + " " + args.Name
	c.registered[title] = args.Inputs
	for _, alias := range args.RegisterRPC.GetAliases() {
		if parent := alias.GetSpec().GetParentUrn(); parent != "" {
			c.aliases = append(c.aliases, title+" in "+parent)
		}
	}
	outputs := args.Inputs.Copy()
	entry := map[string]any{"ip": "203.0.113.1"}
	if c.hostname != "" {
		entry = map[string]any{"hostname": c.hostname}
	}
	status := map[string]any{"loadBalancer": map[string]any{"ingress": []any{entry}}}
	if c.hostname != "" {
		status["addresses"] = []any{map[string]any{"type": "Hostname", "value": c.hostname}}
		status["conditions"] = []any{map[string]any{"type": "Programmed", "message": gatewayARN}}
	}
	outputs["status"] = resource.NewPropertyValue(status)
	return args.Name, outputs, nil
}

func (*mockCluster) Call(pulumi.MockCallArgs) (resource.PropertyMap, error) { return nil, nil }

// registerWorkload registers the workload `shop` with its load balancer.
func (c *mockCluster) registerWorkload(spec config.Workload) error {
	c.registered = map[string]resource.PropertyMap{}
	return pulumi.RunErr(func(ctx *pulumi.Context) error {
		application, err := workloads.NewApplication(ctx, "shop", &workloads.ApplicationArgs{Spec: spec})
		if err != nil {
			return err
		}
		if _, err := workloads.NewPods(ctx, "shop", &workloads.PodsArgs{Spec: spec, Application: application}); err != nil {
			return err
		}
		if !spec.Balanced() {
			return nil
		}
		address, err := newBalancer(ctx, spec, application, pulumi.ToStringArray(c.subnets))
		if err != nil {
			return err
		}
		ctx.Export("address", address.ApplyT(func(name string) string {
			c.address = name
			return name
		}))
		return nil
	}, pulumi.WithMocks("eksnet", "test", c))
}

func newBalancer(ctx *pulumi.Context, spec config.Workload, application *workloads.Application, subnets pulumi.StringArray) (pulumi.StringOutput, error) {
	switch spec.Kind {
	case config.KindCLB:
		tags := map[string]string{"team": "platform", "eksnet/stack": "dev"}
		made, err := workloads.NewCLB(ctx, "shop", &workloads.CLBArgs{Spec: spec, Application: application, Tags: tags, Subnets: subnets})
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		return made.Address, nil
	case config.KindNLB:
		made, err := workloads.NewNLB(ctx, "shop", &workloads.NLBArgs{Spec: spec, Application: application, Subnets: subnets})
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		return made.Address, nil
	case config.KindGatewayNLB, config.KindGatewayALB:
		return newGateway(ctx, spec, application, subnets)
	default:
		backend, err := workloads.NewBackend(ctx, "shop", &workloads.BackendArgs{Spec: spec, Application: application})
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		made, err := workloads.NewALB(ctx, "shop", &workloads.ALBArgs{Spec: spec, Backend: backend, Class: pulumi.String("alb"), Subnets: subnets})
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		return made.Address, nil
	}
}

// registeredResources returns the resources of a workload.
func registeredResources(t *testing.T, spec config.Workload) map[string]resource.PropertyMap {
	t.Helper()
	c := &mockCluster{hostname: "shop.elb.amazonaws.com", subnets: []string{"subnet-a", "subnet-b"}}
	if err := c.registerWorkload(spec); err != nil {
		t.Fatal(err)
	}
	if spec.Balanced() && c.address != c.hostname {
		t.Errorf("the address is %q", c.address)
	}
	return c.registered
}

func echoWorkload(kind, target string) config.Workload {
	return config.Workload{Kind: kind, App: config.AppEcho, Image: config.EchoImage, Scheme: config.InternetFacing, Target: target, Paths: []string{"/"}, Replicas: 2}
}

// propertyAt returns a value in a resource's inputs.
func propertyAt(inputs resource.PropertyMap, path string) any {
	parsed, err := resource.ParsePropertyPath(path)
	if err != nil {
		panic(err)
	}
	value, _ := parsed.Get(resource.NewProperty(inputs))
	return value.Mappable()
}

func TestEachKindHasAServiceThatExactlyOneControllerHandles(t *testing.T) {
	for name, test := range map[string]struct {
		spec        config.Workload
		service     string
		kind, class any
		nodePorts   any
	}{
		"clb":          {echoWorkload(config.KindCLB, config.TargetInstance), "shop-clb", "LoadBalancer", nil, nil},
		"nlb to pods":  {echoWorkload(config.KindNLB, config.TargetIP), "shop-nlb", "LoadBalancer", "service.k8s.aws/nlb", false},
		"nlb to nodes": {echoWorkload(config.KindNLB, config.TargetInstance), "shop-nlb", "LoadBalancer", "service.k8s.aws/nlb", true},
		"alb to pods":  {echoWorkload(config.KindALB, config.TargetIP), "shop-alb", "ClusterIP", nil, nil},
		"alb to nodes": {echoWorkload(config.KindALB, config.TargetInstance), "shop-alb", "NodePort", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			made := registeredResources(t, test.spec)
			s, ok := made["Service "+test.service]
			if !ok {
				t.Fatalf("registered are %v", slices.Sorted(maps.Keys(made)))
			}
			got := fmt.Sprint(propertyAt(s, "spec.type"), propertyAt(s, "spec.loadBalancerClass"), propertyAt(s, "spec.allocateLoadBalancerNodePorts"))
			if want := fmt.Sprint(test.kind, test.class, test.nodePorts); got != want {
				t.Errorf("type, class and node ports are %s, want %s", got, want)
			}
			if port, target := propertyAt(s, "spec.ports[0].port"), propertyAt(s, "spec.ports[0].targetPort"); port != 80.0 || target != "http" {
				t.Errorf("port %v has target port %v", port, target)
			}
		})
	}
}

func TestAnIngressRoutesHostAndPathToItsService(t *testing.T) {
	spec := echoWorkload(config.KindALB, config.TargetInstance)
	spec.Group, spec.Hosts, spec.Paths = "shared", []string{"shop.example.com"}, []string{"/cart"}
	ingress := registeredResources(t, spec)["Ingress shop-alb"]
	for path, want := range map[string]any{
		`metadata.annotations["alb.ingress.kubernetes.io/group.order"]`: "123",
		"spec.ingressClassName": "alb", "spec.rules[0].host": "shop.example.com",
		"spec.rules[0].http.paths[0].path": "/cart", "spec.rules[0].http.paths[0].pathType": "Prefix",
		"spec.rules[0].http.paths[0].backend.service.name": "shop-alb", "spec.rules[0].http.paths[0].backend.service.port.name": "http",
	} {
		if got := propertyAt(ingress, path); got != want {
			t.Errorf("%s is %v, want %v", path, got, want)
		}
	}
}

func TestAnIngressWithoutHostAndGroupServesAnyHostOnItsOwnALB(t *testing.T) {
	ingress := registeredResources(t, echoWorkload(config.KindALB, config.TargetIP))["Ingress shop-alb"]
	if host := propertyAt(ingress, "spec.rules[0].host"); host != nil {
		t.Errorf("the host is %v", host)
	}
	if group := propertyAt(ingress, `metadata.annotations["alb.ingress.kubernetes.io/group.name"]`); group != nil {
		t.Errorf("the group is %v", group)
	}
}

func TestTheGameRunsOnNodesOfItsImagesArchitecture(t *testing.T) {
	game := echoWorkload(config.KindALB, config.TargetIP)
	game.App, game.Image = config.App2048, config.Game2048Image
	mirrored := game
	mirrored.Image = "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/game:1"
	for _, test := range []struct {
		spec config.Workload
		arch any
	}{{game, "amd64"}, {mirrored, nil}, {echoWorkload(config.KindALB, config.TargetIP), nil}} {
		pod := registeredResources(t, test.spec)["Deployment shop"]
		if arch := propertyAt(pod, `spec.template.spec.nodeSelector["kubernetes.io/arch"]`); arch != test.arch {
			t.Errorf("%s runs on %v, want %v", test.spec.Image, arch, test.arch)
		}
	}
}

// Path and port of the probe are the app's; an ALB's health check has the same path.
func TestHealthChecksUseTheAppsPathAndPort(t *testing.T) {
	for app, want := range map[string]struct {
		path string
		port float64
	}{config.AppEcho: {"/healthz", 8080}, config.App2048: {"/", 80}} {
		spec := echoWorkload(config.KindALB, config.TargetIP)
		spec.App = app
		made := registeredResources(t, spec)
		const container = "spec.template.spec.containers[0]."
		pod, ingress := made["Deployment shop"], made["Ingress shop-alb"]
		if path, port := propertyAt(pod, container+"readinessProbe.httpGet.path"), propertyAt(pod, container+"ports[0].containerPort"); path != want.path || port != want.port {
			t.Errorf("%s: probe of %v on port %v, want %v", app, path, port, want)
		}
		if path := propertyAt(ingress, `metadata.annotations["alb.ingress.kubernetes.io/healthcheck-path"]`); path != want.path {
			t.Errorf("%s: the ALB's health check path is %v", app, path)
		}
	}
}

func TestAppsHaveOnlyTheCapabilitiesThatTheyNeed(t *testing.T) {
	for app, keeps := range map[string]any{
		config.AppEcho: nil,
		config.App2048: []any{"NET_BIND_SERVICE", "SETUID", "SETGID", "CHOWN", "DAC_OVERRIDE"},
	} {
		spec := echoWorkload(config.KindNLB, config.TargetIP)
		spec.App = app
		pod := registeredResources(t, spec)["Deployment shop"]
		const security = "spec.template.spec.containers[0].securityContext."
		for path, want := range map[string]any{
			security + "capabilities.drop": []any{"ALL"}, security + "capabilities.add": keeps, security + "allowPrivilegeEscalation": false,
			"spec.template.spec.automountServiceAccountToken": false, "spec.template.spec.securityContext.seccompProfile.type": "RuntimeDefault",
		} {
			if got := propertyAt(pod, path); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s: %s is %v, want %v", app, path, got, want)
			}
		}
	}
}

func TestALoadBalancerWithoutADNSNameIsAnError(t *testing.T) {
	for _, kind := range []string{config.KindCLB, config.KindNLB, config.KindALB} {
		c := &mockCluster{}
		if err := c.registerWorkload(echoWorkload(kind, config.TargetIP)); err == nil || !strings.Contains(err.Error(), "the load balancer has no DNS name") {
			t.Errorf("%s: the error is %v, the address %q", kind, err, c.address)
		}
	}
}

func TestTheErrorOfAnUnknownAppListsTheAcceptedOnes(t *testing.T) {
	spec := echoWorkload(config.KindNLB, config.TargetIP)
	spec.App = "chess"
	c := &mockCluster{}
	if err := c.registerWorkload(spec); err == nil || !strings.Contains(err.Error(), `app "chess"; accepted: echo, game-2048, iperf3, istio-gateway, kube-ops-view, netshoot, nginx`) {
		t.Errorf("the error is %v", err)
	}
	if len(c.registered) > 0 {
		t.Errorf("registered before the error: %v", slices.Sorted(maps.Keys(c.registered)))
	}
}

// The alias prevents a replacement of running pods.
func TestTheDeploymentHasAnAliasForItsParentInOlderStacks(t *testing.T) {
	c := &mockCluster{hostname: "shop.elb.amazonaws.com"}
	if err := c.registerWorkload(echoWorkload(config.KindNLB, config.TargetIP)); err != nil {
		t.Fatal(err)
	}
	if want := "Deployment shop in urn:pulumi:test::eksnet::eksnet:workloads:Application::shop"; !slices.Equal(c.aliases, []string{want}) {
		t.Errorf("aliases %q, want %s", c.aliases, want)
	}
}
