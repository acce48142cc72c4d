// Package charts lists the Helm charts that stacks install, and finds them in Go modules, so that the rehearsal and the
// lab install the real charts without a chart repository.
package charts

import (
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// The names of the charts. A chart of a repository has that name in a release; the stack's own chart is a folder.
const (
	LoadBalancerController = "aws-load-balancer-controller"
	CNIMetricsHelper       = "cni-metrics-helper"
	ExternalDNS            = "external-dns"
	ExternalDNSTeardown    = "external-dns-teardown"
	IstioBase              = "base"
	Istiod                 = "istiod"
	IstioGateway           = "gateway"
)

// IstioVersion is the default version of Istio's charts, which all have the version of Istio
// (istio.io/latest/news/releases/1.30.x).
const IstioVersion = "1.30.4"

// The repository of Istio's charts, and the module that has them as they were when the branch of that release began: no
// module has a released version. In it, each chart has the version 1.0.0, which the release process replaces.
const (
	istioRepository    = "https://istio-release.storage.googleapis.com/charts"
	istioModule        = "istio.io/istio"
	istioModuleVersion = "v0.0.0-20260423205519-b01690e6db7d"
	istioModuleSum     = "h1:A+Us0Ium1V2WFsOJYZAfeNfWmPQULLUVdgwNm7KjLF8="
	istioUnreleased    = "1.0.0"
)

// OwnCharts is the folder of the stack's own charts, relative to that of Pulumi.yaml, in which Pulumi runs.
const OwnCharts = "./addons/charts"

// Chart is a Helm chart, and the Go module that contains it.
type Chart struct {
	Name string
	// Version is the default version of the chart, Repository where it is published.
	Version, Repository string
	// Module is the path of the module, and Folder that of the chart in it. ModuleVersion and Sum are its version and
	// its checksum as in go.sum; without them the go.mod file of the module that uses the charts has both.
	Module, ModuleVersion, Sum, Folder string
	// Unreleased is the version in the module of a chart that gets its own version when it is released; "" for a chart
	// that is in the module as it is published.
	Unreleased string
	// Undeclared are values that the templates read, but that values.yaml does not have or has in comments only.
	Undeclared []string
	// Idle reports that in the lab a program that only waits takes the place of the chart's, whose image has the name of
	// the chart, because the lab does not have the service that it calls.
	Idle bool
	// Open are maps of values that the templates pass on, so that they accept other keys than those in values.yaml.
	Open []string
}

// All has one entry for each chart. Chart.yaml in the module has the version.
var All = []Chart{
	{
		Name: LoadBalancerController, Version: "3.2.2", Repository: "https://aws.github.io/eks-charts",
		Module: "sigs.k8s.io/aws-load-balancer-controller", Folder: "helm/aws-load-balancer-controller",
		Undeclared: []string{"envSecretName", "envFrom", "creator", "annotations"},
		Open:       []string{"podSecurityContext", "securityContext", "livenessProbe", "readinessProbe", "certManager", "autoscaling"},
	},
	{
		Name: CNIMetricsHelper, Version: "1.23.2", Repository: "https://aws.github.io/eks-charts",
		Module: "github.com/aws/amazon-vpc-cni-k8s", ModuleVersion: "v1.23.2", Sum: "h1:Ka5CQyoDQhTJ41BruEiI35Xs7LJoC+zUubWI5+xbrLc=",
		Folder:     "charts/cni-metrics-helper",
		Undeclared: []string{"image.override"},
		Idle:       true, // the lab has no CloudWatch, and its nodes serve no metrics of the CNI
		Open:       []string{"env"},
	},
	{
		Name: ExternalDNS, Version: "1.21.1", Repository: "https://kubernetes-sigs.github.io/external-dns",
		Module: "sigs.k8s.io/external-dns", ModuleVersion: "v0.22.0", Sum: "h1:+ASJ3KF7DLqHo2LsG8Qinuh2J389MS86I19i/r8ewUc=",
		Folder: "charts/external-dns",
		Open:   []string{"podSecurityContext", "securityContext", "livenessProbe", "readinessProbe"},
	},
	{
		Name: ExternalDNSTeardown, Version: "1.0.0", Repository: OwnCharts,
		Module: "eksnet", Folder: "addons/charts/external-dns-teardown",
	},
	istioChart(IstioBase, "manifests/charts/base", nil, nil),
	istioChart(Istiod, "manifests/charts/istio-control/istio-discovery", nil, []string{"meshConfig"}),
	istioChart(IstioGateway, "manifests/charts/gateway", []string{"service.loadBalancerClass"}, []string{"labels", "podAnnotations"}),
}

// istioChart returns a chart of Istio with its undeclared values and its open maps.
func istioChart(name, folder string, undeclared, open []string) Chart {
	return Chart{
		Name: name, Version: IstioVersion, Repository: istioRepository, Unreleased: istioUnreleased,
		Module: istioModule, ModuleVersion: istioModuleVersion, Sum: istioModuleSum, Folder: folder,
		Undeclared: undeclared, Open: open,
	}
}

// Named returns the chart of a release: chart is its name, the address of a copy of it, or the path of its folder.
func Named(chart string) (Chart, bool) {
	name := path.Base(strings.TrimSuffix(chart, "/"))
	at := slices.IndexFunc(All, func(c Chart) bool { return c.Name == name })
	if at < 0 {
		return Chart{}, false
	}
	return All[at], true
}

// Source returns the chart and the repository by which a release finds the chart where it is published; a chart of the
// stack is a folder.
func (c Chart) Source() (chart, repository string) {
	if c.Repository == OwnCharts {
		return c.Repository + "/" + c.Name, ""
	}
	return c.Name, c.Repository
}

// Get returns a chart by its name, one of the constants.
func Get(name string) Chart {
	found, _ := Named(name)
	return found
}

// Folders returns the folder of each chart, by its name, in a folder that Copy has filled.
func Folders(in string) map[string]string {
	folders := map[string]string{}
	for _, c := range All {
		folders[c.Name] = filepath.Join(in, c.Name)
	}
	return folders
}
