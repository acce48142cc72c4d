package path_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/path"
	"eksnet/path/rows"
	"eksnet/plan"
	"eksnet/plan/balancer"
)

// settings are a stack of three zones; tests change keys of it.
var settings = map[string]string{
	"aws:region":            "ap-northeast-2",
	"aws:allowedAccountIds": `["111122223333"]`,
	"eksnet:network":        `{"zones": ["ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c"]}`,
	"eksnet:cluster":        `{"name": "dev", "endpoint": {"private": true}}`,
	"eksnet:nodeGroups":     `{"general": {"instanceTypes": ["m7g.large"], "scaling": {"min": 2, "desired": 3, "max": 6}}}`,
}

// load reads a stack file with these keys in the place of others.
func load(changes map[string]string) (*config.Stack, config.Problems) {
	all := maps.Clone(settings)
	maps.Copy(all, changes)
	s, problems := config.Load(func(key string) (string, bool) { value, set := all[key]; return value, set }, slices.Collect(maps.Keys(all)))
	_, more := plan.New(s)
	return s, problems.With(more)
}

// of is the path of workload shop.
func of(t *testing.T, workload string, changes map[string]string) path.Path {
	t.Helper()
	all := map[string]string{"eksnet:workloads": `{"shop": ` + workload + `}`}
	maps.Copy(all, changes)
	s, problems := load(all)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	way, err := path.Of(s, "shop")
	if err != nil {
		t.Fatal(err)
	}
	return way
}

// way is what is expected of one place in the matrix.
type way struct {
	source   address
	clientIn string
	hop      path.Hop
	// health is the check: protocol, who answers.
	health string
}

// address keeps the table narrow.
type address = path.Address

const (
	client = path.Clients
	owned  = path.Balancers
	node   = path.Nodes

	v1, v2, header = "the proxy protocol, version 1", "the proxy protocol, version 2", "the header X-Forwarded-For"
)

// ways are all combinations of kind, target, policy, proxy protocol and preserved address that work. What is not here
// is refused. Those of TLS are those of TCP, which is what comes out of it.
var ways = map[string]way{
	"clb instance Cluster":       {node, "", path.AnyPod, "TCP pod"},
	"clb instance Cluster proxy": {node, v1, path.AnyPod, "TCP pod"},
	"clb instance Local":         {owned, "", path.LocalPod, "HTTP kube-proxy, for local pods"},
	"clb instance Local proxy":   {owned, v1, path.LocalPod, "HTTP kube-proxy, for local pods"},

	"nlb ip TCP":                      {owned, "", path.NoHop, "TCP pod"},
	"nlb ip TCP preserve=false":       {owned, "", path.NoHop, "TCP pod"},
	"nlb ip TCP preserve=true":        {client, "", path.NoHop, "TCP pod"},
	"nlb ip TCP proxy":                {owned, v2, path.NoHop, "TCP pod"},
	"nlb ip TCP proxy preserve=false": {owned, v2, path.NoHop, "TCP pod"},
	"nlb ip TCP proxy preserve=true":  {client, v2, path.NoHop, "TCP pod"},

	"nlb instance Cluster TCP":                      {node, "", path.AnyPod, "TCP pod"},
	"nlb instance Cluster TCP preserve=false":       {node, "", path.AnyPod, "TCP pod"},
	"nlb instance Cluster TCP preserve=true":        {node, "", path.AnyPod, "TCP pod"},
	"nlb instance Cluster TCP proxy":                {node, v2, path.AnyPod, "TCP pod"},
	"nlb instance Cluster TCP proxy preserve=false": {node, v2, path.AnyPod, "TCP pod"},
	"nlb instance Cluster TCP proxy preserve=true":  {node, v2, path.AnyPod, "TCP pod"},

	"nlb instance Local TCP":                {client, "", path.LocalPod, "HTTP kube-proxy, for local pods"},
	"nlb instance Local TCP preserve=false": {owned, "", path.LocalPod, "HTTP kube-proxy, for local pods"},
	"nlb instance Local TCP preserve=true":  {client, "", path.LocalPod, "HTTP kube-proxy, for local pods"},

	"nlb ip UDP":                           {client, "", path.NoHop, "TCP pod"},
	"nlb ip UDP preserve=true":             {client, "", path.NoHop, "TCP pod"},
	"nlb instance Local UDP":               {client, "", path.LocalPod, "HTTP kube-proxy, for local pods"},
	"nlb instance Local UDP preserve=true": {client, "", path.LocalPod, "HTTP kube-proxy, for local pods"},

	"alb ip":               {owned, header, path.NoHop, "HTTP pod"},
	"alb instance Cluster": {node, header, path.AnyPod, "HTTP pod"},
	"alb instance Local":   {owned, header, path.LocalPod, "HTTP pod"},
}

