package plan

import (
	"fmt"
	"maps"
	"slices"

	"eksnet/config"
)

// adviseOnKubeOpsView warns of a page without a login that clients on the internet can reach, and of one that cannot
// show the use of CPU and memory (codeberg.org/hjacobs/kube-ops-view).
func adviseOnKubeOpsView(s *config.Stack) []config.Warning {
	const path = "addons.kubeOpsView"
	view := s.Addons.KubeOpsView
	if view == nil {
		return nil
	}
	var all []config.Warning
	if view.Scheme == config.InternetFacing {
		all = append(all, config.Warning{Path: path + ".scheme", Text: fmt.Sprintf("%s, and kube-ops-view has no login: %s can read the names of all nodes, namespaces and pods of the cluster; write internal, or limit sourceRanges to your own addresses", view.Scheme, viewers(view))})
	}
	if s.Addons.MetricsServer == nil {
		all = append(all, config.Warning{Path: path, Text: "without metrics-server the page shows what pods request, but not the CPU and memory that they use; add addons: {metricsServer: {}}"})
	}
	return all
}

func viewers(view *config.KubeOpsView) string {
	sources := slices.Concat(view.SourceRanges, slices.Sorted(maps.Keys(view.PrefixLists)))
	if len(sources) == 0 {
		return "everybody on the internet"
	}
	return fmt.Sprintf("each client in %v", sources)
}
