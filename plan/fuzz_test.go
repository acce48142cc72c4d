package plan_test

import (
	"encoding/json"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

// fuzzed are the keys of a stack file whose values are fuzzed, in the order of the arguments.
var fuzzed = []string{
	"aws:region", "aws:allowedAccountIds", "aws:assumeRole",
	"eksnet:network", "eksnet:cluster", "eksnet:nodeGroups", "eksnet:addons", "eksnet:workloads", "eksnet:tags",
}

// Every stack file is either accepted or refused with messages, and an accepted one can be built, without panics and
// hangs.
func FuzzStackFile(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed[0], seed[1], seed[2], seed[3], seed[4], seed[5], seed[6], seed[7], seed[8])
	}
	f.Fuzz(func(t *testing.T, region, accounts, role, network, cluster, nodeGroups, addons, workloads, tags string) {
		values := []string{region, accounts, role, network, cluster, nodeGroups, addons, workloads, tags}
		s, problems := config.Load(func(key string) (string, bool) {
			i := slices.Index(fuzzed, key)
			if i < 0 || values[i] == "" {
				return "", false
			}
			return values[i], true
		}, append(slices.Clone(fuzzed), region))
		p, more := plan.New(s)
		for _, problem := range problems.With(more) {
			if problem.Path == "" || problem.Message == "" || strings.Contains(problem.Message, "%!") && !strings.Contains(strings.Join(values, ""), "%") {
				t.Errorf("a problem without words: %+v", problem)
			}
		}
		if problems.With(more).Err() == nil {
			sound(t, s, p)
		}
	})
}

// sound checks what holds for every plan of a stack file without a problem.
func sound(t *testing.T, s *config.Stack, p *plan.Plan) {
	t.Helper()
	var all []netip.Prefix
	for _, zone := range p.Zones {
		for _, subnet := range plantest.Subnets(zone) {
			home := s.Network.CIDR
			if subnet == zone.Pods {
				home = s.Network.PodCIDR
			}
			if !plantest.Contains(netip.MustParsePrefix(home), subnet) || slices.ContainsFunc(all, subnet.Overlaps) {
				t.Errorf("subnet %s in %s overlaps another of %v or is outside", subnet, home, all)
			}
			all = append(all, subnet)
		}
	}
	if len(p.Zones) != len(s.Network.Zones) {
		t.Errorf("%d zones are planned of %q", len(p.Zones), s.Network.Zones)
	}
	if !slices.IsSorted(p.Endpoints) || len(slices.Compact(slices.Clone(p.Endpoints))) != len(p.Endpoints) {
		t.Errorf("endpoints %q are not sorted, each once", p.Endpoints)
	}
	for _, zone := range s.Network.Zones {
		if gateway := p.Gateway(zone); gateway != "" && !slices.Contains(p.Gateways, gateway) {
			t.Errorf("zone %s leaves by %s, which has none of the gateways %q", zone, gateway, p.Gateways)
		}
	}
	for _, d := range p.Demand {
		if d.AtDesired < 0 || d.AtMax < d.AtDesired || d.AtDesired > d.Usable || d.InPrefixes > d.AtMax {
			t.Errorf("an accepted subnet needs %+v", d)
		}
	}
	for _, g := range p.Groups {
		if g.MaxPods < 1 || g.MaxPods > 250 || g.KubeletMaxPods > g.MaxPods {
			t.Errorf("an accepted group holds %+v", g)
		}
	}
	if len(p.Groups) != len(s.NodeGroups) {
		t.Errorf("%d capacities of %d groups", len(p.Groups), len(s.NodeGroups))
	}
	if p.Controller.Image == "" {
		t.Error("the controller has no image")
	}
}

// seeds are the committed stack files, one value a key, and some texts at the edge of what decoding takes.
func seeds(f *testing.F) [][]string {
	files, _ := filepath.Glob("../Pulumi.*.yaml")
	if len(files) == 0 {
		f.Fatal("no stack file to begin with")
	}
	var all [][]string
	for _, file := range files {
		all = append(all, seed(f, file))
	}
	for _, text := range []string{`[[[]]]`, `"\u0000"`, `{"": {"": null}}`, `{"scaling": {"min": 1e99}}`, `{"endpoints": "auto", "nat": "none"}`, `null`, `-0`} {
		odd := slices.Clone(all[0])
		for i := range odd {
			odd[i] = text
		}
		all = append(all, odd)
		for i := range fuzzed {
			one := slices.Clone(all[0])
			one[i] = text
			all = append(all, one)
		}
	}
	return all
}

func seed(f testing.TB, file string) []string {
	text, err := os.ReadFile(file)
	if err != nil {
		f.Fatal(err)
	}
	var content struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &content); err != nil {
		f.Fatal(err)
	}
	values := make([]string, len(fuzzed))
	for key, value := range maps.All(content.Config) {
		i := slices.Index(fuzzed, key)
		if i < 0 {
			continue
		}
		encoded, err := json.Marshal(value)
		if err != nil {
			f.Fatal(err)
		}
		if values[i] = string(encoded); key == "aws:region" {
			values[i] = value.(string)
		}
	}
	return values
}
