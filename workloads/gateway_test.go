package workloads_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"eksnet/config"
	"eksnet/internal/awsdata"
	"eksnet/plan/balancer"
	"eksnet/workloads"
)

const gatewayARN = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:loadbalancer/app/k8s-shop-shop-0123456789/0123456789abcdef"

// newGateway registers the Gateway of the workload shop alone, with its route.
func newGateway(ctx *pulumi.Context, spec config.Workload, application *workloads.Application, subnets pulumi.StringArray) (pulumi.StringOutput, error) {
	s := &config.Stack{Workloads: map[string]config.Workload{"shop": spec}}
	all, err := newGateways(ctx, s, map[string]*workloads.Application{"shop": application}, subnets)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return all.Address, nil
}

// newGateways registers one Gateway with one route to all workloads of a stack, in the order of their names.
func newGateways(ctx *pulumi.Context, s *config.Stack, applications map[string]*workloads.Application, subnets pulumi.StringArray) (*workloads.Gateway, error) {
	names := slices.Sorted(maps.Keys(s.Workloads))
	first, last := names[0], names[len(names)-1]
	gateway, err := workloads.NewGateway(ctx, first, &workloads.GatewayArgs{
		Plan: balancer.GatewayFor(s, first), Namespace: applications[first].Namespace, Class: pulumi.String("alb"), Subnets: subnets,
	})
	if err != nil {
		return nil, err
	}
	args := &workloads.RouteArgs{Spec: balancer.WithGroupSettings(s, last), Gateway: gateway}
	revision := &workloads.GatewayRevisionArgs{Gateway: gateway}
	for _, name := range names {
		backend, err := workloads.NewBackend(ctx, name, &workloads.BackendArgs{Spec: s.Workloads[name], Application: applications[name]})
		if err != nil {
			return nil, err
		}
		group, err := workloads.NewTargetGroup(ctx, name, &workloads.TargetGroupArgs{Spec: s.Workloads[name], Backend: backend})
		if err != nil {
			return nil, err
		}
		revision.TargetGroups = append(revision.TargetGroups, group)
		args.Backends = append(args.Backends, workloads.WeightedBackend{Name: name, Backend: backend, Weight: s.Workloads[name].Weight})
	}
	route, err := workloads.NewRoute(ctx, last, args)
	if err != nil {
		return nil, err
	}
	revision.Routes = []*workloads.Route{route}
	_, err = workloads.NewGatewayRevision(ctx, first, revision)
	return gateway, err
}

// registeredGateways returns the resources of workloads with one Gateway and one route.
func registeredGateways(t *testing.T, all map[string]config.Workload) map[string]resource.PropertyMap {
	t.Helper()
	cluster := &mockCluster{hostname: "lb.example.com", registered: map[string]resource.PropertyMap{}}
	err := pulumi.RunErr(func(ctx *pulumi.Context) error {
		applications := map[string]*workloads.Application{}
		for name, spec := range all {
			application, err := workloads.NewApplication(ctx, name, &workloads.ApplicationArgs{Spec: spec})
			if err != nil {
				return err
			}
			applications[name] = application
		}
		_, err := newGateways(ctx, &config.Stack{Workloads: all}, applications, pulumi.ToStringArray([]string{"subnet-a", "subnet-b"}))
		return err
	}, pulumi.WithMocks("eksnet", "test", cluster))
	if err != nil {
		t.Fatal(err)
	}
	return cluster.registered
}

const (
	programmed = `["condition=Programmed", "jsonpath={.status.addresses[0].value}"]`
	accepted   = `jsonpath={.status.parents[0].conditions[?(@.type=="Accepted")].status}=True`
	resolved   = `jsonpath={.status.parents[0].conditions[?(@.type=="ResolvedRefs")].status}=True`
)

