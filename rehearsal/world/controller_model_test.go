package world

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// networking are the peers and ports of a binding's spec.networking.
func networking(binding *Object) (found []string) {
	for _, rule := range listOf(binding.at("spec.networking.ingress")) {
		for _, peer := range listOf(rule["from"]) {
			from := orText(mapOf(peer["securityGroup"])["groupID"], "") + orText(mapOf(peer["ipBlock"])["cidr"], "")
			for _, port := range listOf(rule["ports"]) {
				found = append(found, fmt.Sprint(from, " ", port["protocol"], " ", port["port"]))
			}
		}
	}
	return sorted(found)
}

// described are the rules that the controller has on the nodes' security groups: protocol, ports and source.
func (k *kubeLab) described() []string {
	var rules []string
	for _, r := range k.world.with(groupRuleType, "description", describedBy) {
		g := groupRuleOf(r)
		rules = append(rules, fmt.Sprintf("%s %d-%d %s%s", g.protocol, g.from, g.to, g.source, g.cidr))
	}
	return sorted(rules)
}

func (k *kubeLab) nodePort(service string) int {
	return integer(listOf(k.world.find("dev", serviceType, service).at("spec.ports"))[0]["nodePort"])
}

func TestABindingSaysFromWhereItsTargetsAreReached(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(asked("nlb-target-type", "ip", "healthcheck-port", "9090")))
	shared := k.world.controllerOf("dev").sharedGroup().ID
	if let := networking(k.one(bindingType)); !slices.Equal(let, []string{shared + " TCP 8080", shared + " TCP 9090"}) {
		t.Errorf("addresses are reached by %v", let)
	}
	k.must(k.update(serviceType, "default/web", nlb(asked("nlb-target-type", "ip"))))
	if let := networking(k.one(bindingType)); !slices.Equal(let, []string{shared + " TCP 8080"}) {
		t.Errorf("with the check on the same port they are reached by %v", let)
	}
	if rules := k.described(); !slices.Equal(rules, []string{"tcp 8080-8080 " + shared}) {
		t.Errorf("the nodes let in %v", rules)
	}
}

func TestTargetsOfALoadBalancerWithoutSecurityGroupsAreReachedFromTheVPC(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(asked("disable-nlb-sg", "true")))
	port := k.nodePort("default/web")
	if rules := k.described(); !slices.Equal(rules, []string{fmt.Sprintf("tcp %d-%d 10.0.0.0/16", port, port)}) || len(k.one(loadBalancerType).texts("securityGroups")) > 0 {
		t.Errorf("the nodes let in %v", rules)
	}
	k.reached()
	k.remove(serviceType, "default/web")
	if rules := k.described(); len(rules) > 0 {
		t.Errorf("without it the nodes let in %v", rules)
	}
}

func TestTheNodesLetInOnPortsOfBindingsThatHaveTargetsThereAlone(t *testing.T) {
	k := newCluster(t).controlled()
	group := k.make("front", securityGroupType, Properties{"name": "front", "vpcId": k.ids["vpc"]})
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	// For a load balancer with explicit security groups, the controller writes no rules, even while others have some.
	k.apply(serviceType, edited(nlb(asked("security-groups", group)), "metadata.name", "own"))
	port, shared := k.nodePort("default/web"), k.world.controllerOf("dev").sharedGroup().ID
	if rules := k.described(); !slices.Equal(rules, []string{fmt.Sprintf("tcp %d-%d %s", port, port, shared)}) {
		t.Errorf("the nodes let in %v", rules)
	}
}

func TestANamedTargetPortIsOpenedByItsNumber(t *testing.T) {
	k := newCluster(t).controlled()
	m := web()
	with(container(m), "ports", []any{map[string]any{"name": "http", "containerPort": 8080.0}})
	k.apply(deploymentType, m)
	k.apply(serviceType, edited(nlb(asked("nlb-target-type", "ip")), "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": "http", "protocol": "TCP"}}))
	shared := k.world.controllerOf("dev").sharedGroup().ID
	if let := networking(k.one(bindingType)); !slices.Equal(let, []string{shared + " TCP http"}) || k.one(targetGroupType).number("port") != 1 {
		t.Errorf("%v, and the target group has port %d", let, k.one(targetGroupType).number("port"))
	}
	if rules := k.described(); !slices.Equal(rules, []string{"tcp 8080-8080 " + shared}) {
		t.Errorf("the nodes let in %v", rules)
	}
	k.reached()
}

