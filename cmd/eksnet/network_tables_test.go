package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eksnet/internal/stackfile/stackfiletest"
)

// full are the lines of a stack whose network has everything.
var full = append(slices.Clone(good[:3]),
	`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b, ap-northeast-2c], nat: single, podCidr: 100.64.0.0/16, controlPlaneSubnets: true, flowLogs: {retentionDays: 14}}`,
	`eksnet:cluster: {name: dev, endpoint: {private: true}}`,
	`eksnet:nodeGroups: {general: {instanceTypes: [m7i.large], scaling: {min: 1, desired: 3, max: 6}}}`,
)

func TestTheTablesShowHowManyPodsANodeTakesAndWhy(t *testing.T) {
	_, out, complaints := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, full...))
	out = regexp.MustCompile(`  +`).ReplaceAllString(out, "  ")
	want := "general  110  1930m  6904 MiB  the stack  m7i.large: (3 - 1 for the node) interfaces × (10 - 1) addresses × 16 + 2 = 290, and EKS's cap for 2 vCPUs is 110"
	if !strings.Contains(out, want) {
		t.Errorf("missing %q in\n%s%s", want, out, complaints)
	}
}

func TestTheTablesShowEverySubnetWithItsNeedForAddresses(t *testing.T) {
	_, out, complaints := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, full...))
	out = regexp.MustCompile(`  +`).ReplaceAllString(out, "  ")
	for _, want := range []string{
		"Network 10.0.0.0/16 and, for pods, 100.64.0.0/16",
		"ap-northeast-2a  10.0.0.0/19  10.0.32.0/20  100.64.0.0/18  10.0.48.0/28  NAT gateway in ap-northeast-2a",
		"ap-northeast-2c  10.0.128.0/19  10.0.160.0/20  100.64.128.0/18  -  NAT gateway in ap-northeast-2a",
		"flow logs: retained for 14 days",
		"ap-northeast-2a  pods  100.64.0.0/18  16379  ",
		"ap-northeast-2b  control plane  10.0.112.0/28  11  6  6  54%  control plane 6",
		"ap-northeast-2a  public  10.0.32.0/20  4091  1  1  0%  NAT gateway 1",
		"ap-northeast-2b  public  10.0.96.0/20  4091  0  0  0%  -",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in\n%s%s", want, out, complaints)
		}
	}
}

func TestTheTablesShowTheReservationForPrefixes(t *testing.T) {
	_, out, _ := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, good...))
	if out = regexp.MustCompile(`  +`).ReplaceAllString(out, "  "); !strings.Contains(out, "RESERVED FOR PREFIXES  EGRESS\n  ap-northeast-2a  10.0.0.0/19  10.0.32.0/20  10.0.16.0/20  NAT") || strings.Contains(out, "POD SUBNET") {
		t.Errorf("the network is\n%s", out)
	}
}

func TestJSONHasSubnetsPodsAndAddresses(t *testing.T) {
	_, out, complaints := eksnet("plan", "dev", "-json", "-C", stackfiletest.Folder(t, root, full...))
	var got struct {
		Network struct {
			PodCIDR     string
			FlowLogDays int
			Zones       []map[string]string
		}
		PodsPerNode []struct {
			Name           string
			MaxPods        int
			KubeletMaxPods int
		}
		Addresses []struct {
			Zone, Kind, Range        string
			Usable, AtDesired, AtMax int
			Parts                    []struct{ What string }
		}
		Addons map[string]string
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err, complaints)
	}
	if n := got.Network; n.PodCIDR != "100.64.0.0/16" || n.FlowLogDays != 14 || n.Zones[1]["pods"] != "100.64.64.0/18" || n.Zones[1]["controlPlane"] != "10.0.112.0/28" {
		t.Errorf("the network is %+v", n)
	}
	if len(got.PodsPerNode) != 1 || got.PodsPerNode[0].Name != "general" || got.PodsPerNode[0].MaxPods != 110 || got.PodsPerNode[0].KubeletMaxPods != 110 {
		t.Errorf("pods are %+v", got.PodsPerNode)
	}
	if len(got.Addresses) != 3+3+3+2 || got.Addresses[2].Range != "100.64.0.0/18" || got.Addresses[2].Usable != 16379 || got.Addresses[2].AtMax < got.Addresses[2].AtDesired {
		t.Errorf("addresses are %+v", got.Addresses)
	}
	if got.Addons["vpcCni"] == "" || strings.Contains(out, `"parts": null`) {
		t.Errorf("an add-on has no version, or a list is null, in %s", out)
	}
}

func TestTheTablesShowWhichLogsAKeyOfTheStackEncrypts(t *testing.T) {
	_, out, complaints := eksnet("plan", "platform-ap-northeast-2", "-C", root)
	out = regexp.MustCompile(`  +`).ReplaceAllString(out, "  ")
	for _, want := range []string{
		"flow logs: retained for 30 days, encrypted with the stack's own KMS key",
		"Logs  api, audit, authenticator, retained for 90 days, encrypted with the stack's own KMS key",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("missing %q in\n%s%s", want, out, complaints)
		}
	}
}