// nameOf is the combination as the table has it, with the defaults.
func nameOf(c rows.Combination) string {
	words := []string{c.Kind, c.Target}
	if c.Target == config.TargetInstance {
		words = append(words, config.PolicyCluster)
	}
	if c.TrafficPolicy != "" {
		words = append(words[:2], c.TrafficPolicy)
	}
	switch {
	case c.Protocol == config.ProtocolTLS || c.Protocol == "" && c.Kind == config.KindNLB:
		words = append(words, config.ProtocolTCP)
	case c.Protocol != "":
		words = append(words, c.Protocol)
	}
	if c.ProxyProtocol {
		words = append(words, "proxy")
	}
	if c.PreserveClientAddress != "" {
		words = append(words, "preserve="+c.PreserveClientAddress)
	}
	return strings.Join(words, " ")
}

func TestEveryCombinationHasAPathOrIsRefused(t *testing.T) {
	met := map[string]bool{}
	for c := range rows.Combinations {
		s, problems := load(map[string]string{"eksnet:workloads": `{"shop": ` + c.Workload() + `}`})
		want, works := ways[nameOf(c)]
		if (problems.Err() == nil) != works {
			t.Errorf("%s: in the table %t, and %v", c.Workload(), works, problems)
		}
		if met[nameOf(c)] = true; problems.Err() != nil {
			continue
		}
		got, err := path.Of(s, "shop")
		if err != nil {
			t.Fatal(err)
		}
		if (way{got.Source, got.ClientAddressIn, got.KubeProxy, fmt.Sprint(got.Health.Protocol, " ", got.Health.By)}) != want {
			t.Errorf("%s: got %+v, want %+v", c.Workload(), got, want)
		}
	}
	for name := range ways {
		if !met[name] {
			t.Errorf("%s is not a combination", name)
		}
	}
}

func TestALoadBalancerIsInTheSubnetsOfItsSchemeInItsZones(t *testing.T) {
	for workload, want := range map[string]string{
		`{"kind": "nlb"}`: "internet-facing [ap-northeast-2a ap-northeast-2b ap-northeast-2c] public [{80 TCP false}]",
		`{"kind": "nlb", "scheme": "internal", "zones": ["ap-northeast-2c"], "protocol": "UDP"}`: "internal [ap-northeast-2c] private [{80 UDP false}]",
		`{"kind": "clb", "scheme": "internal"}`:                                                  "internal [ap-northeast-2a ap-northeast-2b ap-northeast-2c] private [{80 TCP false}]",
		`{"kind": "alb"}`:                                                                        "internet-facing [ap-northeast-2a ap-northeast-2b ap-northeast-2c] public [{80 HTTP false}]",
		`{"kind": "alb", "certificate": "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"}`:                    "internet-facing [ap-northeast-2a ap-northeast-2b ap-northeast-2c] public [{80 HTTP true} {443 HTTPS false}]",
		`{"kind": "nlb", "protocol": "TLS", "certificate": "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"}`: "internet-facing [ap-northeast-2a ap-northeast-2b ap-northeast-2c] public [{443 TLS false}]",
	} {
		b := of(t, workload, nil).Balancer
		if got := fmt.Sprint(b.Scheme, " ", b.Zones, " ", b.Subnets, " ", b.Listeners); got != want {
			t.Errorf("%s: %s, want %s", workload, got, want)
		}
	}
}

func TestTCPAndUDPOnOnePortHaveOneTargetGroup(t *testing.T) {
	p := of(t, `{"kind": "nlb", "protocol": "TCP_UDP", "port": 53}`, nil)
	if got := fmt.Sprint(p.Balancer.Listeners, " ", *p.Target, " ", p.Source); got != "[{53 TCP_UDP false}] {ip TCP_UDP 8080} "+fmt.Sprint(path.Clients) {
		t.Errorf("the path has %s", got)
	}
}

