package balancer

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/ec2"
	ec2types "github.com/aws/aws-sdk-go-v2/service/ec2/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	elbtypes "github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing/types"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/lab/certificate"

	"eksnet/lab/labtest"
)

// testAccount is an account in moto with a VPC of two subnets and an instance.
type testAccount struct {
	t                     *testing.T
	config                aws.Config
	endpoint              string
	ec2                   *ec2.Client
	elb                   *elasticloadbalancing.Client
	elbv2                 *elasticloadbalancingv2.Client
	vpc, subnetA, subnetB string
	instance              string
	address               netip.Addr
}

func newTestAccount(t *testing.T) *testAccount {
	t.Helper()
	endpoint := labtest.StartMoto(t, "111122223333")
	config := aws.Config{Region: "ap-northeast-2", BaseEndpoint: &endpoint,
		HTTPClient:  &http.Client{Transport: &http.Transport{DisableKeepAlives: true}},
		Credentials: credentials.NewStaticCredentialsProvider("lab", "lab", "")}
	a := &testAccount{t: t, config: config, endpoint: endpoint, ec2: ec2.NewFromConfig(config),
		elb: elasticloadbalancing.NewFromConfig(config), elbv2: elasticloadbalancingv2.NewFromConfig(config)}
	vpc := must(a.ec2.CreateVpc(t.Context(), &ec2.CreateVpcInput{CidrBlock: aws.String("10.0.0.0/16")}))(t)
	a.vpc = *vpc.Vpc.VpcId
	a.subnetA, a.subnetB = a.subnet("10.0.0.0/24", "ap-northeast-2a"), a.subnet("10.0.1.0/24", "ap-northeast-2b")
	run := must(a.ec2.RunInstances(t.Context(), &ec2.RunInstancesInput{SubnetId: &a.subnetB, MinCount: aws.Int32(1), MaxCount: aws.Int32(1),
		ImageId: aws.String("ami-12345678"), InstanceType: ec2types.InstanceTypeT3Micro}))(t)
	a.instance, a.address = *run.Instances[0].InstanceId, netip.MustParseAddr(*run.Instances[0].PrivateIpAddress)
	return a
}

// must returns a function that returns the value, and ends the test if there is an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func (a *testAccount) subnet(block, zone string) string {
	made := must(a.ec2.CreateSubnet(a.t.Context(), &ec2.CreateSubnetInput{VpcId: &a.vpc, CidrBlock: &block, AvailabilityZone: &zone}))(a.t)
	return *made.Subnet.SubnetId
}

// describe returns the only load balancer.
func (a *testAccount) describe() Spec {
	a.t.Helper()
	all := must(NewDescriber(a.config).Describe(a.t.Context(), a.vpc))(a.t)
	if len(all) != 1 {
		a.t.Fatalf("%d load balancers, want 1: %+v", len(all), all)
	}
	return all[0]
}

func (a *testAccount) targetGroup(name string, protocol types.ProtocolEnum, kind types.TargetTypeEnum, id string, port int32) string {
	made := must(a.elbv2.CreateTargetGroup(a.t.Context(), &elasticloadbalancingv2.CreateTargetGroupInput{Name: &name, Protocol: protocol,
		Port: &port, VpcId: &a.vpc, TargetType: kind, HealthCheckProtocol: types.ProtocolEnumHttp, HealthCheckPath: aws.String("/healthz"),
		HealthCheckIntervalSeconds: aws.Int32(10), HealthCheckTimeoutSeconds: aws.Int32(5), HealthCheckPort: aws.String("31000"),
		HealthyThresholdCount: aws.Int32(2), UnhealthyThresholdCount: aws.Int32(3), Matcher: &types.Matcher{HttpCode: aws.String("200-399")}}))(a.t)
	arn := made.TargetGroups[0].TargetGroupArn
	must(a.elbv2.RegisterTargets(a.t.Context(), &elasticloadbalancingv2.RegisterTargetsInput{TargetGroupArn: arn,
		Targets: []types.TargetDescription{{Id: &id, Port: &port}}}))(a.t)
	return *arn
}

func (a *testAccount) loadBalancer(kind types.LoadBalancerTypeEnum, mappings ...types.SubnetMapping) *string {
	in := &elasticloadbalancingv2.CreateLoadBalancerInput{Name: aws.String("shop"), Type: kind, SubnetMappings: mappings,
		Scheme: types.LoadBalancerSchemeEnumInternetFacing}
	if len(mappings) == 0 {
		in.Subnets = []string{a.subnetB, a.subnetA}
	}
	return must(a.elbv2.CreateLoadBalancer(a.t.Context(), in))(a.t).LoadBalancers[0].LoadBalancerArn
}

