package scenario_test

import "testing"

const (
	ingress    = "kubernetes:networking.k8s.io/v1:Ingress"
	budget     = "kubernetes:policy/v1:PodDisruptionBudget"
	autoscaler = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
)

// Gates go into pods that start behind a Service or an Ingress, so those come first; a destroy drains pods before their load balancer goes.
func TestPodsThatAreReadyOnceTheirLoadBalancerSaysSoComeAfterIt(t *testing.T) {
	g := lab(t)
	g.after(t, deployment, "steady-packets", service, "steady-packets-nlb")
	g.after(t, deployment, "steady-web", ingress, "steady-web-alb")
	g.after(t, deployment, "steady-web", service, "steady-web-alb")
	for _, name := range []string{"steady-packets", "steady-web"} {
		g.after(t, deployment, name, release, "")
		g.after(t, deployment, name, nodeGroup, "")
	}
	g.after(t, service, "steady-packets-nlb", attachment, "lbc")
	g.after(t, ingress, "steady-web-alb", subnet, "public")
}

func TestOtherPodsComeBeforeTheirLoadBalancerAndStayUntilItIsGone(t *testing.T) {
	g := lab(t)
	for _, name := range []string{"classic-local-clb", "kept-nlb", "local-nodes-nlb", "checked-nlb"} {
		g.after(t, service, name, deployment, name[:len(name)-len("-clb")])
	}
	g.after(t, ingress, "secure-alb", deployment, "secure")
	g.beside(t, deployment, "secure", release, "")
}

func TestWhatHoldsTheNumberOfPodsWaitsForNoLoadBalancerOfItsOwn(t *testing.T) {
	g := lab(t)
	g.after(t, budget, "steady-web", namespace, "steady-web")
	g.after(t, autoscaler, "steady-web", namespace, "steady-web")
}

func TestTheToolsNeedNodesAndNoController(t *testing.T) {
	lab(t).after(t, deployment, "tools", nodeGroup, "")
	lab(t).beside(t, deployment, "tools", release, "")
}

func TestNamespacesNeedNoNodes(t *testing.T) {
	lab(t).beside(t, namespace, "", nodeGroup, "")
}

// The ids of subnets come with their routes; tags alone would not order these.
func TestALoadBalancerOfNamedZonesStandsInTheirSubnets(t *testing.T) {
	lab(t).after(t, service, "inside-nlb", association, "private-ap-northeast-2a")
}