func TestMembersOfAGroupShareTheSettingsOfTheirLoadBalancer(t *testing.T) {
	for said, want := range map[string]string{
		`"replicas": 2`: "[ap-northeast-2a ap-northeast-2b ap-northeast-2c] [0.0.0.0/0] the header X-Forwarded-For",
		`"zones": ["ap-northeast-2a", "ap-northeast-2b"]`:                            "[ap-northeast-2a ap-northeast-2b] [0.0.0.0/0] the header X-Forwarded-For",
		`"sourceRanges": ["203.0.113.0/24"]`:                                         "[ap-northeast-2a ap-northeast-2b ap-northeast-2c] [203.0.113.0/24] the header X-Forwarded-For",
		`"securityGroups": ["sg-0123456789abcdef0"]`:                                 "[ap-northeast-2a ap-northeast-2b ap-northeast-2c] [] the header X-Forwarded-For",
		`"attributes": {"routing.http.xff_header_processing.mode": "remove"}`:        "[ap-northeast-2a ap-northeast-2b ap-northeast-2c] [0.0.0.0/0] ",
		`"group": "other", "sourceRanges": ["203.0.113.0/24"], "scheme": "internal"`: "[ap-northeast-2a ap-northeast-2b ap-northeast-2c] [0.0.0.0/0] the header X-Forwarded-For",
	} {
		member := `{"kind": "alb", "group": "web", "paths": ["/shop"], ` + said + `}`
		if strings.Contains(said, "group") {
			member = `{"kind": "alb", ` + said + `}`
		}
		s, problems := load(map[string]string{"eksnet:workloads": `{"cart": {"kind": "alb", "group": "web", "paths": ["/cart"]}, "shop": ` + member + `}`})
		way, err := path.Of(s, "cart")
		if err != nil || problems.Err() != nil {
			t.Fatal(err, problems)
		}
		if got := fmt.Sprint(way.Balancer.Zones, way.Clients, " ", way.ClientAddressIn); got != want {
			t.Errorf("with %s: %s, want %s", said, got, want)
		}
	}
}

func TestAPacketChangesItsZoneWhereTheSettingsLetIt(t *testing.T) {
	const off, on = `"targetGroupAttributes": {"load_balancing.cross_zone.enabled": "false"}`, `"targetGroupAttributes": {"load_balancing.cross_zone.enabled": "true"}`
	for workload, want := range map[string]path.Crossings{
		`{"kind": "clb"}`:                                                 {ToPod: true},
		`{"kind": "clb", "crossZone": true}`:                              {ToTarget: true, ToPod: true},
		`{"kind": "clb", "trafficPolicy": "Local"}`:                       {},
		`{"kind": "nlb"}`:                                                 {},
		`{"kind": "nlb", "crossZone": true}`:                              {ToTarget: true},
		`{"kind": "nlb", "crossZone": true, ` + off + `}`:                 {},
		`{"kind": "nlb", ` + on + `}`:                                     {ToTarget: true},
		`{"kind": "nlb", "target": "instance"}`:                           {ToPod: true},
		`{"kind": "nlb", "target": "instance", "trafficPolicy": "Local"}`: {},
		`{"kind": "alb"}`:                                                 {ToTarget: true},
		`{"kind": "alb", ` + off + `}`:                                    {},
		`{"kind": "alb", "target": "instance"}`:                           {ToTarget: true, ToPod: true},
		`{"kind": "alb", "target": "instance", "trafficPolicy": "Local"}`: {ToTarget: true},
	} {
		if got := of(t, workload, nil).Zones; got != want {
			t.Errorf("%s: %+v, want %+v", workload, got, want)
		}
	}
}