func (a *testAccount) listen(in *elasticloadbalancingv2.CreateListenerInput) *string {
	return must(a.elbv2.CreateListener(a.t.Context(), in))(a.t).Listeners[0].ListenerArn
}

func forwardTo(arn string) []types.Action {
	return []types.Action{{Type: types.ActionTypeEnumForward, TargetGroupArn: &arn}}
}

func TestANetworkLoadBalancerIsDescribedWithItsTargetsAndAddresses(t *testing.T) {
	a := newTestAccount(t)
	elastic := must(a.ec2.AllocateAddress(t.Context(), &ec2.AllocateAddressInput{}))(t)
	arn := a.loadBalancer(types.LoadBalancerTypeEnumNetwork, types.SubnetMapping{SubnetId: &a.subnetA, AllocationId: elastic.AllocationId},
		types.SubnetMapping{SubnetId: &a.subnetB, PrivateIPv4Address: aws.String("10.0.1.99")})
	group := a.targetGroup("shop", types.ProtocolEnumTcp, types.TargetTypeEnumInstance, a.instance, 30080)
	must(a.elbv2.ModifyTargetGroupAttributes(t.Context(), &elasticloadbalancingv2.ModifyTargetGroupAttributesInput{TargetGroupArn: &group,
		Attributes: []types.TargetGroupAttribute{{Key: aws.String("proxy_protocol_v2.enabled"), Value: aws.String("true")},
			{Key: aws.String("load_balancing.cross_zone.enabled"), Value: aws.String("true")}}}))(t)
	a.listen(&elasticloadbalancingv2.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(80), Protocol: types.ProtocolEnumTcp,
		DefaultActions: forwardTo(group)})

	s := a.describe()
	g := s.TargetGroups[group]
	for what, is := range map[string]bool{
		"kind":                      s.Kind == Network && !s.Internal && s.ID == *arn,
		"DNS name":                  s.DNSName == "shop-"+(*arn)[strings.LastIndex(*arn, "/")+1:]+".elb.ap-northeast-2.amazonaws.com",
		"zones by name":             len(s.Zones) == 2 && s.Zones[0].Name == "ap-northeast-2a" && s.Zones[1].Subnet == a.subnetB,
		"Elastic IP address":        s.Zones[0].Public.String() == *elastic.PublicIp && !s.Zones[0].Address.IsValid(),
		"private address":           s.Zones[1].Address == netip.MustParseAddr("10.0.1.99"),
		"listener":                  len(s.Listeners) == 1 && s.Listeners[0].Port == 80 && s.Listeners[0].Default.Forward[group] == 1,
		"target by its instance":    len(g.Targets) == 1 && g.Targets[0] == Target{netip.AddrPortFrom(a.address, 30080), "ap-northeast-2b"},
		"client address by default": g.PreserveClient,
		"proxy protocol":            g.ProxyProtocol == 2,
		"cross-zone of the group":   !s.CrossZone && g.CrossZone != nil && *g.CrossZone,
		"deregistration delay":      g.DeregistrationDelay == 300*time.Second,
		"health check": g.Check == HealthCheck{Protocol: "HTTP", Path: "/healthz", Port: 31000, Interval: 10 * time.Second,
			Timeout: 5 * time.Second, Healthy: 2, Unhealthy: 3, Codes: "200-399"},
	} {
		if !is {
			t.Errorf("%s: %+v", what, s)
		}
	}
}

