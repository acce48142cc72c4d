package matrix

import "eksnet/rehearsal/world"

// workloadChanges are changes of workloads and of their pods.
var workloadChanges = []Row{
	{
		Key: "workloads.<name>", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.more", "{kind: alb}")},
		Want: `
			create Deployment more
			create Ingress more-alb
			create Namespace more
			create Service more-alb
			create eksnet:workloads:ALB more
			create eksnet:workloads:Application more
			create eksnet:workloads:Backend more
			create eksnet:workloads:Pods more`,
	},
	{
		Key: "workloads.<name>", Change: "removed", Stack: LocalStack,
		Edits: edits{dropKey("workloads.echo")},
		Want: `
			delete Deployment echo
			delete Namespace echo
			delete Service echo-nlb
			delete eksnet:workloads:Application echo
			delete eksnet:workloads:NLB echo
			delete eksnet:workloads:Pods echo`,
	},
	{
		Key: "workloads.<name>", Change: "renamed", Stack: LocalStack,
		Edits: edits{dropKey("workloads.echo"), setKey("workloads.call", "{kind: nlb}")},
		Want: `
			create Deployment call
			create Namespace call
			create Service call-nlb
			create eksnet:workloads:Application call
			create eksnet:workloads:NLB call
			create eksnet:workloads:Pods call
			delete Deployment echo
			delete Namespace echo
			delete Service echo-nlb
			delete eksnet:workloads:Application echo
			delete eksnet:workloads:NLB echo
			delete eksnet:workloads:Pods echo`,
	},
	{
		Key: "workloads.<name>.kind", Change: "clb instead of nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.kind", "clb")},
		Want: `
			create Service echo-clb
			create eksnet:workloads:CLB echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo`,
	},
	{
		Key: "workloads.<name>.kind", Change: "alb instead of nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.kind", "alb")},
		Want: `
			create Ingress echo-alb
			create Service echo-alb
			create eksnet:workloads:ALB echo
			create eksnet:workloads:Backend echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo`,
	},
	{
		Key: "workloads.<name>.kind", Change: "nlb instead of clb", Stack: chinaStack,
		Edits: edits{setKey("workloads.classic.kind", "nlb")},
		Want: `
			create Service classic-nlb
			create eksnet:workloads:NLB classic
			delete Service classic-clb
			delete eksnet:workloads:CLB classic`,
	},
	{
		Key: "workloads.<name>.kind", Change: "speed instead of nlb", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.kind", "speed")},
		Want: `
			create Deployment echo-server
			create Service echo-speed
			create eksnet:workloads:Speed echo
			delete Service echo-nlb
			delete eksnet:workloads:NLB echo
			update Deployment echo (spec.replicas, spec.template.spec.containers[0].args, spec.template.spec.containers[0].command, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports, spec.template.spec.containers[0].readinessProbe, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser, spec.template.spec.terminationGracePeriodSeconds, spec.template.spec.topologySpreadConstraints[1])`,
	},
	{
		Key: "workloads.<name>", Change: "removed, of kind speed", Stack: devStack,
		Edits: edits{dropKey("workloads.speed")},
		Want: `
			delete Deployment speed
			delete Deployment speed-server
			delete Namespace speed
			delete Service speed-speed
			delete eksnet:workloads:Application speed
			delete eksnet:workloads:Pods speed
			delete eksnet:workloads:Speed speed`,
	},
	{
		Key: "workloads.<name>.app", Change: "changed", Stack: govCloudStack,
		Edits: edits{setKey("workloads.game.app", "nginx")},
		Want: `
			update Deployment game (spec.template.spec.containers[0].command, spec.template.spec.containers[0].env, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports[0].containerPort, spec.template.spec.containers[0].ports[1], spec.template.spec.containers[0].readinessProbe.httpGet.path, spec.template.spec.containers[0].readinessProbe.httpGet.port, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.containers[0].volumeMounts, spec.template.spec.nodeSelector, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser, spec.template.spec.volumes)
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/healthcheck-path"])`,
	},
	{
		Key: "workloads.<name>.app", Change: "removed", Stack: govCloudStack,
		Edits: edits{dropKey("workloads.game.app")},
		Want: `
			update Deployment game (spec.template.spec.containers[0].args, spec.template.spec.containers[0].image, spec.template.spec.containers[0].name, spec.template.spec.containers[0].ports[0].containerPort, spec.template.spec.containers[0].readinessProbe.httpGet.path, spec.template.spec.containers[0].securityContext.capabilities.add, spec.template.spec.containers[0].securityContext.readOnlyRootFilesystem, spec.template.spec.nodeSelector, spec.template.spec.securityContext.runAsNonRoot, spec.template.spec.securityContext.runAsUser)
			update Ingress game-alb (metadata.annotations["alb.ingress.kubernetes.io/healthcheck-path"])`,
	},
	{
		Key: "workloads.<name>.readinessGate", Change: "turned off", Stack: oregonStack,
		Edits: edits{dropKey("workloads.web.readinessGate")},
		Want: `
			update Ingress web-alb (metadata.annotations["pulumi.com/waitFor"])
			update Namespace web (metadata.labels)
			update Service web-alb (metadata.annotations)`,
	},
	{
		Key: "workloads.<name>.readinessGate", Change: "turned on", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.readinessGate", "true")},
		Want: `
			update Namespace echo (metadata.labels)
			update Service echo-nlb (metadata.annotations["pulumi.com/waitFor"])`,
		Lost: "it started before its load balancer's Service or Ingress",
	},
	{
		Key: "workloads.<name>.preStop", Change: "changed", Stack: oregonStack,
		Edits: edits{setKey("workloads.web.preStop", "20")},
		Want:  `update Deployment web (spec.template.spec.containers[0].lifecycle.preStop.sleep.seconds)`,
	},
	{
		Key: "workloads.<name>.preStop", Change: "removed", Stack: oregonStack,
		Edits: edits{dropKey("workloads.web.preStop")},
		Want:  `update Deployment web (spec.template.spec.containers[0].lifecycle)`,
	},
	{
		Key: "workloads.<name>.gracePeriod", Change: "changed", Stack: oregonStack,
		Edits: edits{setKey("workloads.web.gracePeriod", "120")},
		Want:  `update Deployment web (spec.template.spec.terminationGracePeriodSeconds)`,
	},
	{
		Key: "workloads.<name>.gracePeriod", Change: "removed", Stack: oregonStack,
		Edits: edits{dropKey("workloads.web.gracePeriod")},
		Want:  `update Deployment web (spec.template.spec.terminationGracePeriodSeconds)`,
	},
	{
		Key: "workloads.<name>.minAvailable", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.steady-packets.minAvailable", "1")},
		Want:  `update PodDisruptionBudget steady-packets (spec.minAvailable)`,
	},
	{
		Key: "workloads.<name>.minAvailable", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.steady-packets.minAvailable")},
		Want:  `delete PodDisruptionBudget steady-packets`,
	},
	{
		Key: "workloads.<name>.minAvailable", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.minAvailable", "1")},
		Want:  `create PodDisruptionBudget echo`,
	},
	{
		Key: "workloads.<name>.autoscale", Change: "added", Stack: LocalStack,
		Edits: edits{setKey("workloads.echo.autoscale", "{max: 4}")},
		Want: `
			create HorizontalPodAutoscaler echo
			update Deployment echo (metadata.annotations)`,
	},
	{
		Key: "workloads.<name>.autoscale", Change: "removed", Stack: labStack,
		Edits: edits{dropKey("workloads.steady-web.autoscale")},
		Want: `
			delete HorizontalPodAutoscaler steady-web
			update Deployment steady-web (metadata.annotations)`,
	},
	{
		Key: "workloads.<name>.autoscale.min", Change: "raised", Stack: labStack,
		Edits: edits{setKey("workloads.steady-web.autoscale.min", "3")},
		Want:  `update HorizontalPodAutoscaler steady-web (spec.minReplicas)`,
	},
	{
		Key: "workloads.<name>.autoscale.max", Change: "lowered", Stack: labStack,
		Edits: edits{setKey("workloads.steady-web.autoscale.max", "4")},
		Want:  `update HorizontalPodAutoscaler steady-web (spec.maxReplicas)`,
	},
	{
		Key: "workloads.<name>.autoscale.cpu", Change: "changed", Stack: labStack,
		Edits: edits{setKey("workloads.steady-web.autoscale.cpu", "50")},
		Want:  `update HorizontalPodAutoscaler steady-web (spec.metrics[0].resource.target.averageUtilization)`,
	},
	{
		Key: "workloads.<name>.replicas", Change: "raised", Stack: stagingStack,
		Edits: edits{setKey("workloads.web.replicas", "4")},
		Want:  `update Deployment web (spec.replicas)`,
	},
	{
		Key: "workloads.<name>.replicas", Change: "removed", Stack: stagingStack,
		Edits: edits{dropKey("workloads.web.replicas")},
		Want:  `update Deployment web (spec.replicas)`,
	},
	{
		Key: "workloads.<name>.image", Change: "changed", Stack: chinaStack,
		Edits: edits{setKey("workloads.web.image", "444455556666.dkr.ecr.cn-northwest-1.amazonaws.com.cn/agnhost:2.54")},
		Want:  `update Deployment web (spec.template.spec.containers[0].image)`,
	},
	{
		Key: "workloads.<name>.image", Change: "removed where nodes have no internet access", Stack: frankfurtStack,
		Edits:   edits{dropKey("workloads.web.image")},
		Refused: `workloads["web"].image: registry.k8s.io/e2e-test-images/agnhost:2.53 cannot be pulled`,
	},
}