func TestTheHealthCheckHasTheControllersDefaultsWhereTheStackFileHasNone(t *testing.T) {
	for workload, want := range map[string]balancer.HealthCheck{
		`{"kind": "clb"}`: {Protocol: "TCP", Interval: 10, Timeout: 5, Healthy: 2, Unhealthy: 6, By: balancer.AnswersPod},
		`{"kind": "clb", "trafficPolicy": "Local"}`: {Protocol: "HTTP", Path: "/healthz", Interval: 10, Timeout: 5, Healthy: 2, Unhealthy: 6, By: balancer.AnswersLocal},
		`{"kind": "nlb"}`: {Protocol: "TCP", Port: 8080, Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3, By: balancer.AnswersPod},
		`{"kind": "nlb", "target": "instance", "trafficPolicy": "Local"}`:                                                                                                                              {Protocol: "HTTP", Path: "/healthz", Interval: 10, Timeout: 6, Healthy: 2, Unhealthy: 2, By: balancer.AnswersLocal},
		`{"kind": "nlb", "target": "instance", "trafficPolicy": "Local", "health": {"interval": 5}}`:                                                                                                   {Protocol: "HTTP", Path: "/healthz", Interval: 5, Timeout: 5, Healthy: 2, Unhealthy: 2, By: balancer.AnswersLocal},
		`{"kind": "nlb", "target": "instance", "trafficPolicy": "Local", "health": {"port": "traffic-port"}}`:                                                                                          {Protocol: "HTTP", Path: "/healthz", Interval: 10, Timeout: 6, Healthy: 2, Unhealthy: 2, By: balancer.AnswersPod},
		`{"kind": "nlb", "app": "game-2048", "image": "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/game:1", "target": "instance", "trafficPolicy": "Local"}`:                                     {Protocol: "HTTP", Path: "/healthz", Interval: 10, Timeout: 6, Healthy: 2, Unhealthy: 2, By: balancer.AnswersLocal},
		`{"kind": "nlb", "app": "game-2048", "image": "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/game:1", "target": "instance", "trafficPolicy": "Local", "health": {"port": "traffic-port"}}`: {Protocol: "HTTP", Path: "/", Interval: 10, Timeout: 6, Healthy: 2, Unhealthy: 2, By: balancer.AnswersPod},
		`{"kind": "nlb", "target": "instance", "health": {"port": 10256, "protocol": "HTTP"}}`:                                                                                                         {Protocol: "HTTP", Port: 10256, Path: "/healthz", Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 3, By: balancer.AnswersProxy},
		`{"kind": "nlb", "health": {"protocol": "HTTP", "path": "/ready", "unhealthyThreshold": 5}}`:                                                                                                   {Protocol: "HTTP", Port: 8080, Path: "/ready", Interval: 10, Timeout: 10, Healthy: 3, Unhealthy: 5, By: balancer.AnswersPod},
		`{"kind": "alb"}`: {Protocol: "HTTP", Port: 8080, Path: "/healthz", Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2, By: balancer.AnswersPod},
		`{"kind": "alb", "app": "game-2048", "health": {"interval": 5, "healthyThreshold": 4}, "image": "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/game:1"}`: {Protocol: "HTTP", Port: 80, Path: "/", Interval: 5, Timeout: 4, Healthy: 4, Unhealthy: 2, By: balancer.AnswersPod},
		`{"kind": "alb", "target": "instance", "trafficPolicy": "Local"}`:                                                                                            {Protocol: "HTTP", Path: "/healthz", Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2, By: balancer.AnswersPod},
		`{"kind": "alb", "target": "instance"}`: {Protocol: "HTTP", Path: "/healthz", Interval: 15, Timeout: 5, Healthy: 2, Unhealthy: 2, By: balancer.AnswersPod},
	} {
		if got := *of(t, workload, nil).Health; got != want {
			t.Errorf("%s:\n%+v, want\n%+v", workload, got, want)
		}
	}
}