func TestTheClientsAddressIsPreservedByDefaultOnlyForInstancesAndUDP(t *testing.T) {
	for _, c := range []struct {
		protocol  string
		targets   types.TargetTypeEnum
		attribute string
		want      bool
	}{
		{"TCP", types.TargetTypeEnumIp, "", false}, {"TCP", types.TargetTypeEnumIp, "true", true},
		{"TLS", types.TargetTypeEnumInstance, "", true}, {"TCP", types.TargetTypeEnumInstance, "false", false},
		{"UDP", types.TargetTypeEnumIp, "", true}, {"TCP_UDP", types.TargetTypeEnumIp, "false", true},
		{"HTTP", types.TargetTypeEnumInstance, "", false},
	} {
		if got := preservesClient(c.protocol, c.targets, c.attribute); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

func TestAnApplicationLoadBalancerIsDescribedWithItsRulesInOrder(t *testing.T) {
	a := newTestAccount(t)
	arn := a.loadBalancer(types.LoadBalancerTypeEnumApplication)
	shop := a.targetGroup("shop", types.ProtocolEnumHttp, types.TargetTypeEnumIp, "10.0.0.77", 8080)
	text, key := func() ([]byte, []byte) {
		authority := must(certificate.NewAuthority())(t)
		text, key, err := authority.Issue("shop.example.com")
		if err != nil {
			t.Fatal(err)
		}
		return text, key
	}()
	imported := must(acm.NewFromConfig(a.config).ImportCertificate(t.Context(), &acm.ImportCertificateInput{Certificate: text, PrivateKey: key}))(t)
	listener := a.listen(&elasticloadbalancingv2.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(443), Protocol: types.ProtocolEnumHttps,
		Certificates: []types.Certificate{{CertificateArn: imported.CertificateArn}},
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse,
			FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("404"), ContentType: aws.String("text/plain")}}}})
	a.listen(&elasticloadbalancingv2.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp,
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumRedirect, RedirectConfig: &types.RedirectActionConfig{
			Protocol: aws.String("HTTPS"), Port: aws.String("443"), StatusCode: types.RedirectActionStatusCodeEnumHttp301}}}})
	for priority, path := range map[int32]string{20: "/late", 3: "/early"} {
		must(a.elbv2.CreateRule(t.Context(), &elasticloadbalancingv2.CreateRuleInput{ListenerArn: listener, Priority: &priority, Actions: forwardTo(shop),
			Conditions: []types.RuleCondition{
				{Field: aws.String("path-pattern"), PathPatternConfig: &types.PathPatternConditionConfig{Values: []string{path}}},
				{Field: aws.String("host-header"), HostHeaderConfig: &types.HostHeaderConditionConfig{Values: []string{"shop.example.com"}}}}}))(t)
	}

	s := a.describe()
	var secure, plain Listener
	for _, l := range s.Listeners {
		if l.Port == 443 {
			secure = l
		} else {
			plain = l
		}
	}
	for what, is := range map[string]bool{
		"attributes": s.Kind == Application && s.CrossZone && s.ForwardedFor == "append" && s.IdleTimeout == time.Minute,
		"order":      len(secure.Rules) == 2 && secure.Rules[0].Paths[0] == "/early" && secure.Rules[1].Hosts[0] == "shop.example.com",
		"forward":    len(secure.Rules) == 2 && secure.Rules[0].Action.Forward[shop] == 1 && s.TargetGroups[shop].Targets[0].Zone == "ap-northeast-2a",
		"fixed":      secure.Default.Fixed != nil && secure.Default.Fixed.Status == 404,
		"redirect": plain.Default.Redirect != nil && *plain.Default.Redirect == Redirect{Protocol: "HTTPS", Host: "#{host}", Port: "443",
			Path: "/#{path}", Query: "#{query}", Status: 301},
	} {
		if !is {
			t.Errorf("%s: %+v", what, s)
		}
	}
	if len(secure.Certificates) != 1 || secure.Certificates[0].Leaf.VerifyHostname("shop.example.com") != nil {
		t.Errorf("certificates for shop.example.com: %+v", secure.Certificates)
	}
}

