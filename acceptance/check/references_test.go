package check_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/acceptance/check"
	"eksnet/acceptance/memory"
	"eksnet/config"
)

const (
	prefixList = "pl-0123456789abcdef0"
	webACL     = "arn:aws:wafv2:ap-northeast-2:111122223333:regional/webacl/filter/12345678-1234-1234-1234-123456789012"
	trustStore = "arn:aws:elasticloadbalancing:ap-northeast-2:111122223333:truststore/clients/0123456789abcdef"
	ipamPool   = "ipam-pool-0123456789abcdef0"
)

// referring is a stack that names a resource of each type that the check looks up by its ID.
func referring(t *testing.T) (*memory.Account, check.Stack) {
	t.Helper()
	_, s := ready(t)
	for name, group := range s.Spec.NodeGroups {
		group.KeyName = "operators"
		s.Spec.NodeGroups[name] = group
	}
	s.Spec.Network.IPAMPool = ipamPool
	s.Spec.Workloads = map[string]config.Workload{
		"web":     {Kind: config.KindALB, WAF: webACL, MutualTLS: &config.MutualTLS{Mode: config.MutualTLSVerify, TrustStore: trustStore}},
		"packets": {Kind: config.KindNLB, PrefixLists: map[string]int{prefixList: 20}},
		"plain":   {Kind: config.KindALB, WAF: config.NoWAF, MutualTLS: &config.MutualTLS{Mode: config.MutualTLSPassthrough}, PrefixLists: map[string]int{prefixList: 30}},
	}
	a := &memory.Account{Settings: memory.ReadySettings(s.Spec, s.Plan)}
	a.Who.Account = "111122223333"
	a.PrefixLists[prefixList] = check.PrefixList{Name: "offices", MaxEntries: 20}
	return a, s
}

func TestWhatTheStackFileNamesPassesIfItExists(t *testing.T) {
	a, s := referring(t)
	rows, err := check.Run(t.Context(), a, s)
	if err != nil || check.Worst(rows) != check.Passed {
		t.Errorf("%+v: %v", rows, err)
	}
	for name, found := range map[string]string{
		"key pair of general": "operators", "web ACL of web": "filter", "trust store of web": "clients, ACTIVE",
		"prefix list of packets, plain": prefixList + ", offices, at most 20 entries",
		"IPAM pool":                     ipamPool + ", ipv4, locale ap-northeast-2, create-complete",
	} {
		if !slices.ContainsFunc(rows, func(r check.Row) bool { return r.Check == name && r.Found == found }) {
			t.Errorf("missing %s: %s in %+v", name, found, rows)
		}
	}
}

func TestWhatTheStackFileNamesAndDoesNotFitIsNoticed(t *testing.T) {
	for name, c := range map[string]struct {
		change               func(a *memory.Account)
		status               check.Status
		check, found, advice string
	}{
		"a key pair that does not exist": {func(a *memory.Account) { a.KeyPairs = nil }, check.Failed, "key pair of general", "operators does not exist in ap-northeast-2",
			`aws ec2 import-key-pair --key-name "operators"`},
		"a prefix list that does not exist": {func(a *memory.Account) { clear(a.PrefixLists) }, check.Failed, "prefix list of packets, plain", prefixList + " does not exist, or is not shared",
			"aws ec2 describe-managed-prefix-lists --region ap-northeast-2"},
		"a prefix list with more entries": {func(a *memory.Account) { a.PrefixLists[prefixList] = check.PrefixList{Name: "offices", MaxEntries: 25} }, check.Warned,
			"prefix list of packets, plain", "at most 25 entries", "packets has 20 in prefixLists, so the plan counts too few rules of its security group: write " + prefixList + ": 25"},
		"a web ACL that does not exist": {func(a *memory.Account) { clear(a.WebACLs) }, check.Failed, "web ACL of web", webACL + " does not exist",
			"aws wafv2 list-web-acls --scope REGIONAL --region ap-northeast-2"},
		"a trust store that does not exist": {func(a *memory.Account) { clear(a.TrustStores) }, check.Failed, "trust store of web", trustStore + " does not exist, or is not shared",
			"aws elbv2 describe-trust-stores --region ap-northeast-2"},
		"a trust store that is not active": {func(a *memory.Account) {
			a.TrustStores[trustStore] = check.TrustStore{Name: "clients", Status: "CREATING"}
		}, check.Failed,
			"trust store of web", "clients, CREATING", "wait until it is"},
		"an IPAM pool that does not exist": {func(a *memory.Account) { clear(a.IPAMPools) }, check.Failed, "IPAM pool", ipamPool + " does not exist, or is not shared",
			"create a pool with the locale ap-northeast-2 or share it by AWS RAM"},
		"an IPAM pool of another region": {func(a *memory.Account) {
			a.IPAMPools[ipamPool] = check.IPAMPool{Locale: "us-east-1", Family: "ipv4", State: "create-complete"}
		}, check.Failed,
			"IPAM pool", "locale us-east-1", "write a pool with the locale ap-northeast-2"},
		"an IPAM pool of IPv6 ranges": {func(a *memory.Account) {
			a.IPAMPools[ipamPool] = check.IPAMPool{Locale: "ap-northeast-2", Family: "ipv6", State: "create-complete"}
		}, check.Failed,
			"IPAM pool", "ipv6", "write a pool of the family ipv4"},
		"an IPAM pool that is deleted": {func(a *memory.Account) {
			a.IPAMPools[ipamPool] = check.IPAMPool{Locale: "ap-northeast-2", Family: "ipv4", State: "delete-in-progress"}
		}, check.Failed,
			"IPAM pool", "delete-in-progress", "write another pool"},
	} {
		a, s := referring(t)
		c.change(a)
		rows, err := check.Run(t.Context(), a, s)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(rows, func(r check.Row) bool {
			return r.Check == c.check && r.Status == c.status && strings.Contains(r.Found, c.found) && strings.Contains(r.Advice, c.advice)
		}) || check.Worst(rows) != c.status {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

func TestALookupThatIsNotAllowedLeavesItsCheckUnknown(t *testing.T) {
	for _, call := range []string{"ec2:DescribeKeyPairs", "ec2:DescribeManagedPrefixLists", "ec2:DescribeIpamPools", "wafv2:GetWebACL", "elasticloadbalancing:DescribeTrustStores"} {
		a, s := referring(t)
		a.Refuse = refusing(call)
		rows, err := check.Run(t.Context(), a, s)
		if err != nil || check.Worst(rows) != check.Unknown || !slices.ContainsFunc(rows, func(r check.Row) bool { return r.Found == call+": AccessDenied" }) {
			t.Errorf("%s: %+v: %v", call, rows, err)
		}
	}
}
