package config

import "maps"

// KubeOpsViewName is the name of the workload that runs addons.kubeOpsView, and of its namespace. No workload of a
// stack file has it.
const KubeOpsViewName = "kube-ops-view"

// addKubeOpsView adds the workload of addons.kubeOpsView, so that it has the pods, the load balancer, the quotas and
// the paths of a workload. In returns the path of the add-on for it. A workload of the stack file keeps the name, and
// validation refuses it.
func (s *Stack) addKubeOpsView() {
	view := s.Addons.KubeOpsView
	if _, taken := s.Workloads[KubeOpsViewName]; view == nil || taken {
		return
	}
	workload := Workload{Kind: KindNLB, App: AppKubeOpsView, Scheme: view.Scheme, SourceRanges: view.SourceRanges, PrefixLists: view.PrefixLists, Image: view.Image}
	workload.Replicas, workload.GracePeriod, workload.Port = 1, untyped, untyped
	all := maps.Clone(s.Workloads)
	if all == nil {
		all = map[string]Workload{}
	}
	all[KubeOpsViewName] = workload
	s.Workloads = all
}
