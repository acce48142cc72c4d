package scenario_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"eksnet/plan/capacity"
	"eksnet/rehearsal/scenario"
	"eksnet/rehearsal/world"
)

// randomStack is a random valid stack file.
type randomStack struct {
	cidr, nat, endpoints, pods, warm, types, scheme string
	zones, desired, edge, replicas, maxPods         int
	prefixes, own, discovery                        bool
}

var anyRandomStack = rapid.Custom(func(t *rapid.T) randomStack {
	warm := []string{"{}", "{}", "{enis: 0, prefixes: 0, ips: 1}", "{enis: 2, prefixes: 2}", "{ips: 3}", "{ips: 2, minimumIps: 12}", "{minimumIps: 30}"}
	return randomStack{
		cidr: rapid.SampledFrom([]string{"10.0.0.0/16", "10.0.0.0/18", "10.0.0.0/20", "10.0.0.0/22", "10.0.0.0/23"}).Draw(t, "cidr"),
		nat:  rapid.SampledFrom([]string{"zone", "single"}).Draw(t, "nat"), endpoints: rapid.SampledFrom([]string{"[]", "auto", "[ecr.api, sts]"}).Draw(t, "endpoints"),
		pods: rapid.SampledFrom([]string{"", "100.64.0.0/16", "100.64.0.0/20"}).Draw(t, "pods"), warm: rapid.SampledFrom(warm).Draw(t, "warm"),
		types:  rapid.SampledFrom([]string{"m7g.large", "m7g.xlarge", "t4g.medium", "m7g.large, m6g.xlarge"}).Draw(t, "types"),
		scheme: rapid.SampledFrom([]string{"internal", "internet-facing"}).Draw(t, "scheme"),
		zones:  rapid.IntRange(2, 4).Draw(t, "zones"), desired: rapid.IntRange(2, 6).Draw(t, "desired"), edge: rapid.IntRange(0, 2).Draw(t, "edge"),
		replicas: rapid.IntRange(1, 9).Draw(t, "replicas"), maxPods: rapid.SampledFrom([]int{0, 0, 12}).Draw(t, "maxPods"),
		prefixes: rapid.Bool().Draw(t, "prefixes"), own: rapid.Bool().Draw(t, "control plane subnets"), discovery: rapid.Bool().Draw(t, "discovery"),
	}
})

// file returns the stack file with the maximum as desired size: the plan accepts no smaller address range.
func (d randomStack) file() string {
	pods, edge := "", ""
	if d.pods != "" {
		pods = ", podCidr: " + d.pods
	}
	if d.discovery && d.pods == "100.64.0.0/16" { // larger than the private subnets
		pods += ", podSubnets: discovery"
	}
	if d.edge > 0 {
		edge = fmt.Sprintf("\n    edge: {instanceTypes: [t4g.medium], subnets: public, scaling: {min: 0, desired: %d, max: %[1]d}}", d.edge)
	}
	zones := []string{"ap-northeast-2a", "ap-northeast-2b", "ap-northeast-2c", "ap-northeast-2d"}[:d.zones]
	return fmt.Sprintf(`config:
  aws:region: ap-northeast-2
  aws:allowedAccountIds: ["000000000000"]
  eksnet:network: {cidr: %s, zones: [%s], nat: %s, endpoints: %s, controlPlaneSubnets: %v%s}
  eksnet:cluster: {name: local, version: "1.35", endpoint: {private: true}}
  eksnet:nodeGroups:
    general: {instanceTypes: [%s], maxPods: %d, scaling: {min: 1, desired: %d, max: %[9]d}}%[10]s
  eksnet:addons: {vpcCni: {prefixDelegation: %[11]v, warm: %[12]s}}
  eksnet:workloads: {echo: {kind: nlb, scheme: %[13]s, replicas: %[14]d}}
`, d.cidr, strings.Join(zones, ", "), d.nat, d.endpoints, d.own, pods, d.types, d.maxPods, d.desired, edge, d.prefixes, d.warm, d.scheme, d.replicas)
}

