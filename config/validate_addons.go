package config

import (
	"math"
	"net/url"
	"strings"

	"eksnet/internal/charts"
)

func (v *validator) addons(s *Stack) {
	a := s.Addons
	v.addonVersion("addons.coreDns.version", a.CoreDNS.Version)
	v.addonVersion("addons.kubeProxy.version", a.KubeProxy.Version)
	v.addonVersion("addons.vpcCni.version", a.VPCCNI.Version)
	v.podIdentityAgent("addons.podIdentityAgent", s)
	v.proxyMode("addons.kubeProxy.mode", a.KubeProxy.Mode)
	v.warm("addons.vpcCni.warm", a.VPCCNI)
	v.podSecurityGroups("addons.vpcCni.podSecurityGroups", a.VPCCNI.PodSecurityGroups)
	v.coreDNS("addons.coreDns", a.CoreDNS)
	lbc := a.LoadBalancerController
	switch major, _, _ := strings.Cut(lbc.Version, "."); {
	case !v.matches("addons.loadBalancerController.version", lbc.Version, chartVersion):
		v.Add("addons.loadBalancerController.version", "%q is not a chart version, such as 3.2.2", lbc.Version)
	case len(major) == 1 && major < "3":
		// github.com/aws/eks-charts, stable/aws-load-balancer-controller: the chart of controller 2.17.1 is 1.17.1.
		v.Add("addons.loadBalancerController.version", "%s; the chart and the controller have the same version only from 3.0.0 on: 3.0.0 or later is accepted, such as 3.2.2", lbc.Version)
	}
	v.gatewayAPI(a)
	v.between("addons.loadBalancerController.replicas", lbc.Replicas, 1, 10, "replicas")
	v.chart("addons.loadBalancerController.chart", lbc.Chart, charts.Get(charts.LoadBalancerController))
	switch path := "addons.loadBalancerController.image"; {
	case lbc.Image == "" || v.matches(path, lbc.Image, repository):
	case imageName.MatchString(lbc.Image):
		v.Add(path, "%q has a tag or digest, but the tag is set from version; write %s", lbc.Image, imageName.FindStringSubmatch(lbc.Image)[1])
	default:
		v.Add(path, "%q is not an image name without a tag, such as 111122223333.dkr.ecr.ap-northeast-2.amazonaws.com/aws-load-balancer-controller", lbc.Image)
	}
	for _, controller := range a.installed() {
		controller.check(v, s)
	}
}

// addonVersion checks the version of an EKS add-on, which has a default.
func (v *validator) addonVersion(path, version string) {
	if version != "" && !v.matches(path, version, addonVersion) {
		v.Add(path, "%q is not an add-on version, such as v1.20.4-eksbuild.1 (aws eks describe-addon-versions lists them)", version)
	}
}

// podIdentityAgent refuses the settings of an agent that is not installed.
func (v *validator) podIdentityAgent(path string, s *Stack) {
	agent := s.Addons.PodIdentityAgent
	if agent == nil {
		return
	}
	if s.Cluster.Identity == IRSA {
		v.Add(path, "has no effect with cluster.identity irsa, which does not install the agent; write cluster.identity: podIdentity, or remove it")
	}
	v.addonVersion(path+".version", agent.Version)
}

// proxyMode follows the add-on's schema, which has nftables from Kubernetes 1.31 on (aws eks
// describe-addon-configuration --addon-name kube-proxy), and Kubernetes, where it is generally available since 1.33 and
// ipvs is deprecated since 1.35 (kubernetes.io/docs/reference/networking/virtual-ips/#proxy-modes).
func (v *validator) proxyMode(path, mode string) {
	if mode == "ipvs" {
		v.Add(path, "ipvs, which is deprecated since Kubernetes 1.35; write nftables, which replaces it, or iptables")
		return
	}
	v.oneOf(path, mode, ProxyIPTables, ProxyNFTables)
}

