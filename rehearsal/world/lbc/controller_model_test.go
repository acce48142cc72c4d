package lbc_test

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eksnet/rehearsal/world/ec2"
	"eksnet/rehearsal/world/lbc"
	nodepkg "eksnet/rehearsal/world/node"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// networking are the peers and ports of a binding's spec.networking.
func networking(binding *store.Object) (found []string) {
	for _, rule := range store.ListOf(binding.At("spec.networking.ingress")) {
		for _, peer := range store.ListOf(rule["from"]) {
			from := store.OrText(store.MapOf(peer["securityGroup"])["groupID"], "") + store.OrText(store.MapOf(peer["ipBlock"])["cidr"], "")
			for _, port := range store.ListOf(rule["ports"]) {
				found = append(found, fmt.Sprint(from, " ", port["protocol"], " ", port["port"]))
			}
		}
	}
	return worldtest.Sorted(found)
}

// described are the rules that the controller has on the nodes' security groups: protocol, ports and source.
func described(k *worldtest.KubeLab) []string {
	var rules []string
	for _, r := range k.World.With(store.GroupRuleType, "description", lbc.DescribedBy) {
		g := ec2.GroupRuleOf(r)
		rules = append(rules, fmt.Sprintf("%s %d-%d %s%s", g.Protocol, g.From, g.To, g.Source, g.CIDR))
	}
	return worldtest.Sorted(rules)
}

func nodePort(k *worldtest.KubeLab, service string) int {
	return store.Integer(store.ListOf(k.World.Find("dev", store.ServiceType, service).At("spec.ports"))[0]["nodePort"])
}

func TestABindingSaysFromWhereItsTargetsAreReached(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("nlb-target-type", "ip", "healthcheck-port", "9090")))
	shared := lbc.ControllerOf(k.World.Account, "dev").SharedGroup().ID
	if let := networking(k.One(store.BindingType)); !slices.Equal(let, []string{shared + " TCP 8080", shared + " TCP 9090"}) {
		t.Errorf("addresses are reached by %v", let)
	}
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(worldtest.Asked("nlb-target-type", "ip"))))
	if let := networking(k.One(store.BindingType)); !slices.Equal(let, []string{shared + " TCP 8080"}) {
		t.Errorf("with the check on the same port they are reached by %v", let)
	}
	if rules := described(k); !slices.Equal(rules, []string{"tcp 8080-8080 " + shared}) {
		t.Errorf("the nodes let in %v", rules)
	}
}

func TestTargetsOfALoadBalancerWithoutSecurityGroupsAreReachedFromTheVPC(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("disable-nlb-sg", "true")))
	port := nodePort(k, "default/web")
	if rules := described(k); !slices.Equal(rules, []string{fmt.Sprintf("tcp %d-%d 10.0.0.0/16", port, port)}) || len(k.One(store.LoadBalancerType).Texts("securityGroups")) > 0 {
		t.Errorf("the nodes let in %v", rules)
	}
	reached(k)
	k.Remove(store.ServiceType, "default/web")
	if rules := described(k); len(rules) > 0 {
		t.Errorf("without it the nodes let in %v", rules)
	}
}

func TestTheNodesLetInOnPortsOfBindingsThatHaveTargetsThereAlone(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	group := k.Make("front", store.SecurityGroupType, store.Properties{"name": "front", "vpcId": k.IDs["vpc"]})
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	// For a load balancer with explicit security groups, the controller writes no rules, even while others have some.
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(worldtest.Asked("security-groups", group)), "metadata.name", "own"))
	port, shared := nodePort(k, "default/web"), lbc.ControllerOf(k.World.Account, "dev").SharedGroup().ID
	if rules := described(k); !slices.Equal(rules, []string{fmt.Sprintf("tcp %d-%d %s", port, port, shared)}) {
		t.Errorf("the nodes let in %v", rules)
	}
}

func TestANamedTargetPortIsOpenedByItsNumber(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	m := worldtest.Web()
	worldtest.With(worldtest.Container(m), "ports", []any{map[string]any{"name": "http", "containerPort": 8080.0}})
	k.Apply(store.DeploymentType, m)
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(worldtest.Asked("nlb-target-type", "ip")), "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": "http", "protocol": "TCP"}}))
	shared := lbc.ControllerOf(k.World.Account, "dev").SharedGroup().ID
	if let := networking(k.One(store.BindingType)); !slices.Equal(let, []string{shared + " TCP http"}) || k.One(store.TargetGroupType).Number("port") != 1 {
		t.Errorf("%v, and the target group has port %d", let, k.One(store.TargetGroupType).Number("port"))
	}
	if rules := described(k); !slices.Equal(rules, []string{"tcp 8080-8080 " + shared}) {
		t.Errorf("the nodes let in %v", rules)
	}
	reached(k)
}

