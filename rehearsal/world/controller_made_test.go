package world

import (
	"fmt"
	"slices"
	"testing"
)

// lets are the protocols and ports on which a security group lets in.
func (k *kubeLab) lets(group string) []string {
	var rules []string
	for _, r := range k.world.with(groupRuleType, "securityGroupId", group) {
		rules = append(rules, fmt.Sprintf("%s %d-%d", r.text("protocol"), r.number("fromPort"), r.number("toPort")))
	}
	return sorted(rules)
}

// fromShared are the rules by which the nodes let the load balancers in.
func (k *kubeLab) fromShared() []string {
	var rules []string
	for _, r := range k.world.with(groupRuleType, "sourceSecurityGroupId", k.world.controllerOf("dev").sharedGroup().ID) {
		rules = append(rules, fmt.Sprintf("%s %d-%d", r.text("protocol"), r.number("fromPort"), r.number("toPort")))
	}
	return sorted(rules)
}

func TestTheNodesLetAllLoadBalancersInByOneRuleForEachProtocol(t *testing.T) {
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	ip := map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"}
	k.apply(serviceType, nlb(ip))
	if rules := k.fromShared(); !slices.Equal(rules, []string{"tcp 8080-8080"}) {
		t.Errorf("for one port the rules are %v", rules)
	}
	second := edited(nlb(ip), "metadata.name", "second")
	k.apply(serviceType, edited(second, "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": 9090.0, "protocol": "TCP"}}))
	if rules := k.fromShared(); !slices.Equal(rules, []string{"tcp 8080-9090"}) {
		t.Errorf("for two ports the rules are %v", rules)
	}
	k.remove(serviceType, "default/second")
	if rules := k.fromShared(); !slices.Equal(rules, []string{"tcp 8080-8080"}) {
		t.Errorf("for the port that is left the rules are %v", rules)
	}
}

func TestHealthChecksHaveTheControllersNumbersUnlessAnnotationsNameOthers(t *testing.T) {
	k := newCluster(t).balancing(nil)
	k.apply(serviceType, edited(nlb(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "20"}), "metadata.name", "packets"))
	k.apply(ingressType, ingress("web", map[string]any{"healthy-threshold-count": "4"}))
	k.apply(serviceType, classic(nil))
	numbers := func(typ string) string {
		o := k.world.all(typ, func(o *Object) bool { return o.at("healthCheck") != nil })
		var all []string
		for _, standing := range o {
			all = append(all, fmt.Sprint(standing.at("healthCheck.interval"), standing.at("healthCheck.timeout"),
				standing.at("healthCheck.healthyThreshold"), standing.at("healthCheck.unhealthyThreshold")))
		}
		return fmt.Sprint(sorted(all))
	}
	if got, want := numbers(targetGroupType), "[15 5 4 2 20 10 3 3]"; got != want {
		t.Errorf("interval, timeout, healthy and unhealthy are %s, want %s", got, want)
	}
	if got, want := numbers(classicType), "[10 5 2 6]"; got != want {
		t.Errorf("a classic one's are %s, want %s", got, want)
	}
}

func TestAClassicHealthCheckAsksTheFirstPortOnTheNodes(t *testing.T) {
	k := newCluster(t)
	k.apply(deploymentType, web())
	k.apply(serviceType, classic(nil))
	port := integer(listOf(k.world.find("dev", serviceType, "default/clb").at("spec.ports"))[0]["nodePort"])
	if target := k.world.all(classicType)[0].text("healthCheck.target"); target != fmt.Sprint("TCP:", port) {
		t.Errorf("it asks %s, and the port is %d", target, port)
	}
}

func TestABindingNamesThePortAsItsIngressDoes(t *testing.T) {
	for _, port := range []map[string]any{{"name": "http"}, {"number": 80.0}} {
		k := newCluster(t).balancing(nil)
		k.must(k.update(serviceType, "default/web", edited(service("web", "NodePort"), "spec.ports", []any{
			map[string]any{"name": "http", "port": 80.0, "targetPort": 8080.0, "protocol": "TCP"}})))
		m := ingress("web", nil)
		path := mapOf(mapOf(at(mapOf(at(m, "spec.rules").([]any)[0]), "http.paths").([]any)[0])["backend"])
		mapOf(path["service"])["port"] = port
		k.apply(ingressType, m)
		if named := k.world.all(bindingType)[0].at("spec.serviceRef.port"); named != port["name"] && named != port["number"] {
			t.Errorf("the binding names port %v, the Ingress %v", named, port)
		}
	}
}