func TestAClassicLoadBalancerIsDescribedWithTheHeaderOfItsPolicy(t *testing.T) {
	a := newTestAccount(t)
	name := aws.String("classic")
	must(a.elb.CreateLoadBalancer(t.Context(), &elasticloadbalancing.CreateLoadBalancerInput{LoadBalancerName: name, Subnets: []string{a.subnetA},
		Listeners: []elbtypes.Listener{{Protocol: aws.String("TCP"), LoadBalancerPort: 80, InstanceProtocol: aws.String("TCP"), InstancePort: aws.Int32(30080)}}}))(t)
	must(a.elb.RegisterInstancesWithLoadBalancer(t.Context(), &elasticloadbalancing.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: name,
		Instances: []elbtypes.Instance{{InstanceId: &a.instance}}}))(t)
	must(a.elb.ConfigureHealthCheck(t.Context(), &elasticloadbalancing.ConfigureHealthCheckInput{LoadBalancerName: name, HealthCheck: &elbtypes.HealthCheck{
		Target: aws.String("HTTP:32000/healthz"), Interval: aws.Int32(10), Timeout: aws.Int32(5), HealthyThreshold: aws.Int32(2), UnhealthyThreshold: aws.Int32(6)}}))(t)
	must(a.elb.CreateLoadBalancerPolicy(t.Context(), &elasticloadbalancing.CreateLoadBalancerPolicyInput{LoadBalancerName: name,
		PolicyName: aws.String("k8s-proxyprotocol-enabled"), PolicyTypeName: aws.String("ProxyProtocolPolicyType"),
		PolicyAttributes: []elbtypes.PolicyAttribute{{AttributeName: aws.String("ProxyProtocol"), AttributeValue: aws.String("true")}}}))(t)
	must(a.elb.SetLoadBalancerPoliciesForBackendServer(t.Context(), &elasticloadbalancing.SetLoadBalancerPoliciesForBackendServerInput{LoadBalancerName: name,
		InstancePort: aws.Int32(30080), PolicyNames: []string{"k8s-proxyprotocol-enabled"}}))(t)

	s := a.describe()
	g := s.TargetGroups["classic:80"]
	for what, is := range map[string]bool{
		"kind":           s.Kind == Classic && s.ID == "classic" && len(s.Zones) == 1,
		"DNS name":       strings.HasPrefix(s.DNSName, "classic-") && strings.HasSuffix(s.DNSName, ".ap-northeast-2.elb.amazonaws.com"),
		"listener":       len(s.Listeners) == 1 && s.Listeners[0].Default.Forward["classic:80"] == 1 && s.Listeners[0].Protocol == "TCP",
		"target":         len(g.Targets) == 1 && g.Targets[0].Address == netip.AddrPortFrom(a.address, 30080),
		"proxy protocol": g.ProxyProtocol == 1,
		"health check": g.Check == HealthCheck{Protocol: "HTTP", Path: "/healthz", Port: 32000, Interval: 10 * time.Second,
			Timeout: 5 * time.Second, Healthy: 2, Unhealthy: 6, Codes: "200"},
	} {
		if !is {
			t.Errorf("%s: %+v", what, s)
		}
	}
}

// post posts the health of targets as the lab does.
func (a *testAccount) post(ctx context.Context, content string) {
	request := must(http.NewRequestWithContext(ctx, http.MethodPost, a.endpoint+"/moto-api/target-health", strings.NewReader(content)))(a.t)
	request.Header.Set("Content-Type", "application/json")
	must(http.DefaultClient.Do(request))(a.t).Body.Close()
}

func (a *testAccount) health(group string) string {
	list := must(a.elbv2.DescribeTargetHealth(a.t.Context(), &elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: &group}))(a.t)
	h := list.TargetHealthDescriptions[0].TargetHealth
	return string(h.State) + " " + string(h.Reason)
}

func TestAWSReturnsTheHealthThatTheLabReports(t *testing.T) {
	a := newTestAccount(t)
	arn := a.loadBalancer(types.LoadBalancerTypeEnumNetwork)
	group := a.targetGroup("shop", types.ProtocolEnumTcp, types.TargetTypeEnumInstance, a.instance, 30080)
	a.listen(&elasticloadbalancingv2.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(80), Protocol: types.ProtocolEnumTcp,
		DefaultActions: forwardTo(group)})
	address := netip.AddrPortFrom(a.address, 30080).String()
	for _, c := range []struct{ posted, want string }{
		{"", "healthy "},
		{"{}", "initial Elb.RegistrationInProgress"},
		{`{"` + group + `": {"` + address + `": {"State": "unhealthy", "Reason": "Target.Timeout"}}}`, "unhealthy Target.Timeout"},
		{`{"` + group + `": {"` + address + `": {"State": "healthy", "Reason": ""}}}`, "healthy "},
	} {
		if c.posted != "" {
			a.post(t.Context(), c.posted)
		}
		if got := a.health(group); got != c.want {
			t.Errorf("after %q: %q, want %q", c.posted, got, c.want)
		}
	}
}

func TestAChangedListenerForwardsToItsNewTargetGroup(t *testing.T) {
	a := newTestAccount(t)
	arn := a.loadBalancer(types.LoadBalancerTypeEnumApplication)
	listener := a.listen(&elasticloadbalancingv2.CreateListenerInput{LoadBalancerArn: arn, Port: aws.Int32(80), Protocol: types.ProtocolEnumHttp,
		DefaultActions: []types.Action{{Type: types.ActionTypeEnumFixedResponse,
			FixedResponseConfig: &types.FixedResponseActionConfig{StatusCode: aws.String("404"), ContentType: aws.String("text/plain")}}}})
	group := a.targetGroup("rest", types.ProtocolEnumHttp, types.TargetTypeEnumIp, "10.0.0.77", 8080)
	must(a.elbv2.ModifyListener(t.Context(), &elasticloadbalancingv2.ModifyListenerInput{ListenerArn: listener, DefaultActions: forwardTo(group)}))(t)
	if s := a.describe(); len(s.TargetGroups[group].Targets) != 1 {
		t.Errorf("the target group of the changed listener has no target: %+v", s)
	}
	a.post(t.Context(), "{}")
	if got, want := a.health(group), "initial Elb.RegistrationInProgress"; got != want {
		t.Errorf("health %q, want %q", got, want)
	}
}

