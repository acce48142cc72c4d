package measure

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancing"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2"
	"github.com/aws/aws-sdk-go-v2/service/elasticloadbalancingv2/types"

	"eksnet/lab/balancer"
	"eksnet/lab/rehearsed"
	"eksnet/path"
)

// CheckTargetHealth compares the health of all targets in AWS with the prediction: pods are healthy, and so are nodes,
// with policy Local only those with a pod.
func (m *Measurement) CheckTargetHealth(ctx context.Context) error {
	var differences []string
	for _, predicted := range m.Stack.Paths {
		if !hasOwnBalancer(predicted) {
			continue
		}
		f, err := m.front(ctx, predicted)
		if err != nil {
			return fmt.Errorf("workload %s: %w", predicted.Workload, err)
		}
		describe := m.targetHealth
		if f.Kind == balancer.Classic {
			describe = m.instanceHealth
		}
		found, err := describe(ctx, f)
		if err != nil {
			return fmt.Errorf("workload %s: %w", predicted.Workload, err)
		}
		if len(found) == 0 {
			differences = append(differences, fmt.Sprintf("workload %s: AWS describes no target", predicted.Workload))
		}
		for id, state := range found {
			expected := f.isExpectedHealthy(m, id)
			if expected != (state == healthy) {
				differences = append(differences, fmt.Sprintf("workload %s: target %s is %s, predicted healthy: %t",
					predicted.Workload, id, state, expected))
			}
		}
	}
	slices.Sort(differences)
	return joined(differences)
}

const healthy = string(types.TargetHealthStateEnumHealthy)

// targetHealth returns the state and the reason of targets by ID, of those in zones of the load balancer.
func (m *Measurement) targetHealth(ctx context.Context, f *front) (map[string]string, error) {
	all := map[string]string{}
	client := elasticloadbalancingv2.NewFromConfig(m.AWS)
	for arn := range f.TargetGroups {
		list, err := client.DescribeTargetHealth(ctx,
			&elasticloadbalancingv2.DescribeTargetHealthInput{TargetGroupArn: &arn})
		if err != nil {
			return nil, err
		}
		for _, t := range list.TargetHealthDescriptions {
			state := string(t.TargetHealth.State)
			if t.TargetHealth.Reason != "" {
				state += " (" + string(t.TargetHealth.Reason) + ")"
			}
			if id := aws.ToString(t.Target.Id); f.isInZones(m, id) {
				all[id] = state
			}
		}
	}
	return all, nil
}

// instanceHealth returns the state of the instances of a Classic Load Balancer.
func (m *Measurement) instanceHealth(ctx context.Context, f *front) (map[string]string, error) {
	list, err := elasticloadbalancing.NewFromConfig(m.AWS).DescribeInstanceHealth(ctx,
		&elasticloadbalancing.DescribeInstanceHealthInput{LoadBalancerName: &f.Name})
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, s := range list.InstanceStates {
		if id := aws.ToString(s.InstanceId); f.isInZones(m, id) {
			if all[id] = aws.ToString(s.State); all[id] == inService {
				all[id] = healthy
			}
		}
	}
	return all, nil
}

// inService is the state of a healthy instance
// (docs.aws.amazon.com/elasticloadbalancing/2012-06-01/APIReference/API_InstanceState.html).
const inService = "InService"

// nodeOfTarget returns the node of a target, which is an instance ID or the address of a pod.
func (f *front) nodeOfTarget(m *Measurement, id string) string {
	for _, n := range m.Stack.Nodes {
		if n.InstanceID == id {
			return n.Name
		}
	}
	address, err := netip.ParseAddr(id)
	for _, p := range f.pods {
		if err == nil && p.Address == address {
			return p.node
		}
	}
	return ""
}

// isInZones reports whether a target is not in a zone that the load balancer lacks: there it is unused.
func (f *front) isInZones(m *Measurement, id string) bool {
	i := slices.IndexFunc(m.Stack.Nodes, func(n rehearsed.Node) bool { return n.Name == f.nodeOfTarget(m, id) })
	return i < 0 || slices.ContainsFunc(f.Zones, func(z balancer.Zone) bool { return z.Name == m.Stack.Nodes[i].Zone })
}

func (f *front) isExpectedHealthy(m *Measurement, id string) bool {
	if f.predicted.KubeProxy != path.LocalPod {
		return true
	}
	node := f.nodeOfTarget(m, id)
	return slices.ContainsFunc(f.pods, func(p pod) bool { return p.node == node })
}
