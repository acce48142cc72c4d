package config

import "eksnet/internal/charts"

// CNIMetricsHelper is the CNI metrics helper, docs/observability.md: one pod that reads the metrics of the VPC CNI from
// each node, and sends their sums to CloudWatch every minute as custom metrics in the namespace Kubernetes, which AWS
// bills. Not installed by default; {} installs it.
type CNIMetricsHelper struct {
	// Version is the version of the chart, which is also that of the program, such as 1.23.2. Default 1.23.2.
	Version string `json:"version"`
	// Chart is the location of the chart: an https:// repository, or the oci:// address of a copy of the chart. Default
	// https://aws.github.io/eks-charts.
	Chart string `json:"chart"`
	// Image is the image with a tag or digest, for a mirror. Default: cni-metrics-helper in the registry of EKS in the
	// region, with the tag of the chart.
	Image string `json:"image"`
}

func (c *CNIMetricsHelper) setDefaults() {
	chart := charts.Get(charts.CNIMetricsHelper)
	*c = CNIMetricsHelper{Version: chart.Version, Chart: chart.Repository}
}

const cniMetricsHelperPath = "addons.cniMetricsHelper"

func (c *CNIMetricsHelper) check(v *validator, _ *Stack) {
	const path = cniMetricsHelperPath
	if chart := charts.Get(charts.CNIMetricsHelper); !v.matches(path+".version", c.Version, chartVersion) {
		v.Add(path+".version", "%q is not a chart version, such as %s", c.Version, chart.Version)
	}
	v.chart(path+".chart", c.Chart, charts.Get(charts.CNIMetricsHelper))
	v.mirroredImage(path+".image", c.Image, "111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/cni-metrics-helper:v1.23.2")
}

// controller has no requests, because the chart has none. Without image it uses that in the registry of EKS.
func (c *CNIMetricsHelper) controller() Controller {
	helper := Controller{
		Path:  cniMetricsHelperPath,
		Pods:  []ControllerPods{{Name: "the CNI metrics helper", Count: 1, Surges: true}},
		Calls: &CalledService{Name: "CloudWatch", Endpoint: "monitoring"},
	}
	if c.Image != "" {
		helper.Images = []ControllerImage{{Path: cniMetricsHelperPath + ".image", Name: c.Image}}
	}
	return helper
}
