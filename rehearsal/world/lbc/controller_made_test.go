package lbc_test

import (
	"fmt"
	"slices"
	"testing"

	"eksnet/rehearsal/world/iam"
	"eksnet/rehearsal/world/lbc"
	"eksnet/rehearsal/world/store"
	"eksnet/rehearsal/world/worldtest"
)

// fromShared are the rules by which the nodes let the load balancers in.
func fromShared(k *worldtest.KubeLab) []string {
	var rules []string
	for _, r := range k.World.With(store.GroupRuleType, "sourceSecurityGroupId", lbc.ControllerOf(k.World.Account, "dev").SharedGroup().ID) {
		rules = append(rules, fmt.Sprintf("%s %d-%d", r.Text("protocol"), r.Number("fromPort"), r.Number("toPort")))
	}
	return worldtest.Sorted(rules)
}

func TestTheNodesLetAllLoadBalancersInByOneRuleForEachProtocol(t *testing.T) {
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	ip := map[string]any{"service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip"}
	k.Apply(store.ServiceType, worldtest.NLB(ip))
	if rules := fromShared(k); !slices.Equal(rules, []string{"tcp 8080-8080"}) {
		t.Errorf("for one port the rules are %v", rules)
	}
	second := worldtest.Edited(worldtest.NLB(ip), "metadata.name", "second")
	k.Apply(store.ServiceType, worldtest.Edited(second, "spec.ports", []any{map[string]any{"port": 80.0, "targetPort": 9090.0, "protocol": "TCP"}}))
	if rules := fromShared(k); !slices.Equal(rules, []string{"tcp 8080-9090"}) {
		t.Errorf("for two ports the rules are %v", rules)
	}
	k.Remove(store.ServiceType, "default/second")
	if rules := fromShared(k); !slices.Equal(rules, []string{"tcp 8080-8080"}) {
		t.Errorf("for the port that is left the rules are %v", rules)
	}
}

func TestHealthChecksHaveTheControllersNumbersUnlessAnnotationsNameOthers(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(nil)
	k.Apply(store.ServiceType, worldtest.Edited(worldtest.NLB(map[string]any{"service.beta.kubernetes.io/aws-load-balancer-healthcheck-interval": "20"}), "metadata.name", "packets"))
	k.Apply(store.IngressType, worldtest.Ingress("web", map[string]any{"healthy-threshold-count": "4"}))
	k.Apply(store.ServiceType, worldtest.Classic(nil))
	numbers := func(typ string) string {
		o := k.World.All(typ, func(o *store.Object) bool { return o.At("healthCheck") != nil })
		var all []string
		for _, standing := range o {
			all = append(all, fmt.Sprint(standing.At("healthCheck.interval"), standing.At("healthCheck.timeout"),
				standing.At("healthCheck.healthyThreshold"), standing.At("healthCheck.unhealthyThreshold")))
		}
		return fmt.Sprint(worldtest.Sorted(all))
	}
	if got, want := numbers(store.TargetGroupType), "[15 5 4 2 20 10 3 3]"; got != want {
		t.Errorf("interval, timeout, healthy and unhealthy are %s, want %s", got, want)
	}
	if got, want := numbers(store.ClassicType), "[10 5 2 6]"; got != want {
		t.Errorf("a classic one's are %s, want %s", got, want)
	}
}

func TestAClassicHealthCheckAsksTheFirstPortOnTheNodes(t *testing.T) {
	k := worldtest.NewCluster(t)
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.Classic(nil))
	port := store.Integer(store.ListOf(k.World.Find("dev", store.ServiceType, "default/clb").At("spec.ports"))[0]["nodePort"])
	if target := k.World.All(store.ClassicType)[0].Text("healthCheck.target"); target != fmt.Sprint("TCP:", port) {
		t.Errorf("it asks %s, and the port is %d", target, port)
	}
}

func TestABindingNamesThePortAsItsIngressDoes(t *testing.T) {
	for _, port := range []map[string]any{{"name": "http"}, {"number": 80.0}} {
		k := worldtest.NewCluster(t).Balancing(nil)
		k.Must(k.Update(store.ServiceType, "default/web", worldtest.Edited(worldtest.Service("web", "NodePort"), "spec.ports", []any{
			map[string]any{"name": "http", "port": 80.0, "targetPort": 8080.0, "protocol": "TCP"}})))
		m := worldtest.Ingress("web", nil)
		path := store.MapOf(store.MapOf(store.At(store.MapOf(store.At(m, "spec.rules").([]any)[0]), "http.paths").([]any)[0])["backend"])
		store.MapOf(path["service"])["port"] = port
		k.Apply(store.IngressType, m)
		if named := k.World.All(store.BindingType)[0].At("spec.serviceRef.port"); named != port["name"] && named != port["number"] {
			t.Errorf("the binding names port %v, the Ingress %v", named, port)
		}
	}
}

