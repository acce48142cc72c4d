package measure

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"eksnet/config"
	"eksnet/path"
)

// CheckHops follows one request through the load balancer of each workload, of each family of its clients, and compares
// each hop, of the request and of the answer, with the derived one. It writes the hops into the folder of results.
func (m *Measurement) CheckHops(ctx context.Context) error {
	var differences []string
	for _, predicted := range m.Stack.Paths {
		if !hasOwnBalancer(predicted) {
			continue
		}
		for _, ofFamily := range m.byFamily(predicted) {
			lines, err := m.checkHopsOf(ctx, ofFamily)
			if err != nil {
				lines = []string{err.Error()}
			}
			for _, line := range lines {
				differences = append(differences, fmt.Sprintf("workload %s: %s", resultName(ofFamily), line))
			}
		}
	}
	return joined(differences)
}

// checkHopsOf follows one request of a family of clients, and returns the differences.
func (m *Measurement) checkHopsOf(ctx context.Context, predicted path.Path) ([]string, error) {
	f, err := m.front(ctx, predicted)
	if err != nil || f.share.weight == 0 {
		return nil, err
	}
	h, err := m.hopsTo(ctx, f, "")
	if err != nil {
		return nil, err
	}
	return h.Differences(), m.writeResult(resultName(predicted)+"-hops.txt", h.Text())
}

// writeResult writes a file into the folder of results.
func (m *Measurement) writeResult(name string, content []byte) error {
	return errors.Join(os.MkdirAll(m.Results, 0o755), os.WriteFile(filepath.Join(m.Results, name), content, 0o644))
}

// CheckPlantedHops adds a wrong rule to the router of the VPC, and then to the node of a pod, that replaces the source
// address of what is sent to the pods or targets of a workload. The hops must differ with it, and not without it. An
// Application Load Balancer is not used if there is another one: rules do not change connections that it keeps open.
func (m *Measurement) CheckPlantedHops(ctx context.Context) error {
	var workload string
	for _, p := range m.Stack.Paths {
		if hasOwnBalancer(p) && (workload == "" || config.BaseKind(p.Kind) != config.KindALB) {
			workload = p.Workload
		}
	}
	if workload == "" {
		return nil // without a load balancer there is no such request
	}
	pods, err := m.pods(ctx, workload)
	if err != nil {
		return err
	}
	for _, plant := range []func(context.Context, []pod) (func() error, error){m.plantTranslationInRouter, m.plantTranslationsOnNodes} {
		remove, err := plant(ctx, pods)
		if err != nil {
			return err
		}
		planted, err := m.HopsTo(ctx, workload, "")
		if err = errors.Join(err, remove()); err != nil {
			return err
		}
		if !slices.ContainsFunc(planted.Request, func(r HopRow) bool {
			return r.Captured != nil && r.Captured.Source.Addr() == plantedFor(pods[0].Address) && r.Difference != ""
		}) {
			return fmt.Errorf("workload %s: with a wrong rule for source addresses no hop differs by it: %q", workload, planted.Differences())
		}
		without, err := m.HopsTo(ctx, workload, "")
		if err != nil {
			return err
		}
		if err := joined(without.Differences()); err != nil {
			return fmt.Errorf("workload %s, after the wrong rule is removed: %w", workload, err)
		}
	}
	return nil
}
