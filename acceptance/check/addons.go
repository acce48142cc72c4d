package check

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"eksnet/plan"
)

// addon is an add-on of the plan, with its key in the stack file.
type addon struct{ name, key, version string }

// addonsOf returns the EKS add-ons of a plan.
func addonsOf(p plan.Addons) []addon {
	all := []addon{{"vpc-cni", "vpcCni", p.VPCCNI}, {"kube-proxy", "kubeProxy", p.KubeProxy}, {"coredns", "coreDns", p.CoreDNS}}
	if p.MetricsServer != nil {
		all = append(all, addon{"metrics-server", "metricsServer", *p.MetricsServer})
	}
	if p.PodIdentityAgent != nil {
		all = append(all, addon{"eks-pod-identity-agent", "podIdentityAgent", *p.PodIdentityAgent})
	}
	return all
}

// newest is how many of the offered versions a row lists, as EKS does the newest first.
const newest = 5

// checkAddons fails for versions of add-ons that EKS does not offer for the version of the cluster.
func checkAddons(ctx context.Context, p Prober, s Stack) ([]Row, error) {
	var rows []Row
	for _, a := range addonsOf(s.Plan.Addons) {
		offered, err := p.AddonVersions(ctx, a.name, s.Spec.Cluster.Version)
		if err != nil {
			return rows, err
		}
		row := Row{Check: "add-on " + a.name, Status: Passed, Found: fmt.Sprintf("%s, offered for Kubernetes %s", a.version, s.Spec.Cluster.Version)}
		switch {
		case len(offered) == 0:
			row.Status, row.Found = Failed, "EKS does not offer it for Kubernetes "+s.Spec.Cluster.Version
			row.Advice = "choose another cluster.version"
		case a.version == "":
			row.Found = fmt.Sprintf("the default of EKS; it offers %d versions for Kubernetes %s", len(offered), s.Spec.Cluster.Version)
		case !slices.Contains(offered, a.version):
			row.Status, row.Found = Failed, fmt.Sprintf("EKS does not offer %s for Kubernetes %s", a.version, s.Spec.Cluster.Version)
			row.Advice = fmt.Sprintf("set addons.%s.version to one of those offered, such as %s", a.key, strings.Join(offered[:min(newest, len(offered))], ", "))
		}
		rows = append(rows, row)
	}
	return rows, nil
}