func TestDefaultTagsAreOnAllThatTheControllerMakes(t *testing.T) {
	k := worldtest.NewCluster(t).Balancing(map[string]any{"defaultTags": map[string]any{"team": "shop"}})
	k.Apply(store.IngressType, worldtest.Ingress("web", nil))
	for _, typ := range []string{store.LoadBalancerType, store.ListenerType, store.ListenerRuleType, store.TargetGroupType, store.SecurityGroupType} {
		made := k.World.All(typ, func(o *store.Object) bool { return o.Owner == store.ControllerOwner })
		if len(made) == 0 {
			t.Errorf("no %s is made", typ)
		}
		for _, o := range made {
			if o.Tags()["team"] != "shop" {
				t.Errorf("%s %s carries %v", typ, o.ID, o.Tags())
			}
		}
	}
}

// controllerScaled sets the number of the controller's pods.
func controllerScaled(k *worldtest.KubeLab, pods int) {
	k.T.Helper()
	o := lbc.ControllerOf(k.World.Account, "dev").Deployment
	k.Must(k.Update(store.DeploymentType, o.ID, worldtest.Edited(store.Clone(o.Inputs), "spec.replicas", float64(pods))))
}

func TestAControllerThatStartsWhenAllIsBeingDeletedLeavesTheSharedGroupBehind(t *testing.T) {
	for _, stays := range []bool{false, true} {
		k := worldtest.NewCluster(t).Controlled()
		k.Apply(store.DeploymentType, worldtest.Web())
		k.Apply(store.ServiceType, worldtest.NLB(nil))
		if stays {
			_ = k.Create(store.ServiceType, worldtest.Edited(worldtest.NLB(nil), "metadata.name", "second"))
		}
		controllerScaled(k, 0)
		if err := k.Kube.Delete(store.ServiceType, "default/web"); err == nil {
			t.Fatal("a Service goes without the controller")
		}
		controllerScaled(k, 2)
		if k.World.Find("dev", store.ServiceType, "default/web") != nil {
			t.Error("the controller is back, and the Service stays")
		}
		if stays {
			k.Remove(store.ServiceType, "default/second")
		}
		left := len(k.World.All(store.SecurityGroupType, func(g *store.Object) bool { return g.Tags()[lbc.ResourceTag] == "backend-sg" }))
		if stays != (left == 0) {
			t.Errorf("with another Service that stays: %v; shared groups left: %d", stays, left)
		}
	}
}

func TestACallThatTheControllersRoleDeniesChangesNothing(t *testing.T) {
	const nlbAnnotation = "service.beta.kubernetes.io/aws-load-balancer-"
	k := worldtest.NewCluster(t).Controlled()
	k.Apply(store.DeploymentType, worldtest.Web())
	k.Apply(store.ServiceType, worldtest.NLB(nil))
	k.Make("denied", store.PolicyType, store.Properties{"name": "denied", "policy": `{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*",
		"Action": ["elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes"]}]}`})
	k.Make("denied-attachment", store.AttachmentType, store.Properties{"role": "lbc-role", "policyArn": k.IDs["denied"]})
	state := func() string {
		return iam.JSONText(k.One(store.TargetGroupType).Outputs["attributes"]) + iam.JSONText(k.One(store.TargetGroupType).Outputs["healthCheck"]) +
			iam.JSONText(k.One(store.LoadBalancerType).Outputs["attributes"])
	}
	for name, annotations := range map[string]map[string]any{
		"attributes of the target group":  {nlbAnnotation + "target-group-attributes": "deregistration_delay.timeout_seconds=20"},
		"the health check":                {nlbAnnotation + "healthcheck-interval": "25"},
		"attributes of the load balancer": {nlbAnnotation + "attributes": "load_balancing.cross_zone.enabled=true"},
	} {
		before := state()
		_ = k.Update(store.ServiceType, "default/web", worldtest.NLB(annotations))
		if after := state(); after != before {
			t.Errorf("a denied change of %s changes %s into %s", name, before, after)
		}
	}
	// A load balancer whose attributes may not be set is made with AWS's own.
	_ = k.Create(store.ServiceType, worldtest.Edited(worldtest.NLB(map[string]any{nlbAnnotation + "target-group-attributes": "deregistration_delay.timeout_seconds=20"}), "metadata.name", "second"))
	for _, group := range k.World.All(store.TargetGroupType) {
		if delay := store.MapOf(group.Outputs["attributes"])["deregistration_delay.timeout_seconds"]; delay == "20" {
			t.Error("a new target group gets attributes that may not be set")
		}
	}
}
