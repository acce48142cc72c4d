package capacity_test

import (
	"slices"
	"strings"
	"testing"

	"eksnet/config"
	"eksnet/plan"
	"eksnet/plan/plantest"
)

func TestSettingsWithoutEffectAreWarnedOf(t *testing.T) {
	warm := func(prefixes bool, warm config.Warm) *config.Stack {
		s := plantest.StackOfTypes(prefixes, "m5.large")
		s.Addons.VPCCNI.Warm = warm
		return s
	}
	spot := plantest.StackOfTypes(true, "m5.large")
	plantest.ChangeGroup(spot, func(g *config.NodeGroup) { g.Capacity = config.Spot })
	private := plantest.StackOfTypes(true, "m5.large")
	private.Cluster.Endpoint = &config.Endpoint{Private: true}
	for name, test := range map[string]struct {
		stack      *config.Stack
		path, text string
	}{
		"interfaces with prefixes":        {warm(true, config.Warm{ENIs: 2, Prefixes: 1}), "addons.vpcCni.warm.enis", "2, but with prefixDelegation"},
		"prefixes without them":           {warm(false, config.Warm{ENIs: 1, Prefixes: 2}), "addons.vpcCni.warm.prefixes", "2, but without prefixDelegation"},
		"interfaces beside a number":      {warm(false, config.Warm{ENIs: 2, IPs: 3}), "addons.vpcCni.warm.enis", "2, but ips and minimumIps override it"},
		"prefixes beside a number":        {warm(true, config.Warm{Prefixes: 2, IPs: 3}), "addons.vpcCni.warm.prefixes", "2, but ips and minimumIps override it"},
		"a minimum without a target":      {warm(true, config.Warm{ENIs: 1, Prefixes: 1, MinimumIPs: 5}), "addons.vpcCni.warm.minimumIps", "5 without ips: a node gets that many addresses"},
		"more addresses than nodes hold":  {warm(false, config.Warm{ENIs: 1, IPs: 28}), "addons.vpcCni.warm.ips", "28, but the interfaces of m5.large hold 27 addresses for pods"},
		"a minimum beyond what they hold": {warm(false, config.Warm{ENIs: 1, IPs: 1, MinimumIPs: 28}), "addons.vpcCni.warm.minimumIps", "28, but the interfaces of m5.large hold 27"},
		"one type of spot":                {spot, `nodeGroups["general"].instanceTypes`, "m5.large is the only type on spot"},
		"an API without a way there":      {private, "cluster.endpoint", "private only and no proxy"},
	} {
		p, _ := plan.New(test.stack)
		if !slices.ContainsFunc(p.Warnings, func(w config.Warning) bool { return w.Path == test.path && strings.HasPrefix(w.Text, test.text) }) {
			t.Errorf("%s\nwant  %s: %s\ngot   %v", name, test.path, test.text, p.Warnings)
		}
	}
}

func TestSettingsThatTakeEffectAreNotWarnedOf(t *testing.T) {
	for name, s := range map[string]*config.Stack{
		"prefixes": plantest.StackOfTypes(true, "m5.large"), "addresses": plantest.StackOfTypes(false, "m5.large"),
		"several types of spot": func() *config.Stack {
			s := plantest.StackOfTypes(true, "m5.large", "m5a.large", "m6i.large")
			plantest.ChangeGroup(s, func(g *config.NodeGroup) { g.Capacity = config.Spot })
			return s
		}(),
		"a private API by a proxy": func() *config.Stack {
			s := plantest.StackOfTypes(true, "m5.large")
			s.Cluster.Endpoint = &config.Endpoint{Private: true, Proxy: "http://localhost:8888"}
			return s
		}(),
	} {
		plantest.ChangeGroup(s, func(g *config.NodeGroup) {
			if g.Capacity == "" {
				g.Capacity = config.OnDemand
			}
		})
		if p, problems := plan.New(s); len(p.Warnings) != 0 || problems.Err() != nil {
			t.Errorf("%s: %v %v", name, p.Warnings, problems)
		}
	}
}