func TestWithoutRestrictedRulesTheNodesLetInOnAllPorts(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.ControllerAccount()
	k.Apply(store.ReleaseType, worldtest.Edited(k.ReleaseInputs(), "values.disableRestrictedSecurityGroupRules", true))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	if rules := described(k); !slices.Equal(rules, []string{"tcp 0-65535 " + lbc.ControllerOf(k.World.Account, "dev").SharedGroup().ID}) {
		t.Errorf("the nodes let in %v", rules)
	}
}

func TestRulesThatTheControllerMayNotWriteItWritesLater(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Make("deny", store.PolicyType, store.Properties{"name": "deny", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Deny",
		"Action": ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"], "Resource": "*"}}`})
	denied := func() {
		k.Make("denied", store.AttachmentType, store.Properties{"role": "lbc-role", "policyArn": k.IDs["deny"]})
	}
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.name", "first"))
	denied()
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("nlb-target-type", "ip", "security-groups", k.One(store.LoadBalancerType).Texts("securityGroups")[0], "manage-backend-security-group-rules", "true")))
	if rules := described(k); len(rules) != 1 {
		t.Errorf("while it may not, the nodes let in %v", rules)
	}
	k.Must(k.Delete(store.AttachmentType, "denied"))
	before := described(k)
	if len(before) != 1 || !strings.HasPrefix(before[0], "tcp 8080-3") {
		t.Errorf("once it may, the nodes let in %v", before)
	}
	denied()
	worldtest.Refused(t, k.Kube.Delete(store.ServiceType, "default/web"), lbc.ControllerAllowed)
	if rules := described(k); !slices.Equal(rules, before) {
		t.Errorf("while it may not, the nodes let in %v", rules)
	}
	k.Must(k.Delete(store.AttachmentType, "denied"))
	if rules := described(k); len(rules) != 1 || strings.HasPrefix(rules[0], "tcp 8080-") {
		t.Errorf("once it may, the nodes let in %v", rules)
	}
}

func TestNodesAreTargetsByTheirLabels(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	node := nodepkg.ReadyNodes(k.World.Account, "dev")[0]
	node.Set("metadata.labels.edge", "yes")
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("target-node-labels", "edge=yes")))
	if targets := k.One(store.TargetGroupType).Texts("targets"); len(targets) != 1 || !strings.HasPrefix(targets[0], node.Text("instanceId")) {
		t.Errorf("targets %v", targets)
	}
}

func TestALoadBalancersOwnGroupGoesWhenItsServiceNamesOthers(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	group := k.Make("front", store.SecurityGroupType, store.Properties{"name": "front", "vpcId": k.IDs["vpc"]})
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	own := k.One(store.LoadBalancerType).Texts("securityGroups")[0]
	k.Must(k.Update(store.ServiceType, "default/web", worldtest.NLB(worldtest.Asked("security-groups", group))))
	if k.World.Get(store.SecurityGroupType, own) != nil || !slices.Equal(k.One(store.LoadBalancerType).Texts("securityGroups"), []string{group}) {
		t.Errorf("%s stays, and the load balancer has %v", own, k.One(store.LoadBalancerType).Texts("securityGroups"))
	}
}

func TestAPrefixListIsLetInByTheLoadBalancersOwnGroup(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.World.HoldPrefixLists(map[string]int{"pl-1": 20})
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(worldtest.Asked("security-group-prefix-lists", "pl-1")))
	rules := k.World.With(store.GroupRuleType, "securityGroupId", k.One(store.LoadBalancerType).Texts("securityGroups")[0])
	if len(rules) != 1 || !slices.Equal(rules[0].Texts("prefixListIds"), []string{"pl-1"}) || len(rules[0].Texts("cidrBlocks")) > 0 {
		t.Errorf("rules %v", rules)
	}
}

func TestTheParametersOfAClassGoBeforeAnnotations(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.ControllerAccount()
	k.Apply(store.ReleaseType, worldtest.Edited(k.ReleaseInputs(), "values.ingressClassParams.spec", map[string]any{"scheme": "internet-facing"}))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Service("web", "NodePort"))
	k.Apply(store.IngressType, worldtest.Ingress("web", map[string]any{"scheme": "internal"}))
	if scheme := k.One(store.LoadBalancerType).Text("scheme"); scheme != "internet-facing" {
		t.Errorf("the scheme is %s", scheme)
	}
}

