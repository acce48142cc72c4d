package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"eksnet/internal/processor"
	"eksnet/internal/stackfile/stackfiletest"
)

// balancers are the lines of a stack with workloads of every kind.
var balancers = append(slices.Clone(good[:6]),
	`eksnet:addons: {vpcCni: {networkPolicy: true}}`,
	`eksnet:workloads: {old: {kind: clb, proxyProtocol: true, app: nginx}, echo: {kind: nlb, scheme: internal, target: instance, trafficPolicy: Local}, shop: {kind: alb, group: web, sourceRanges: [203.0.113.0/24]}, rules: {kind: policy}, tools: {kind: netshoot}}`,
)

// squeezed is a text whose columns are two spaces apart.
func squeezed(text string) string { return regexp.MustCompile(`  +`).ReplaceAllString(text, "  ") }

func TestThePathOfEachKindOfWorkloadIsPrinted(t *testing.T) {
	status, out, complaints := eksnet("path", "dev", "-C", stackfiletest.Folder(t, root, balancers...))
	if status != planned || complaints != "" {
		t.Fatalf("status %d: %s", status, complaints)
	}
	for _, want := range []string{
		"old: Classic Load Balancer\n  client  any address on the internet\n  load balancer  internet-facing, TCP 80; in the public subnets of ap-northeast-2a, ap-northeast-2b\n",
		"  pod sees  the node's address; the client's is in the proxy protocol, version 1\n",
		"echo: Network Load Balancer\n  client  any address in the VPC and in connected networks\n  load balancer  internal, TCP 80; in the private subnets",
		"  kube-proxy  forwards to a pod on the same node; nodes without a pod fail the health check\n  pod  echo, TCP 8080\n  pod sees  the client's address\n",
		"  health check  HTTP /healthz on the Service's health check node port, where kube-proxy succeeds on nodes with a ready pod; every 10 s, timeout 6 s, healthy after 2, unhealthy after 2\n",
		"shop: Application Load Balancer\n  client  203.0.113.0/24 on the internet\n  load balancer  of group web, internet-facing, HTTP 80;",
		"  target  pod addresses, TCP 8080\n  kube-proxy  none\n  pod  echo, TCP 8080\n  pod sees  the load balancer's address; the client's is in the header X-Forwarded-For\n  cross-zone  load balancer to target: yes\n",
		"rules: server with a NetworkPolicy\n  client  pods in the cluster that the NetworkPolicy allows\n  kube-proxy  on the client's node",
		"tools: pods with network tools\n  client  none: these pods only send outbound requests",
		"  egress  SNAT by the node outside the VPC: in the VPC the pod's own address, to other networks the node's, to the internet the NAT gateway's\n",
	} {
		if !strings.Contains(squeezed(out), want) {
			t.Errorf("missing %q in\n%s", want, out)
		}
	}
}

func TestThePathOfOneWorkloadIsPrintedAlone(t *testing.T) {
	dir := stackfiletest.Folder(t, root, balancers...)
	if _, out, _ := eksnet("path", "dev", "echo", "-C", dir); !strings.HasPrefix(out, "echo: Network Load Balancer\n") || strings.Contains(out, "Classic") {
		t.Errorf("printed\n%s", out)
	}
	if status, _, complaints := eksnet("path", "dev", "ehco", "-C", dir); status != misused || !strings.Contains(complaints, `no workload "ehco" (did you mean echo?)`) {
		t.Errorf("status %d: %s", status, complaints)
	}
}

