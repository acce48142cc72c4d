package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each is the stack local with one text replaced.
func TestBadInputIsRefusedByItsPath(t *testing.T) {
	const (
		vpc, zones, group = "cidr: 10.0.0.0/16", "[ap-northeast-2a, ap-northeast-2b, ap-northeast-2c]", "{instanceTypes: [m7g.large], scaling: {min: 2, desired: 3, max: 6}}"
		version           = `version: "1.35"`
	)
	local, err := os.ReadFile(filepath.Join(root, "Pulumi.local.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ old, bad, want string }{
		"pods' range in the VPC's":               {vpc, vpc + "\n    podCidr: 10.0.64.0/18", "network.podCidr: 10.0.64.0/18 overlaps network.cidr 10.0.0.0/16"},
		"pods' range in the Services'":           {vpc, vpc + "\n    podCidr: 172.20.0.0/18", "network.podCidr: 172.20.0.0/18 overlaps cluster.serviceCidr 172.20.0.0/16"},
		"Services' range around the VPC's":       {version, version + "\n    serviceCidr: 10.0.0.0/12", "cluster.serviceCidr: 10.0.0.0/12 overlaps network.cidr 10.0.0.0/16"},
		"a VPC of a /29":                         {vpc, "cidr: 10.0.0.0/29", "network.cidr: 10.0.0.0/29: each zone would get a private /32 and a public /33 of it; a /23 at least is needed"},
		"pods in a /29":                          {vpc, vpc + "\n    podCidr: 100.64.0.0/29", "network.podCidr: 100.64.0.0/29: each zone would get a /31 of it, with no whole /28 block; a /23 at least is needed"},
		"Services in a /29":                      {version, version + "\n    serviceCidr: 172.20.0.0/29", "cluster.serviceCidr: 172.20.0.0/29; EKS accepts /12 to /24"},
		"IPv6 for the VPC":                       {vpc, `cidr: "fd00::/56"`, `network.cidr: "fd00::/56" is an IPv6 range`},
		"IPv6 for pods":                          {vpc, vpc + "\n" + `    podCidr: "fd00::/56"`, `network.podCidr: "fd00::/56" is an IPv6 range`},
		"IPv6 for Services":                      {version, version + "\n" + `    serviceCidr: "fd00::/108"`, `cluster.serviceCidr: "fd00::/108" is an IPv6 range`},
		"IPv6 for people":                        {"203.0.113.0/24", `"2001:db8::/32"`, `cluster.endpoint.publicCidrs[0]: "2001:db8::/32" is an IPv6 range`},
		"IPv4 in the form of IPv6":               {vpc, `cidr: "::ffff:10.0.0.0/112"`, "network.cidr: "},
		"forty zones":                            {zones, "[" + strings.Repeat("ap-northeast-2a, ", 39) + "ap-northeast-2a]", "network.zones: 40 zones; EKS needs two at least and the address plan has room for four: list 2 to 4"},
		"a zone twice":                           {zones, "[ap-northeast-2a, ap-northeast-2a]", `network.zones[1]: "ap-northeast-2a" is listed twice`},
		"a node group twice":                     {"general: " + group, "general: " + group + "\n    general: " + group, `mapping key "general" already defined`},
		"a negative min":                         {"min: 2,", "min: -2,", `nodeGroups["general"].scaling: min -2, desired 3, max 6; min and desired from 0, max from 1 are accepted`},
		"a negative desired size":                {"desired: 3", "desired: -3", `nodeGroups["general"].scaling: min 2, desired -3, max 6;`},
		"a negative max":                         {"max: 6", "max: -6", `nodeGroups["general"].scaling: min 2, desired 3, max -6;`},
		"a negative number of pods":              {"max: 6}", "max: 6}, maxPods: -1", `nodeGroups["general"].maxPods: -1 pods; 0 to 250 are accepted`},
		"a min above max":                        {"max: 6", "max: 1", `nodeGroups["general"].scaling: min 2 is greater than max 1; lower min or raise max`},
		"two architectures in a group":           {"[m7g.large]", "[m7g.large, m7i.large]", `nodeGroups["general"].instanceTypes[1]: m7i.large does not run al2023-arm64; use types of one architecture`},
		"an unknown instance type":               {"[m7g.large]", "[m7g.largest]", `nodeGroups["general"].instanceTypes[0]: "m7g.largest" is not an instance type that the VPC CNI knows; m7g has `},
		"an AMI family of another architecture":  {"[m7g.large]", "[m7g.large], ami: al2023-x86_64", `nodeGroups["general"].instanceTypes[0]: m7g.large does not run al2023-x86_64`},
		"Bottlerocket of another architecture":   {"[m7g.large]", "[m7i.large], ami: bottlerocket-arm64", `nodeGroups["general"].instanceTypes[0]: m7i.large does not run bottlerocket-arm64`},
		"a Kubernetes version that nobody knows": {version, `version: "1.99"`, `cluster.version: "1.99" is not accepted; accepted: 1.36, 1.35, 1.34 or 1.33`},
	} {
		t.Run(name, func(t *testing.T) {
			if !strings.Contains(string(local), test.old) {
				t.Fatalf("the stack has no %q", test.old)
			}
			dir := folder(t)
			write(t, dir, "Pulumi.bad.yaml", strings.ReplaceAll(string(local), test.old, test.bad))
			status, out, complaints := eksnet("plan", "bad", "-C", dir)
			if status != misused || out != "" || !strings.Contains(complaints, test.want) {
				t.Errorf("status %d, %s%s\nwant %s", status, out, complaints, test.want)
			}
		})
	}
}