// ownAddresses makes an elastic IP of the operator's own for each of three zones.
func ownAddresses(w *world.World, _ string) (before, after edits, err error) {
	w.Hold("eipalloc-0aaaaaaaaaaaaaaa1", "eipalloc-0aaaaaaaaaaaaaaa2", "eipalloc-0aaaaaaaaaaaaaaa3", "eipalloc-0aaaaaaaaaaaaaaa4")
	return nil, nil, nil
}

// ownPrefixLists makes two prefix lists of the operator's own.
func ownPrefixLists(w *world.World, _ string) (before, after edits, err error) {
	w.HoldPrefixLists(map[string]int{"pl-0aaaaaaaaaaaaaaa1": 20, "pl-0aaaaaaaaaaaaaaa2": 5})
	return nil, nil, nil
}

// ownSecurityGroup makes a security group of the operator's own, which a workload then has.
func ownSecurityGroup(w *world.World, vpc string) (before, after edits, err error) {
	id, err := w.MakeSecurityGroup(vpc, "edge")
	return nil, edits{setKey("workloads.echo.securityGroups", "["+id+"]")}, err
}

// ownSecurityGroupBefore does so before the change.
func ownSecurityGroupBefore(w *world.World, vpc string) (before, after edits, err error) {
	_, before, err = ownSecurityGroup(w, vpc)
	return before, nil, err
}
