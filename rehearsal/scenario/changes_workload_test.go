package scenario_test

import "testing"

// workloadKinds are all kinds of workload, with the resources of each beside its application.
var workloadKinds = map[string]struct{ spec, resources string }{
	"clb": {"{kind: clb}", `
		eksnet:workloads:CLB more
		Service more-clb`},
	"nlb to pods": {"{kind: nlb}", `
		eksnet:workloads:NLB more
		Service more-nlb`},
	"nlb to nodes": {"{kind: nlb, target: instance, scheme: internal}", `
		eksnet:workloads:NLB more
		Service more-nlb`},
	"alb to pods": {"{kind: alb}", `
		eksnet:workloads:Backend more
		eksnet:workloads:ALB more
		Service more-alb
		Ingress more-alb`},
	"alb to nodes": {"{kind: alb, target: instance}", `
		eksnet:workloads:Backend more
		eksnet:workloads:ALB more
		Service more-alb
		Ingress more-alb`},
	"alb of a group": {"{kind: alb, group: demo, paths: [/more]}", `
		eksnet:workloads:Backend more
		eksnet:workloads:ALB more
		Service more-alb
		Ingress more-alb`},
}

func TestANetworkPolicyIsAddedWithItsAgentAndRemovedWithoutIt(t *testing.T) {
	const policy = applicationResources + `
		eksnet:workloads:Policy more
		Service more-policy
		NetworkPolicy more
		Deployment more-allowed
		Deployment more-denied`
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("addons", "{vpcCni: {networkPolicy: true}}"), setKey("workloads.more", "{kind: policy}")},
			want:  setEach("create", policy) + "\nupdate Addon changes-vpc-cni (configurationValues)",
		},
		stackChange{edits: []edit{dropKey("workloads.more")}, want: setEach("delete", policy)},
	)
}

const applicationResources = `
	eksnet:workloads:Application more
	Namespace more
	eksnet:workloads:Pods more
	Deployment more`

func TestAWorkloadOfEachKindIsAddedAndRemovedWithoutOtherChanges(t *testing.T) {
	for name, kind := range workloadKinds {
		t.Run(name, func(t *testing.T) {
			rehearseChanges(t,
				stackChange{edits: []edit{setKey("workloads.more", kind.spec)}, want: setEach("create", applicationResources+kind.resources)},
				stackChange{edits: []edit{dropKey("workloads.more")}, want: setEach("delete", applicationResources+kind.resources)},
			)
		})
	}
}

// The name of the Service contains the kind, so no Service changes its kind: one is deleted and another is created.
func TestAnotherKindCreatesAnotherServiceWithAnotherAddress(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("workloads.classic", "{kind: nlb}")},
			want: `
				create eksnet:workloads:NLB classic
				create Service classic-nlb
				delete eksnet:workloads:CLB classic
				delete Service classic-clb`,
			moved: []string{"classic"},
		},
		stackChange{
			edits: []edit{setKey("workloads.classic", "{kind: alb}")},
			want: `
				create eksnet:workloads:Backend classic
				create eksnet:workloads:ALB classic
				create Service classic-alb
				create Ingress classic-alb
				delete eksnet:workloads:NLB classic
				delete Service classic-nlb`,
			moved: []string{"classic"},
		},
	)
}

func TestAnALBJoinsAndLeavesAGroup(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("workloads.web.group", "demo")},
			want:  `update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"], metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
			moved: []string{"web"},
		},
		stackChange{
			edits: []edit{dropKey("workloads.web.group")},
			want:  `update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/group.name"], metadata.annotations["alb.ingress.kubernetes.io/group.order"])`,
			moved: []string{"web"},
		},
	)
}

func TestTheAddressOfAGroupRemainsWithoutItsFirstMember(t *testing.T) {
	rehearseChanges(t, stackChange{edits: []edit{dropKey("workloads.cart")}, want: setEach("delete", `
		eksnet:workloads:Application cart
		Namespace cart
		eksnet:workloads:Pods cart
		Deployment cart
		eksnet:workloads:Backend cart
		eksnet:workloads:ALB cart
		Service cart-alb
		Ingress cart-alb`)})
}

func TestHostAndPathOfAnALBChangeInPlace(t *testing.T) {
	rehearseChanges(t, stackChange{
		edits: []edit{setKey("workloads.cart.paths", "[/basket]"), setKey("workloads.web.hosts", "[www.example.com]")},
		want: `
			update Ingress cart-alb (metadata.annotations["alb.ingress.kubernetes.io/group.order"], spec.rules[0].http.paths[0].path)
			update Ingress web-alb (spec.rules[0].host)`,
	})
}

func TestTargetsChangeInPlace(t *testing.T) {
	const want = `
		update Service packets-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-target-group-attributes"], spec.allocateLoadBalancerNodePorts, spec.externalTrafficPolicy)
		update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/target-type"])
		update Service web-alb (spec.externalTrafficPolicy, spec.type)`
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("workloads.packets.target", "instance"), setKey("workloads.web.target", "instance")}, want: want},
		stackChange{edits: []edit{setKey("workloads.packets.target", "ip"), setKey("workloads.web.target", "ip")}, want: want},
	)
}

// The load balancer controller creates another load balancer. The cloud controller reads the scheme only when it
// creates one, so there another Service replaces the first.
func TestAnotherSchemeChangesTheAddress(t *testing.T) {
	rehearseChanges(t, stackChange{
		edits: []edit{setKey("workloads.classic.scheme", "internal"), setKey("workloads.packets.scheme", "internal"), setKey("workloads.web.scheme", "internal")},
		want: `
			replace Service classic-clb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-internal"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update Service packets-nlb (metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-scheme"], metadata.annotations["service.beta.kubernetes.io/aws-load-balancer-subnets"])
			update Ingress web-alb (metadata.annotations["alb.ingress.kubernetes.io/scheme"], metadata.annotations["alb.ingress.kubernetes.io/subnets"])`,
		moved: []string{"classic", "packets", "web"},
	})
}
