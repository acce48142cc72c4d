package config

import (
	"cmp"
	"slices"
	"strings"

	"eksnet/internal/charts"
)

// ExternalDNS is ExternalDNS, docs/dns.md: a controller in the namespace external-dns that creates records for Services
// and Ingresses which people create, and deletes them with their objects. The names of the stack's own workloads are
// records of the stack, and ExternalDNS does not change them. Not installed by default; {} installs it for all zones of
// dns.zones.
type ExternalDNS struct {
	// Zones are domains of dns.zones. ExternalDNS creates records in the zones with these domains, and may change no
	// others. Default: all of dns.zones.
	Zones []string `json:"zones"`
	// Sources are the objects whose names become records: service (the annotation
	// external-dns.alpha.kubernetes.io/hostname of a Service with a load balancer) and ingress (the hosts of an
	// Ingress). Default: [service, ingress].
	Sources []string `json:"sources"`
	// Version is the version of the chart, 1.21.x, which installs ExternalDNS 0.21. Default 1.21.1.
	Version string `json:"version"`
	// Chart is the location of the chart: an https:// repository, or the oci:// address of a copy of the chart. Default
	// https://kubernetes-sigs.github.io/external-dns.
	Chart string `json:"chart"`
	// Image is the image with a tag or digest, for a mirror. Default: registry.k8s.io/external-dns/external-dns with the
	// tag of the chart.
	Image string `json:"image"`
	// TeardownImage is an image with the AWS CLI and a shell, with a tag or digest, for a mirror. A Job with it checks
	// that no record of ExternalDNS remains before the stack deletes ExternalDNS. Default:
	// public.ecr.aws/aws-cli/aws-cli:2.34.56.
	TeardownImage string `json:"teardownImage"`
	// TeardownTimeout is the number of seconds that this Job waits until ExternalDNS has deleted its records, 120 to
	// 3600. After it, destroy fails, and the log of the Job has the names of the records. Default 300.
	TeardownTimeout int `json:"teardownTimeout"`
}

// The sources of ExternalDNS that are accepted.
const (
	SourceService = "service"
	SourceIngress = "ingress"
)

// TeardownImage is the image of the AWS CLI (gallery.ecr.aws/aws-cli/aws-cli).
const TeardownImage = "public.ecr.aws/aws-cli/aws-cli:2.34.56"

func (e *ExternalDNS) setDefaults() {
	chart := charts.Get(charts.ExternalDNS)
	*e = ExternalDNS{Sources: []string{SourceService, SourceIngress}, Version: chart.Version, Chart: chart.Repository, TeardownImage: TeardownImage, TeardownTimeout: 300}
}

// ExternalDNSZones returns the positions in dns.zones of the zones in which ExternalDNS creates records.
func (s *Stack) ExternalDNSZones() []int {
	if s.Addons.ExternalDNS == nil {
		return nil
	}
	var positions []int
	for i, zone := range s.DNS.Zones {
		if chosen := s.Addons.ExternalDNS.Zones; chosen == nil || slices.Contains(chosen, zone.Domain) {
			positions = append(positions, i)
		}
	}
	return positions
}

// ExternalDNSDomains returns the domains of these zones, each once.
func (s *Stack) ExternalDNSDomains() []string {
	var domains []string
	for _, i := range s.ExternalDNSZones() {
		if domain := s.DNS.Zones[i].Domain; !slices.Contains(domains, domain) {
			domains = append(domains, domain)
		}
	}
	return domains
}

const externalDNSPath = "addons.externalDns"

// publicExternalDNSImage is the image of the chart.
const publicExternalDNSImage = "registry.k8s.io/external-dns/external-dns:v0.21.0"

// controller has no requests, because the chart has none. A destroy starts the pod of a Job while that of ExternalDNS
// still runs. No source that was read names an endpoint of Route 53 for VPCs
// (docs.aws.amazon.com/eks/latest/userguide/private-clusters.html; github.com/awsdocs/amazon-eks-user-guide/pull/864).
func (e *ExternalDNS) controller() Controller {
	return Controller{
		Path: externalDNSPath,
		Pods: []ControllerPods{{Name: "ExternalDNS", Count: 1}, {Name: "the Job that ends ExternalDNS", Count: 1}},
		Images: []ControllerImage{
			{Path: externalDNSPath + ".image", Name: cmp.Or(e.Image, publicExternalDNSImage)},
			{Path: externalDNSPath + ".teardownImage", Name: e.TeardownImage},
		},
		Calls: &CalledService{Name: "Route 53", Without: "Records of the stack's own workloads do not need it"},
	}
}

func (e *ExternalDNS) check(v *validator, s *Stack) {
	const path = externalDNSPath
	if len(s.DNS.Zones) == 0 {
		v.Add(path, "the stack has no hosted zones, so ExternalDNS would have no zone to create records in; add dns: {zones: [{domain: example.com}]}, or remove it")
	}
	v.filled(path+".zones", e.Zones, "example.com", "all zones of dns.zones")
	for i, domain := range e.Zones {
		switch {
		case len(s.DNS.Zones) > 0 && !slices.ContainsFunc(s.DNS.Zones, func(z HostedZone) bool { return z.Domain == domain }):
			v.Add(At(path+".zones", i), "%q is the domain of no zone in dns.zones (%s); add the zone, with private: true if only VPCs use it, so that the stack associates its VPC", domain, strings.Join(zoneDomains(s.DNS), ", "))
		case slices.Contains(e.Zones[:i], domain):
			v.Add(At(path+".zones", i), "%q is listed twice; remove one of them", domain)
		}
	}
	v.filled(path+".sources", e.Sources, SourceIngress, "Services and Ingresses")
	for i, source := range e.Sources {
		v.oneOf(At(path+".sources", i), source, SourceService, SourceIngress)
		if slices.Contains(e.Sources[:i], source) {
			v.Add(At(path+".sources", i), "%q is listed twice; remove one of them", source)
		}
	}
	v.externalDNSVersion(path+".version", e.Version)
	v.chart(path+".chart", e.Chart, charts.Get(charts.ExternalDNS))
	v.mirroredImage(path+".image", e.Image, publicExternalDNSImage)
	v.mirroredImage(path+".teardownImage", e.TeardownImage, TeardownImage)
	v.between(path+".teardownTimeout", e.TeardownTimeout, 120, 3600, "seconds")
}

// externalDNSVersion refuses versions with other annotations and names of TXT records: ExternalDNS would not find the
// records again that it has created (github.com/kubernetes-sigs/external-dns/releases/tag/v0.22.0).
func (v *validator) externalDNSVersion(path, version string) {
	const accepted = "1.21."
	switch {
	case !v.matches(path, version, chartVersion):
		v.Add(path, "%q is not a chart version, such as %s", version, charts.Get(charts.ExternalDNS).Version)
	case !strings.HasPrefix(version, accepted):
		v.Add(path, "%s, but eksnet writes values for chart %sx, which installs ExternalDNS 0.21: later versions read other annotations and name their TXT records otherwise; write %s", version, accepted, charts.Get(charts.ExternalDNS).Version)
	}
}

// zoneDomains returns the domains of the zones, each once.
func zoneDomains(dns DNS) []string {
	var domains []string
	for _, zone := range dns.Zones {
		if !slices.Contains(domains, zone.Domain) {
			domains = append(domains, zone.Domain)
		}
	}
	return domains
}