func TestDNSNamesEndAsAWSEndsThem(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.name", "packets"))
	k.Apply(store.ServiceType, worldtest.Classic(nil))
	forms := map[string]string{
		"application": `^internal-k8s-default-web-[0-9a-f]{10}-[0-9]+\.ap-northeast-2\.elb\.amazonaws\.com$`,
		"network":     `^k8s-default-packets-[0-9a-f]{10}-[0-9a-f]{16}\.elb\.ap-northeast-2\.amazonaws\.com$`,
		"classic":     `^a[0-9a-f]{31}-[0-9]+\.ap-northeast-2\.elb\.amazonaws\.com$`,
	}
	for _, o := range slices.Concat(k.World.All(store.LoadBalancerType), k.World.All(store.ClassicType)) {
		if name := o.Text("dnsName"); !regexp.MustCompile(forms[o.Text("loadBalancerType")]).MatchString(name) {
			t.Errorf("%s is %s", o.Text("loadBalancerType"), name)
		}
	}
}

// What the controller's builders know and this world does not is no refusal of AWS's or Kubernetes'.
func TestWhatTheWorldDoesNotDeployIsUnmodelled(t *testing.T) {
	secure := func(key, value string) map[string]any {
		return map[string]any{"certificate-arn": worldtest.Certificate, "listen-ports": `[{"HTTPS": 443}]`, key: value}
	}
	annotated := func(key, value string) store.Properties {
		return worldtest.Edited(worldtest.Ruled(func(_, p map[string]any) {
			worldtest.With(p, "backend.service.port", map[string]any{"name": "use-annotation"})
		}), "metadata.annotations", map[string]any{"alb.ingress.kubernetes.io/" + key: value})
	}
	for what, m := range map[string]store.Properties{
		"attributes of listeners": worldtest.Ingress("web", map[string]any{"listener-attributes.HTTP-80": "routing.http.response.server.enabled=false"}),
		"explicit addresses":      worldtest.NLB(worldtest.Asked("private-ipv4-addresses", "10.0.16.9,10.0.32.9")),
		"reserved capacity":       worldtest.NLB(worldtest.Asked("minimum-load-balancer-capacity", "CapacityUnits=3000")),
		"PrivateLink":             worldtest.NLB(worldtest.Asked("inbound-sg-rules-on-private-link-traffic", "off")),
		"more than one cluster":   worldtest.NLB(worldtest.Asked("multi-cluster-target-group", "true")),
		"listeners for QUIC":      worldtest.Edited(worldtest.NLB(worldtest.Asked("quic-enabled-ports", "443", "nlb-target-type", "ip")), "spec.ports", []any{map[string]any{"name": "b", "port": 443.0, "targetPort": 8080.0, "protocol": "UDP"}}),
		"options of mutual TLS":   worldtest.Ingress("web", secure("mutual-authentication", `[{"port": 443, "mode": "verify", "trustStore": "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:truststore/clients/0123456789abcdef", "ignoreClientCertificateExpiry": true}]`)),
		"web ACLs":                worldtest.Ingress("web", map[string]any{"wafv2-acl-name": "shop"}),
		"in front of another":     worldtest.Ingress("web", map[string]any{"enable-frontend-nlb": "true"}),
		"conditions of rules":     worldtest.Ingress("web", map[string]any{"conditions.web": `[{"field": "source-ip", "sourceIpConfig": {"values": ["10.0.0.0/8"]}}]`}),
		"transforms of requests":  worldtest.Ingress("web", map[string]any{"transforms.web": `[{"type": "url-rewrite", "urlRewriteConfig": {"rewrites": [{"regex": "^/a", "replace": "/b"}]}}]`}),
		"actions beside":          annotated("actions.web", `{"type": "redirect", "redirectConfig": {"host": "shop.example.com", "protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}`),
		"the target group blue":   annotated("actions.web", `{"type": "forward", "targetGroupName": "blue"}`),
	} {
		t.Run(what, func(t *testing.T) {
			k := worldtest.NewCluster(t).Balancing(nil)
			typ := store.IngressType
			if m["kind"] == "Service" {
				typ, m = store.ServiceType, worldtest.Edited(m, "metadata.name", "packets")
			}
			err := k.Create(typ, m)
			var unknown *store.NotModelled
			if !errors.As(err, &unknown) || !strings.Contains(unknown.Error(), what) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestParametersOfAClassThatChooseItsIngressesAreUnmodelled(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.ControllerAccount()
	k.Apply(store.ReleaseType, worldtest.Edited(k.ReleaseInputs(), "values.ingressClassParams.spec", map[string]any{"group": map[string]any{"name": "shop"}}))
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Service("web", "NodePort"))
	var unknown *store.NotModelled
	if err := k.Create(store.IngressType, worldtest.Ingress("web", nil)); !errors.As(err, &unknown) {
		t.Errorf("the error is %v", err)
	}
}