func TestDefaultTagsAreOnAllThatTheControllerMakes(t *testing.T) {
	k := newCluster(t).balancing(map[string]any{"defaultTags": map[string]any{"team": "shop"}})
	k.apply(ingressType, ingress("web", nil))
	for _, typ := range []string{loadBalancerType, listenerType, listenerRuleType, targetGroupType, securityGroupType} {
		made := k.world.all(typ, func(o *Object) bool { return o.Owner == controllerOwner })
		if len(made) == 0 {
			t.Errorf("no %s is made", typ)
		}
		for _, o := range made {
			if o.tags()["team"] != "shop" {
				t.Errorf("%s %s carries %v", typ, o.ID, o.tags())
			}
		}
	}
}

// controllerScaled sets the number of the controller's pods.
func (k *kubeLab) controllerScaled(pods int) {
	k.t.Helper()
	o := k.world.controllerOf("dev").deployment
	k.must(k.update(deploymentType, o.ID, edited(clone(o.Inputs), "spec.replicas", float64(pods))))
}

func TestAControllerThatStartsWhenAllIsBeingDeletedLeavesTheSharedGroupBehind(t *testing.T) {
	for _, stays := range []bool{false, true} {
		k := newCluster(t).controlled()
		k.apply(deploymentType, web())
		k.apply(serviceType, nlb(nil))
		if stays {
			_ = k.create(serviceType, edited(nlb(nil), "metadata.name", "second"))
		}
		k.controllerScaled(0)
		if err := k.kube.Delete(serviceType, "default/web"); err == nil {
			t.Fatal("a Service goes without the controller")
		}
		k.controllerScaled(2)
		if k.world.find("dev", serviceType, "default/web") != nil {
			t.Error("the controller is back, and the Service stays")
		}
		if stays {
			k.remove(serviceType, "default/second")
		}
		left := len(k.world.all(securityGroupType, func(g *Object) bool { return g.tags()[resourceTag] == "backend-sg" }))
		if stays != (left == 0) {
			t.Errorf("with another Service that stays: %v; shared groups left: %d", stays, left)
		}
	}
}

func TestACallThatTheControllersRoleDeniesChangesNothing(t *testing.T) {
	const nlbAnnotation = "service.beta.kubernetes.io/aws-load-balancer-"
	k := newCluster(t).controlled()
	k.apply(deploymentType, web())
	k.apply(serviceType, nlb(nil))
	k.make("denied", policyType, Properties{"name": "denied", "policy": `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*",
		"Action": ["elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes"]}]}`})
	k.make("denied-attachment", attachmentType, Properties{"role": "lbc-role", "policyArn": k.ids["denied"]})
	state := func() string {
		return jsonText(k.one(targetGroupType).Outputs["attributes"]) + jsonText(k.one(targetGroupType).Outputs["healthCheck"]) +
			jsonText(k.one(loadBalancerType).Outputs["attributes"])
	}
	for name, annotations := range map[string]map[string]any{
		"attributes of the target group":  {nlbAnnotation + "target-group-attributes": "deregistration_delay.timeout_seconds=20"},
		"the health check":                {nlbAnnotation + "healthcheck-interval": "25"},
		"attributes of the load balancer": {nlbAnnotation + "attributes": "load_balancing.cross_zone.enabled=true"},
	} {
		before := state()
		_ = k.update(serviceType, "default/web", nlb(annotations))
		if after := state(); after != before {
			t.Errorf("a denied change of %s changes %s into %s", name, before, after)
		}
	}
	// A load balancer whose attributes may not be set is made with AWS's own.
	_ = k.create(serviceType, edited(nlb(map[string]any{nlbAnnotation + "target-group-attributes": "deregistration_delay.timeout_seconds=20"}), "metadata.name", "second"))
	for _, group := range k.world.all(targetGroupType) {
		if delay := mapOf(group.Outputs["attributes"])["deregistration_delay.timeout_seconds"]; delay == "20" {
			t.Error("a new target group gets attributes that may not be set")
		}
	}
}
