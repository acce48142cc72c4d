package scenario_test

import "testing"

// rehearseChanges destroys the stack at its end, so each of these also destroys pods that take longer to end than the
// provider waits by default.

func TestAStackOfPodsThatTakeLongToEndIsChangedAndDestroyed(t *testing.T) {
	rehearseChanges(t, stackChange{
		edits: []edit{setKey("workloads.web.gracePeriod", "840"), setKey("workloads.web.preStop", "800")},
		want:  `update Deployment web (spec.template.spec.containers[0].lifecycle, spec.template.spec.terminationGracePeriodSeconds)`,
	})
}

func TestAWorkloadOfPodsThatTakeLongToEndIsRemovedWithoutOtherChanges(t *testing.T) {
	const balancer = `
		eksnet:workloads:NLB more
		Service more-nlb`
	rehearseChanges(t,
		stackChange{edits: []edit{setKey("workloads.more", "{kind: nlb, gracePeriod: 840, preStop: 700}")}, want: setEach("create", applicationResources+balancer)},
		stackChange{edits: []edit{dropKey("workloads.more")}, want: setEach("delete", applicationResources+balancer)},
	)
}

// EKS replaces one node after another, and each may take fifteen minutes to drain.
func TestNodesWhosePodsTakeLongToEndAreUpdatedOneAfterAnother(t *testing.T) {
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("workloads.web.gracePeriod", "840"), setKey("nodeGroups.general.scaling", "{min: 6, desired: 6, max: 6}")},
			want: `
				update Deployment web (spec.template.spec.terminationGracePeriodSeconds)
				update NodeGroup changes-general (scalingConfig.desiredSize, scalingConfig.minSize)`,
			nodes: map[string]int{"general": 6},
		},
		stackChange{
			edits: []edit{setKey("nodeGroups.general.diskGiB", "80")},
			want: `
				update LaunchTemplate changes-general (blockDeviceMappings[0].ebs.volumeSize)
				update NodeGroup changes-general (launchTemplate.version)`,
		},
	)
}

// A pod is ready after this number of health checks of the load balancer, here after 50 minutes, and two pods are
// replaced one after the other.
func TestARolloutMayWaitForASlowHealthCheck(t *testing.T) {
	const balancer = `
		eksnet:workloads:NLB more
		Service more-nlb`
	rehearseChanges(t,
		stackChange{
			edits: []edit{setKey("workloads.more", "{kind: nlb, readinessGate: true, health: {interval: 300, healthyThreshold: 10}}")},
			want:  setEach("create", applicationResources+balancer),
		},
		stackChange{
			edits: []edit{setKey("workloads.more.image", "registry.k8s.io/e2e-test-images/agnhost:2.52")},
			want:  `update Deployment more (spec.template.spec.containers[0].image)`,
		},
	)
}