func TestWithoutRestrictedRulesTheNodesLetInOnAllPorts(t *testing.T) {
	k := newCluster(t)
	k.controllerAccount()
	k.apply(releaseType, edited(k.releaseInputs(), "values.disableRestrictedSecurityGroupRules", true))
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	if rules := k.described(); !slices.Equal(rules, []string{"tcp 0-65535 " + k.world.controllerOf("dev").sharedGroup().ID}) {
		t.Errorf("the nodes let in %v", rules)
	}
}

func TestRulesThatTheControllerMayNotWriteItWritesLater(t *testing.T) {
	k := newCluster(t).controlled()
	k.make("deny", policyType, Properties{"name": "deny", "policy": `{"Version": "2012-10-17", "Statement": {"Effect": "Deny",
		"Action": ["ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"], "Resource": "*"}}`})
	denied := func() { k.make("denied", attachmentType, Properties{"role": "lbc-role", "policyArn": k.ids["deny"]}) }
	k.apply(deploymentType, web())
	k.apply(serviceType, edited(nlb(nil), "metadata.name", "first"))
	denied()
	k.apply(serviceType, nlb(asked("nlb-target-type", "ip", "security-groups", k.one(loadBalancerType).texts("securityGroups")[0], "manage-backend-security-group-rules", "true")))
	if rules := k.described(); len(rules) != 1 {
		t.Errorf("while it may not, the nodes let in %v", rules)
	}
	k.must(k.delete(attachmentType, "denied"))
	before := k.described()
	if len(before) != 1 || !strings.HasPrefix(before[0], "tcp 8080-3") {
		t.Errorf("once it may, the nodes let in %v", before)
	}
	denied()
	refused(t, k.kube.Delete(serviceType, "default/web"), controllerAllowed)
	if rules := k.described(); !slices.Equal(rules, before) {
		t.Errorf("while it may not, the nodes let in %v", rules)
	}
	k.must(k.delete(attachmentType, "denied"))
	if rules := k.described(); len(rules) != 1 || strings.HasPrefix(rules[0], "tcp 8080-") {
		t.Errorf("once it may, the nodes let in %v", rules)
	}
}

func TestNodesAreTargetsByTheirLabels(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	node := k.world.readyNodes("dev")[0]
	node.set("metadata.labels.edge", "yes")
	k.apply(serviceType, nlb(asked("target-node-labels", "edge=yes")))
	if targets := k.one(targetGroupType).texts("targets"); len(targets) != 1 || !strings.HasPrefix(targets[0], node.text("instanceId")) {
		t.Errorf("targets %v", targets)
	}
}

func TestALoadBalancersOwnGroupGoesWhenItsServiceNamesOthers(t *testing.T) {
	k := newCluster(t).controlled()
	group := k.make("front", securityGroupType, Properties{"name": "front", "vpcId": k.ids["vpc"]})
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	own := k.one(loadBalancerType).texts("securityGroups")[0]
	k.must(k.update(serviceType, "default/web", nlb(asked("security-groups", group))))
	if k.world.get(securityGroupType, own) != nil || !slices.Equal(k.one(loadBalancerType).texts("securityGroups"), []string{group}) {
		t.Errorf("%s stays, and the load balancer has %v", own, k.one(loadBalancerType).texts("securityGroups"))
	}
}

func TestAPrefixListIsLetInByTheLoadBalancersOwnGroup(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(asked("security-group-prefix-lists", "pl-1")))
	rules := k.world.with(groupRuleType, "securityGroupId", k.one(loadBalancerType).texts("securityGroups")[0])
	if len(rules) != 1 || !slices.Equal(rules[0].texts("prefixListIds"), []string{"pl-1"}) || len(rules[0].texts("cidrBlocks")) > 0 {
		t.Errorf("rules %v", rules)
	}
}

func TestTheParametersOfAClassGoBeforeAnnotations(t *testing.T) {
	k := newCluster(t)
	k.controllerAccount()
	k.apply(releaseType, edited(k.releaseInputs(), "values.ingressClassParams.spec", map[string]any{"scheme": "internet-facing"}))
	k.apply(deploymentType, web())
	k.apply(serviceType, service("web", "NodePort"))
	k.apply(ingressType, ingress("web", map[string]any{"scheme": "internal"}))
	if scheme := k.one(loadBalancerType).text("scheme"); scheme != "internet-facing" {
		t.Errorf("the scheme is %s", scheme)
	}
}

