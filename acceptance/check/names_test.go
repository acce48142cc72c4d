package check_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/acceptance/check"
	"eksnet/acceptance/memory"
	"eksnet/config"
)

const certificate = "arn:aws:acm:ap-northeast-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"

// named is a stack with a certificate for two workloads, and hosted zones.
func named(t *testing.T) (*memory.Account, check.Stack) {
	t.Helper()
	a, s := ready(t)
	s.Spec.Workloads = map[string]config.Workload{
		"web":     {Kind: config.KindALB, Certificate: certificate, Hosts: []string{"web.example.com", "www.web.example.com"}, AccessLogs: &config.AccessLogs{Enabled: true, Bucket: "logs"}},
		"packets": {Kind: config.KindNLB, Certificate: certificate, Hostname: "packets.example.com", AccessLogs: &config.AccessLogs{Enabled: true, Bucket: "logs"}},
		"plain":   {Kind: config.KindNLB, Hostname: "plain.example.org"},
	}
	s.Spec.DNS.Zones = []config.HostedZone{{Domain: "example.com"}, {Domain: "example.com", Private: true, ID: "Z2"}, {Domain: "own.example.com", Own: true}}
	a.Certificates = map[string]check.Certificate{certificate: {Status: "ISSUED", Names: []string{"*.example.com", "*.web.example.com"}}}
	a.Buckets = map[string]check.Bucket{"logs": {Region: s.Spec.Region, Writers: []string{"delivery.logs.amazonaws.com", "600734575887"}, Encryption: "AES256"}}
	a.DNSZones = []check.HostedZone{{ID: "Z1", Domain: "example.com"}, {ID: "Z2", Domain: "example.com", Private: true}, {ID: "Z3", Domain: "example.org"}}
	return a, s
}

func TestCertificatesAndZonesThatFitPass(t *testing.T) {
	a, s := named(t)
	rows, err := check.Run(t.Context(), a, s)
	if err != nil || check.Worst(rows) != check.Passed {
		t.Errorf("%+v: %v", rows, err)
	}
	for name, found := range map[string]string{"certificate of packets, web": "ISSUED, for *.example.com, *.web.example.com", "hosted zone own.example.com": "a public zone, the stack creates it"} {
		if !slices.ContainsFunc(rows, func(r check.Row) bool { return r.Check == name && r.Found == found }) {
			t.Errorf("missing %s: %s in %+v", name, found, rows)
		}
	}
}

func TestEachCheckOfNamesNoticesWhatItIsAbout(t *testing.T) {
	for name, c := range map[string]struct {
		change               func(a *memory.Account, s *check.Stack)
		status               check.Status
		check, found, advice string
	}{
		"a certificate that does not exist": {func(a *memory.Account, _ *check.Stack) { clear(a.Certificates) }, check.Failed, "certificate of packets, web", certificate + " does not exist", "aws acm list-certificates --region ap-northeast-2"},
		"a certificate that is not issued": {func(a *memory.Account, _ *check.Stack) {
			a.Certificates[certificate] = check.Certificate{Status: "PENDING_VALIDATION", Names: []string{"*.example.com"}}
		}, check.Failed, "certificate of packets, web", "PENDING_VALIDATION", "load balancers accept issued certificates only"},
		"a certificate for other names": {func(a *memory.Account, _ *check.Stack) {
			a.Certificates[certificate] = check.Certificate{Status: "ISSUED", Names: []string{"*.example.com"}}
		}, check.Warned, "certificate of packets, web", "ISSUED", "it is not for www.web.example.com: clients refuse it there"},
		"a bucket that does not exist": {func(a *memory.Account, _ *check.Stack) { clear(a.Buckets) }, check.Failed, "bucket of access logs of packets, web", "logs does not exist", "create it in ap-northeast-2"},
		"a bucket of another region": {func(a *memory.Account, _ *check.Stack) { a.Buckets["logs"] = check.Bucket{Region: "us-east-1"} },
			check.Failed, "bucket of access logs of packets, web", "logs in us-east-1", "use a bucket in ap-northeast-2"},
		"a bucket into which an ALB cannot write": {func(a *memory.Account, s *check.Stack) {
			a.Buckets["logs"] = check.Bucket{Region: s.Spec.Region, Writers: []string{"delivery.logs.amazonaws.com"}}
		}, check.Failed, "bucket of access logs of packets, web", "logs", "does not allow logdelivery.elasticloadbalancing.amazonaws.com to write, as the load balancer of web needs"},
		"a bucket into which an NLB cannot write": {func(a *memory.Account, s *check.Stack) {
			a.Buckets["logs"] = check.Bucket{Region: s.Spec.Region, Writers: []string{"600734575887"}}
		}, check.Failed, "bucket of access logs of packets, web", "logs", "does not allow delivery.logs.amazonaws.com to write, as the load balancer of packets needs"},
		"a bucket with a key of KMS": {func(a *memory.Account, s *check.Stack) {
			a.Buckets["logs"] = check.Bucket{Region: s.Spec.Region, Writers: []string{"*"}, Encryption: "aws:kms"}
		}, check.Failed, "bucket of access logs of packets, web", "aws:kms", "such as that of web write into buckets with SSE-S3 only"},
		"a zone that does not exist": {func(a *memory.Account, _ *check.Stack) { a.DNSZones = a.DNSZones[1:] }, check.Failed, "hosted zone example.com", "the account has no public zone of this domain", "existing: example.com (Z2, private zone), example.org (Z3, public zone)"},
		"a zone of which there are two": {func(a *memory.Account, _ *check.Stack) {
			a.DNSZones = append(a.DNSZones, check.HostedZone{ID: "Z4", Domain: "example.com"})
		}, check.Failed, "hosted zone example.com", "the account has 2 of this domain and kind: Z1, Z4", "write the id of one of them"},
		"an ID that does not exist": {func(a *memory.Account, _ *check.Stack) { a.DNSZones[1].ID = "Z9" }, check.Failed, "hosted zone example.com", "Z2 does not exist in the account", "existing: "},
		"the ID of a public zone": {func(a *memory.Account, _ *check.Stack) {
			a.DNSZones[1].Private = false
			a.DNSZones[0].Domain = "example.net"
		}, check.Failed, "hosted zone example.com", "Z2 is a public zone of example.com", "write domain and private as they are"},
		"the ID of another domain": {func(a *memory.Account, _ *check.Stack) { a.DNSZones[1].Domain = "example.net" }, check.Failed, "hosted zone example.com", "Z2 is a private zone of example.net", "write domain and private as they are"},
		"another zone of a domain of the stack": {func(a *memory.Account, _ *check.Stack) {
			a.DNSZones = append(a.DNSZones, check.HostedZone{ID: "Z4", Domain: "own.example.com"})
		}, check.Warned, "hosted zone own.example.com", "Z4", "the name servers of the parent domain decide"},
	} {
		a, s := named(t)
		c.change(a, &s)
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

// The stack's own resources are part of what is in use, and an up needs none of them again.
func TestTheUseOfAnExistingStackDoesNotCount(t *testing.T) {
	a, s := ready(t)
	a.Used["L-F678F1CE"] = 1
	a.Quotas["L-F678F1CE"] = 1
	if rows, err := check.Run(t.Context(), a, s); err != nil || check.Worst(rows) != check.Failed {
		t.Errorf("%+v: %v", rows, err)
	}
	a.Items = []*memory.Item{runningCluster()}
	rows, err := check.Run(t.Context(), a, s)
	if err != nil || check.Worst(rows) != check.Warned {
		t.Errorf("%+v: %v", rows, err)
	}
}
