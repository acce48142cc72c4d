package config_test

import (
	"slices"
	"testing"
)

const oneZone = "eksnet:dns: {zones: [{domain: example.com}]}"

func TestExternalDNSIsChecked(t *testing.T) {
	for typed, problem := range map[string]string{
		`{zones: [example.org]}`:                        `addons.externalDns.zones[0]: "example.org" is the domain of no zone in dns.zones (example.com); add the zone, with private: true if only VPCs use it, so that the stack associates its VPC`,
		`{zones: [example.com, example.com]}`:           `addons.externalDns.zones[1]: "example.com" is listed twice; remove one of them`,
		`{zones: []}`:                                   `addons.externalDns.zones: the list is empty; add entries, such as [example.com], or remove the key for all zones of dns.zones`,
		`{sources: [ingress, pod]}`:                     `addons.externalDns.sources[1]: "pod" is not accepted; accepted: service or ingress`,
		`{sources: [ingress, ingress]}`:                 `addons.externalDns.sources[1]: "ingress" is listed twice; remove one of them`,
		`{sources: []}`:                                 `addons.externalDns.sources: the list is empty; add entries, such as [ingress], or remove the key for Services and Ingresses`,
		`{version: latest}`:                             `addons.externalDns.version: "latest" is not a chart version, such as 1.21.1`,
		`{version: 1.22.0}`:                             `addons.externalDns.version: 1.22.0, but eksnet writes values for chart 1.21.x, which installs ExternalDNS 0.21: later versions read other annotations and name their TXT records otherwise; write 1.21.1`,
		`{chart: oci://registry.example.com}`:           `addons.externalDns.chart: "oci://registry.example.com" is a registry; add the name of the chart, such as oci://registry.example.com/external-dns`,
		`{image: registry.example.com/external-dns}`:    `addons.externalDns.image: "registry.example.com/external-dns" is not an image with a tag or digest, such as registry.k8s.io/external-dns/external-dns:v0.21.0`,
		`{teardownImage: registry.example.com/aws-cli}`: `addons.externalDns.teardownImage: "registry.example.com/aws-cli" is not an image with a tag or digest, such as public.ecr.aws/aws-cli/aws-cli:2.34.56`,
		`{teardownTimeout: 60}`:                         `addons.externalDns.teardownTimeout: 60 seconds; 120 to 3600 are accepted`,
	} {
		if _, problems := load(t, good, oneZone, "eksnet:addons: {externalDns: "+typed+"}"); len(problems) != 1 || problems[0].String() != problem {
			t.Errorf("%s:\ngot  %s\nwant %s", typed, problems, problem)
		}
	}
}

func TestExternalDNSUsesAllZonesByDefault(t *testing.T) {
	const zones = "eksnet:dns: {zones: [{domain: example.com}, {domain: example.org}, {domain: example.com, private: true}]}"
	for typed, want := range map[string][]int{"{}": {0, 1, 2}, "{zones: [example.com]}": {0, 2}} {
		s, problems := load(t, good, zones, "eksnet:addons: {externalDns: "+typed+"}")
		if problems.Err() != nil || !slices.Equal(s.ExternalDNSZones(), want) {
			t.Errorf("%s: zones %v, %v, want %v", typed, s.ExternalDNSZones(), problems, want)
		}
	}
	s, _ := load(t, good, zones, "eksnet:addons: {externalDns: {}}")
	if domains := s.ExternalDNSDomains(); !slices.Equal(domains, []string{"example.com", "example.org"}) {
		t.Errorf("the domains are %v", domains)
	}
	if e := s.Addons.ExternalDNS; e.Version != "1.21.1" || e.TeardownTimeout != 300 || !slices.Equal(e.Sources, []string{"service", "ingress"}) {
		t.Errorf("defaults are %+v", e)
	}
	if s, _ := load(t, good, zones); s.ExternalDNSZones() != nil {
		t.Errorf("without ExternalDNS it has the zones %v", s.ExternalDNSZones())
	}
}