func TestWhatAPodSendsLeavesWithTheAddressThatTheCNIAndNATGiveIt(t *testing.T) {
	const groups, public = "eksnet:nodeGroups", `{"general": {"instanceTypes": ["m7g.large"], "scaling": {"min": 1, "desired": 1, "max": 2}, "subnets": "public"}}`
	const mixed = `{"general": {"instanceTypes": ["m7g.large"], "scaling": {"min": 1, "desired": 1, "max": 2}}, "edge": {"instanceTypes": ["m7g.large"], "scaling": {"min": 0, "desired": 0, "max": 2}, "subnets": "public"}}`
	zones := `"zones": ["ap-northeast-2a", "ap-northeast-2b"]`
	for name, test := range map[string]struct {
		changes map[string]string
		want    path.Out
	}{
		"NAT":          {nil, path.Out{VPC: path.Pods, Networks: path.Nodes, Internet: []path.Address{path.Gateways}, Translated: true}},
		"public nodes": {map[string]string{groups: public}, path.Out{VPC: path.Pods, Networks: path.Nodes, Internet: []path.Address{path.NodesPublic}, Translated: true}},
		"both":         {map[string]string{groups: mixed}, path.Out{VPC: path.Pods, Networks: path.Nodes, Internet: []path.Address{path.Gateways, path.NodesPublic}, Translated: true}},
		"external SNAT": {map[string]string{"eksnet:addons": `{"vpcCni": {"externalSnat": true}}`},
			path.Out{VPC: path.Pods, Networks: path.Pods, Internet: []path.Address{path.Gateways}}},
		"external SNAT of public nodes with pods of their own": {map[string]string{groups: public, "eksnet:addons": `{"vpcCni": {"externalSnat": true}}`, "eksnet:network": `{"podCidr": "100.64.0.0/16", ` + zones + `}`},
			path.Out{VPC: path.Pods, Networks: path.Pods, Internet: []path.Address{path.Gateways}}},
		"no NAT": {map[string]string{"eksnet:network": `{"nat": "none", ` + zones + `}`},
			path.Out{VPC: path.Pods, Networks: path.Nodes, Internet: []path.Address{}, Translated: true}},
	} {
		got := of(t, `{"kind": "nlb", "image": "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/agnhost:2.53"}`, test.changes).Out
		if fmt.Sprint(got) != fmt.Sprint(test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestClientsAreAnyAddressTheSourceRangesAndPrefixListsOrThoseOfTheSecurityGroups(t *testing.T) {
	for workload, want := range map[string]string{
		`{"kind": "nlb"}`: "[0.0.0.0/0]",
		`{"kind": "nlb", "sourceRanges": ["203.0.113.0/24"]}`:                                              "[203.0.113.0/24]",
		`{"kind": "nlb", "prefixLists": {"pl-0123456789abcdef0": 20}}`:                                     "[pl-0123456789abcdef0]",
		`{"kind": "alb", "sourceRanges": ["203.0.113.0/24"], "prefixLists": {"pl-0123456789abcdef0": 20}}`: "[203.0.113.0/24 pl-0123456789abcdef0]",
		`{"kind": "alb", "securityGroups": ["sg-0123456789abcdef0"]}`:                                      "[]",
	} {
		if got := fmt.Sprint(of(t, workload, nil).Clients); got != want {
			t.Errorf("%s: %s, want %s", workload, got, want)
		}
	}
}

func TestAnALBSendsNoClientAddressWhereAnAttributeDisablesIt(t *testing.T) {
	for mode, clientIn := range map[string]string{"append": header, "preserve": "", "remove": ""} {
		if got := of(t, `{"kind": "alb", "attributes": {"routing.http.xff_header_processing.mode": "`+mode+`"}}`, nil).ClientAddressIn; got != clientIn {
			t.Errorf("%s: client address in %q, want %q", mode, got, clientIn)
		}
	}
}

func TestWorkloadsWithoutALoadBalancerHaveAPathInTheCluster(t *testing.T) {
	policy := of(t, `{"kind": "policy"}`, map[string]string{"eksnet:addons": `{"vpcCni": {"networkPolicy": true}}`})
	if policy.Balancer != nil || policy.KubeProxy != path.ClientsNode || policy.Source != client || policy.Pod.Port != 8080 || policy.Health != nil {
		t.Errorf("policy: %+v", policy)
	}
	tools := of(t, `{"kind": "netshoot"}`, nil)
	if tools.Balancer != nil || tools.KubeProxy != path.NoHop || tools.Pod.Port != 0 || tools.Out.VPC != path.Pods {
		t.Errorf("netshoot: %+v", tools)
	}
}

func TestAWorkloadThatDoesNotExistLeadsToThoseThatDo(t *testing.T) {
	two := `{"cart": {"kind": "nlb"}, "shop": {"kind": "nlb"}}`
	for _, test := range []struct{ workloads, name, want string }{
		{two, "shopp", `no workload "shopp" (did you mean shop?); existing workloads: cart, shop`},
		{two, "billing", `no workload "billing"; existing workloads: cart, shop`},
		{`{}`, "shop", `no workload "shop": the stack has none`},
	} {
		s, _ := load(map[string]string{"eksnet:workloads": test.workloads})
		if _, err := path.Of(s, test.name); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

// The controller redirects the listener on port 80 of the whole group if one member asks for it
// (kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#ssl-redirect).
func TestOneMembersRedirectIsThatOfItsGroup(t *testing.T) {
	yes, no := true, false
	member := func(path string, redirect *bool) config.Workload {
		return config.Workload{Kind: config.KindALB, Group: "web", Certificate: "arn", Paths: []string{path}, App: config.AppEcho, Target: config.TargetIP, Redirect: redirect}
	}
	s := &config.Stack{Workloads: map[string]config.Workload{"a": member("/a", &no), "b": member("/b", &yes), "c": member("/c", nil)}}
	for name := range s.Workloads {
		way, err := path.Of(s, name)
		if err != nil || !way.Balancer.Listeners[0].Redirect {
			t.Errorf("%s: %+v, %v", name, way.Balancer, err)
		}
	}
}