func TestDNSNamesEndAsAWSEndsThem(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(ingressType, ingress("web", nil))
	k.apply(serviceType, edited(nlb(nil), "metadata.name", "packets"))
	k.apply(serviceType, classic(nil))
	forms := map[string]string{
		"application": `^internal-k8s-default-web-[0-9a-f]{10}-[0-9]+\.ap-northeast-2\.elb\.amazonaws\.com$`,
		"network":     `^k8s-default-packets-[0-9a-f]{10}-[0-9a-f]{16}\.elb\.ap-northeast-2\.amazonaws\.com$`,
		"classic":     `^a[0-9a-f]{31}-[0-9]+\.ap-northeast-2\.elb\.amazonaws\.com$`,
	}
	for _, o := range slices.Concat(k.world.all(loadBalancerType), k.world.all(classicType)) {
		if name := o.text("dnsName"); !regexp.MustCompile(forms[o.text("loadBalancerType")]).MatchString(name) {
			t.Errorf("%s is %s", o.text("loadBalancerType"), name)
		}
	}
}

// What the controller's builders know and this world does not is no refusal of AWS's or Kubernetes'.
func TestWhatTheWorldDoesNotDeployIsUnmodelled(t *testing.T) {
	secure := func(key, value string) map[string]any {
		return map[string]any{"certificate-arn": certificate, "listen-ports": `[{"HTTPS": 443}]`, key: value}
	}
	annotated := func(key, value string) Properties {
		return edited(ruled(func(_, p map[string]any) {
			with(p, "backend.service.port", map[string]any{"name": "use-annotation"})
		}), "metadata.annotations", map[string]any{"alb.ingress.kubernetes.io/" + key: value})
	}
	for what, m := range map[string]Properties{
		"attributes of listeners": nlb(asked("listener-attributes.TCP-80", "tcp.idle_timeout.seconds=60")),
		"explicit addresses":      nlb(asked("private-ipv4-addresses", "10.0.16.9,10.0.32.9")),
		"reserved capacity":       nlb(asked("minimum-load-balancer-capacity", "CapacityUnits=3000")),
		"PrivateLink":             nlb(asked("inbound-sg-rules-on-private-link-traffic", "off")),
		"more than one cluster":   nlb(asked("multi-cluster-target-group", "true")),
		"listeners for TCP_UDP":   edited(nlb(asked("enable-tcp-udp-listener", "true", "nlb-target-type", "ip")), "spec.ports", []any{map[string]any{"name": "a", "port": 80.0, "targetPort": 8080.0, "protocol": "TCP"}, map[string]any{"name": "b", "port": 80.0, "targetPort": 8080.0, "protocol": "UDP"}}),
		"mutual TLS":              ingress("web", secure("mutual-authentication", `[{"port": 443, "mode": "passthrough"}]`)),
		"web ACLs":                ingress("web", map[string]any{"wafv2-acl-name": "shop"}),
		"in front of another":     ingress("web", map[string]any{"enable-frontend-nlb": "true"}),
		"conditions of rules":     ingress("web", map[string]any{"conditions.web": `[{"field": "source-ip", "sourceIpConfig": {"values": ["10.0.0.0/8"]}}]`}),
		"transforms of requests":  ingress("web", map[string]any{"transforms.web": `[{"type": "url-rewrite", "urlRewriteConfig": {"rewrites": [{"regex": "^/a", "replace": "/b"}]}}]`}),
		"actions by annotation":   annotated("actions.web", `{"type": "redirect", "redirectConfig": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}`),
		"the target group blue":   annotated("actions.web", `{"type": "forward", "targetGroupName": "blue"}`),
	} {
		t.Run(what, func(t *testing.T) {
			k := newCluster(t).balancing(nil)
			typ := ingressType
			if m["kind"] == "Service" {
				typ, m = serviceType, edited(m, "metadata.name", "packets")
			}
			err := k.create(typ, m)
			var unknown *notModelled
			if !errors.As(err, &unknown) || !strings.Contains(unknown.Error(), what) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestParametersOfAClassThatChooseItsIngressesAreUnmodelled(t *testing.T) {
	k := newCluster(t)
	k.controllerAccount()
	k.apply(releaseType, edited(k.releaseInputs(), "values.ingressClassParams.spec", map[string]any{"group": map[string]any{"name": "shop"}}))
	k.apply(deploymentType, web())
	k.apply(serviceType, service("web", "NodePort"))
	var unknown *notModelled
	if err := k.create(ingressType, ingress("web", nil)); !errors.As(err, &unknown) {
		t.Errorf("the error is %v", err)
	}
}