func TestAWSReturnsTheStateOfInstancesThatTheLabReports(t *testing.T) {
	a := newTestAccount(t)
	name := aws.String("classic")
	must(a.elb.CreateLoadBalancer(t.Context(), &elasticloadbalancing.CreateLoadBalancerInput{LoadBalancerName: name, Subnets: []string{a.subnetA},
		Listeners: []elbtypes.Listener{{Protocol: aws.String("TCP"), LoadBalancerPort: 80, InstanceProtocol: aws.String("TCP"), InstancePort: aws.Int32(30080)}}}))(t)
	must(a.elb.RegisterInstancesWithLoadBalancer(t.Context(), &elasticloadbalancing.RegisterInstancesWithLoadBalancerInput{LoadBalancerName: name,
		Instances: []elbtypes.Instance{{InstanceId: &a.instance}}}))(t)
	target := `{"` + ClassicTargetGroup("classic", 80) + `": {"` + netip.AddrPortFrom(a.address, 30080).String() + `": {"Reason": "", "State": `
	for _, c := range []struct{ posted, want string }{
		{"", "InService"}, {"{}", "OutOfService"}, {target + `"unhealthy"}}}`, "OutOfService"}, {target + `"healthy"}}}`, "InService"},
	} {
		if c.posted != "" {
			a.post(t.Context(), c.posted)
		}
		list := must(a.elb.DescribeInstanceHealth(t.Context(), &elasticloadbalancing.DescribeInstanceHealthInput{LoadBalancerName: name}))(t)
		if got := aws.ToString(list.InstanceStates[0].State); got != c.want {
			t.Errorf("after %q: %s, want %s", c.posted, got, c.want)
		}
	}
}

func TestTheNumberOfChangesIncreasesWithChangesAlone(t *testing.T) {
	a := newTestAccount(t)
	count := func() string {
		response := must(http.Get(a.endpoint + "/moto-api/changes"))(t)
		defer response.Body.Close()
		return string(must(io.ReadAll(response.Body))(t))
	}
	before := count()
	must(a.ec2.DescribeSubnets(t.Context(), &ec2.DescribeSubnetsInput{}))(t)
	if after := count(); after != before {
		t.Errorf("%s changes, and %s after a description", before, after)
	}
	a.loadBalancer(types.LoadBalancerTypeEnumNetwork)
	if after := count(); after == before {
		t.Errorf("%s changes also after a new load balancer", after)
	}
}

func TestATargetGroupIsDescribedWithItsAttributes(t *testing.T) {
	got := TargetGroup{}
	got.setAttributes(types.TargetTypeEnumIp, map[string]string{"load_balancing.algorithm.type": "weighted_random",
		"slow_start.duration_seconds": "30", "stickiness.enabled": "true", "stickiness.type": "app_cookie",
		"stickiness.app_cookie.cookie_name": "session", "stickiness.app_cookie.duration_seconds": "7",
		"stickiness.lb_cookie.duration_seconds":                                          "8",
		"target_group_health.dns_failover.minimum_healthy_targets.count":                 "2",
		"target_group_health.dns_failover.minimum_healthy_targets.percentage":            "off",
		"target_group_health.unhealthy_state_routing.minimum_healthy_targets.percentage": "50"})
	if want := (Stickiness{Type: "app_cookie", Cookie: "session", Duration: 7 * time.Second}); got.Stickiness != want {
		t.Errorf("stickiness %+v, want %+v", got.Stickiness, want)
	}
	if got.Algorithm != "weighted_random" || got.SlowStart != 30*time.Second {
		t.Errorf("algorithm %q, slow start %s", got.Algorithm, got.SlowStart)
	}
	if got.InDNS != (Minimum{Count: 2}) || got.Routed != (Minimum{Percentage: 50}) {
		t.Errorf("minimum in DNS %+v, routed %+v", got.InDNS, got.Routed)
	}
	got.setAttributes(types.TargetTypeEnumIp, map[string]string{"stickiness.enabled": "false", "stickiness.type": "source_ip"})
	if got.Stickiness != (Stickiness{}) {
		t.Errorf("without stickiness: %+v", got.Stickiness)
	}
}
