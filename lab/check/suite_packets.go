package check

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"eksnet/lab/measure"
	"eksnet/lab/rehearsed"
)

// packetSuite measures packets in a lab whose nodes run, and the speed between pods if the stack has a workload for it.
func packetSuite(s *rehearsed.Stack) suite {
	all := suite{title: "packets of the rehearsed stack", steps: []step{
		{"all pods become ready, by the probes of real kubelets", checkPodsReady},
		{"a pod reaches the pods of other workloads and nodes with its own address", measured((*measure.Measurement).CheckPodToPod)},
		{"a pod's connections out of the VPC have the source addresses of eksnet path", measured((*measure.Measurement).CheckEgress)},
		{"a pod reaches each Service at its cluster IP with its own address", measured((*measure.Measurement).CheckClusterIP)},
		{"node ports forward to the pods, and with the source address, of eksnet path", measured((*measure.Measurement).CheckNodePorts)},
		{"health check node ports answer 200 on nodes with a pod, and 503 on others", measured((*measure.Measurement).CheckHealthPorts)},
		{"with policy Cluster and Local, node ports and health check node ports do what eksnet path predicts for them", measured((*measure.Measurement).CheckPolicies)},
		{"load balancers find those targets healthy that have a pod to forward to", checkTargetHealth},
		{"names of the plan have the addresses of their load balancers, private ones in the VPC alone", checkResolvedNames},
		{"requests through load balancers arrive at the pods, and with the addresses, of eksnet path", measured((*measure.Measurement).CheckLoadBalancers)},
		{"a wrong prediction of a path through a load balancer is noticed, in each of its fields", measured((*measure.Measurement).CheckWrongPredictions)},
		{"each packet of a request through a load balancer, and of the answer, passes the hops that are derived from the stack", measured((*measure.Measurement).CheckHops)},
		{"each packet of a pod's connection out of its node, and of the answer, passes the hops that are derived from the stack", measured((*measure.Measurement).CheckEgressHops)},
		{"a wrong rule on a node is noticed", checkPlanted((*measure.Measurement).PlantTranslation)},
		{"a wrong rule of the VPC's router is noticed", checkPlanted((*measure.Measurement).PlantInRouter)},
		{"a wrong rule on the path of a request is noticed by its hops", measured((*measure.Measurement).CheckPlantedHops)},
	}}
	if hasMesh(s) {
		all.steps = append(all.steps,
			step{"requests through the gateway of the mesh reach the workload of their host and path, with the addresses of eksnet path", measured((*measure.Measurement).CheckMesh)},
			step{"a wrong prediction of a request through the gateway is noticed", measured((*measure.Measurement).CheckWrongMesh)})
	}
	if len(measure.SpeedWorkloads(s)) > 0 {
		all.steps = append(all.steps, step{"the speed between pods of each place is measured, to the server and to its Service", checkSpeed})
	}
	return all
}

// checkSpeed prints what was measured after the step.
func checkSpeed(ctx context.Context, t *suiteRun) error {
	tables, err := t.Measurement().CheckSpeed(ctx)
	for line := range strings.Lines(tables) {
		t.note("%s", strings.TrimRight(line, "\n"))
	}
	return err
}

func measured(check func(*measure.Measurement, context.Context) error) func(context.Context, *suiteRun) error {
	return func(ctx context.Context, t *suiteRun) error {
		if err := t.UpdateNetwork(ctx); err != nil {
			return err
		}
		return check(t.Measurement(), ctx)
	}
}

func checkPodsReady(ctx context.Context, t *suiteRun) error {
	m := t.Measurement()
	return errors.Join(waitForAddresses(ctx, t), waitFor(ctx, func() error { return m.CheckReady(ctx) }))
}

// checkTargetHealth waits for the health checks of load balancers, of which several must succeed.
func checkTargetHealth(ctx context.Context, t *suiteRun) error {
	m := t.Measurement()
	return waitFor(ctx, func() error { return m.CheckTargetHealth(ctx) })
}

// checkPlanted adds a wrong rule, which the checks of egress and of its hops must report, and removes it.
func checkPlanted(plant func(*measure.Measurement, context.Context) (func() error, error)) func(context.Context, *suiteRun) error {
	return func(ctx context.Context, t *suiteRun) error {
		m := t.Measurement()
		remove, err := plant(m, ctx)
		if err != nil {
			return err
		}
		noticed, hops := m.CheckEgress(ctx), m.CheckEgressHopsOfFirst(ctx)
		if err := remove(); err != nil {
			return err
		}
		if noticed == nil || hops == nil {
			return fmt.Errorf("with a wrong rule for source addresses no difference is reported, of the source addresses: %t, of the hops: %t", noticed == nil, hops == nil)
		}
		return errors.Join(m.CheckEgress(ctx), m.CheckEgressHopsOfFirst(ctx))
	}
}