// exactStacks are stacks whose addresses the plan computes exactly for every node: each node has a pod, and no more
// than its warm pool serves.
var exactStacks = []randomStack{
	{cidr: "10.0.0.0/16", nat: "zone", endpoints: "[]", warm: "{}", types: "m7g.large", scheme: "internal", zones: 3, desired: 3, replicas: 2, prefixes: true},
	{cidr: "10.0.0.0/18", nat: "single", endpoints: "auto", warm: "{}", types: "m7g.large", scheme: "internet-facing", zones: 2, desired: 4, replicas: 3},
	{cidr: "10.0.0.0/20", nat: "zone", endpoints: "[]", pods: "100.64.0.0/16", discovery: true, warm: "{}", types: "m7g.large", scheme: "internal", zones: 2, desired: 2, replicas: 3},
	{cidr: "10.0.0.0/20", nat: "zone", endpoints: "[]", pods: "100.64.0.0/16", warm: "{}", types: "m7g.large", scheme: "internal", zones: 2, desired: 2, replicas: 1, prefixes: true, own: true},
}

// randomStacks is the number of random stacks, and randomStacksShort the number with -short.
const randomStacks, randomStacksShort = 10, 3

// An up of a stack that the plan accepts succeeds, and no subnet needs more addresses than the plan says.
func TestNoSubnetNeedsMoreAddressesThanItsPlanSays(t *testing.T) {
	stacks, taken := slices.Clone(exactStacks), 0
	draw := randomStacks
	if testing.Short() {
		draw = randomStacksShort
	}
	for seed := range draw {
		stacks = append(stacks, anyRandomStack.Example(seed))
	}
	for i, d := range stacks {
		dir := t.TempDir()
		in := func(o *scenario.Options) { o.Root = dir }
		writeStackFile(t, dir, d.file())
		if _, err := tryOpenRehearsal(t, in); err != nil {
			if !strings.Contains(err.Error(), "idr: ") {
				t.Fatalf("%s\n%v", d.file(), err)
			}
			continue
		}
		taken++
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			d.checkDemand(t, in, plannedDemand(t, dir))
		})
	}
	if taken < len(stacks)/2 {
		t.Errorf("the plan takes %d stacks of %d", taken, len(stacks))
	}
}

func writeStackFile(t *testing.T, dir, file string) {
	t.Helper()
	project, err := os.ReadFile(filepath.Join(root, "Pulumi.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"Pulumi.yaml": string(project), "Pulumi.local.yaml": file} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// plannedDemand returns the plan's demand of each subnet.
func plannedDemand(t *testing.T, dir string) map[string]capacity.SubnetDemand {
	t.Helper()
	all := map[string]capacity.SubnetDemand{}
	for _, need := range planOf(t, dir, "local").Demand {
		all[need.Range.String()] = need
	}
	return all
}

// checkDemand creates the stack and compares each subnet with its plan.
func (d randomStack) checkDemand(t *testing.T, in func(*scenario.Options), demand map[string]capacity.SubnetDemand) {
	r := openRehearsal(t, in)
	if up := r.Up(context.Background()); up.Error != "" {
		t.Fatalf("the plan accepts this, and up reports %s\n%s", up.Error, d.file())
	}
	for _, use := range r.World().InUse() {
		need, planned := demand[use.Range.String()]
		if !planned {
			t.Errorf("%s is in no plan", use.Range)
			continue
		}
		d.compare(t, use, need)
	}
	if t.Failed() {
		t.Log(d.file())
	}
}

func (d randomStack) compare(t *testing.T, use world.Use, need capacity.SubnetDemand) {
	t.Helper()
	parts := map[string]int{}
	for _, part := range need.Parts {
		name, _, _ := strings.Cut(part.What, " ")
		parts[name] += part.AtDesired
	}
	nodes := use.By["node"] + use.By["vpc-cni"]
	if use.Total() > need.AtDesired || nodes > parts["group"] {
		t.Errorf("%s %s: %v in use, and the plan says %d: %+v", need.Kind, use.Range, use.By, need.AtDesired, need.Parts)
	}
	if use.By["vpc-endpoint"] != parts["interface"] || use.By["nat"] != parts["NAT"] || slices.Contains(exactStacks, d) && nodes != parts["group"] {
		t.Errorf("%s %s: %v in use, and the plan's exact parts are %+v", need.Kind, use.Range, use.By, need.Parts)
	}
}
