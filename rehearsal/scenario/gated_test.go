package scenario_test

import (
	"strings"
	"testing"
)

const (
	ingress    = "kubernetes:networking.k8s.io/v1:Ingress"
	budget     = "kubernetes:policy/v1:PodDisruptionBudget"
	autoscaler = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
)

// Readiness gates are added to pods that start behind a Service or an Ingress, so those come first. A destroy drains
// pods before their load balancer is deleted.
func TestPodsWithReadinessGatesAreCreatedAfterTheirLoadBalancer(t *testing.T) {
	g := labGraph(t)
	g.mustComeAfter(t, deployment, "steady-packets", service, "steady-packets-nlb")
	g.mustComeAfter(t, deployment, "steady-web", ingress, "steady-web-alb")
	g.mustComeAfter(t, deployment, "steady-web", service, "steady-web-alb")
	for _, name := range []string{"steady-packets", "steady-web"} {
		g.mustComeAfter(t, deployment, name, release, "")
		g.mustComeAfter(t, deployment, name, nodeGroup, "")
	}
	g.mustComeAfter(t, service, "steady-packets-nlb", attachment, "lbc")
	g.mustComeAfter(t, ingress, "steady-web-alb", subnet, "public")
}

func TestOtherPodsAreCreatedBeforeTheirLoadBalancerAndDeletedAfterIt(t *testing.T) {
	g := labGraph(t)
	for _, name := range []string{"classic-local-clb", "kept-nlb", "local-nodes-nlb", "checked-nlb"} {
		g.mustComeAfter(t, service, name, deployment, name[:len(name)-len("-clb")])
	}
	g.mustComeAfter(t, ingress, "secure-alb", deployment, "secure")
	g.mustNotWait(t, deployment, "secure", release, "")
}

func TestAutoscalersAndBudgetsAreCreatedAfterTheirNamespace(t *testing.T) {
	g := labGraph(t)
	g.mustComeAfter(t, budget, "steady-web", namespace, "steady-web")
	g.mustComeAfter(t, autoscaler, "steady-web", namespace, "steady-web")
}

func TestTheToolsWaitForNodesButNotForTheController(t *testing.T) {
	labGraph(t).mustComeAfter(t, deployment, "tools", nodeGroup, "")
	labGraph(t).mustNotWait(t, deployment, "tools", release, "")
}

// The namespace of a shared Gateway is created with it, after the controller.
func TestNamespacesOfWorkloadsDoNotWaitForNodes(t *testing.T) {
	g := labGraph(t)
	for _, one := range g.find(t, namespace, "") {
		if name := one.URN.Name(); !strings.HasPrefix(name, "gateway-") {
			g.mustNotWait(t, namespace, name, nodeGroup, "")
		}
	}
}

// The ids of subnets come from their routes; tags alone would not order these.
func TestALoadBalancerWithNamedZonesUsesTheirSubnets(t *testing.T) {
	labGraph(t).mustComeAfter(t, service, "inside-nlb", association, "private-ap-northeast-2a")
}