// The values are the whole specs, so that nothing else is in them.
func TestEachOptionOfAGatewayIsInItsObjects(t *testing.T) {
	const (
		balancerObject, groupObject = "LoadBalancerConfiguration shop", "TargetGroupConfiguration shop"

		httpHealth = `"healthCheckConfig":{"healthCheckInterval":15,"healthCheckPath":"/healthz","healthCheckPort":"traffic-port","healthCheckProtocol":"HTTP","healthCheckTimeout":5,"healthyThresholdCount":2,"matcher":{"httpCode":"200"},"unhealthyThresholdCount":2}`
		tcpHealth  = `"healthCheckConfig":{"healthCheckInterval":10,"healthCheckPort":"traffic-port","healthCheckProtocol":"TCP","healthCheckTimeout":10,"healthyThresholdCount":3,"unhealthyThresholdCount":3}`
		reference  = `"targetReference":{"group":"","kind":"Service","name":"shop"}`
		subnets    = `"loadBalancerSubnets":[{"identifier":"subnet-a"},{"identifier":"subnet-b"}]`
		crossZone  = `"loadBalancerAttributes":[{"key":"load_balancing.cross_zone.enabled","value":"false"}]`
		backend    = `"backendRefs":[{"group":"","kind":"Service","name":"shop","port":80}]`
		parent     = `{"group":"gateway.networking.k8s.io","kind":"Gateway","name":"shop","namespace":"shop","sectionName":"%s"}`
		same       = `"allowedRoutes":{"namespaces":{"from":"Same"}}`
		parameters = `"infrastructure":{"parametersRef":{"group":"gateway.k8s.aws","kind":"LoadBalancerConfiguration","name":"shop"}}`
		tls        = `"tls":{"mode":"Terminate","options":{"eksnet/certificates":"LoadBalancerConfiguration"}}`
	)
	attributes := func(pairs ...string) string {
		var all []string
		for _, pair := range pairs {
			key, value, _ := strings.Cut(pair, "=")
			all = append(all, fmt.Sprintf(`{"key":%q,"value":%q}`, key, value))
		}
		return `"targetGroupAttributes":[` + strings.Join(all, ",") + `]`
	}
	plain := attributes("deregistration_delay.timeout_seconds=300", "preserve_client_ip.enabled=false", "proxy_protocol_v2.enabled=false")
	for _, test := range []struct{ workload, object, want string }{
		{"kind: gateway-alb", "Gateway shop", `{"gatewayClassName":"alb",` + parameters + `,"listeners":[{` + same + `,"name":"http-80","port":80,"protocol":"HTTP"}]}`},
		{"kind: gateway-alb", balancerObject, `{` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-alb", groupObject, `{"defaultConfiguration":{` + httpHealth + `,` + attributes("deregistration_delay.timeout_seconds=300") + `,"targetType":"ip"},` + reference + `}`},
		{"kind: gateway-alb", "HTTPRoute shop", `{"parentRefs":[` + fmt.Sprintf(parent, "http-80") + `],"rules":[{` + backend + `,"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]}`},
		{"kind: gateway-alb, hosts: [a.example.com], paths: [/x, /y]", "HTTPRoute shop", `{"hostnames":["a.example.com"],"parentRefs":[` + fmt.Sprintf(parent, "http-80") + `],"rules":[{` + backend + `,"matches":[{"path":{"type":"PathPrefix","value":"/x"}},{"path":{"type":"PathPrefix","value":"/y"}}]}]}`},
		{"kind: gateway-alb, scheme: internal, securityGroups: [sg-01234567], attributes: {idle_timeout.timeout_seconds: \"120\"}", balancerObject,
			`{"loadBalancerAttributes":[{"key":"idle_timeout.timeout_seconds","value":"120"}],` + subnets + `,"manageBackendSecurityGroupRules":true,"scheme":"internal","securityGroups":["sg-01234567"]}`},
		{"kind: gateway-alb, accessLogs: {bucket: logs}", balancerObject,
			`{"loadBalancerAttributes":[{"key":"access_logs.s3.bucket","value":"logs"},{"key":"access_logs.s3.enabled","value":"true"},{"key":"access_logs.s3.prefix","value":""}],` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-alb, mutualTls: {mode: verify, trustStore: " + trustStore + "}, certificate: " + certificate, balancerObject,
			`{"listenerConfigurations":[{"defaultCertificate":"` + certificate + `","mutualAuthentication":{"mode":"verify","trustStore":"` + trustStore + `"},"protocolPort":"HTTPS:443","sslPolicy":"` + awsdata.DefaultTLSPolicy + `"}],` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-alb, waf: " + webACL, balancerObject, `{` + subnets + `,"scheme":"internet-facing","wafV2":{"webACL":"` + webACL + `"}}`},
		{"kind: gateway-alb, waf: none", balancerObject, `{` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-alb, sourceRanges: [203.0.113.0/24]", balancerObject, `{` + subnets + `,"scheme":"internet-facing","sourceRanges":["203.0.113.0/24"]}`},
		{"kind: gateway-alb, prefixLists: {pl-01234567: 5}", balancerObject, `{` + subnets + `,"scheme":"internet-facing","securityGroupPrefixes":["pl-01234567"],"sourceRanges":[]}`},
		{"kind: gateway-nlb, sourceRanges: [203.0.113.0/24], prefixLists: {pl-01234568: 5, pl-01234567: 5}", balancerObject,
			`{"loadBalancerAttributes":[{"key":"load_balancing.cross_zone.enabled","value":"false"}],` + subnets + `,"scheme":"internet-facing","securityGroupPrefixes":["pl-01234567","pl-01234568"],"sourceRanges":["203.0.113.0/24"]}`},
		{"kind: gateway-alb, certificate: " + certificate, balancerObject, `{"listenerConfigurations":[{"defaultCertificate":"` + certificate + `","protocolPort":"HTTPS:443","sslPolicy":"` + awsdata.DefaultTLSPolicy + `"}],` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-alb, certificate: " + certificate, "HTTPRoute shop", `{"parentRefs":[` + fmt.Sprintf(parent, "https-443") + `],"rules":[{` + backend + `,"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]}`},
		{"kind: gateway-alb, certificate: " + certificate, "HTTPRoute shop-redirect", `{"parentRefs":[` + fmt.Sprintf(parent, "http-80") + `],"rules":[{"filters":[{"requestRedirect":{"port":443,"scheme":"https","statusCode":301},"type":"RequestRedirect"}],"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]}`},
		{"kind: gateway-alb, redirect: false, certificate: " + certificate, "HTTPRoute shop", `{"parentRefs":[` + fmt.Sprintf(parent, "http-80") + `,` + fmt.Sprintf(parent, "https-443") + `],"rules":[{` + backend + `,"matches":[{"path":{"type":"PathPrefix","value":"/"}}]}]}`},
		{"kind: gateway-alb, redirect: false, certificate: " + certificate, "Gateway shop", `{"gatewayClassName":"alb",` + parameters + `,"listeners":[{` + same + `,"name":"http-80","port":80,"protocol":"HTTP"},{` + same + `,"name":"https-443","port":443,"protocol":"HTTPS",` + tls + `}]}`},
		{"kind: gateway-alb, app: nginx, target: instance, health: {port: 8080, path: /ready, interval: 5, healthyThreshold: 3, unhealthyThreshold: 10}", groupObject,
			`{"defaultConfiguration":{"healthCheckConfig":{"healthCheckInterval":5,"healthCheckPath":"/ready","healthCheckPort":"8080","healthCheckProtocol":"HTTP","healthCheckTimeout":4,"healthyThresholdCount":3,"matcher":{"httpCode":"200"},"unhealthyThresholdCount":10},` + attributes("deregistration_delay.timeout_seconds=300") + `,"targetType":"instance"},` + reference + `}`},

		{"kind: gateway-nlb", "Gateway shop", `{"gatewayClassName":"alb",` + parameters + `,"listeners":[{` + same + `,"name":"tcp-80","port":80,"protocol":"TCP"}]}`},
		{"kind: gateway-nlb", balancerObject, `{` + crossZone + `,` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-nlb, crossZone: true", balancerObject, `{` + strings.Replace(crossZone, "false", "true", 1) + `,` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-nlb, elasticIps: [eipalloc-01234567, eipalloc-89abcdef]", balancerObject, `{` + crossZone + `,"loadBalancerSubnets":[{"eipAllocation":"eipalloc-01234567","identifier":"subnet-a"},{"eipAllocation":"eipalloc-89abcdef","identifier":"subnet-b"}],"scheme":"internet-facing"}`},
		{"kind: gateway-nlb", groupObject, `{"defaultConfiguration":{` + tcpHealth + `,` + plain + `,"targetType":"ip"},` + reference + `}`},
		{"kind: gateway-nlb, app: nginx, proxyProtocol: true, preserveClientAddress: true, deregistrationDelay: 0, targetGroupAttributes: {stickiness.enabled: \"true\"}", groupObject,
			`{"defaultConfiguration":{` + tcpHealth + `,` + attributes("deregistration_delay.timeout_seconds=0", "preserve_client_ip.enabled=true", "proxy_protocol_v2.enabled=true", "stickiness.enabled=true") + `,"targetType":"ip"},` + reference + `}`},
		{"kind: gateway-nlb", "TCPRoute shop", `{"parentRefs":[` + fmt.Sprintf(parent, "tcp-80") + `],"rules":[{` + backend + `}]}`},
		{"kind: gateway-nlb, protocol: UDP", "UDPRoute shop", `{"parentRefs":[` + fmt.Sprintf(parent, "udp-80") + `],"rules":[{` + backend + `}]}`},
		{"kind: gateway-nlb, protocol: TLS, port: 8443, certificate: " + certificate, "Gateway shop", `{"gatewayClassName":"alb",` + parameters + `,"listeners":[{` + same + `,"name":"tls-8443","port":8443,"protocol":"TLS",` + tls + `}]}`},
		{"kind: gateway-nlb, idleTimeout: 600", balancerObject, `{"listenerConfigurations":[{"listenerAttributes":[{"key":"tcp.idle_timeout.seconds","value":"600"}],"protocolPort":"TCP:80"}],` + crossZone + `,` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-alb, tlsPolicy: ELBSecurityPolicy-TLS13-1-3-PQ-2025-09, certificate: " + certificate, balancerObject, `{"listenerConfigurations":[{"defaultCertificate":"` + certificate + `","protocolPort":"HTTPS:443","sslPolicy":"ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"}],` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-nlb, protocol: TLS, port: 8443, certificate: " + certificate, balancerObject, `{"listenerConfigurations":[{"defaultCertificate":"` + certificate + `","protocolPort":"TLS:8443","sslPolicy":"` + awsdata.DefaultTLSPolicy + `"}],` + crossZone + `,` + subnets + `,"scheme":"internet-facing"}`},
		{"kind: gateway-nlb, protocol: TLS, port: 8443, certificate: " + certificate, "TCPRoute shop", `{"parentRefs":[` + fmt.Sprintf(parent, "tls-8443") + `],"rules":[{` + strings.Replace(backend, ":80", ":8443", 1) + `}]}`},
		{"kind: gateway-nlb, sourceRanges: [203.0.113.0/24], target: instance, trafficPolicy: Local", "Service shop", `{"externalTrafficPolicy":"Local","ports":[{"name":"http","port":80,"targetPort":"http"}],"selector":{"app.kubernetes.io/name":"shop"},"type":"NodePort"}`},
		{"kind: gateway-nlb, target: instance, trafficPolicy: Local", groupObject, `{"defaultConfiguration":{` + tcpHealth + `,` + strings.Replace(plain, `ip.enabled","value":"false`, `ip.enabled","value":"true`, 1) + `,"targetType":"instance"},` + reference + `}`},
	} {
		t.Run(test.workload+" "+test.object, func(t *testing.T) {
			made := registeredGateways(t, map[string]config.Workload{"shop": loadWorkload(t, test.workload)})
			if got := specOf(made[test.object]); got != test.want {
				t.Errorf("the spec is\n%s, want\n%s; registered are %v", got, test.want, slices.Sorted(maps.Keys(made)))
			}
		})
	}
}

func specOf(object resource.PropertyMap) string {
	text, _ := json.Marshal(object.Mappable()["spec"])
	return string(text)
}

func TestUpWaitsUntilGatewaysHaveAddressesAndRoutesAreAcceptedWithTheirServices(t *testing.T) {
	made := registeredGateways(t, map[string]config.Workload{"shop": loadWorkload(t, "kind: gateway-alb, redirect: false, certificate: "+certificate)})
	one, _ := json.Marshal([]string{accepted, resolved})
	two, _ := json.Marshal([]string{accepted, resolved, strings.Replace(accepted, "[0]", "[1]", 1), strings.Replace(resolved, "[0]", "[1]", 1)})
	for object, want := range map[string]string{"Gateway shop": programmed, "HTTPRoute shop": string(two)} {
		if got := propertyAt(made[object], `metadata.annotations["pulumi.com/waitFor"]`); got != want {
			t.Errorf("up waits for %s of %s, want %s", got, object, want)
		}
	}
	made = registeredGateways(t, map[string]config.Workload{"shop": loadWorkload(t, "kind: gateway-alb, certificate: "+certificate)})
	for _, object := range []string{"HTTPRoute shop", "HTTPRoute shop-redirect"} {
		if got := propertyAt(made[object], `metadata.annotations["pulumi.com/waitFor"]`); got != string(one) {
			t.Errorf("up waits for %s of %s, want %s", got, object, one)
		}
	}
}

// The controller replaces a load balancer with another scheme, whose address Pulumi reads of a Gateway that it
// replaces.
func TestAGatewayHasThePropertiesForWhichItIsReplacedInAnnotations(t *testing.T) {
	for workload, want := range map[string][2]any{
		"kind: gateway-nlb":                   {"internet-facing", nil},
		"kind: gateway-nlb, scheme: internal": {"internal", nil},
		"kind: gateway-nlb, elasticIps: [eipalloc-01234567, eipalloc-89abcdef]": {"internet-facing", "eipalloc-01234567,eipalloc-89abcdef"},
	} {
		gateway := registeredGateways(t, map[string]config.Workload{"shop": loadWorkload(t, workload)})["Gateway shop"]
		found := [2]any{propertyAt(gateway, `metadata.annotations["eksnet/scheme"]`), propertyAt(gateway, `metadata.annotations["eksnet/elastic-ips"]`)}
		if found != want {
			t.Errorf("%s: the annotations are %v, want %v", workload, found, want)
		}
	}
}

// up waits for the deployment of each change of the load balancer.
func TestTheRevisionOfAGatewayChangesWithWhatIsDeployed(t *testing.T) {
	revision := func(workload string) any {
		made := registeredGateways(t, map[string]config.Workload{"shop": loadWorkload(t, workload)})
		patch := made["GatewayPatch shop"]
		for path, want := range map[string]any{"kind": "Gateway", "metadata.namespace": "shop", "metadata.name": "shop"} {
			if got := propertyAt(patch, path); got != want {
				t.Errorf("%s: %s of the patch is %v, want %v", workload, path, got, want)
			}
		}
		value := propertyAt(patch, `spec.infrastructure.annotations["eksnet/revision"]`)
		if text, _ := value.(string); len(text) != 16 {
			t.Errorf("%s: the revision is %v", workload, value)
		}
		return value
	}
	const plain = "kind: gateway-alb"
	seen := map[any]string{revision(plain): plain}
	if with := revision(plain + ", replicas: 3, gracePeriod: 60"); seen[with] == "" {
		t.Errorf("pods change the revision")
	}
	for _, workload := range []string{
		plain + ", paths: [/x]", plain + ", hosts: [a.example.com]", plain + ", health: {interval: 5}", plain + ", target: instance",
		plain + ", attributes: {idle_timeout.timeout_seconds: \"120\"}", plain + ", scheme: internal", plain + ", certificate: " + certificate,
		plain + ", redirect: false, certificate: " + certificate,
	} {
		with := revision(workload)
		if other, known := seen[with]; known {
			t.Errorf("%s has the same revision as %s", workload, other)
		}
		seen[with] = workload
	}
}

func TestAGroupHasAGatewayInANamespaceOfItsOwn(t *testing.T) {
	shop := loadWorkload(t, "kind: gateway-alb, group: web, weight: 9")
	cart := loadWorkload(t, "kind: gateway-alb, group: web, weight: 1")
	made := registeredGateways(t, map[string]config.Workload{"shop": shop, "cart": cart})
	const selector = `spec.listeners[0].allowedRoutes.namespaces.`
	for object, values := range map[string]map[string]any{
		"Gateway cart":                   {"metadata.namespace": "gateway-web", "metadata.name": "web", selector + "from": "Selector", selector + `selector.matchLabels["eksnet/gateway"]`: "web"},
		"LoadBalancerConfiguration cart": {"metadata.namespace": "gateway-web", "metadata.name": "web"},
		"Namespace cart":                 {`metadata.labels["eksnet/gateway"]`: "web"},
		"Namespace shop":                 {`metadata.labels["eksnet/gateway"]`: "web"},
		"HTTPRoute shop": {"metadata.namespace": "shop", "spec.parentRefs[0].namespace": "gateway-web", "spec.rules[0].backendRefs[0].name": "cart", "spec.rules[0].backendRefs[0].namespace": "cart",
			"spec.rules[0].backendRefs[0].weight": 1.0, "spec.rules[0].backendRefs[1].name": "shop", "spec.rules[0].backendRefs[1].namespace": nil, "spec.rules[0].backendRefs[1].weight": 9.0},
		"ReferenceGrant cart": {"metadata.namespace": "cart", "spec.from[0].namespace": "shop", "spec.from[0].kind": "HTTPRoute", "spec.to[0].name": "cart"},
	} {
		for path, want := range values {
			if got := propertyAt(made[object], path); fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s of %s is %v, want %v", path, object, got, want)
			}
		}
	}
}