// warm keeps what nodes hold ready within what an instance can hold at all: 24 interfaces, and EKS's cap of 250 pods.
func (v *validator) warm(path string, cni VPCCNI) {
	w := cni.Warm
	v.between(path+".enis", w.ENIs, 0, 24, "network interfaces")
	v.between(path+".ips", w.IPs, 0, 250, "addresses")
	v.between(path+".minimumIps", w.MinimumIPs, 0, 250, "addresses")
	v.between(path+".prefixes", w.Prefixes, 0, 16, "prefixes")
	if cni.PrefixDelegation && w.Prefixes == 0 && w.IPs == 0 && w.MinimumIPs == 0 {
		// github.com/aws/amazon-vpc-cni-k8s, cmd/aws-vpc-cni/main.go, validateEnvVars.
		v.Add(path+".prefixes", "0 with prefix delegation and without ips and minimumIps: the VPC CNI does not start, so no node becomes ready; set one of the three to 1 or more")
	}
}

// coreDNS follows the schema of the add-on's configuration (aws eks describe-addon-configuration --addon-name coredns).
// A budget that allows all pods to be missing would leave the cluster without DNS during a drain.
func (v *validator) coreDNS(path string, c CoreDNS) {
	v.between(path+".replicas", c.Replicas, 1, 100, "replicas")
	if c.Autoscale != nil {
		const most = 1000
		v.between(path+".autoscale.min", c.Autoscale.Min, 2, most, "pods")
		switch {
		case c.Autoscale.Max == 0:
			v.Add(path+".autoscale.max", "missing; %d to %d are accepted", max(c.Autoscale.Min, 2), most)
		case v.outside(path+".autoscale.max", c.Autoscale.Max, 0, most):
			v.between(path+".autoscale.max", c.Autoscale.Max, 2, most, "pods")
		case c.Autoscale.Max < c.Autoscale.Min:
			v.Add(path+".autoscale", "min %d is greater than max %d; lower min or raise max", c.Autoscale.Min, c.Autoscale.Max)
		}
	}
	switch least := c.LeastPods(); {
	case v.outside(path+".maxUnavailable", c.MaxUnavailable, 1, math.MaxInt32):
		v.Add(path+".maxUnavailable", "%d; 1 or more is accepted: with 0 no node that runs CoreDNS could be drained", c.MaxUnavailable)
	case least > 1 && c.MaxUnavailable >= least:
		v.Add(path+".maxUnavailable", "%d of %s may be missing, so a drain could leave the cluster without DNS; at most %d is accepted", c.MaxUnavailable, Count(least, "pod", "pods"), least-1)
	}
}

// chart is where Helm finds a chart.
func (v *validator) chart(path, text string, published charts.Chart) {
	v.acceptPattern(path, anyURL)
	chart, err := url.Parse(text)
	switch {
	case err != nil || chart.Host == "" || chart.Scheme != "https" && chart.Scheme != "oci":
		v.Add(path, "%q is not the location of a chart; an https:// repository or the oci:// address of a chart is accepted, such as %s", text, published.Repository)
	case chart.User != nil:
		v.Add(path, "the address contains a user name or password, which would be readable in the state; use helm registry login instead")
	case chart.RawQuery != "" || chart.Fragment != "":
		v.Add(path, "%q has more than host and path; write %s://%s%s", text, chart.Scheme, chart.Host, chart.Path)
	case chart.Scheme == "oci" && strings.Trim(chart.Path, "/") == "":
		v.Add(path, "%q is a registry; add the name of the chart, such as %s/%s", text, strings.TrimRight(text, "/"), published.Name)
	}
}

// mirroredImage checks the image of a controller, which has a default.
func (v *validator) mirroredImage(path, image, such string) {
	if image != "" && (!v.matches(path, image, imageName) || repository.MatchString(image)) {
		v.Add(path, "%q is not an image with a tag or digest, such as %s", image, such)
	}
}
