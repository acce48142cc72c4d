package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestAPublicPageOfAllPodsIsWarnedOf(t *testing.T) {
	for _, test := range []struct {
		view    config.KubeOpsView
		metrics *config.MetricsServer
		want    []string
	}{
		{config.KubeOpsView{Scheme: config.Internal}, &config.MetricsServer{Replicas: 2}, nil},
		{config.KubeOpsView{Scheme: config.Internal}, nil, []string{"addons.kubeOpsView: without metrics-server the page shows what pods request"}},
		{config.KubeOpsView{Scheme: config.InternetFacing}, &config.MetricsServer{Replicas: 2},
			[]string{"addons.kubeOpsView.scheme: internet-facing, and kube-ops-view has no login: everybody on the internet can read the names of all nodes, namespaces and pods"}},
		{config.KubeOpsView{Scheme: config.InternetFacing, SourceRanges: []string{"203.0.113.0/24"}}, &config.MetricsServer{Replicas: 2},
			[]string{"addons.kubeOpsView.scheme: internet-facing, and kube-ops-view has no login: each client in [203.0.113.0/24] can read"}},
		{config.KubeOpsView{Scheme: config.InternetFacing, PrefixLists: map[string]int{"pl-0123456789abcdef0": 20}}, &config.MetricsServer{Replicas: 2},
			[]string{"addons.kubeOpsView.scheme: internet-facing, and kube-ops-view has no login: each client in [pl-0123456789abcdef0] can read"}},
	} {
		s := plantest.Stack()
		s.Addons.KubeOpsView, s.Addons.MetricsServer = &test.view, test.metrics
		p, _ := plan.New(s)
		var got []string
		for _, warning := range p.Warnings {
			if strings.HasPrefix(warning.Path, "addons.kubeOpsView") {
				got = append(got, warning.String())
			}
		}
		for i, want := range test.want {
			if len(got) <= i || !strings.HasPrefix(got[i], want) {
				t.Errorf("%+v: %q, want %q", test.view, got, want)
			}
		}
		if len(got) != len(test.want) {
			t.Errorf("%+v: %s", test.view, fmt.Sprint(got))
		}
	}
}