func TestPathsAreJSONToo(t *testing.T) {
	_, out, complaints := eksnet("path", "dev", "echo", "-json", "-C", stackfiletest.Folder(t, root, balancers...))
	var got []struct {
		Workload, Source, KubeProxy string
		LoadBalancer                struct {
			Scheme    string
			Zones     []string
			Listeners []struct {
				Port     int
				Protocol string
			}
		}
		HealthCheck struct{ Protocol, Path, AnsweredBy string }
		Out         struct{ Internet []string }
	}
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err, complaints)
	}
	if len(got) != 1 || got[0].Source != "the client's" || got[0].LoadBalancer.Listeners[0].Port != 80 || got[0].HealthCheck.AnsweredBy == "" || len(got[0].Out.Internet) != 1 {
		t.Errorf("%+v of\n%s", got, out)
	}
	var tree []any
	if err := json.Unmarshal([]byte(out), &tree); err != nil {
		t.Fatal(err)
	}
	walk(tree, func(key string) {
		if !regexp.MustCompile(`^[a-z][A-Za-z0-9]*$`).MatchString(key) {
			t.Errorf("key %q", key)
		}
	})
}

func TestAStackWithoutWorkloadsHasNoPaths(t *testing.T) {
	if status, out, _ := eksnet("path", "dev", "-C", stackfiletest.Folder(t, root, good[:6]...)); status != planned || out != "no workloads\n" {
		t.Errorf("status %d: %q", status, out)
	}
}

func TestChecksOfLoadBalancersArePrintedWithReasonAndSource(t *testing.T) {
	lines := append(slices.Clone(good[:6]), `eksnet:workloads: {echo: {kind: nlb, scheme: internal, target: instance}}`)
	_, out, _ := eksnet("plan", "dev", "-C", stackfiletest.Folder(t, root, lines...))
	want := `workloads["echo"].preserveClientAddress: true with scheme internal and instance targets; write false if clients on its targets use it: a target that connects to this load balancer and is selected as its own target gets a timeout (hairpinning); other clients are not affected`
	if !strings.Contains(out, want) || !strings.Contains(out, "load-balancer-troubleshooting.html#loopback-timeout)") {
		t.Errorf("missing %q in\n%s", want, out)
	}
	var got struct {
		Lints []struct{ Rule, Path, Text, Reason, Source string }
	}
	_, out, _ = eksnet("plan", "dev", "-json", "-C", stackfiletest.Folder(t, root, lines...))
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got.Lints) != 1 || got.Lints[0].Rule != "hairpin" || got.Lints[0].Source == "" {
		t.Errorf("%v: %+v", err, got)
	}
}

// The workloads are of all kinds, and those behind ALBs share groups of ten, so that every rule has something to look
// at.
func TestAHundredWorkloadsArePlannedAndLintedInUnderASecond(t *testing.T) {
	var workloads []string
	for i := range 100 {
		workloads = append(workloads, []string{
			fmt.Sprintf("w%d: {kind: clb}", i),
			fmt.Sprintf("w%d: {kind: nlb, target: instance, scheme: internal}", i),
			fmt.Sprintf("w%d: {kind: nlb, readinessGate: true}", i),
			fmt.Sprintf("w%d: {kind: alb, group: web-%d, paths: [/%d, /and/%[1]d], attributes: {deletion_protection.enabled: \"true\"}}", i, i/40, i),
		}[i%4])
	}
	dir := stackfiletest.Folder(t, root, append(slices.Clone(good[:3]),
		`eksnet:network: {zones: [ap-northeast-2a, ap-northeast-2b]}`, good[4],
		`eksnet:nodeGroups: {general: {instanceTypes: [m7i.xlarge], scaling: {min: 4, desired: 4, max: 8}}}`,
		"eksnet:workloads: {"+strings.Join(workloads, ", ")+"}")...)
	best := processor.Least(5, func() {
		status, out, complaints := eksnet("plan", "dev", "-C", dir)
		if status != planned || !strings.Contains(out, "deletion_protection") || !strings.Contains(out, "deregistrationDelay") {
			t.Fatalf("status %d: %s%s", status, complaints, out)
		}
	})
	if status, out, complaints := eksnet("path", "dev", "-C", dir); status != planned || strings.Count(out, "egress") != 100 {
		t.Fatalf("status %d: %s", status, complaints)
	}
	if t.Log(best); best > time.Second {
		t.Errorf("planned and linted in %s", best)
	}
}
