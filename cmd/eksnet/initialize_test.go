package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/internal/stackfile"
	"eksnet/internal/stackfile/stackfiletest"
	"eksnet/plan"
)

// few are the options of init that have no default.
var few = []string{"-region", "eu-west-1", "-zones", "a,b,c", "-account", "111122223333", "-endpoint", "203.0.113.7/32"}

// initialize runs init in a folder without stack files.
func initialize(t *testing.T, options ...string) (dir string, status int, out, complaints string) {
	t.Helper()
	dir = t.TempDir()
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	stackfiletest.Write(t, dir, "Pulumi.yaml", string(project))
	status, out, complaints = eksnet(slices.Concat([]string{"init", "try", "-C", dir}, options)...)
	return dir, status, out, complaints
}

func TestInitWritesAStackFileThatCanBeBuilt(t *testing.T) {
	dir, status, out, complaints := initialize(t, few...)
	if status != planned || complaints != "" || !strings.Contains(out, "Pulumi.try.yaml is written. Next: eksnet plan try, then pulumi stack init try\n") {
		t.Fatalf("status %d: %s%s", status, out, complaints)
	}
	if status, out, complaints := eksnet("plan", "try", "-C", dir); status != planned || !strings.HasPrefix(out, "Stack try can be built: yes") {
		t.Errorf("status %d: %s%s", status, out, complaints)
	}
	s, _, err := stackfile.Load(dir, "try")
	if err != nil {
		t.Fatal(err)
	}
	if e := s.Cluster.Endpoint; s.Cluster.Name != "try" || s.Region != "eu-west-1" || !slices.Equal(s.Network.Zones, []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"}) ||
		!slices.Equal(s.Accounts, []string{"111122223333"}) || !e.Private || !slices.Equal(e.PublicCIDRs, []string{"203.0.113.7/32"}) || s.Network.CIDR != "10.0.0.0/16" || s.Workloads["echo"].Kind != "nlb" {
		t.Errorf("the stack is %+v", s)
	}
}

func TestInitFollowsItsOptions(t *testing.T) {
	kinds := []string{}
	for _, kind := range slices.Concat(config.BalancedKinds, config.UnbalancedKinds) {
		kinds = append(kinds, "w-"+kind+"="+kind)
	}
	dir, status, _, complaints := initialize(t, append(slices.Clone(few), "-endpoint", "private", "-zones", "eu-west-1c, eu-west-1a", "-account", "000000000012",
		"-cidr", "10.8.0.0/17", "-cluster", "shop_1", "-instance-types", "m7i.large,m6i.large", "-workloads", strings.Join(kinds, ","))...)
	if status != planned {
		t.Fatal(complaints)
	}
	s, _, err := stackfile.Load(dir, "try")
	if err != nil {
		t.Fatal(err)
	}
	if s.Cluster.Endpoint.Public || s.Cluster.Name != "shop_1" || s.Network.CIDR != "10.8.0.0/17" || !slices.Equal(s.Accounts, []string{"000000000012"}) ||
		!slices.Equal(s.Network.Zones, []string{"eu-west-1c", "eu-west-1a"}) || !slices.Equal(s.NodeGroups["general"].InstanceTypes, []string{"m7i.large", "m6i.large"}) {
		t.Errorf("the stack is %+v", s)
	}
	for _, kind := range slices.Concat(config.BalancedKinds, config.UnbalancedKinds) {
		if s.Workloads["w-"+kind].Kind != kind {
			t.Errorf("no workload of kind %s", kind)
		}
	}
}

func TestInitWritesNothingThatIsRefused(t *testing.T) {
	for _, test := range []struct {
		options []string
		want    string
	}{
		{few[:4], "init needs:\n  -account: such as 111122223333"},
		{nil, "  -endpoint: the ranges from which you reach the cluster's API"},
		{[]string{"-region", "eu-west-9"}, `aws:region: "eu-west-9" is not a region with EKS as of November 2026; did you mean eu-west-1? accepted: ` + strings.Join(plan.Regions(), ", ")},
		{[]string{"-region", "mars"}, `aws:region: "mars" is not a region, such as ap-northeast-2`},
		{[]string{"-zones", "a"}, "network.zones: 1 zone; EKS requires at least two"},
		{[]string{"-zones", "us-east-1a,b"}, `network.zones[0]: "us-east-1a" is not a zone of aws:region eu-west-1`},
		{[]string{"-account", "1234"}, `aws:allowedAccountIds[0]: "1234" is not a 12-digit account ID`},
		{[]string{"-cidr", "10.0.0.0/30"}, "network.cidr: 10.0.0.0/30: each zone would get"},
		{[]string{"-endpoint", "10.0.0.0/8"}, "cluster.endpoint.publicCidrs[0]: "},
		{[]string{"-endpoint", "public"}, `cluster.endpoint.publicCidrs[0]: "public" is not an IPv4 range`},
		{[]string{"-cluster", "a b: {c"}, `cluster.name: "a b: {c" is not accepted`},
		{[]string{"-instance-types", "m7g.largest"}, `"m7g.largest" is not an instance type`},
		{[]string{"-workloads", "nlb"}, `-workloads: "nlb" is not NAME=KIND, such as echo=nlb; kinds are clb, nlb, alb`},
		{[]string{"-workloads", "echo=elb"}, `workloads["echo"].kind: "elb" is not accepted; accepted: clb, nlb, alb`},
		{[]string{"-workloads", "echo=nlb,echo=alb"}, `mapping key "echo" already defined`},
	} {
		options := test.options
		if options != nil && options[0] != few[0] || len(options) == 2 {
			options = slices.Concat(few, options)
		}
		dir, status, out, complaints := initialize(t, options...)
		if status != misused || out != "" || !strings.Contains(complaints, test.want) {
			t.Errorf("%q: status %d, %s%s\nwant %s", test.options, status, out, complaints, test.want)
		}
		if stacks := stackfile.List(dir); len(stacks) > 0 {
			t.Errorf("%q: written is %v", test.options, stacks)
		}
	}
}

func TestInitReplacesNoFile(t *testing.T) {
	dir := stackfiletest.Folder(t, root, good...)
	before, err := os.ReadFile(filepath.Join(dir, "Pulumi.dev.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	status, _, complaints := eksnet(slices.Concat([]string{"init", "dev", "-C", dir}, few)...)
	after, _ := os.ReadFile(filepath.Join(dir, "Pulumi.dev.yaml"))
	if status != misused || !strings.Contains(complaints, "Pulumi.dev.yaml exists, and init replaces no file") || string(before) != string(after) {
		t.Errorf("status %d: %s", status, complaints)
	}
	if status, _, complaints := eksnet(slices.Concat([]string{"init", "a b", "-C", dir}, few)...); status != misused || !strings.Contains(complaints, `stack name "a b"`) {
		t.Errorf("status %d: %s", status, complaints)
	}
}

// initExample is a call of init in a document, what it prints, and the file that it writes.
var initExample = regexp.MustCompile("(?s)```\n\\$ eksnet (init [^\n]+)\n([^`]*)```\n\n```yaml\n(.*?)```")

func TestTheDocumentsShowWhatInitWrites(t *testing.T) {
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	example := initExample.FindStringSubmatch(documents(t)["stack-files.md"])
	if example == nil {
		t.Fatal("docs/stack-files.md shows no call of init")
	}
	words := strings.Fields(example[1])
	t.Chdir(t.TempDir())
	stackfiletest.Write(t, ".", "Pulumi.yaml", string(project))
	status, out, complaints := eksnet(words...)
	written, _ := os.ReadFile("Pulumi." + words[1] + ".yaml")
	if status != planned || out != example[2] || string(written) != example[3] {
		t.Errorf("status %d, %s%s\nwritten is\n%s", status, out, complaints, written)
	}
}
