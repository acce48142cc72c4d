package compare

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"eksnet/rehearsal/prove/matrix"
	"eksnet/rehearsal/scenario"
)

// Changes compares each change of the matrix that concerns objects of the cluster, one after the other on one stack.
// After each the stack is changed back.
func (p *Pair) Changes(ctx context.Context) error {
	rows := slices.DeleteFunc(matrix.Rows(), func(row matrix.Row) bool { return row.Stack != p.options.Stack || !concernsCluster(row) })
	complete := false
	for _, row := range rows {
		if !complete {
			if err := p.succeed(ctx, up); err != nil {
				return err
			}
		}
		var err error
		if complete, err = p.row(ctx, row); err != nil {
			return fmt.Errorf("%s: %w", row, err)
		}
		if !complete {
			if err := p.startOver(ctx); err != nil {
				return fmt.Errorf("%s: %w", row, err)
			}
		}
	}
	return p.succeed(ctx, destroy)
}

// row compares one change, and reports whether the stack is complete and the original one afterwards.
func (p *Pair) row(ctx context.Context, row matrix.Row) (complete bool, err error) {
	if err := p.edit(row.Before); err != nil {
		return false, err
	}
	var steps []step
	if len(row.Before) > 0 {
		steps = append(steps, up)
	}
	for i, s := range append(steps, preview, up, upAgain, up) {
		if i == len(steps) {
			err = p.edit(row.Edits)
		}
		if i == len(steps)+3 {
			s.name, err = "up with the change undone", p.reset()
		}
		if err != nil {
			return false, err
		}
		if failed, err := p.do(ctx, row.String()+": "+s.name, s.run); failed || err != nil {
			return false, err
		}
	}
	return true, nil
}

// startOver destroys what an operation that failed left in both places.
func (p *Pair) startOver(ctx context.Context) error {
	if err := p.reset(); err != nil {
		return err
	}
	for i := range p.places {
		r, err := p.runIn(ctx, i, (*scenario.Rehearsal).Destroy)
		if err != nil {
			return err
		}
		if r.operation.Error != "" {
			return fmt.Errorf("destroy after a failure: %s", r.operation.Error)
		}
		if err := os.RemoveAll(filepath.Join(p.places[i], "report.json")); err != nil {
			return err
		}
	}
	return nil
}

// clusterTypes are the types of the stack's objects in the cluster, as rows name them.
var clusterTypes = []string{"Namespace", "ServiceAccount", "Deployment", "Service", "Ingress", "IngressClass", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy", "ClusterRole", "ClusterRoleBinding", "ConfigMap", "Release",
	"CustomResourceDefinition", "GatewayClass", "Gateway", "GatewayPatch", "LoadBalancerConfiguration", "TargetGroupConfiguration", "HTTPRoute", "TCPRoute", "UDPRoute", "ReferenceGrant", "VirtualService", "PeerAuthentication"}

// concernsCluster reports whether a row changes an object of the cluster.
func concernsCluster(row matrix.Row) bool {
	if row.Refused != "" || row.Own != nil { // resources of Own exist in one account only
		return false
	}
	for line := range strings.Lines(row.Want) {
		if words := strings.Fields(line); len(words) > 1 && slices.Contains(clusterTypes, words[1]) {
			return true
		}
	}
	return false
}
