package config_test

import (
	"strings"
	"testing"

	"eksnet/config"
)

const ipv6Network = "eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b], ipFamily: ipv6}\n"

func TestRangesOfBothFamiliesAreAcceptedInAnIPv6Stack(t *testing.T) {
	s, problems := load(t, good, ipv6Network+`
eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [203.0.113.0/24, "2001:db8::/32", "::/0"]}}
eksnet:workloads: {echo: {kind: nlb, sourceRanges: [203.0.113.0/24, "2001:db8::/32", "fd00::/8"]}}`)
	if problems.Err() != nil {
		t.Error(problems)
	}
	if s.Cluster.ServiceCIDR != "" {
		t.Errorf("the range of Services is %s, but EKS assigns it", s.Cluster.ServiceCIDR)
	}
}

func TestRangesThatNoClientHasAreRefusedInAnIPv6Stack(t *testing.T) {
	for section, problem := range map[string]string{
		`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: ["2001:db8::1/32"]}}`: `cluster.endpoint.publicCidrs[0]: "2001:db8::1/32" has host bits set; use 2001:db8::/32`,
		`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: ["fd00::/8"]}}`:       `cluster.endpoint.publicCidrs[0]: "fd00::/8" is a private or reserved range, which EKS rejects`,
		`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: ["fe80::/10"]}}`:      `cluster.endpoint.publicCidrs[0]: "fe80::/10" is a private or reserved range, which EKS rejects`,
		`eksnet:cluster: {name: dev, endpoint: {public: true, publicCidrs: [10.0.0.0/8]}}`:       `cluster.endpoint.publicCidrs[0]: "10.0.0.0/8" is a private or reserved range, which EKS rejects`,
		`eksnet:workloads: {echo: {kind: nlb, sourceRanges: [office]}}`:                          `workloads["echo"].sourceRanges[0]: "office" is not a range, such as 203.0.113.0/24 or 2001:db8::/32`,
	} {
		if _, problems := load(t, good, ipv6Network+section); !strings.Contains(problems.Error(), problem) {
			t.Errorf("%s\nwant %s\ngot  %s", section, problem, problems)
		}
	}
}

func TestAStackFileWithoutAFamilyIsIPv4(t *testing.T) {
	if s, _ := load(t, good); s.Network.IPFamily != config.IPv4 || s.Cluster.ServiceCIDR == "" {
		t.Errorf("family %q, range of Services %q", s.Network.IPFamily, s.Cluster.ServiceCIDR)
	}
}
